import { oc } from '@orpc/contract';
import { z } from 'zod';
import { draftSchema } from './replay-schemas.ts';
import { cannotDo, cannotSend, engineNotRunning, requestNotFound } from './refusals.ts';

const name = z
  .string()
  .min(1)
  .max(200)
  .describe('Its path within the folder, with `/` between, without `.request.yaml`');
const assertions = z.array(z.string().max(2000)).max(200).describe('What is expected of its answer, a line each');
const extract = z
  .record(z.string().min(1).max(200), z.string().max(2000))
  .describe('Variables for later requests, and where in its answer they are found');

/** Questions about saved requests. */
export const collections = oc.tag('collections').router({
  list: oc
    .route({
      method: 'GET',
      path: '/requests',
      summary: 'List saved requests',
      description: 'The files of the folder, by name. Those that cannot be read say why.',
    })
    .output(
      z.object({
        folder: z.string(),
        requests: z.array(
          z.object({
            name: z.string(),
            method: z.string().nullable(),
            url: z.string().nullable(),
            changedAt: z.number().int(),
            problem: z.string().nullable(),
          }),
        ),
        more: z.boolean(),
      }),
    ),

  read: oc
    .route({
      method: 'GET',
      path: '/requests/{+name}',
      summary: 'Read a saved request',
      description: 'As a draft that can be sent, with what is expected of its answer.',
    })
    .errors({ ...requestNotFound, ...cannotDo })
    .input(z.object({ name }))
    .output(z.object({ draft: draftSchema, assertions, extract })),

  save: oc
    .route({
      method: 'PUT',
      path: '/requests/{+name}',
      summary: 'Save a request',
      description:
        'As a YAML file. Refused while it holds what looks like a secret, and, unless `over`, when there is one of that name.',
    })
    .errors({ ...engineNotRunning, ...cannotDo, ...cannotSend })
    .input(
      z.object({
        name,
        draft: draftSchema,
        assertions: assertions.default([]),
        extract: extract.default({}),
        over: z.boolean().default(false),
      }),
    )
    .output(z.object({ path: z.string() })),

  remove: oc
    .route({
      method: 'DELETE',
      path: '/requests/{+name}',
      summary: 'Delete a saved request',
      description: 'Deletes its file.',
    })
    .errors({ ...engineNotRunning, ...requestNotFound })
    .input(z.object({ name }))
    .output(z.object({ removed: z.literal(true) })),
});
