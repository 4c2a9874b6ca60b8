import { anthropicBatch, anthropicMessages } from '../anthropic/messages.ts';
import type { ExchangeHead } from '../exchange.ts';
import { openaiSpeech, openaiTranscription } from '../openai/audio.ts';
import { openaiChat } from '../openai/chat.ts';
import { openaiEmbeddings } from '../openai/embeddings.ts';
import { openaiImages } from '../openai/images.ts';
import { openaiRealtime } from '../openai/realtime.ts';
import { openaiResponses } from '../openai/responses.ts';
import type { UsageReader } from '../usage-reader.ts';

/** The first that reads a call has it: vendors' own ways before those that many copied. */
export const usageReaders: readonly UsageReader[] = [
  anthropicMessages,
  anthropicBatch,
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  openaiImages,
  openaiTranscription,
  openaiSpeech,
  openaiRealtime,
];

/** Whoever reads what calls of this head use; null for most. */
export function usageReaderFor(head: ExchangeHead): UsageReader | null {
  if (!mayBeMetered(head.method, head.path)) return null;
  return usageReaders.find((reader) => reader.reads(head)) ?? null;
}

const ENDINGS =
  /(?:\/(?:completions|responses|embeddings|embed|rerank|classify|chat|messages|results|content|generations|edits|variations|transcriptions|translations|speech|realtime|ocr|converse|converse-stream|invoke|invoke-with-response-stream)|:[a-zA-Z]{5,40})$/;

/**
 * Whether a reader could have business with such a call, by its method and path alone (with or without a query): asked of every
 * call on its way, to decide whether all its bytes are worth looking at.
 */
export function mayBeMetered(method: string, target: string): boolean {
  if (method !== 'POST' && method !== 'GET') return false;
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  // Cheap first: hardly a path ends in one of these chars behind such a word.
  return ENDINGS.test(path.length > 80 ? path.slice(-80) : path);
}
