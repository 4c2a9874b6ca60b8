import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { Call, Message } from '../../shared/model/call.ts';
import { dialectOf } from '../../shared/llm/read-chat.ts';
import type { Conversation } from '../../shared/llm/read-chat.ts';
import type { Api } from '../client/connection.ts';
import { useApi } from '../client/api-context.ts';
import { Empty } from '../ui/empty.tsx';
import { Late } from '../ui/late.tsx';
import { words } from '../words/index.ts';
import { openBodyReader } from './body/body-reader.ts';
import { ConversationView } from './conversation-view.tsx';

const say = words.inspect.chat;
const PAGE = 1000;
/** More events than any answer has; what is beyond is not read. */
const MOST_EVENTS = 50_000;

/** A chat with a language model as a conversation; follows a stream that is under way. */
export function ConversationTab({ call }: { call: Call }): ReactNode {
  const api = useApi();
  const [last, setLast] = useState<Conversation | null>(null);
  const read = useQuery({
    queryKey: ['conversation', call.id, call.state, call.messages],
    queryFn: ({ signal }) => readConversation(api, call, signal),
    staleTime: Infinity,
  });
  const now = read.data ?? null;
  useEffect(() => {
    if (now) setLast(now);
  }, [now]);
  const shown = now ?? last;
  if (shown) return <ConversationView call={call} conversation={shown} />;
  if (read.error)
    return <Empty title={say.failed} says={read.error instanceof Error ? read.error.message : String(read.error)} />;
  return (
    <Late>
      <p className="call-page dim">{words.general.loading}</p>
    </Late>
  );
}

async function readConversation(api: Api, call: Call, signal: AbortSignal): Promise<Conversation | null> {
  const dialect = dialectOf(call.method, call.path);
  if (dialect === null) return null;
  const type = call.responseHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const streamed = call.messages > 0 || /^text\/event-stream/i.test(type);
  const events = streamed ? await readEvents(api, call.id, signal) : null;
  const address = (side: 'request' | 'response'): string => `/api/calls/${call.id}/body/${side}`;
  const reader = openBodyReader();
  signal.addEventListener('abort', () => reader.release());
  try {
    return await reader.ask('chat', {
      dialect,
      request: call.requestBody.captured === null ? null : address('request'),
      response: call.responseBody.captured === null ? null : address('response'),
      events: events?.map(({ name, data, at }) => ({ name, data: data ?? '', at })) ?? null,
      streamed,
    });
  } finally {
    reader.release();
  }
}

async function readEvents(api: Api, id: number, signal: AbortSignal): Promise<Message[]> {
  const events: Message[] = [];
  while (events.length < MOST_EVENTS) {
    const { messages } = await api.calls.messages({ id, after: events.length, limit: PAGE }, { signal });
    events.push(...messages);
    if (messages.length < PAGE) break;
  }
  return events;
}
