import { createSseReader } from '../../../shared/bytes/sse.ts';
import type { StreamEvent } from '../../../shared/llm/chat.ts';
import { readChatAnswer, readChatRequest, readChatStream } from '../../../shared/llm/read-chat.ts';
import type { Conversation } from '../../../shared/llm/read-chat.ts';
import type { Asks } from './protocol.ts';

/** Both sides of a chat, read from their bodies; a streamed answer from its stored events, or from the body when there are none. */
export async function readConversation({
  dialect,
  request,
  response,
  events,
  streamed,
}: Asks['chat']['ask']): Promise<Conversation> {
  const asked = request === null ? null : readChatRequest(dialect, await textOf(request));
  const body = response !== null && (!streamed || events === null || events.length === 0) ? await textOf(response) : '';
  if (!streamed) {
    return {
      dialect,
      request: asked,
      answer: response === null ? null : readChatAnswer(dialect, body),
      streamed,
      events: 0,
      firstContentAt: null,
      lastContentAt: null,
    };
  }
  const heard = events !== null && events.length > 0 ? events : eventsOf(body);
  return {
    dialect,
    request: asked,
    ...readChatStream(dialect, heard),
    streamed,
    events: heard.length,
  };
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The engine answered ${answer.status}.`);
  return answer.text();
}

/** Every mark of the format is ASCII, so a text serves as well as bytes. */
function eventsOf(body: string): StreamEvent[] {
  const reader = createSseReader(Number.MAX_SAFE_INTEGER);
  return [...reader.push(body), ...reader.end()].map(({ name, data }) => ({ name, data, at: null }));
}
