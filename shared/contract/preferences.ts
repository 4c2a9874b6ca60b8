import { oc } from '@orpc/contract';
import { z } from 'zod';
import { engineNotRunning } from './refusals.ts';

const key = z
  .string()
  .regex(/^[a-z][\w.-]{0,63}$/)
  .describe('Name of a preference, as in `traffic.columns`');

/**
 * What the workspace remembers for its user: columns, saved filters, theme. Kept by the engine in the data folder,
 * so that both doors, and every port, find the same. The engine does not look inside.
 */
export const preferences = oc.tag('preferences').router({
  all: oc
    .route({
      method: 'GET',
      path: '/preferences',
      summary: 'Read what the workspace remembers',
      description: 'Everything at once; it is small.',
    })
    .output(z.record(z.string(), z.unknown())),

  put: oc
    .route({
      method: 'PUT',
      path: '/preferences/{key}',
      summary: 'Remember something',
      description: 'At most 64 KiB of JSON under each of 200 names; null forgets it.',
    })
    .errors(engineNotRunning)
    .input(z.object({ key, value: z.unknown() }))
    .output(z.object({ kept: z.boolean() })),
});
