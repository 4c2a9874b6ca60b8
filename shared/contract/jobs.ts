import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { badQuery, engineNotRunning, jobNotFound } from './refusals.ts';

const micros = z.number().int();

/** Work that takes long enough to be watched and given up. */
export const jobSchema = z.object({
  id: z.number().int(),
  kind: z.enum(['export', 'import', 'remove', 'compact']),
  /** What it works on, in words: a filter, a file's name. */
  subject: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  startedAt: micros.describe('Microseconds since the Unix epoch'),
  endedAt: micros.nullable(),
  done: z.number().describe('How much is done, in `unit`s'),
  total: z.number().nullable().describe('Of how much; null while that is not known'),
  unit: z.enum(['calls', 'bytes']),
  message: z.string().nullable().describe('How it went, or why it failed, in a sentence'),
  download: z.string().nullable().describe('Path of the finished file under the workspace, for exports'),
});
export type Job = z.infer<typeof jobSchema>;

/** Long work: exports, imports, deletions. Finished jobs are remembered until the engine ends. */
export const jobs = oc.tag('jobs').router({
  list: oc
    .route({ method: 'GET', path: '/jobs', summary: 'List long work', description: 'Newest first.' })
    .output(z.object({ jobs: z.array(jobSchema) })),

  watch: oc
    .route({
      method: 'GET',
      path: '/jobs/watch',
      summary: 'Follow long work',
      description: 'A stream of the whole list, when something in it changed, four times a second at most.',
    })
    .output(eventIterator(z.object({ jobs: z.array(jobSchema) }))),

  cancel: oc
    .route({
      method: 'POST',
      path: '/jobs/{id}/cancel',
      summary: 'Give long work up',
      description: 'What an export wrote is removed; what an import or a deletion already did stays done.',
    })
    .errors({ ...engineNotRunning, ...jobNotFound })
    .input(z.object({ id: z.coerce.number<number>().int() }))
    .output(jobSchema),

  exportCalls: oc
    .route({
      method: 'POST',
      path: '/jobs/export',
      summary: 'Export calls',
      description:
        'Starts writing calls to a file, oldest first; `download` of the job is where to fetch it when done.',
    })
    .errors({ ...engineNotRunning, ...badQuery })
    .input(
      z.object({
        query: z.string().max(10_000).optional(),
        ids: z.array(z.number().int().positive()).max(100_000).optional().describe('These calls instead of a filter'),
        format: z.enum(['har', 'ndjson']).default('har'),
        bodies: z.boolean().default(true),
      }),
    )
    .output(jobSchema),

  removeCalls: oc
    .route({
      method: 'POST',
      path: '/jobs/remove',
      summary: 'Delete calls',
      description:
        'Starts deleting calls for good, their bodies too when nobody else has them. What was deleted is counted as a gap. Pinned calls stay unless named.',
    })
    .errors({ ...engineNotRunning, ...badQuery })
    .input(
      z.object({
        query: z.string().max(10_000).optional(),
        ids: z.array(z.number().int().positive()).max(100_000).optional().describe('These calls instead of a filter'),
        pinned: z.boolean().default(false).describe('Pinned calls too'),
      }),
    )
    .output(jobSchema),

  compact: oc
    .route({
      method: 'POST',
      path: '/jobs/compact',
      summary: 'Give unused space back',
      description: 'Starts rewriting the databases without the room that deletions left.',
    })
    .errors(engineNotRunning)
    .output(jobSchema),
});
