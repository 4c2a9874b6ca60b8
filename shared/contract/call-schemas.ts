import { z } from 'zod';
import { CALL_KINDS, PROTOCOLS, SOURCES } from '../model/call.ts';
import type { Call, Message } from '../model/call.ts';
import { THROTTLES } from '../model/limit-signal.ts';
import type { CallSummary } from '../model/call-summary.ts';
import { PROCESS_UNKNOWN, PROJECT_KINDS } from '../model/caller.ts';
import type { Frame, ProcessIdentity, ProcessSummary, Project } from '../model/caller.ts';
import { FAILURE_KINDS } from '../model/failure.ts';
import {
  costSchema,
  decisionSchema,
  deprecationSchema,
  limitReadingSchema,
  nanoUsd,
  provenance,
  usageSchema,
} from './metering-schemas.ts';

/** The model's nouns as they cross a door. `satisfies` keeps them equal to shared/model. */

const count = z.number().int();
const micros = z.number().int();
const header = z.tuple([z.string(), z.string()]).readonly();
const protocol = z.enum(PROTOCOLS);
const failure = z.object({ kind: z.enum(FAILURE_KINDS), detail: z.string() });

export const callId = z.coerce.number<number>().int().positive().describe("The call's number");

const sources = z.array(z.enum(SOURCES)).describe('Every way it was seen');
const callsite = z.string().nullable().describe('file:line of the program’s own code that led to the call');
const tags = z.record(z.string(), z.string()).describe('What the program says of it; `run` is set by `sallyport run`');
const vendor = z
  .string()
  .nullable()
  .describe('Id of the company behind the host; null for this machine and private networks');
const service = z.string().nullable().describe('Which of its APIs');
const endpoint = z.string().nullable().describe('Method and templated path, and for RPC the operation');
const credential = z.string().nullable().describe('Which secret it was made with: scheme and fingerprint');
const packageName = z.string().nullable().describe('npm package that made the call');

export const projectSchema = z.object({
  kind: z.enum(PROJECT_KINDS),
  name: z.string(),
  folder: z.string(),
  gitRemote: z.string().nullable(),
  gitBranch: z.string().nullable(),
}) satisfies z.ZodType<Project>;

export const processSummarySchema = z.object({
  pid: count,
  name: z.string(),
  user: z.string().nullable(),
  command: z.string().nullable(),
}) satisfies z.ZodType<ProcessSummary>;

export const processSchema = z.object({
  pid: count,
  startedAt: micros.nullable(),
  name: z.string(),
  executable: z.string().nullable(),
  command: z.string().nullable().describe('Command line, credentials redacted'),
  folder: z.string().nullable(),
  user: z.string().nullable(),
  container: z.string().nullable(),
  parents: z.array(z.object({ pid: count, name: z.string() })),
  project: projectSchema.nullable(),
}) satisfies z.ZodType<ProcessIdentity>;

const frameSchema = z.object({
  function: z.string().nullable(),
  file: z.string(),
  line: count,
  column: count,
  package: z.string().nullable(),
  version: z.string().nullable(),
}) satisfies z.ZodType<Frame>;

export const callSummarySchema = z.object({
  id: count,
  state: z.enum(['open', 'closed']),
  kind: z.enum(CALL_KINDS),
  source: z.enum(SOURCES),
  startedAt: micros.describe('Microseconds since the Unix epoch'),
  app: z.string().nullable(),
  clientAddress: z.string().nullable(),
  method: z.string(),
  scheme: z.string(),
  host: z.string(),
  port: count,
  path: z.string(),
  query: z.string(),
  status: count.nullable(),
  failure: z.enum(FAILURE_KINDS).nullable(),
  durationUs: micros.nullable(),
  timeToFirstByteUs: micros.nullable(),
  requestBytes: count,
  responseBytes: count,
  clientProtocol: protocol,
  protocol: protocol.nullable(),
  tlsVersion: z.string().nullable(),
  remoteAddress: z.string().nullable(),
  contentType: z.string().nullable(),
  decision: z.string().nullable(),
  policies: z.array(z.string()).exactOptional().describe('What each policy said: `id=verdict`'),
  messages: count,
  sources,
  process: processSummarySchema.nullable(),
  package: packageName,
  callsite,
  traceId: z.string().nullable(),
  tags,
  vendor,
  service,
  endpoint,
  credential,
  throttle: z.enum(THROTTLES).nullable().describe('Who refused it for its number'),
  model: z.string().nullable().describe('As the answer names it, else as the request does'),
  inputTokens: count.nullable().describe('Cache included; null: not said'),
  outputTokens: count.nullable().describe('Reasoning included'),
  costNanoUsd: nanoUsd,
  costProvenance: provenance.nullable(),
  pinned: z.boolean().describe('Set aside by somebody: retention takes it last'),
  note: z.string().nullable().describe('What somebody wrote on it'),
}) satisfies z.ZodType<CallSummary>;

