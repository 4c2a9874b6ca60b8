import { z } from 'zod';
import { duration, money, share, size } from '../amounts.ts';
import { per } from '../counter-key.ts';
import type { CounterField } from '../counter-key.ts';

export const ALGORITHMS = [
  'token-bucket',
  'leaky-bucket',
  'fixed-window',
  'sliding-window',
  'concurrency',
  'adaptive',
  'vendor-pacing',
] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export const COSTS = ['calls', 'tokens', 'bytes', 'units', 'money'] as const;
export type CostKind = (typeof COSTS)[number];

/** As the rule understands them: times in microseconds, amounts in what is counted (money in nano-dollars), shares as 0 … 1. */
export interface LimitSettings {
  algorithm: Algorithm;
  /** Null only with vendor pacing: the vendor's own limit alone. */
  limit: number | null;
  /** Null where none is needed: concurrency, and adaptive limits of concurrency. */
  window: number | null;
  burst: number | null;
  per: CounterField[];
  cost: CostKind;
  /** With cost `units`: which. */
  unit: string | null;
  /** What a call is taken for that does not say; null: the mean so far. */
  assume: number | null;
  action: 'reject' | 'wait';
  maxWait: number;
  queue: number;
  priority: Readonly<Record<string, number>>;
  priorityBy: CounterField;
  fairBy: CounterField;
  weights: Readonly<Record<string, number>>;
  ageing: number;
  min: number;
  max: number;
  latency: number | null;
  errors: number | null;
  /** Share of the vendor's headroom that is left to others. */
  reserve: number;
  /** Share of the headroom that may be used ahead of an even pace. */
  ahead: number;
}

const SECOND = 1_000_000;
const whole = () => z.number().int().min(1).max(1_000_000_000_000);
/** An amount of what is counted: a number of calls, tokens or units, a size, or money; read when it is known which. */
const amount = () => z.union([z.number(), z.string()], { error: 'must be a number, a size or an amount of money' });

const written = z.strictObject({
  algorithm: z
    .enum(ALGORITHMS)
    .describe(
      'token-bucket: a steady rate with bursts; leaky-bucket: evenly spaced; fixed-window: so much in each full minute, hour …; sliding-window: so much in any span of that length; concurrency: so many at the same time; adaptive: follows latency and errors; vendor-pacing: stays under what the vendor says is left',
    ),
  limit: amount().optional().describe('How much: calls, or what `cost` says (`10 MB` for bytes, `5 USD` for money)'),
  window: duration().optional().describe('In which time: 1s, 1m, 1h'),
  burst: amount().optional().describe('How much at once; left out: the whole limit (token-bucket), one (leaky-bucket)'),
  per: per().optional(),
  cost: z.enum(COSTS).default('calls').describe('What a call costs of the limit'),
  unit: z.string().min(1).max(64).optional().describe('With `cost: units`: which unit, as sms_segment'),
  assume: amount()
    .optional()
    .describe('What a call counts for until it is known; left out: what calls have cost on average'),
  action: z
    .enum(['reject', 'wait'])
    .optional()
    .describe('reject: 429 at once; wait: held until it fits. Left out: wait for leaky-bucket and vendor-pacing'),
  maxWait: duration().optional().describe('Nobody is held longer: then it is refused. 10s when left out'),
  queue: z.number().int().min(1).max(100_000).default(100).describe('How many may wait for one counter'),
  priority: z
    .record(z.string().min(1), z.number().int().min(0).max(99))
    .optional()
    .describe('Who is first: {critical: 0, "*": 1, batch: 2}; values of `priorityBy`, `*` for all others'),
  priorityBy: per().optional().describe('Field that `priority` is about: tag.priority when left out'),
  fairBy: per().optional().describe('Whose turns alternate in the queue: app when left out'),
  weights: z
    .record(z.string().min(1), z.number().positive().max(1000))
    .optional()
    .describe('Turns by value of `fairBy`: {billing: 3}; all others 1'),
  ageing: duration()
    .optional()
    .describe('After so long a waiting call counts as one of the class before; left out: so that nobody starves'),
  min: whole().optional().describe('Adaptive: never below'),
  max: whole().optional().describe('Adaptive: never above'),
  latency: duration().optional().describe('Adaptive: too slow when one in twenty answers takes longer to begin'),
  errors: share().optional().describe('Adaptive: more failures than this share are too many'),
  reserve: share().optional().describe('Vendor pacing: share of the headroom left to callers nobody sees here; 10%'),
  ahead: share()
    .optional()
    .describe('Vendor pacing: share of the headroom that may go ahead of an even pace; 10%, 100% for no pace at all'),
});

