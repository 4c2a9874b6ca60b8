import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { callId } from './call-schemas.ts';
import {
  comparisonSchema,
  draftSchema,
  ignoreSchema,
  problemSchema,
  questionSchema,
  sendingSchema,
} from './replay-schemas.ts';
import { callNotFound, cannotDo, cannotSend, engineNotRunning } from './refusals.ts';
import { IDEMPOTENCY } from '../model/replay.ts';

const environment = z
  .string()
  .max(200)
  .nullable()
  .default(null)
  .describe('Name of the environment whose variables are used');

/** Questions about sending calls again. */
export const replay = oc.tag('replay').router({
  draft: oc
    .route({
      method: 'GET',
      path: '/replay/drafts/{call}',
      summary: 'Make a draft of a call',
      description:
        'The request of a recorded call as a draft that can be changed and sent. Redacted values stay redacted; `marks` says which of them this run still remembers.',
    })
    .errors({ ...callNotFound, ...cannotDo })
    .input(z.object({ call: callId }))
    .output(
      z.object({
        draft: draftSchema,
        marks: z
          .array(z.object({ place: z.string(), mark: z.string(), known: z.boolean() }))
          .describe('Redacted values in it, and whether they can be put back'),
        says: z.array(z.string()).describe('What will not be as it was, in sentences'),
      }),
    ),

  check: oc
    .route({
      method: 'POST',
      path: '/replay/check',
      summary: 'Look at what sending a draft would do',
      description: 'Sends nothing: what would go out (redacted), what stands in the way, and what has to be confirmed.',
    })
    .errors(engineNotRunning)
    .input(z.object({ draft: draftSchema, environment }))
    .output(
      z.object({
        request: z
          .object({
            method: z.string(),
            url: z.string(),
            headers: z.array(z.tuple([z.string(), z.string()])),
            bodyBytes: z.number().int(),
          })
          .nullable()
          .describe('Null while there are problems'),
        problems: z.array(problemSchema),
        questions: z.array(questionSchema),
      }),
    ),

  send: oc
    .route({
      method: 'POST',
      path: '/replay/send',
      summary: 'Send a draft',
      description:
        'A stream of what happens; ending it early cancels the call. Refused with what stands in the way, or with the questions while they are not confirmed.',
    })
    .errors({ ...engineNotRunning, ...cannotSend })
    .input(
      z.object({
        draft: draftSchema,
        environment,
        confirmed: z.boolean().default(false).describe('The questions of `check` were answered with yes'),
        idempotency: z.enum(IDEMPOTENCY).optional().describe('In place of the draft’s'),
      }),
    )
    .output(eventIterator(sendingSchema)),

  compare: oc
    .route({
      method: 'POST',
      path: '/replay/compare',
      summary: 'Compare two answers',
      description: 'The answers of two recorded calls, with what is ignored set apart.',
    })
    .errors({ ...callNotFound, ...cannotDo })
    .input(z.object({ before: callId, after: callId, ignore: ignoreSchema.optional() }))
    .output(comparisonSchema),
});
