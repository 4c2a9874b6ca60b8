import { oc } from '@orpc/contract';
import { z } from 'zod';
import { nanoUsd } from './metering-schemas.ts';
import { badCosts, engineNotRunning } from './refusals.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');
const span = { since, until: since };

/** What costs can be told apart by. `tag:NAME` too: `tag:feature`. */
export const COST_DIMENSIONS = [
  'vendor',
  'service',
  'model',
  'app',
  'team',
  'endpoint',
  'credential',
  'day',
  'provenance',
] as const;
// Checked where it is answered, so that a mistake is told with what there is.
const dimension = z
  .string()
  .max(100)
  .describe(`One of ${COST_DIMENSIONS.join(', ')}, or tag:NAME`);

export const costFiguresSchema = z.object({
  calls: count,
  costNanoUsd: nanoUsd.describe('Sum of what is known; null when nothing is'),
  pricedCalls: count,
  unpricedCalls: count.describe('Calls that may have cost something and nobody knows what'),
  estimatedCalls: count.describe('Of the priced ones: worked out by us'),
  estimatedNanoUsd: count,
  inputTokens: count.describe('Cache included'),
  cacheReadTokens: count,
  cacheWriteTokens: count,
  outputTokens: count.describe('Reasoning included'),
  reasoningTokens: count,
  tokenCalls: count.describe('Calls that used tokens'),
});
export type CostFigures = z.infer<typeof costFiguresSchema>;

export const costRowSchema = costFiguresSchema.extend({
  keys: z.record(z.string(), z.string().nullable()).describe('By dimension; null: not known, or not tagged'),
});
export type CostRow = z.infer<typeof costRowSchema>;

const money = z.number().int();

export const WASTES = ['retries', 'duplicates', 'oversize', 'cut', 'max-tokens', 'cacheable'] as const;

export const repricingSchema = z.object({
  id: count,
  at: micros,
  since: micros,
  until: micros,
  calls: count.describe('Calls whose cost changes'),
  looked: count,
  beforeNanoUsd: money,
  afterNanoUsd: money,
  /** What was unknown and is known, and the other way round. */
  nowKnown: count,
  nowUnknown: count,
  rows: z
    .array(
      z.object({
        vendor: z.string().nullable(),
        model: z.string().nullable(),
        calls: count,
        beforeNanoUsd: nanoUsd,
        afterNanoUsd: nanoUsd,
        price: z.string().nullable(),
        priceVersion: z.string().nullable(),
      }),
    )
    .describe('The largest differences first'),
});
export type Repricing = z.infer<typeof repricingSchema>;