type Written = z.output<typeof written>;

/** `settings:` of a limit. */
export const limitSettings = written.transform((said, context): LimitSettings => {
  const wrong = (path: string, message: string): void => {
    context.addIssue({ code: 'custom', path: [path], message });
  };
  const { algorithm, cost } = said;
  const onlyFor = (field: keyof Written, ...algorithms: Algorithm[]): void => {
    if (said[field] !== undefined && !algorithms.includes(algorithm))
      wrong(field, `\`${field}\` is for ${algorithms.join(', ')}; ${algorithm} has none`);
  };
  const read = (field: 'limit' | 'burst' | 'assume'): number | null => {
    const value = said[field];
    if (value === undefined) return null;
    const parsed = amountOf(value, cost);
    if (typeof parsed === 'number') return parsed;
    wrong(field, parsed.wrong);
    return null;
  };
  const one = (field: 'priorityBy' | 'fairBy', otherwise: CounterField): CounterField => {
    const fields = said[field];
    if (fields !== undefined && fields.length !== 1) wrong(field, `\`${field}\` takes one field: [${otherwise}]`);
    return fields?.[0] ?? otherwise;
  };

  const limit = read('limit');
  const burst = read('burst');
  if (said.limit === undefined && algorithm !== 'vendor-pacing') wrong('limit', '`limit` is missing: how much?');
  const needsWindow = algorithm !== 'concurrency' && algorithm !== 'adaptive' && said.limit !== undefined;
  if (needsWindow && said.window === undefined) wrong('window', '`window` is missing: in which time, as 1m?');
  onlyFor('window', ...ALGORITHMS.filter((name) => name !== 'concurrency'));
  onlyFor('burst', 'token-bucket', 'leaky-bucket', 'adaptive', 'vendor-pacing');
  for (const field of ['min', 'max', 'latency', 'errors'] as const) onlyFor(field, 'adaptive');
  for (const field of ['reserve', 'ahead'] as const) onlyFor(field, 'vendor-pacing');
  if (cost !== 'calls' && (algorithm === 'concurrency' || algorithm === 'adaptive' || algorithm === 'vendor-pacing'))
    wrong('cost', `${algorithm} counts calls; use another algorithm for ${cost}`);
  if (cost === 'units' && said.unit === undefined) wrong('unit', '`cost: units` needs `unit`: which, as sms_segment?');
  if (cost !== 'units' && said.unit !== undefined) wrong('unit', '`unit` is for `cost: units`');
  if (algorithm === 'adaptive' && said.latency === undefined && said.errors === undefined)
    wrong('latency', 'adaptive needs something to follow: `latency`, `errors` or both');
  const min = said.min ?? 1;
  const max = said.max ?? Math.max(min, (limit ?? 1) * 10);
  if (min > max) wrong('min', '`min` is more than `max`');
  if ((said.reserve ?? 0) >= 1) wrong('reserve', '`reserve` must leave something: less than 100%');
  const priorities = Object.values(said.priority ?? {});
  if (said.priorityBy !== undefined && priorities.length === 0)
    wrong('priorityBy', '`priorityBy` needs `priority`: which value comes first?');
  const maxWait = said.maxWait ?? 10 * SECOND;
  return {
    algorithm,
    limit,
    window: said.window ?? null,
    burst,
    per: said.per ?? [],
    cost,
    unit: said.unit ?? null,
    assume: read('assume'),
    action: said.action ?? (algorithm === 'leaky-bucket' || algorithm === 'vendor-pacing' ? 'wait' : 'reject'),
    maxWait,
    queue: said.queue,
    priority: said.priority ?? {},
    priorityBy: one('priorityBy', 'tag.priority'),
    fairBy: one('fairBy', 'app'),
    weights: said.weights ?? {},
    // The last class has come up to the first before the maximum wait is over.
    ageing: said.ageing ?? Math.ceil(maxWait / (Math.max(1, ...priorities) + 1)),
    min,
    max,
    latency: said.latency ?? null,
    errors: said.errors ?? null,
    reserve: said.reserve ?? 0.1,
    ahead: said.ahead ?? 0.1,
  };
});

function amountOf(value: number | string, cost: CostKind): number | { wrong: string } {
  if (cost === 'bytes' || cost === 'money') {
    const read = (cost === 'bytes' ? size() : money()).safeParse(value);
    if (!read.success) return { wrong: read.error.issues[0]?.message ?? 'cannot be read' };
    return read.data > 0 ? read.data : { wrong: 'must be more than nothing' };
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 1e12)
    return { wrong: `must be a whole number of ${cost}, 1 or more` };
  return value;
}
