// Drafts and what comes of sending them, as zod schemas; the types are in shared/model/replay.ts.
import { z } from 'zod';
import {
  COMPARISON_VERDICTS,
  DRAFT_PROTOCOLS,
  IDEMPOTENCY,
  SAFETY_REASONS,
  USUAL_IGNORES,
  USUAL_SETTINGS,
  type Comparison,
  type Draft,
  type DraftBody,
} from '../model/replay.ts';

const text = z.string().max(20_000_000);
const line = z.string().max(100_000);
const name = z.string().max(1000);

const pairSchema = z.object({ name: line, value: text, off: z.boolean().default(false) });

const bodySchema: z.ZodType<DraftBody> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('recorded'), call: z.number().int().positive() }),
  z.object({ kind: z.literal('text'), text }),
  z.object({ kind: z.literal('base64'), base64: text }),
  z.object({ kind: z.literal('form'), fields: z.array(pairSchema).max(10_000) }),
  z.object({
    kind: z.literal('multipart'),
    boundary: z.string().max(70).nullable().default(null),
    parts: z
      .array(
        z.object({
          name: line,
          value: text.nullable().default(null),
          file: line.nullable().default(null),
          fileName: line.nullable().default(null),
          contentType: line.nullable().default(null),
        }),
      )
      .max(1000),
  }),
  z.object({
    kind: z.literal('graphql'),
    query: text,
    variables: text.default(''),
    operationName: name.nullable().default(null),
  }),
  z.object({ kind: z.literal('file'), path: line }),
  z.object({ kind: z.literal('protobuf'), schema: text, type: name, json: text, framed: z.boolean().default(false) }),
]);

const authSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('recorded') }),
  z.object({ kind: z.literal('stored'), name }),
  z.object({ kind: z.literal('bearer'), token: line }),
  z.object({ kind: z.literal('basic'), user: line, password: line }),
  z.object({ kind: z.literal('header'), name, value: line }),
  z.object({ kind: z.literal('query'), name, value: line }),
  z.object({ kind: z.literal('none') }),
]);

const settingsSchema = z.object({
  protocol: z.enum(DRAFT_PROTOCOLS).default(USUAL_SETTINGS.protocol),
  timeoutMs: z
    .number()
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .default(USUAL_SETTINGS.timeoutMs),
  redirects: z.number().int().min(0).max(20).default(USUAL_SETTINGS.redirects),
  idempotency: z.enum(IDEMPOTENCY).default(USUAL_SETTINGS.idempotency),
  connectTo: name.nullable().default(null),
  serverName: name.nullable().default(null),
  trust: z.string().max(1_000_000).nullable().default(null),
});

const wholeDraft = z.object({
  id: z.string().min(1).max(100),
  name: name.nullable().default(null),
  origin: z.number().int().positive().nullable().default(null),
  method: z.string().min(1).max(100),
  url: line,
  headers: z.array(pairSchema).max(1000).default([]),
  body: bodySchema,
  auth: authSchema,
  settings: settingsSchema,
});

/** Over HTTP what has a default may be left out; our own doors say everything. */
export const draftSchema = wholeDraft as z.ZodType<Draft, Draft>;

export const problemSchema = z.object({
  place: z.string(),
  kind: z.enum(['redacted', 'variable', 'syntax', 'file', 'credential', 'body']),
  says: z.string(),
});

export const questionSchema = z.object({
  reason: z.enum(SAFETY_REASONS),
  says: z.string(),
  nanoUsd: z.number().nullable(),
});

export const ignoreSchema = z.object({
  headers: z.array(name).max(1000).default(USUAL_IGNORES.headers),
  paths: z.array(name).max(1000).default(USUAL_IGNORES.paths),
  timestamps: z.boolean().default(true),
  ids: z.boolean().default(true),
});

export const comparisonSchema: z.ZodType<Comparison> = z.object({
  verdict: z.enum(COMPARISON_VERDICTS),
  says: z.string(),
  status: z.object({ before: z.number().nullable(), after: z.number().nullable(), same: z.boolean() }),
  headers: z.array(
    z.object({ name: z.string(), before: z.string().nullable(), after: z.string().nullable(), ignored: z.boolean() }),
  ),
  body: z.object({
    as: z.enum(['json', 'text', 'bytes', 'nothing']),
    same: z.boolean(),
    changes: z.array(
      z.object({
        path: z.string(),
        kind: z.enum(['changed', 'added', 'removed']),
        before: z.string().nullable(),
        after: z.string().nullable(),
        ignored: z.enum(['header', 'path', 'timestamp', 'id', 'volatile']).nullable(),
      }),
    ),
    more: z.number().int(),
  }),
  timing: z.object({
    timeToFirstByteUs: z.tuple([z.number().nullable(), z.number().nullable()]),
    durationUs: z.tuple([z.number().nullable(), z.number().nullable()]),
  }),
});

/** What happens while a draft is sent, in this order: sent, head, (data | message)*, end or failed. A redirect followed begins anew with sent. */
export const sendingSchema = z.discriminatedUnion('moment', [
  z.object({
    moment: z.literal('sent'),
    call: z.number().int().describe('Id of the call it became; 0 while recording is paused'),
    method: z.string(),
    url: z.string(),
  }),
  z.object({
    moment: z.literal('head'),
    status: z.number().int(),
    reason: z.string(),
    protocol: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])).describe('Redacted, as they are kept'),
    afterUs: z.number(),
  }),
  z.object({
    moment: z.literal('data'),
    base64: z.string().describe('A piece of the answer, content codings on'),
    afterUs: z.number(),
  }),
  z.object({
    moment: z.literal('message'),
    direction: z.enum(['sent', 'received']),
    type: z.enum(['text', 'binary', 'ping', 'pong', 'close', 'event']),
    data: z.string().describe('Text, or base64 of binary ones'),
    name: z.string().nullable(),
    afterUs: z.number(),
  }),
  z.object({ moment: z.literal('end'), bytes: z.number().int(), afterUs: z.number() }),
  z.object({ moment: z.literal('failed'), says: z.string(), kind: z.string(), afterUs: z.number() }),
]);
export type Sending = z.infer<typeof sendingSchema>;
