import type { Price } from './amounts.ts';
import type { Cost, NanoUsd } from '../model/money.ts';
import type { UnitRule } from '../model/unit-rule.ts';
import type { Usage } from '../model/usage.ts';

/** What a price is looked up by. */
export interface PricedCall {
  /** The catalogue's id, or a domain. */
  vendor: string;
  service: string | null;
  host: string;
  method: string;
  path: string;
  /** As `EndpointNamer` names it. */
  endpoint: string | null;
  status: number | null;
  app: string | null;
  credential: string | null;
  /** Microseconds since the epoch: prices are those of that day. */
  startedAt: number;
  usage: Usage | null;
}

/** One price in force. */
export interface ListedPrice {
  /** The row: `openai/gpt-5`, `twilio/sms`. */
  id: string;
  model: string | null;
  /** Token leaf or unit: `cache_read`, `sms_segment/US`. */
  what: string;
  priceNanoUsd: NanoUsd;
  per: 'million' | 'one';
  /** `genai-prices 0.1.8`, `sallyport 2026-11`, `prices.yaml 1a2b3c4d`. */
  source: string;
  /** First day, where a row says one. */
  from: string | null;
}

/** What bounds a call's cost before it leaves. */
export interface CeilingRates {
  /** The dearest that a token read can be; 0 where none is charged. */
  input: Price;
  output: Price;
  /** For each call. */
  feeNanoUsd: NanoUsd;
  /** What the model writes at most, tokens; null: it is charged for none. */
  mostOutput: number | null;
}

/** Prices in force at a time: the model tables, our own rows for their gaps, unit prices, and the user's file over all. */
export interface PriceBook {
  /**
   * Loads the model tables, once and for all. Ask when the first call comes that a reader of tokens has business with: calls of
   * models that are priced before are *unknown*, and say why.
   */
  prepare(): Promise<void>;
  /**
   * Null: nothing says that such a call costs something, or that it is free. Counts for tiers and free tiers: price each
   * call once, when it is over.
   */
  price(call: PricedCall): Cost | null;
  /** The dearest that the call could become, for reserving; null when not known. */
  ceiling(call: PricedCall, inputTokens: number, maxOutput: number): NanoUsd | null;
  /**
   * The same as rates, for a call that is about to leave: its model is the usage's, its status does not count. What is
   * charged by the piece is known beforehand only where each call is one piece. Null: not known.
   */
  rates(call: PricedCall, inputTokens: number): CeilingRates | null;
  /** What such calls are priced by, thing by thing, as it is before free tiers; empty when nothing is known. */
  list(call: PricedCall): ListedPrice[];
  /** What is to be read in calls for it: the user's rules before ours, the first that fits counts. */
  readonly rules: readonly UnitRule[];
  /** Where prices are from, and as of when. */
  readonly versions: readonly { source: string; version: string }[];
}
