import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { alertRowSchema } from './alert-schema.ts';
import { decisionsAskedSchema, decisionsSchema } from './decision-schemas.ts';
import { MODES, POLICY_KINDS } from '../model/policy.ts';
import { decisionNumbersSchema, nanoUsd } from './metering-schemas.ts';
import { badPolicies, badWhatIf, engineNotRunning, policyNotFound, policiesChanged } from './refusals.ts';
import { backtestResultSchema, demandSchema, historySchema } from './what-if-schemas.ts';

export type { BacktestResult, Demand } from './what-if-schemas.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');
const span = { since, until: since };
const kind = z.enum(POLICY_KINDS);
const mode = z.enum(MODES);

/** A mistake in a policy file, with its place. */
export const policyProblemSchema = z.object({
  line: count,
  column: count,
  endLine: count,
  endColumn: count,
  severity: z.enum(['error', 'warning']),
  policy: z.string().nullable(),
  says: z.string().describe('What is wrong and what could stand there instead'),
});
export type PolicyProblem = z.infer<typeof policyProblemSchema>;

export const gaugeSchema = decisionNumbersSchema.extend({
  reserved: z.number().nullable(),
  waiting: count,
  running: count,
});
export type GaugeRow = z.infer<typeof gaugeSchema>;

export const policyRowSchema = z.object({
  id: z.string(),
  kind,
  mode,
  line: count.describe('Where it begins in the file'),
  endLine: count,
  says: z.string().describe('What it does, in a sentence made of its settings'),
  owner: z.string().nullable(),
  reason: z.string().nullable(),
  expiresAt: micros.nullable(),
  onFault: z.enum(['open', 'closed']),
  changedAt: micros.nullable(),
  exceptions: count,
  hits: z
    .object({
      asked: count.describe('Calls it spoke of'),
      denied: count.describe('With `would-deny` while it observes'),
      waited: count,
      waitUs: z.number(),
      faults: count,
      lastAt: micros.nullable(),
    })
    .describe('In the span asked for'),
});
export type PolicyRow = z.infer<typeof policyRowSchema>;

export const policyVersionSchema = z.object({
  version: count,
  at: micros,
  author: z.string(),
  reason: z.string().nullable(),
  added: count.describe('Lines'),
  removed: count,
  changes: z.array(z.string()).describe('By policy, in sentences: “three-a-minute: observe → enforce”'),
});
export type PolicyVersion = z.infer<typeof policyVersionSchema>;

const policyText = z
  .string()
  .max(200_000)
  .describe('One policy as YAML (the mapping, or an item of `policies:`), or a whole file');

const progressSchema = z.object({ state: z.literal('working'), done: count, total: count });

