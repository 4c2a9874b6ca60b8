import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { SOURCES } from '../model/call.ts';
import { engineNotRunning } from './refusals.ts';

export const engineInfoSchema = z.object({
  version: z.string(),
  pid: z.number().int().describe('Process id of the engine; 0 when none runs'),
  startedAt: z.number().int().describe('Microseconds since the Unix epoch'),
  dataDir: z.string(),
  proxy: z.string().nullable().describe('Address of the proxy, null when no engine runs'),
  caPath: z.string().describe('File of the local certificate authority'),
});

export const healthSchema = z.object({
  queuedBytes: z.number().describe('Facts waiting to be written'),
  lagMs: z.number().describe('Age of the oldest of them'),
  recordedCalls: z.number(),
  shedBodies: z.number().describe('Calls whose bodies were let go under load'),
  shedCalls: z.number().describe('Calls not recorded under load; they are counted as gaps'),
  lastError: z.string().nullable(),
});

const count = z.number().int();
const micros = z.number().int();

const totalsSchema = z.object({
  calls: count,
  failures: count.describe('Calls that ended in a failure'),
  errors: count.describe('Calls that failed, or were answered with a status from 400 on'),
  statuses: z
    .object({ '0': count, '1': count, '2': count, '3': count, '4': count, '5': count })
    .describe('Calls by the first digit of their status; 0: no answer'),
  requestBytes: count,
  responseBytes: count,
  latency: z
    .object({
      p50: z.number().nullable(),
      p90: z.number().nullable(),
      p95: z.number().nullable(),
      p99: z.number().nullable(),
    })
    .describe('Microseconds, within 2 %'),
});

export const overviewSchema = z.object({
  since: micros,
  until: micros,
  totals: totalsSchema,
  previous: totalsSchema.describe('The span of the same length right before'),
  hosts: z.array(totalsSchema.extend({ host: z.string() })).describe('The largest'),
  apps: z.array(totalsSchema.extend({ app: z.string().nullable() })).describe('The largest'),
  sources: z.array(totalsSchema.extend({ source: z.enum(SOURCES) })),
  step: micros.describe('Length of a step of the series'),
  series: z.array(totalsSchema.extend({ start: micros })),
});
export type Overview = z.infer<typeof overviewSchema>;

const endpointSchema = z.object({
  method: z.string(),
  host: z.string(),
  path: z.string().describe('With {id} and the like for what differs from call to call, and the operation of RPC'),
  endpoint: z.string().nullable().describe('As filters know it; null of calls from before endpoints were recorded'),
  calls: count,
  errors: count.describe('Calls that failed, or were answered with a status from 400 on'),
  commonest: z.string().nullable().describe('The commonest of these: a status or the cause of a failure'),
  p50: z.number().nullable().describe('Microseconds; null where calls only stay open, as sockets and tunnels do'),
  p95: z.number().nullable(),
});

export const endpointsSchema = z.object({
  looked: count.describe('Calls that were looked at: the newest of the span'),
  oldest: micros.nullable().describe('When the oldest of them began'),
  complete: z.boolean().describe('Whether these are all calls of the span'),
  slowest: z.array(endpointSchema).describe('By their 95th percentile; those with few calls last'),
  failing: z.array(endpointSchema).describe('By their errors'),
});
export type Endpoints = z.infer<typeof endpointsSchema>;

export const storageSchema = z.object({
  calls: count,
  openCalls: count,
  oldestStartedAt: micros.nullable(),
  callBytes: count.describe('Bytes on disk for calls, logs included'),
  bodyBytes: count.describe('Bytes on disk for bodies'),
  callsUsed: count.describe('Bytes of these that count against the budget: without logs and free room'),
  bodiesUsed: count.describe('As callsUsed, for bodies'),
  bodies: count,
  gaps: z
    .array(z.object({ from: micros, to: micros, calls: count, reason: z.string() }))
    .describe('Calls that were not recorded, counted'),
});
export type StorageReport = z.infer<typeof storageSchema>;

/** What this engine can do; doors ask for it instead of guessing where they run. */
export const capabilitiesSchema = z.object({
  live: z.boolean().describe('Calls are being recorded now'),
  replay: z.boolean(),
  agents: z.boolean().describe('In-process agents can report'),
  policies: z.boolean(),
  reports: z.boolean(),
});

/** Questions about the engine itself. */
export const system = oc.tag('system').router({
  info: oc
    .route({
      method: 'GET',
      path: '/system',
      summary: 'Who is this',
      description: 'Version, process, addresses and folders of the engine.',
    })
    .output(engineInfoSchema),

  health: oc
    .route({
      method: 'GET',
      path: '/system/health',
      summary: 'Is recording keeping up',
      description: 'Counters of the recorder.',
    })
    .errors(engineNotRunning)
    .output(healthSchema),

  capabilities: oc
    .route({
      method: 'GET',
      path: '/system/capabilities',
      summary: 'What can this engine do',
      description: 'Ask this instead of guessing from the version.',
    })
    .output(capabilitiesSchema),

  overview: oc
    .route({
      method: 'GET',
      path: '/system/overview',
      summary: 'Sum up a time span',
      description:
        'Calls, failures, bytes and latencies between two times, in all, by host, app and source, and over time. Null while nothing is stored.',
    })
    .input(z.object({ since: z.coerce.number<number>().int().min(0), until: z.coerce.number<number>().int().min(0) }))
    .output(overviewSchema.nullable()),

  endpoints: oc
    .route({
      method: 'GET',
      path: '/system/endpoints',
      summary: 'Find the slowest and the failing endpoints',
      description:
        'By method, host and templated path, among the newest calls of a time span, as many as can be read in a moment. Null while nothing is stored.',
    })
    .input(z.object({ since: z.coerce.number<number>().int().min(0), until: z.coerce.number<number>().int().min(0) }))
    .output(endpointsSchema.nullable()),

  storage: oc
    .route({
      method: 'GET',
      path: '/system/storage',
      summary: 'What is stored',
      description: 'Counts and sizes of what is stored, and what was not recorded.',
    })
    .output(storageSchema),

  flush: oc
    .route({
      method: 'POST',
      path: '/system/flush',
      summary: 'Write everything down',
      description: 'Answers when every fact seen so far is stored.',
    })
    .errors(engineNotRunning)
    .output(z.object({ recordedCalls: z.number() })),

  lease: oc
    .route({
      method: 'GET',
      path: '/system/lease',
      summary: 'Keep the engine running',
      description:
        'A stream that holds the engine as long as it is open. An engine started for a `run` ends when the last lease is gone.',
    })
    .errors(engineNotRunning)
    .input(z.object({ name: z.string().max(200).describe('Who holds it, for messages') }))
    .output(
      eventIterator(
        z.object({
          leases: z.number().int().describe('Leases held now, this one included'),
          secret: z
            .string()
            .nullable()
            .describe('Proves to the proxy that a program was started here, under whatever name, until the lease ends'),
        }),
      ),
    ),

  secret: oc
    .route({
      method: 'POST',
      path: '/system/secret',
      summary: 'Get a secret for programs started here',
      description:
        'It proves to the proxy that a program was started here, under whatever name, while this engine runs.',
    })
    .errors(engineNotRunning)
    .output(z.object({ secret: z.string() })),

  shutdown: oc
    .route({
      method: 'POST',
      path: '/system/shutdown',
      summary: 'Stop the engine',
      description: 'Answers at once; the engine then drains: open calls end, everything seen is stored.',
    })
    .errors(engineNotRunning)
    .output(z.object({ stopping: z.literal(true) })),
});
