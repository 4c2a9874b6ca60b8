import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { engineNotRunning } from './refusals.ts';

const count = z.number().int();
const micros = z.number().int();
const span = z.object({
  since: z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch'),
  until: z.coerce.number<number>().int().min(0),
});

/** Why something was not seen. */
export const NOT_SEEN_REASONS = [
  /** A captured app, past the proxy. */
  'around',
  /** A program nobody pointed at us. */
  'never-captured',
  /** On the pass-through list. */
  'pass-through',
  /** Its TLS was passed on unread since the program did not accept our certificate. */
  'pinned',
] as const;

/** What coverage is made of, over a span of time. Connections, unless it says otherwise. */
export const coverageSchema = z.object({
  /** `seen / (seen + around)`: of captured apps' connections; null while there were none. */
  share: z.number().min(0).max(1).nullable(),
  parts: z.object({
    seen: count.describe('Of captured apps, through the proxy or seen by the agent'),
    around: count.describe('Of captured apps, past both'),
    neverCaptured: count.describe('Of programs that were never captured'),
    neverCapturedApps: count,
    passThrough: count.describe('Tunnels that were not read because a setting says so'),
    pinned: count.describe('Tunnels that were not read because the program did not accept our certificate'),
    bodiesShed: count.describe('Calls whose bodies were not kept because the recorder was busy'),
    callsLost: count.describe('Calls that were not recorded: overload, or paused'),
    agentDrops: count.describe('Calls that agents could not report'),
  }),
  /** Whether this machine lets us look; else why not, in a sentence. */
  sampler: z.object({ works: z.boolean(), why: z.string().nullable() }),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const notSeenSchema = z.object({
  app: z.string().nullable(),
  process: z.string().describe('The program’s short name'),
  pid: count.nullable().describe('The newest one'),
  command: z.string().nullable(),
  /** Host name where it is known, else the address. */
  host: z.string(),
  address: z.string(),
  port: count,
  firstSeen: micros,
  lastSeen: micros,
  connections: count,
  reason: z.enum(NOT_SEEN_REASONS),
  /** One sentence each: why, and how to capture it. */
  why: z.string(),
  remedy: z.string(),
});
export type NotSeen = z.infer<typeof notSeenSchema>;

/** What we did not see, as far as that can be known. */
export const coverage = oc.tag('coverage').router({
  get: oc
    .route({
      method: 'GET',
      path: '/coverage',
      summary: 'How much of what leaves is seen',
      description:
        'The share of the connections of captured apps that came this way, and what went around or was lost.',
    })
    .input(span)
    .output(coverageSchema),

  hours: oc
    .route({
      method: 'GET',
      path: '/coverage/hours',
      summary: 'Coverage over time, by the hour',
      description: 'Counts of each hour in which there was something to count, the oldest first.',
    })
    .input(span)
    .output(z.object({ hours: z.array(coverageSchema.omit({ sampler: true }).extend({ start: micros })) })),

  notSeen: oc
    .route({
      method: 'GET',
      path: '/coverage/not-seen',
      summary: 'Connections that were not seen',
      description: 'By process and remote host, the newest first.',
    })
    .input(
      span.extend({
        app: z.string().optional(),
        run: z
          .string()
          .optional()
          .describe('Of one run alone, as its calls’ tag has it: while the engine it ran with runs'),
        limit: z.coerce.number<number>().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ notSeen: z.array(notSeenSchema), more: z.boolean() })),

  watch: oc
    .route({
      method: 'GET',
      path: '/coverage/watch',
      summary: 'Be told how much is seen',
      description: 'A stream: coverage of the last hour, when it changes, at most once a second.',
    })
    .errors(engineNotRunning)
    .output(eventIterator(coverageSchema)),
});
