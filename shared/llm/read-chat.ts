import { anthropic } from './anthropic.ts';
import type { ChatAnswer, ChatRequest, Dialect, DialectReader, StreamEvent } from './chat.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';

const READERS: Readonly<Record<Dialect, DialectReader>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
};

/** The dialect that a call's address speaks; null when it is no chat. Whoever speaks it: many servers copy OpenAI's. */
export function dialectOf(method: string, path: string): Dialect | null {
  if (method !== 'POST') return null;
  if (path.endsWith('/chat/completions')) return 'openai-chat';
  if (/\/v\d+\/responses$|\/openai\/responses$/.test(path)) return 'openai-responses';
  if (path.endsWith('/v1/messages')) return 'anthropic';
  if (/:(stream)?generateContent$/i.test(path)) return 'gemini';
  return null;
}

/** A whole conversation, with how fast it came when it was streamed. */
export interface Conversation {
  dialect: Dialect;
  request: ChatRequest | null;
  answer: ChatAnswer | null;
  streamed: boolean;
  /** Events of the stream, and microseconds to the first with content and to the last; null when unknown. */
  events: number;
  firstContentAt: number | null;
  lastContentAt: number | null;
}

export function readChatRequest(dialect: Dialect, text: string): ChatRequest | null {
  const body = parse(text);
  return body === undefined ? null : READERS[dialect].request(body);
}

export function readChatAnswer(dialect: Dialect, text: string): ChatAnswer | null {
  const body = parse(text);
  return body === undefined ? null : READERS[dialect].answer(body);
}

/** An answer put together from the events of a stream, as far as they came. */
export function readChatStream(
  dialect: Dialect,
  events: readonly StreamEvent[],
): { answer: ChatAnswer; firstContentAt: number | null; lastContentAt: number | null } {
  const reader = READERS[dialect].stream();
  let firstContentAt: number | null = null;
  let lastContentAt: number | null = null;
  for (const { name, data, at } of events) {
    if (data === '[DONE]') continue;
    const body = parse(data);
    if (body === undefined) continue; // the last event of a cut stream
    if (!reader.push(body, name)) continue;
    firstContentAt ??= at;
    lastContentAt = at;
  }
  return { answer: reader.answer(), firstContentAt, lastContentAt };
}

/**
 * Tokens a second while content came, by the vendor's count; null when there is too little to tell (less than 20 ms, or no
 * count).
 */
export function tokensPerSecond({
  answer,
  firstContentAt,
  lastContentAt,
}: Pick<Conversation, 'answer' | 'firstContentAt' | 'lastContentAt'>): number | null {
  const output = answer?.usage?.output ?? null;
  if (output === null || output < 2 || firstContentAt === null || lastContentAt === null) return null;
  const seconds = (lastContentAt - firstContentAt) / 1e6;
  return seconds < 0.02 ? null : output / seconds;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