const bodyFactsSchema = z.object({
  wireBytes: count,
  decodedBytes: count.nullable(),
  captured: count.nullable(),
  capturedBytes: count,
  truncated: z.enum(['limit', 'shed', 'cut']).nullable(),
});

const attemptSchema = z.object({
  startedAt: micros,
  reused: z.boolean(),
  remoteAddress: z.string().nullable(),
  remotePort: count.nullable(),
  protocol: protocol.nullable(),
  dnsUs: micros.nullable(),
  connectUs: micros.nullable(),
  tlsUs: micros.nullable(),
  tls: z
    .object({
      version: z.string(),
      cipher: z.string(),
      alpn: z.string().nullable(),
      serverName: z.string().nullable(),
      chain: z.array(z.string()),
      verdict: z.string(),
    })
    .nullable(),
  via: z.string().nullable(),
  failure: failure.nullable(),
});

export const callSchema = z.object({
  id: count,
  state: z.enum(['open', 'closed']),
  kind: z.enum(CALL_KINDS),
  source: z.enum(SOURCES),
  startedAt: micros.describe('Microseconds since the Unix epoch'),
  app: z.string().nullable(),
  clientAddress: z.string().nullable(),
  method: z.string(),
  scheme: z.string(),
  host: z.string(),
  port: count,
  path: z.string(),
  query: z.string(),
  clientProtocol: protocol,
  protocol: protocol.nullable(),
  status: count.nullable(),
  reason: z.string().nullable(),
  requestHeaders: z.array(header),
  responseHeaders: z.array(header),
  requestTrailers: z.array(header),
  responseTrailers: z.array(header),
  informational: z.array(z.object({ status: count, headers: z.array(header) })),
  timeToFirstByteUs: micros.nullable(),
  durationUs: micros.nullable(),
  requestBody: bodyFactsSchema,
  responseBody: bodyFactsSchema,
  attempts: z.array(attemptSchema),
  failure: failure.nullable(),
  decisions: z.array(decisionSchema),
  messages: count,
  tunnel: z
    .object({
      reason: z.enum(['pass-through', 'not-http', 'client-rejected-ca', 'tls-failed', 'server-first', 'idle']),
      serverName: z.string().nullable(),
      alpn: z.array(z.string()),
      advice: z.string(),
    })
    .nullable(),
  sources,
  process: processSchema.nullable(),
  processUnknown: z.enum(PROCESS_UNKNOWN).nullable().describe('Why the process is not known'),
  package: packageName,
  callsite,
  frames: z.array(frameSchema).describe('The stack that led to the call, nearest first'),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  tags,
  vendor,
  service,
  endpoint,
  credential,
  apiVersion: z.string().nullable().describe('Version of the API it asked for or was answered with'),
  deprecation: deprecationSchema.nullable().describe('What the vendor announces of the endpoint'),
  usage: usageSchema.nullable(),
  cost: costSchema.nullable(),
  limits: limitReadingSchema.nullable().describe('What the vendor says of its limits'),
  pinned: z.boolean().describe('Set aside by somebody: retention takes it last'),
  note: z.string().nullable().describe('What somebody wrote on it'),
}) satisfies z.ZodType<Call>;

export const messageSchema = z.object({
  at: micros.describe("Microseconds since the call's start"),
  direction: z.enum(['sent', 'received']),
  type: z.enum(['text', 'binary', 'ping', 'pong', 'close', 'event']),
  size: count,
  data: z.string().nullable(),
  name: z.string().nullable(),
}) satisfies z.ZodType<Message>;