/** What calls cost. */
export const costs = oc.tag('costs').router({
  table: oc
    .route({
      method: 'GET',
      path: '/costs',
      summary: 'Sum up costs',
      description: 'By one or more dimensions, the dearest first.',
    })
    .errors(badCosts)
    .input(
      z.object({
        ...span,
        by: z
          .union([z.array(dimension).min(1).max(10), z.string().max(1000)])
          .describe('One to four dimensions; as one text with commas between: `vendor,model`'),
        vendor: z.string().optional(),
        app: z.string().optional(),
        model: z.string().optional(),
        limit: z.coerce.number<number>().int().min(1).max(10_000).default(1000),
      }),
    )
    .output(z.object({ rows: z.array(costRowSchema), total: costFiguresSchema, more: z.boolean() })),

  series: oc
    .route({
      method: 'GET',
      path: '/costs/series',
      summary: 'Costs over time',
      description:
        'What is known of them, by the largest values of a dimension; the rest together, as `others`. Steps are hours or whole days on their boundaries in UTC: the first may begin before the span and the last end after it, but only what is in the span is counted.',
    })
    .errors(badCosts)
    .input(
      z.object({
        ...span,
        by: dimension.optional(),
        steps: z.coerce.number<number>().int().min(1).max(400).default(60),
        values: z.coerce.number<number>().int().min(1).max(20).default(8),
      }),
    )
    .output(
      z.object({
        step: micros,
        starts: z.array(micros),
        series: z.array(z.object({ value: z.string().nullable(), others: z.boolean(), nanoUsd: z.array(money) })),
      }),
    ),

  summary: oc
    .route({
      method: 'GET',
      path: '/costs/summary',
      summary: 'What it comes to',
      description: 'Total, the span before, unit costs, the largest changes, and where the month is heading.',
    })
    .input(z.object({ ...span, now: since.describe('For the forecast: the month is this moment’s, in UTC') }))
    .output(
      z.object({
        total: costFiguresSchema,
        previous: costFiguresSchema,
        perCallNanoUsd: nanoUsd,
        perThousandTokensNanoUsd: nanoUsd,
        perUser: z
          .object({ users: count, nanoUsd })
          .nullable()
          .describe('By the tag `user`; null when no call has one'),
        movers: z.array(
          z.object({
            dimension: z.enum(['vendor', 'model', 'app']),
            value: z.string().nullable(),
            nanoUsd: money,
            previousNanoUsd: money,
          }),
        ),
        forecast: z
          .object({
            soFarNanoUsd: money,
            expectedNanoUsd: money,
            lowNanoUsd: money,
            highNanoUsd: money,
            until: micros,
            days: count.describe('Days it is made of'),
            series: z
              .array(z.object({ start: micros, nanoUsd: money }))
              .describe(
                'What each day to come is expected to cost, the rest of today first: with what is spent so far the whole',
              ),
          })
          .nullable()
          .describe('To the end of the month; null when there are too few days to say'),
      }),
    ),

  waste: oc
    .route({
      method: 'GET',
      path: '/costs/waste',
      summary: 'What could be saved',
      description:
        'Each with the calls behind it. Looks at the newest calls, as many as can be read in a moment: `complete` says whether these were all.',
    })
    .input(z.object({ ...span }))
    .output(
      z.object({
        complete: z.boolean(),
        looked: count,
        wastes: z.array(
          z.object({
            kind: z.enum(WASTES),
            calls: count,
            nanoUsd: nanoUsd.describe('What they cost that need not be; null when not known'),
            says: z.string(),
            examples: z.array(z.object({ id: count, says: z.string() })).max(20),
            groups: z.array(
              z.object({
                says: z.string(),
                calls: count,
                nanoUsd,
                query: z.string().describe('The calls, as a filter'),
              }),
            ),
          }),
        ),
      }),
    ),

  reprice: oc
    .route({
      method: 'POST',
      path: '/costs/reprice',
      summary: 'Price calls of a span anew',
      description:
        'By the prices of now (each call by the price of its own day). Shows the difference; writes it only with `apply`, and then keeps a record.',
    })
    .errors({ ...engineNotRunning, ...badCosts })
    .input(z.object({ ...span, vendor: z.string().optional(), apply: z.boolean().default(false) }))
    .output(repricingSchema),

  repricings: oc
    .route({ method: 'GET', path: '/costs/repricings', summary: 'List repricings', description: 'The newest first.' })
    .output(z.object({ repricings: z.array(repricingSchema) })),

  reconcile: oc
    .route({
      method: 'POST',
      path: '/costs/reconcile',
      summary: 'Compare with a vendor’s bill',
      description: 'Reads a usage export (CSV) and compares it by day, model and token category.',
    })
    .errors(badCosts)
    .input(
      z.object({
        csv: z.string().max(64 * 1024 * 1024),
        vendor: z.string().optional().describe('Left out: told from the columns'),
        /** Names of columns of a file nobody knows. */
        columns: z
          .object({
            day: z.string(),
            model: z.string(),
            input: z.string(),
            output: z.string(),
            cacheRead: z.string(),
            cacheWrite: z.string(),
            cost: z.string(),
            requests: z.string(),
          })
          .partial()
          .optional(),
      }),
    )
    .output(
      z.object({
        vendor: z.string(),
        form: z.string().describe('Which export it was read as'),
        since: micros,
        until: micros,
        skipped: z.array(z.object({ line: count, why: z.string() })),
        rows: z.array(
          z.object({
            day: z.iso.date(),
            model: z.string().nullable(),
            category: z.enum(['input', 'output', 'cache-read', 'cache-write', 'requests', 'cost']),
            billed: z.number(),
            recorded: z.number(),
            difference: z.number(),
            reason: z.string().nullable().describe('The likely one'),
          }),
        ),
        total: z.object({ billedNanoUsd: nanoUsd, recordedNanoUsd: nanoUsd }),
      }),
    ),

  prices: oc
    .route({
      method: 'GET',
      path: '/costs/prices',
      summary: 'List prices in force',
      description: 'Of what was called in the span, and of the user’s own file; with their versions.',
    })
    .input(z.object({ ...span }))
    .output(
      z.object({
        file: z.string().describe('prices.yaml, which people edit'),
        problems: z
          .array(z.object({ line: count, column: count, says: z.string() }))
          .describe('Why the file in force is an earlier one'),
        versions: z.array(z.object({ source: z.string(), version: z.string() })),
        prices: z.array(
          z.object({
            id: z.string(),
            vendor: z.string(),
            model: z.string().nullable(),
            what: z.string(),
            priceNanoUsd: z.number(),
            per: z.enum(['million', 'one']),
            source: z.string(),
            from: z.iso.date().nullable(),
            calls: count,
          }),
        ),
        contracts: z.array(
          z.object({
            vendor: z.string(),
            says: z.string(),
            from: z.iso.date().nullable(),
            until: z.iso.date().nullable(),
            commitmentNanoUsd: nanoUsd,
            usedNanoUsd: nanoUsd,
          }),
        ),
      }),
    ),
});
