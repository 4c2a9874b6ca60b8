import type { LimitReading, LimitSignal } from '../../model/limit-signal.ts';
import type { ExchangeHead } from '../exchange.ts';
import { speakerOf } from './speaker.ts';

/** Which bucket a signal is of: credential × host × resource. Buckets are seldom one per host. */
export function keyOf(head: ExchangeHead, credential: string | null, signal: Pick<LimitSignal, 'resource'>): string {
  return `${credential ?? ''}\n${head.host.toLowerCase()}\n${signal.resource}`;
}

/** Hosts whose buckets are each of one model, and whose paths do not name it. */
const BY_MODEL =
  /(?:^|\.)(?:openai\.com|anthropic\.com|groq\.com|cerebras\.ai|mistral\.ai|x\.ai|together\.(?:ai|xyz)|fireworks\.ai|perplexity\.ai|deepseek\.com)$/;

/**
 * The reading with the model in its resources (`tokens gpt-5-mini`), for vendors with limits by model: without it the
 * buckets of two models would look like one that jumps. To be asked once usage said which model it was.
 */
export function withModel(head: ExchangeHead, reading: LimitReading, model: string | null): LimitReading {
  if (model === null || reading.signals.length === 0) return reading;
  const speaker = speakerOf(head);
  if (speaker !== 'openai' && speaker !== 'anthropic' && !BY_MODEL.test(head.host)) return reading;
  return {
    ...reading,
    signals: reading.signals.map((one) => ({ ...one, resource: `${one.resource} ${model.slice(0, 80)}` })),
  };
}
