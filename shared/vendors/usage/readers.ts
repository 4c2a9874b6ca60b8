import { anthropicBatch, anthropicMessages } from '../anthropic/messages.ts';
import { bedrockConverse, bedrockInvoke } from '../aws/bedrock.ts';
import { cohere } from '../cohere/cohere.ts';
import type { ExchangeHead } from '../exchange.ts';
import { gemini, googleEmbeddings, vertexPredict } from '../google/gemini.ts';
import { mistralOcr } from '../mistral/ocr.ts';
import { openaiBatch } from '../openai/batch.ts';
import { openaiSpeech, openaiTranscription } from '../openai/audio.ts';
import { openaiChat } from '../openai/chat.ts';
import { openaiEmbeddings } from '../openai/embeddings.ts';
import { openaiImages } from '../openai/images.ts';
import { openaiRealtime } from '../openai/realtime.ts';
import { openaiResponses } from '../openai/responses.ts';
import type { UsageReader } from '../usage-reader.ts';
import { mayBeMetered } from './may-be-metered.ts';

/** The first that reads a call has it: vendors' own ways before those that many copied. */
export const usageReaders: readonly UsageReader[] = [
  anthropicMessages,
  anthropicBatch,
  gemini,
  googleEmbeddings,
  vertexPredict,
  bedrockConverse,
  bedrockInvoke,
  cohere,
  mistralOcr,
  openaiBatch,
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
