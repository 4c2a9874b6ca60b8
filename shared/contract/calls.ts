import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { callId, callSchema, callSummarySchema, messageSchema } from './call-schemas.ts';
import { badQuery, bodyNotKept, callNotFound } from './refusals.ts';

const query = z
  .string()
  .max(10_000)
  .optional()
  .describe('A filter, as in `method:POST status:>=400 host:*.stripe.com`; everything when left out');
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
        'The newest calls that pass a filter, newest first. Page on with `before` set to the last id received.',
    })
    .errors(badQuery)
    .input(z.object({ query, limit: limit(1000, 100), before: callId.optional(), after: callId.optional() }))
    .output(
      z.object({
        calls: z.array(callSummarySchema),
        more: z.boolean().describe('Whether older calls pass the filter too'),
      }),
    ),

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
      description: 'WebSocket messages or server-sent events of a call, in order.',
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
