import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { badQuery, cannotDo, engineNotRunning } from './refusals.ts';

const count = z.number().int();
const moment = z.number().int().describe('Microseconds since the Unix epoch');
const unmatched = z.enum(['pass', 'refuse']).describe('What becomes of calls that nothing matches');
/** It becomes a file's name. */
const setName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,79}$/, 'A set’s name has letters, digits, dots, hyphens and underscores, at most 80.')
  .describe('Name of a set in the data folder');

const mistakeSchema = z.object({ line: count, column: count, says: z.string() });
const setRowSchema = z.object({
  name: z.string(),
  file: z.string().describe('Absolute path'),
  mocks: count,
  problems: z.array(mistakeSchema).describe('Why it cannot be used; empty when it can'),
});

/** A set that answers just now. */
export const activeSetSchema = z.object({
  id: z.string(),
  name: z.string(),
  file: z.string(),
  apps: z.array(z.string()).nullable().describe('Whose calls it answers; null: everybody’s'),
  run: z.string().nullable().describe('It answers this run of a program only'),
  unmatched,
  seed: count.describe('What its chances are drawn from'),
  startedAt: moment,
  until: moment.nullable().describe('When it is off by itself; null: with the run it is for'),
  served: count,
  passed: count.describe('Calls that nothing matched and that went to their origins'),
  refused: count.describe('Calls that nothing matched and that were refused'),
});
export type ActiveSet = z.infer<typeof activeSetSchema>;

const reportSchema = z.object({
  served: z.array(z.object({ id: z.string(), served: count })).describe('Every mock of the set, in the file’s order'),
  unmatched: z
    .array(z.object({ method: z.string(), host: z.string(), path: z.string(), calls: count }))
    .describe('What nothing matched; at most 100 different ones'),
  unmatchedCalls: count,
});

const chances = {
  unmatched: unmatched.optional().describe('In place of the file’s'),
  seed: count.min(0).max(4_294_967_295).optional().describe('The same seed draws the same chances; else a random one'),
};

/** Questions about answering calls in place of origins. */
export const mocks = oc.tag('mocks').router({
  list: oc
    .route({
      method: 'GET',
      path: '/mocks',
      summary: 'List sets of mocks',
      description: 'Those that lie in the data folder as files.',
    })
    .output(z.object({ folder: z.string(), sets: z.array(setRowSchema) })),

  read: oc
    .route({
      method: 'GET',
      path: '/mocks/sets/{name}',
      summary: 'Read a set of mocks',
      description: 'Its text, and what is wrong with it.',
    })
    .errors(cannotDo)
    .input(z.object({ name: setName }))
    .output(setRowSchema.extend({ text: z.string() })),

  save: oc
    .route({
      method: 'PUT',
      path: '/mocks/sets/{name}',
      summary: 'Save a set of mocks',
      description:
        'Not while there are mistakes in it: then nothing is written, and they are told. What answers already goes on as it was started.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ name: setName, text: z.string().max(4_000_000) }))
    .output(setRowSchema.extend({ saved: z.boolean() })),

  record: oc
    .route({
      method: 'POST',
      path: '/mocks/record',
      summary: 'Make a set of mocks of recorded calls',
      description:
        'Of the calls of a filter or of these ids, at most 1,000, the oldest first; written as a file in the data folder. What was redacted stays redacted.',
    })
    .errors({ ...engineNotRunning, ...cannotDo, ...badQuery })
    .input(
      z.object({
        name: setName,
        query: z.string().max(10_000).optional().describe('A filter; not heeded where ids are given'),
        ids: z.array(count.positive()).min(1).max(1000).optional(),
        replace: z.boolean().default(false).describe('In place of a set of this name that is there'),
      }),
    )
    .output(
      setRowSchema.extend({
        calls: count.describe('Calls that are in it'),
        says: z.array(z.string()).describe('What is not as it was recorded, in sentences'),
      }),
    ),

  start: oc
    .route({
      method: 'POST',
      path: '/mocks/active',
      summary: 'Answer from a set of mocks',
      description: 'For a limited time, for chosen apps or all. Calls carry the tag mock=SET/ID.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(
      z.object({
        set: setName,
        apps: z.array(z.string().min(1).max(200)).min(1).max(100).nullable().default(null).describe('Null: all'),
        minutes: count
          .min(1)
          .max(24 * 60)
          .default(60)
          .describe('Then it is off by itself'),
        ...chances,
      }),
    )
    .output(activeSetSchema),

  stop: oc
    .route({
      method: 'DELETE',
      path: '/mocks/active/{id}',
      summary: 'Stop answering from a set',
      description: 'Answers under way are finished.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ id: z.string().max(40) }))
    .output(reportSchema),

  serve: oc
    .route({
      method: 'POST',
      path: '/mocks/serve',
      summary: 'Answer one run of a program from a file of mocks',
      description: 'As long as the stream is open; it says once what is served.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(
      z.object({
        file: z.string().min(1).max(4000).describe('Absolute path of a file of this machine'),
        run: z
          .string()
          .regex(/^[0-9a-f]{8,32}$/)
          .describe('Id of the run that its calls are tagged with'),
        ...chances,
      }),
    )
    .output(eventIterator(activeSetSchema)),

  report: oc
    .route({
      method: 'GET',
      path: '/mocks/active/{id}',
      summary: 'What a set answered so far',
      description: 'And what it did not.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ id: z.string().max(40) }))
    .output(reportSchema),

  state: oc
    .route({
      method: 'GET',
      path: '/mocks/active',
      summary: 'What answers in place of origins just now',
      description: 'A stream of the whole list, at once and when it changes.',
    })
    .output(eventIterator(z.object({ sets: z.array(activeSetSchema) }))),
});
