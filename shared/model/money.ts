/**
 * Money is integer nano-dollars (1 USD = 1,000,000,000), so that sums are exact. A number holds them exactly up to
 * 2^53 (some nine million dollars), which is more than one data folder sees; `addMoney` says when it is not.
 * Null is *unknown*, and is never 0.
 */
export type NanoUsd = number;

export const NANO_PER_USD = 1_000_000_000;

/** How well a cost is known. */
export const PROVENANCES = [
  /** From what the vendor's answer says was used. */
  'reported',
  /** Some of what was used is in the answer, the rest is not priced or not said. */
  'partial',
  /** Worked out by us: the answer was cut, or the vendor does not say. */
  'estimated',
  /** Not known. */
  'none',
] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** One line of a cost: so much of something at a price. */
export interface CostLine {
  /** A token leaf (`input`, `cache_read` …) or a unit (`sms_segment`, `web_search` …), as in `Usage`. */
  what: string;
  quantity: number;
  /** Price of a million of it (tokens), or of one (units). */
  priceNanoUsd: NanoUsd;
  per: 'million' | 'one';
  nanoUsd: NanoUsd;
  /** Set when there was no price of its own and another one's was taken (`reasoning` at `output`). */
  pricedAs?: string;
}

/** What a call cost, and why. */
export interface Cost {
  /** Null: unknown. */
  nanoUsd: NanoUsd | null;
  provenance: Provenance;
  /** The row it was priced by, `openai/gpt-5` or `twilio/sms-us`; null when none applied. */
  price: string | null;
  /** Where the row is from and as of when: `genai-prices 0.1.8`, `sallyport 2026-11`, `prices.yaml`; null without a row. */
  priceVersion: string | null;
  lines: CostLine[];
  /** What the vendor itself says it charged. */
  vendorNanoUsd: NanoUsd | null;
  /** Why it is not known, or not fully, in one sentence. */
  why: string | null;
}
