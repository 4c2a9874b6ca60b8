import type { Provenance } from './money.ts';

/**
 * What a call used, in one shape for every vendor. Token totals are *inclusive* (a total contains its parts), as in
 * OpenTelemetry's GenAI conventions; what is priced are the leaves, by subtraction. Null is *not said*, never 0.
 */
export interface Tokens {
  /** Everything read, cache included. */
  input: number | null;
  /** Of `input`. */
  cacheRead: number | null;
  /** Of `input`; the two below are of it, and what they leave over is priced as five minutes. */
  cacheWrite: number | null;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
  audioIn: number | null;
  imageIn: number | null;
  /** Of `cacheRead`. */
  cacheReadAudio: number | null;
  /** Everything written, reasoning included. */
  output: number | null;
  /** Of `output`. */
  reasoning: number | null;
  audioOut: number | null;
  imageOut: number | null;
}

/** What else vendors charge for, by the piece. Names are stable: price files use them. */
export type Units = Readonly<Record<string, number>>;

export const TIERS = ['standard', 'batch', 'flex', 'priority', 'fast'] as const;
export type Tier = (typeof TIERS)[number];

export interface Usage {
  /** Which reader read it: `openai-chat`, `anthropic-messages`, `twilio-sms` … */
  reader: string;
  /** As the answer names it; null when it does not. */
  model: string | null;
  /** As the request names it. */
  requestModel: string | null;
  tier: Tier | null;
  /** Region prefix of the model (`us`, `eu`, `global` …) or declared place of inference. */
  region: string | null;
  /** Null for what has none. */
  tokens: Tokens | null;
  units: Units;
  /** Most output the request allowed; null when it did not say. */
  maxOutput: number | null;
  streamed: boolean;
  /** The answer ended before it was whole. */
  cut: boolean;
  provenance: Provenance;
  /** What the vendor says it charged, in nano-dollars. */
  vendorNanoUsd: number | null;
  /** The vendor's own usage object as JSON, at most 4,000 characters; null when there was none. */
  raw: string | null;
  /** What does not add up in what the vendor says, in one sentence; null when all does. */
  problem: string | null;
}

export const NO_TOKENS: Tokens = Object.freeze({
  input: null,
  cacheRead: null,
  cacheWrite: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
  audioIn: null,
  imageIn: null,
  cacheReadAudio: null,
  output: null,
  reasoning: null,
  audioOut: null,
  imageOut: null,
});
