import { z } from 'zod';
import { MODES, POLICY_KINDS } from '../model/policy.ts';
import { THROTTLES, type LimitReading } from '../model/limit-signal.ts';
import type { Deprecation } from '../model/metering.ts';
import { PROVENANCES, type Cost } from '../model/money.ts';
import { TIERS, type Tokens, type Usage } from '../model/usage.ts';

/** What was read out of calls, as it crosses a door. `satisfies` keeps it equal to shared/model. */

const count = z.number().int();
const micros = z.number().int();

export const nanoUsd = count
  .nullable()
  .describe('Integer nano-dollars (1 USD = 1,000,000,000); null: unknown, never 0');
export const provenance = z.enum(PROVENANCES);

const some = z.number().nullable();

const tokensSchema = z.object({
  input: some,
  cacheRead: some,
  cacheWrite: some,
  cacheWrite5m: some,
  cacheWrite1h: some,
  audioIn: some,
  imageIn: some,
  cacheReadAudio: some,
  output: some,
  reasoning: some,
  audioOut: some,
  imageOut: some,
}) satisfies z.ZodType<Tokens>;

export const usageSchema = z.object({
  reader: z.string(),
  model: z.string().nullable().describe('As the answer names it'),
  requestModel: z.string().nullable(),
  tier: z.enum(TIERS).nullable(),
  region: z.string().nullable(),
  tokens: tokensSchema.nullable().describe('Totals contain their parts'),
  units: z.record(z.string(), z.number()),
  maxOutput: some,
  streamed: z.boolean(),
  cut: z.boolean().describe('The answer ended before it was whole'),
  provenance,
  vendorNanoUsd: nanoUsd.describe('What the vendor says it charged'),
  raw: z.string().nullable().describe('The vendor’s own words, JSON'),
  problem: z.string().nullable().describe('What does not add up in them'),
}) satisfies z.ZodType<Usage>;

export const costSchema = z.object({
  nanoUsd,
  provenance,
  price: z.string().nullable(),
  priceVersion: z.string().nullable(),
  lines: z.array(
    z.object({
      what: z.string(),
      quantity: z.number(),
      priceNanoUsd: z.number(),
      per: z.enum(['million', 'one']),
      nanoUsd: count,
      pricedAs: z.string().exactOptional(),
    }),
  ),
  vendorNanoUsd: nanoUsd,
  why: z.string().nullable(),
}) satisfies z.ZodType<Cost>;

export const limitReadingSchema = z.object({
  signals: z.array(
    z.object({
      resource: z.string(),
      unit: z.enum(['requests', 'tokens', 'points', 'bytes', 'concurrency', 'other']),
      limit: some,
      remaining: some,
      resetAt: micros.nullable(),
      window: some.describe('Seconds'),
      source: z.string(),
    }),
  ),
  throttle: z.enum(THROTTLES).nullable(),
  retryAt: micros.nullable(),
}) satisfies z.ZodType<LimitReading>;

export const deprecationSchema = z.object({
  deprecatedAt: micros.nullable(),
  sunsetAt: micros.nullable(),
  link: z.string().nullable(),
}) satisfies z.ZodType<Deprecation>;

export const decisionNumbersSchema = z.object({
  key: z.string().describe('Whose counter: `app=billing`; empty: one for all'),
  unit: z.enum(['calls', 'tokens', 'bytes', 'units', 'nano-dollars', 'concurrent']),
  limit: z.number().nullable(),
  used: z.number().nullable(),
  remaining: z.number().nullable(),
  resetAt: z.number().int().nullable(),
  waitUs: z.number().nullable(),
  retryAt: z.number().int().nullable(),
});

export const decisionSchema = z.object({
  policy: z.string(),
  verdict: z.string().describe('allow, wait, ask, deny or cut; with `would-` before it while the policy observes'),
  sentence: z.string(),
  kind: z.enum(POLICY_KINDS).nullable(),
  mode: z.enum(MODES).nullable(),
  version: z.number().int().nullable().describe('Of policies.yaml'),
  numbers: decisionNumbersSchema.nullable(),
  tookUs: z.number().nullable().describe('Time of all policies together for this call'),
  owner: z.string().nullable(),
});
