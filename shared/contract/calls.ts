import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { callId, callSchema, callSummarySchema, messageSchema } from './call-schemas.ts';
import { badQuery, bodyNotKept, callNotFound, engineNotRunning, snippetNotKnown } from './refusals.ts';

/** What a list can be sorted by. */
export const SORTS = [
  'duration',
  'ttfb',
  'size',
  'request-size',
  'response-size',
  'status',
  'host',
  'path',
  'method',
  'app',
  'cost',
] as const;
/** What calls can be counted by. */
export const FACETS = [
  'host',
  'app',
  'status',
  'method',
  'source',
  'type',
  'failure',
  'protocol',
  'package',
  'callsite',
  'process',
  'user',
  'vendor',
  'service',
  'endpoint',
  'model',
  'policy',
  'verdict',
] as const;

const query = z
  .string()
  .max(10_000)
  .optional()
  .describe('A filter, as in `method:POST status:>=400 host:*.stripe.com`; everything when left out');
const count = z.number().int();
const micros = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');
const flag = z.union([z.boolean(), z.stringbool()]).default(false);

export const histogramSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  step: z.number().int().describe('Length of a step in microseconds'),
  steps: z
    .array(z.tuple([count, count, count, count, count, count]))
    .describe('Calls of each step by the first digit of their status; first: no answer'),
  matched: count.describe('Calls found so far'),
  done: z.boolean(),
});
export type Histogram = z.infer<typeof histogramSchema>;

const side = z.enum(['request', 'response']);

function limit(most: number, usual: number) {
  return z.coerce.number<number>().int().min(1).max(most).default(usual).describe(`At most this many (1–${most})`);
}

