// What a policy would have done to recorded calls, as zod schemas: the results of `policies.backtest` and its sisters.
import { z } from 'zod';
import { POLICY_KINDS } from '../model/policy.ts';
import { nanoUsd } from './metering-schemas.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');

const delaySchema = z.object({
  p50: z.number(),
  p90: z.number(),
  p99: z.number(),
  max: z.number(),
  mean: z.number(),
});

const hitSchema = z.object({
  name: z.string().nullable(),
  calls: count,
  denied: count,
  delayed: count,
});

/** What a policy would have done to recorded calls. Field names are a promise to scripts. */
export const backtestResultSchema = z.object({
  policy: z.string(),
  kind: z.enum(POLICY_KINDS),
  evaluated: count.describe('Recorded calls that were looked at'),
  matched: count.describe('Of these, calls that the policy is about'),
  denied: count,
  delayed: count,
  delayMs: delaySchema.nullable().describe('Of the delayed; null when there were none'),
  savedNanoUsd: nanoUsd.describe(
    'Recorded cost of the calls that would not have left; null when nothing of it is known',
  ),
  spentNanoUsd: nanoUsd.describe('Recorded cost of the calls that would have'),
  vendor429s: count.describe('Recorded refusals of the vendor for its limits, of matched calls'),
  vendor429sAvoided: count,
  alerts: count.describe('Alert policies: how often it would have opened'),
  retries: count.describe('Closed loop: attempts that refused callers made again'),
  affected: z.object({
    apps: z.array(hitSchema),
    features: z.array(hitSchema),
    callSites: z.array(hitSchema),
    endpoints: z.array(hitSchema),
    keys: z.array(hitSchema).describe('By the counters of the policy'),
  }),
  series: z.array(z.object({ start: micros, allowed: count, denied: count, delayed: count, savedNanoUsd: count })),
  step: count.describe('Length of a step of the series, microseconds'),
  calls: z
    .array(
      z.object({
        id: count,
        at: micros,
        verdict: z.enum(['deny', 'wait', 'ask']),
        waitUs: z.number(),
        sentence: z.string(),
      }),
    )
    .describe('The first of those that would have been denied or delayed'),
  unknowns: z.array(z.string()).describe('What this cannot know, in sentences'),
  tookMs: z.number(),
});
export type BacktestResult = z.infer<typeof backtestResultSchema>;

/** Which recorded calls, and how callers are thought to behave. */
export const historySchema = z.object({
  since,
  until: since,
  filter: z.string().max(4000).default('').describe('In the filter language'),
  newest: count.min(1).max(5_000_000).optional().describe('Only so many, the newest'),
  callers: z
    .enum(['as-recorded', 'retry'])
    .default('as-recorded')
    .describe('`retry`: refused callers try again, as SDKs do, twice and when they are told to'),
});

export const demandSchema = z.object({
  windowUs: z.number(),
  unit: z.enum(['calls', 'tokens', 'bytes', 'units', 'nano-dollars', 'concurrent']),
  windows: count.describe('Windows with calls in them, over all keys'),
  calls: count,
  buckets: z.array(z.object({ from: z.number(), to: z.number(), windows: count })),
  percentiles: z.object({ p50: z.number(), p90: z.number(), p99: z.number(), p999: z.number(), max: z.number() }),
  series: z
    .array(z.object({ start: micros, highest: z.number(), calls: count }))
    .describe('Of the busiest window in each step'),
  step: count,
  keys: z.array(z.object({ key: z.string(), calls: count, highest: z.number() })),
  headroom: z
    .array(
      z.object({
        resource: z.string(),
        unit: z.string(),
        limit: z.number().nullable(),
        lowest: z.number().nullable(),
        windowUs: z.number().nullable(),
        inThisWindow: z.number().nullable().describe('The vendor’s limit, turned into this window'),
      }),
    )
    .describe('What the vendor itself says'),
});
export type Demand = z.infer<typeof demandSchema>;
