import { numberOrNull } from '../../llm/loose.ts';
import type { Tier, Tokens, Units } from '../../model/usage.ts';
import { NO_TOKENS, TIERS } from '../../model/usage.ts';

/** What is known so far of what a call used; dialects write into it. */
export interface Draft {
  /** Whose answer it is: some count differently. */
  host: string;
  model: string | null;
  requestModel: string | null;
  tier: Tier | null;
  region: string | null;
  tokens: Tokens | null;
  units: Record<string, number>;
  maxOutput: number | null;
  vendorNanoUsd: number | null;
  /** The vendor's own words. */
  raw: Record<string, unknown> | null;
  /** How much of it the vendor said: `some` when what it says last is still to come. */
  said: 'nothing' | 'some' | 'all';
  /** It is an answer of this dialect, whether or not it says what was used. */
  known: boolean;
  /** What the model wrote is whole, though more may follow. */
  finished: boolean;
  /** A stream has told that it is at its end. */
  complete: boolean;
  /** What the answer's header counts, where it does. */
  counts: Pick<Tokens, 'input' | 'output' | 'cacheRead' | 'cacheWrite'> | null;
  /** How many things were asked for, and by which name they are charged; null where the answer says it. */
  asked: number | null;
  unit: string | null;
  /** We counted it in the request ourselves, and it is exact. */
  counted: boolean;
  problem: string | null;
}

export function startDraft(host: string): Draft {
  return {
    host,
    model: null,
    requestModel: null,
    tier: null,
    region: null,
    tokens: null,
    units: {},
    maxOutput: null,
    vendorNanoUsd: null,
    raw: null,
    said: 'nothing',
    known: false,
    finished: false,
    complete: false,
    counts: null,
    asked: null,
    unit: null,
    counted: false,
    problem: null,
  };
}

/** Takes what is said now in the place of what was said before: vendors repeat totals, so nothing is ever added. */
export function putTokens(draft: Draft, tokens: Partial<Tokens>): void {
  const next: Tokens = { ...(draft.tokens ?? NO_TOKENS) };
  for (const key of Object.keys(tokens) as (keyof Tokens)[]) {
    const value = tokens[key];
    if (value !== null && value !== undefined) next[key] = value;
  }
  draft.tokens = next;
}

export function putUnit(draft: Draft, unit: string, quantity: number | null): void {
  if (quantity !== null && quantity !== 0) draft.units[unit] = quantity;
}

/** As vendors name tiers; null for what says nothing (`auto`). */
export function tierOf(value: unknown): Tier | null {
  if (typeof value !== 'string') return null;
  const name = value.toLowerCase().replace(/^(?:default|on_demand|on-demand|standard_only|standard-only)$/, 'standard');
  return TIERS.find((tier) => tier === name) ?? null;
}

/** A sum of what is there; null when nothing is. */
export function sumOf(...values: unknown[]): number | null {
  let sum: number | null = null;
  for (const value of values) {
    const number = numberOrNull(value);
    if (number !== null) sum = (sum ?? 0) + number;
  }
  return sum;
}

/** Dollars as integer nano-dollars; null for what is no amount. */
export function nanoOf(dollars: unknown): number | null {
  const number = numberOrNull(dollars);
  return number === null || number < 0 ? null : Math.round(number * 1e9);
}

/** What does not add up, in one sentence; null when all does. */
export function findProblem(tokens: Tokens | null, units: Units): string | null {
  for (const [name, quantity] of [...Object.entries(tokens ?? {}), ...Object.entries(units)])
    if (quantity !== null && (quantity < 0 || !Number.isFinite(quantity))) return `It says ${quantity} for ${name}.`;
  if (tokens === null) return null;
  const { input, output } = tokens;
  const of = (value: number | null): number => value ?? 0;
  if (input !== null) {
    const cached = of(tokens.cacheRead) + of(tokens.cacheWrite);
    if (cached > input) return `It says that ${cached} input tokens were of the cache, of ${input} in all.`;
    const media = of(tokens.audioIn) + of(tokens.imageIn);
    if (media > input) return `It says that ${media} input tokens were sound or pictures, of ${input} in all.`;
  }
  if (output !== null) {
    const parts = of(tokens.reasoning) + of(tokens.audioOut) + of(tokens.imageOut);
    if (parts > output)
      return `It says that ${parts} output tokens were reasoning, sound or pictures, of ${output} in all.`;
  }
  const split = of(tokens.cacheWrite5m) + of(tokens.cacheWrite1h);
  if (split > of(tokens.cacheWrite))
    return `It says that ${split} tokens were written to the cache by duration, of ${of(tokens.cacheWrite)} in all.`;
  if (tokens.cacheRead !== null && of(tokens.cacheReadAudio) > tokens.cacheRead)
    return `It says that ${of(tokens.cacheReadAudio)} tokens of sound came from the cache, of ${tokens.cacheRead} in all.`;
  return null;
}