/** Questions about recorded calls. */
export const calls = oc.tag('calls').router({
  list: oc
    .route({
      method: 'GET',
      path: '/calls',
      summary: 'List calls',
      description:
        'The newest calls that pass a filter, newest first. Page on with `before` set to the last id received; with `oldestFirst`, with `after`.',
    })
    .errors(badQuery)
    .input(
      z.object({
        query,
        limit: limit(1000, 100),
        before: callId.optional(),
        after: callId.optional(),
        oldestFirst: flag.describe('From the oldest call on (or from `after` on) instead of from the newest'),
        sort: z.enum(SORTS).optional().describe('The first `limit` calls in this order instead; they cannot be paged'),
        descending: flag,
        headers: z
          .array(z.string().max(200))
          .max(12)
          .optional()
          .describe('Header names, lower case: their values come with each call, the answer’s before the request’s'),
      }),
    )
    .output(
      z.object({
        calls: z.array(callSummarySchema),
        headers: z.array(z.array(z.string().nullable())).optional().describe('Per call, in the order asked for'),
        more: z.boolean().describe('Whether more calls pass the filter in that direction'),
      }),
    ),

  histogram: oc
    .route({
      method: 'GET',
      path: '/calls/histogram',
      summary: 'Count calls over time',
      description:
        'How many calls pass a filter in each step of a time span, by status. A stream: counts grow while the search goes on; the last one has `done`. Without a filter it comes from rollups, at once.',
    })
    .errors(badQuery)
    .input(
      z.object({
        query,
        since: micros,
        until: micros,
        steps: z.coerce.number<number>().int().min(1).max(500).default(120),
      }),
    )
    .output(eventIterator(histogramSchema)),

  facets: oc
    .route({
      method: 'GET',
      path: '/calls/facets',
      summary: 'Count calls by what they have in common',
      description:
        'The commonest values of some fields among calls that pass a filter in a time span. Without a filter it comes from rollups; with one, from the newest calls that pass, as many as can be read in a moment. So do package, callsite, process, user, policy and verdict always: `complete` says whether these were all. A call counts once for each policy that spoke of it, and for each verdict.',
    })
    .errors(badQuery)
    .input(
      z.object({
        query,
        since: micros,
        until: micros,
        fields: z.array(z.enum(FACETS)).min(1),
        limit: limit(100, 10),
      }),
    )
    .output(
      z.object({
        counted: count.describe('Calls that were looked at'),
        complete: z.boolean().describe('Whether these are all the calls of the span that pass'),
        facets: z.array(
          z.object({
            field: z.enum(FACETS),
            values: z.array(z.object({ value: z.string().nullable(), calls: count })).describe('The commonest first'),
            others: count.describe('Calls with other values'),
          }),
        ),
      }),
    ),

  snippet: oc
    .route({
      method: 'GET',
      path: '/calls/{id}/snippets/{target}',
      summary: 'Show a call as code',
      description: 'Source text that makes the same call; redacted values stay redacted.',
    })
    .errors({ ...callNotFound, ...snippetNotKnown })
    .input(z.object({ id: callId, target: z.string().max(100).describe('One of `snippetTargets`') }))
    .output(z.object({ code: z.string(), language: z.string() })),

  snippetTargets: oc
    .route({
      method: 'GET',
      path: '/snippets',
      summary: 'List the forms of code',
      description: 'The usual ones first.',
    })
    .output(z.object({ targets: z.array(z.object({ target: z.string(), title: z.string() })) })),

  mark: oc
    .route({
      method: 'POST',
      path: '/calls/mark',
      summary: 'Pin calls or write a note on them',
      description: 'What is left out stays as it is. An empty note removes it.',
    })
    .errors(engineNotRunning)
    .input(
      z.object({
        ids: z.array(z.number().int().positive()).min(1).max(10_000),
        pinned: z.boolean().optional(),
        note: z.string().max(10_000).optional(),
      }),
    )
    .output(z.object({ marked: count.describe('Calls there were') })),

  get: oc
    .route({
      method: 'GET',
      path: '/calls/{id}',
      summary: 'Show one call',
      description: 'Everything recorded of a call except its bodies and messages.',
    })
    .errors(callNotFound)
    .input(z.object({ id: callId }))
    .output(callSchema),

  body: oc
    .route({
      method: 'GET',
      path: '/calls/{id}/bodies/{side}',
      summary: 'Read a body',
      description:
        'The recorded (redacted) bytes of one body in base64: content codings undone unless `raw`. The same bytes as a download: `GET /api/calls/{id}/body/{side}`.',
    })
    .errors({ ...callNotFound, ...bodyNotKept })
    .input(z.object({ id: callId, side, raw: z.union([z.boolean(), z.stringbool()]).default(false) }))
    .output(
      z.object({
        base64: z.string(),
        bytes: z.number().int().describe('Length of the decoded base64'),
        contentType: z.string().nullable(),
        contentEncoding: z.string().nullable().describe('Content codings still on, as the header writes them'),
        problem: z.string().nullable().describe('Why content codings are still on, when they should not be'),
        truncated: z
          .enum(['limit', 'shed', 'cut'])
          .nullable()
          .describe('Why there are fewer bytes than went over the wire'),
        redacted: z.boolean().describe('Whether values in it were redacted before it was stored'),
      }),
    ),

  messages: oc
    .route({
      method: 'GET',
      path: '/calls/{id}/messages',
      summary: 'List messages',
      description: 'WebSocket messages, server-sent events or gRPC messages of a call, in order.',
    })
    .errors(callNotFound)
    .input(
      z.object({
        id: callId,
        after: z.coerce.number<number>().int().min(0).optional().describe('Skip this many'),
        limit: limit(1000, 100),
      }),
    )
    .output(z.object({ messages: z.array(messageSchema) })),

  changes: oc
    .route({
      method: 'GET',
      path: '/changes',
      summary: 'List what changed',
      description:
        'Calls that began or changed after a sequence number, oldest change first. Ask again with the `seq` received. `seq` 0 asks from the beginning; leave it out to learn where the end is now.',
    })
    .errors(badQuery)
    .input(z.object({ seq: z.coerce.number<number>().int().min(0).optional(), query, limit: limit(1000, 500) }))
    .output(z.object({ seq: z.number().int(), calls: z.array(callSummarySchema) })),

  watch: oc
    .route({
      method: 'GET',
      path: '/changes/watch',
      summary: 'Be told when something changed',
      description:
        'A stream of notices, at most ten a second, each with the highest sequence number so far. Pull the rows you show with `changes`.',
    })
    .output(eventIterator(z.object({ seq: z.number().int() }))),
});