export const askRowSchema = z.object({
  call: count,
  policy: z.string(),
  at: micros,
  until: micros.describe('Without an answer by then, `otherwise` counts'),
  otherwise: z.enum(['allow', 'deny']),
  app: z.string().nullable(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  vendor: z.string().nullable(),
  sentence: z.string(),
});
export type AskRow = z.infer<typeof askRowSchema>;

export const budgetRowSchema = z.object({
  policy: z.string(),
  key: z.string(),
  mode,
  limitNanoUsd: z.number(),
  spentNanoUsd: z.number(),
  reservedNanoUsd: z.number(),
  unpricedCalls: count,
  periodStart: micros,
  periodEnd: micros,
  days: z.array(z.object({ start: micros, spentNanoUsd: z.number() })).describe('Steps of the period so far'),
  forecast: z
    .object({ low: z.number(), likely: z.number(), high: z.number(), exhaustedAt: micros.nullable() })
    .nullable()
    .describe('At the end of the period, nano-dollars; null: not enough seen'),
  alertsAt: z.array(z.number()).describe('Shares of the limit, 0 to 1'),
});
export type BudgetRow = z.infer<typeof budgetRowSchema>;

const applied = z.object({ version: count, problems: z.array(policyProblemSchema) });
/** Who changed it and why; the version it was made from, so that nobody's change is lost. */
const change = {
  base: count.optional().describe('Version that was looked at; refused when it is not the newest'),
  author: z.string().max(200).optional(),
  reason: z.string().max(1000).optional(),
};

/** Rules for calls: written down, tried on what was recorded, put in force. */
export const policies = oc.tag('policies').router({
  get: oc
    .route({
      method: 'GET',
      path: '/policies',
      summary: 'Policies in force, and the file they are in',
      description: 'The file as it is on disk, its mistakes, and each policy with what came of it in a time span.',
    })
    .input(z.object({ ...span }))
    .output(
      z.object({
        file: z.string(),
        text: z.string().describe('As it is on disk now'),
        version: count.describe('In force; 0: none yet'),
        problems: z
          .array(policyProblemSchema)
          .describe('Of the file on disk; with an error in it, an earlier version is in force'),
        policies: z.array(policyRowSchema),
      }),
    ),

  check: oc
    .route({
      method: 'POST',
      path: '/policies/check',
      summary: 'Check a policy file',
      description: 'Tells every mistake with its place; nothing is put in force.',
    })
    .input(z.object({ text: z.string().max(2_000_000) }))
    .output(
      z.object({ problems: z.array(policyProblemSchema), policies: z.array(policyRowSchema.omit({ hits: true })) }),
    ),

  test: oc
    .route({
      method: 'POST',
      path: '/policies/test',
      summary: 'Run the test cases of a policy file',
      description: 'Those under `tests:`; nothing is sent anywhere and no counter in force is touched.',
    })
    .errors({ ...badPolicies })
    .input(z.object({ text: z.string().max(2_000_000).optional().describe('Left out: the file on disk') }))
    .output(
      z.object({
        tests: z.array(
          z.object({
            name: z.string(),
            line: count,
            passed: z.boolean(),
            expected: z.string(),
            got: z.string(),
            sentence: z.string().nullable(),
          }),
        ),
      }),
    ),

  apply: oc
    .route({
      method: 'PUT',
      path: '/policies',
      summary: 'Replace the policy file',
      description:
        'Puts a whole file in force and keeps it as a version; refused while it has an error, or when it was changed meanwhile.',
    })
    .errors({ ...engineNotRunning, ...badPolicies, ...policiesChanged })
    .input(z.object({ text: z.string().max(2_000_000), ...change }))
    .output(applied),

  change: oc
    .route({
      method: 'PATCH',
      path: '/policies/{id}',
      summary: 'Change, add or remove one policy',
      description: 'The rest of the file stays as it is written, comments too.',
    })
    .errors({ ...engineNotRunning, ...badPolicies, ...policiesChanged, ...policyNotFound })
    .input(
      z.object({
        id: z.string(),
        mode: mode.optional(),
        text: policyText
          .nullable()
          .optional()
          .describe('The policy as YAML, in its place or as a new one; null: removed'),
        ...change,
      }),
    )
    .output(applied),

  except: oc
    .route({
      method: 'POST',
      path: '/policies/exceptions',
      summary: 'Except calls from a policy for a while',
      description: 'Written into the file, with an owner and a day on which it ends.',
    })
    .errors({ ...engineNotRunning, ...badPolicies, ...policiesChanged, ...policyNotFound })
    .input(
      z.object({
        policy: z.string(),
        match: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
        owner: z.string().min(1),
        expires: z.iso.date(),
        ...change,
      }),
    )
    .output(applied),

  versions: oc
    .route({
      method: 'GET',
      path: '/policies/versions',
      summary: 'Versions of the policy file, newest first',
      description: 'Each with who, when, why, and what changed in sentences.',
    })
    .output(z.object({ versions: z.array(policyVersionSchema) })),

  version: oc
    .route({
      method: 'GET',
      path: '/policies/versions/{version}',
      summary: 'One version, and how it differs from the one before',
      description: 'Its text, and the unified difference.',
    })
    .errors({ ...policyNotFound })
    .input(z.object({ version: z.coerce.number<number>().int() }))
    .output(policyVersionSchema.extend({ text: z.string(), diff: z.string().describe('Unified') })),

  restore: oc
    .route({
      method: 'POST',
      path: '/policies/versions/{version}/restore',
      summary: 'Put an earlier version in force again',
      description: 'As a new version: nothing is lost.',
    })
    .errors({ ...engineNotRunning, ...badPolicies, ...policyNotFound })
    .input(z.object({ version: z.coerce.number<number>().int(), ...change }))
    .output(applied),

  gauges: oc
    .route({
      method: 'GET',
      path: '/policies/{id}/gauges',
      summary: 'Counters of a policy, closest to their limit first',
      description: 'What of each counter is used, left, reserved, waiting; and when it begins anew.',
    })
    .errors({ ...policyNotFound })
    .input(z.object({ id: z.string(), limit: z.coerce.number<number>().int().min(1).max(1000).default(50) }))
    .output(z.object({ gauges: z.array(gaugeSchema) })),

  decisions: oc
    .route({
      method: 'GET',
      path: '/policies/decisions',
      summary: 'What policies decided, over time',
      description: 'Sums; the calls themselves: `calls.list` with `policy:` and `verdict:` in the filter.',
    })
    .input(decisionsAskedSchema)
    .output(decisionsSchema),

  backtest: oc
    .route({
      method: 'POST',
      path: '/policies/backtest',
      summary: 'What policies would have done to recorded calls',
      description: 'A stream: how far it is, four times a second at most, and last the results. Leave it to cancel it.',
    })
    .errors({ ...badPolicies, ...badWhatIf })
    .input(
      historySchema.extend({
        candidates: z.array(policyText).min(1).max(4),
        only: z.string().optional().describe('Only this policy of a whole file'),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('state', [
          progressSchema,
          z.object({
            state: z.literal('done'),
            results: z.array(z.array(backtestResultSchema)).describe('By candidate'),
          }),
        ]),
      ),
    ),

  sweep: oc
    .route({
      method: 'POST',
      path: '/policies/sweep',
      summary: 'One setting of a policy from low to high, on recorded calls',
      description: 'A stream, as of a backtest; ends with the trade-off and where its knee is.',
    })
    .errors({ ...badPolicies, ...badWhatIf })
    .input(
      historySchema.extend({
        policy: policyText,
        setting: z.string().default('limit'),
        from: z.number(),
        to: z.number(),
        steps: count.min(2).max(50).default(20),
      }),
    )
    .output(
      eventIterator(
        z.discriminatedUnion('state', [
          progressSchema,
          z.object({
            state: z.literal('done'),
            points: z.array(
              z.object({
                value: z.number(),
                denied: count,
                delayed: count,
                delayP99Ms: z.number(),
                savedNanoUsd: nanoUsd,
                vendor429sAvoided: count,
              }),
            ),
            knee: count.nullable().describe('Index of the point after which more gives little; null: there is none'),
          }),
        ]),
      ),
    ),

  demand: oc
    .route({
      method: 'POST',
      path: '/policies/demand',
      summary: 'How much calls asked of a limit, window by window',
      description:
        'Window by window over recorded calls, with percentiles, and beside it what the vendor itself says it allows.',
    })
    .errors({ ...badPolicies, ...badWhatIf })
    .input(historySchema.extend({ policy: policyText }))
    .output(demandSchema),

  recommend: oc
    .route({
      method: 'POST',
      path: '/policies/recommend',
      summary: 'A limit that history speaks for, with its backtest',
      description: '99.9th percentile of demand in a window, under the vendor’s own limit, with a safety factor.',
    })
    .errors({ ...badPolicies, ...badWhatIf })
    .input(historySchema.extend({ policy: policyText, safety: z.number().min(1).max(10).default(1.2) }))
    .output(
      z.object({
        text: z.string().describe('The policy with what is recommended in it'),
        limit: z.number(),
        says: z.array(z.string()).describe('How it came about'),
        result: backtestResultSchema,
      }),
    ),

  whatIfPrice: oc
    .route({
      method: 'POST',
      path: '/policies/what-if/price',
      summary: 'What recorded calls would have cost at other prices',
      description: 'Recorded cost times a factor, of a vendor or a model; calls of unknown cost are counted apart.',
    })
    .errors({ ...badWhatIf })
    .input(
      historySchema.extend({
        vendor: z.string().optional(),
        model: z.string().optional(),
        factor: z.number().min(0).max(100),
      }),
    )
    .output(z.object({ calls: count, unpricedCalls: count, nanoUsd: z.number(), thenNanoUsd: z.number() })),

  whatIfCache: oc
    .route({
      method: 'POST',
      path: '/policies/what-if/cache',
      summary: 'What a cache would have answered of recorded calls',
      description:
        'Calls that are the same (method, address, credential, body) within the time to live; only what may be cached.',
    })
    .errors({ ...badWhatIf })
    .input(historySchema.extend({ ttl: z.number().min(1).describe('Seconds'), steps: count.min(1).max(20).default(1) }))
    .output(
      z.object({
        points: z.array(
          z.object({
            ttl: z.number(),
            calls: count,
            hits: count,
            savedNanoUsd: nanoUsd,
            savedMs: z.number(),
            savedBytes: z.number(),
          }),
        ),
        unknowns: z.array(z.string()),
      }),
    ),

  budgets: oc
    .route({
      method: 'GET',
      path: '/policies/budgets',
      summary: 'Budgets as they stand, with a forecast',
      description: 'What is spent and reserved of each budget in force, day by day, and where it is heading.',
    })
    .output(z.object({ budgets: z.array(budgetRowSchema) })),

  alerts: oc
    .route({
      method: 'GET',
      path: '/policies/alerts',
      summary: 'Alerts, open ones first',
      description: 'Those that are open, and those of a time span; with whom they were told to.',
    })
    .input(z.object({ ...span, limit: z.coerce.number<number>().int().min(1).max(1000).default(200) }))
    .output(z.object({ alerts: z.array(alertRowSchema), open: count })),

  showAlert: oc
    .route({
      method: 'POST',
      path: '/policies/alerts/{id}/shown',
      summary: 'Say that a page shows an alert',
      description: 'Its desktop notice counts as delivered. Who is `first` shows it; others need not.',
    })
    .errors({ ...engineNotRunning, ...policyNotFound })
    .input(z.object({ id: z.coerce.number<number>().int() }))
    .output(z.object({ first: z.boolean() })),

  changeAlert: oc
    .route({
      method: 'PATCH',
      path: '/policies/alerts/{id}',
      summary: 'Acknowledge or close an alert, or take that back',
      description: '`open` takes either back.',
    })
    .errors({ ...engineNotRunning, ...policyNotFound })
    .input(
      z.object({
        id: z.coerce.number<number>().int(),
        state: z.enum(['open', 'acknowledged', 'closed']).describe('`open`: takes back what was said of it'),
        by: z.string().max(200).optional(),
      }),
    )
    .output(alertRowSchema),

  asks: oc
    .route({
      method: 'GET',
      path: '/policies/asks',
      summary: 'Calls that wait for a person’s word',
      description: 'A stream of the whole list when it changes.',
    })
    .output(eventIterator(z.object({ asks: z.array(askRowSchema) }))),

  answer: oc
    .route({
      method: 'POST',
      path: '/policies/asks/{call}',
      summary: 'Let a waiting call go, or not',
      description: 'With `remember` the answer counts for like calls too, for that long.',
    })
    .errors({ ...engineNotRunning, ...policyNotFound })
    .input(
      z.object({
        call: z.coerce.number<number>().int(),
        verdict: z.enum(['allow', 'deny']),
        remember: z.enum(['once', 'hour', 'day', 'always']).default('once'),
      }),
    )
    .output(z.object({ answered: count.describe('Calls let go or refused by it') })),
});
