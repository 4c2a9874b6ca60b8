import { z } from 'zod';
import { duration, durationOrNone, money, share } from '../amounts.ts';
import { per } from '../counter-key.ts';

export const METRICS = [
  'calls',
  'errors',
  'error-rate',
  'latency-p95',
  'cost',
  'tokens',
  'denied',
  'delayed',
  'throttled',
  'unpriced',
  'burn-rate',
  'headroom',
] as const;
export type Metric = (typeof METRICS)[number];

const count = z.number({ error: 'must be a number' }).min(0);

/** What a mark of each figure is written in: `5%`, `2s`, `10 USD`, else a number. */
function markOf(metric: Metric): z.ZodType<number> {
  if (metric === 'error-rate' || metric === 'headroom') return share();
  if (metric === 'latency-p95') return duration();
  return metric === 'cost' ? money() : count;
}

const mark = () =>
  z.union([z.number(), z.string()], { error: 'must be a mark: 100, `5%`, `2s` or `10 USD`, as the metric is' });

const notice = z.union(
  [
    z.literal('desktop'),
    z.strictObject({
      webhook: z.url({ protocol: /^https?$/ }),
      secret: z
        .string()
        .regex(/^env:[A-Za-z_][A-Za-z0-9_]*$/)
        .optional(),
    }),
    z.strictObject({ command: z.array(z.string()).min(1).max(50) }),
  ],
  { error: 'must be desktop, { webhook: https://…, secret: env:NAME } or { command: [program, argument] }' },
);
export type Notice = z.output<typeof notice>;

/** What an alert says under `settings:`. Marks as the metric counts: calls, tokens, a share, microseconds, nano-dollars. */
export const alertSettings = z
  .strictObject({
    metric: z
      .enum(METRICS, { error: ({ input }) => sayUnknownMetric(String(input)) })
      .describe('Which figure of the calls that match'),
    over: duration().default(300_000_000).describe('Of the last so long; default 5m'),
    above: mark().optional().describe('Opens when it is more: 100, `5%`, `2s`, `10 USD`'),
    below: mark().optional().describe('Opens when it is less, once that long was seen'),
    for: durationOrNone().default(0).describe('Only when it stays so'),
    budget: money().optional().describe('Of burn-rate: the money of a period, which is spent evenly at a rate of 1'),
    period: z.enum(['hour', 'day', 'week', 'month']).optional().describe('Of burn-rate; default month'),
    short: duration()
      .optional()
      .describe('Of burn-rate: a shorter time over which it is passed, too; default 1/12 of over'),
    per: per().default([]),
    notify: z
      .array(notice)
      .max(8)
      .default(['desktop'])
      .describe('Who is told: desktop, { webhook: url, secret: env:NAME }, { command: [..] }'),
  })
  .transform(({ above, below, budget, period, short, ...rest }, context) => {
    const wrong = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: key === '' ? [] : [key], message });
    const read = (key: 'above' | 'below', value: number | string | undefined): number | null => {
      if (value === undefined) return null;
      const result = markOf(rest.metric).safeParse(value);
      if (result.success) return result.data;
      context.addIssue({ code: 'custom', path: [key], message: result.error.issues[0]?.message ?? 'is no mark' });
      return null;
    };
    const burns = rest.metric === 'burn-rate';
    if (burns) {
      if (budget === undefined) wrong('', 'burn-rate needs the money of a period: `budget: 500 USD`');
      else if (budget <= 0) wrong('budget', 'must be more than nothing');
      if (below !== undefined) wrong('below', 'a burn rate is watched with `above:`');
      if (short !== undefined && short >= rest.over) wrong('short', 'must be shorter than `over`');
    } else
      for (const [key, value] of Object.entries({ budget, period, short }))
        if (value !== undefined) wrong(key, 'goes with `metric: burn-rate` only');
    if (rest.metric === 'headroom' && above !== undefined)
      wrong('above', 'what is left of a limit is watched with `below:`');
    if (above === undefined && below === undefined)
      context.addIssue({ code: 'custom', path: [], message: 'needs a mark: `above: …` or `below: …`' });
    return {
      ...rest,
      above: read('above', above),
      below: read('below', below),
      burn: burns ? { budget: budget ?? 1, period: period ?? 'month', short: short ?? rest.over / 12 } : null,
    };
  });

export type AlertSettings = z.output<typeof alertSettings>;

function sayUnknownMetric(name: string): string {
  return `\`${name.slice(0, 60)}\` is no figure that is watched; use ${METRICS.join(', ')}`;
}
