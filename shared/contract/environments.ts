import { oc } from '@orpc/contract';
import { z } from 'zod';
import { cannotDo, engineNotRunning } from './refusals.ts';

const environment = z.string().min(1).max(100);
const key = z.string().min(1).max(200);
const done = z.object({ done: z.literal(true) });

/** Questions about the values of variables in requests. Values of secrets go in and never come out. */
export const environments = oc.tag('environments').router({
  list: oc
    .route({
      method: 'GET',
      path: '/environments',
      summary: 'List environments',
      description: 'With their variables; of secrets only the names, and whether they have a value.',
    })
    .output(
      z.object({
        environments: z.array(
          z.object({
            name: z.string(),
            variables: z.record(z.string(), z.string()),
            secrets: z.array(z.object({ name: z.string(), isSet: z.boolean() })),
            production: z.array(z.string()),
          }),
        ),
        credentials: z.array(z.string()).describe('Names of stored credentials'),
        unreadable: z.string().nullable().describe('Why they cannot be read, with the place in the file'),
      }),
    ),

  set: oc
    .route({
      method: 'PUT',
      path: '/environments/{environment}/variables/{key}',
      summary: 'Set a variable',
      description: 'Makes the environment when there is none. A secret one is kept encrypted in the vault.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ environment, key, value: z.string().max(1_000_000), secret: z.boolean().default(false) }))
    .output(done),

  unset: oc
    .route({
      method: 'DELETE',
      path: '/environments/{environment}',
      summary: 'Take a variable or an environment away',
      description: 'Without `key` the whole environment, its secrets with it.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ environment, key: key.nullable().default(null) }))
    .output(done),

  credential: oc
    .route({
      method: 'PUT',
      path: '/credentials/{name}',
      summary: 'Store a credential',
      description: 'Encrypted in the vault, for drafts that name it; null takes it away.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(
      z.object({
        name: key,
        value: z
          .discriminatedUnion('kind', [
            z.object({ kind: z.literal('bearer'), token: z.string().min(1).max(100_000) }),
            z.object({ kind: z.literal('basic'), user: z.string().max(10_000), password: z.string().max(10_000) }),
            z.object({
              kind: z.literal('header'),
              name: z.string().min(1).max(200),
              value: z.string().min(1).max(100_000),
            }),
            z.object({
              kind: z.literal('query'),
              name: z.string().min(1).max(200),
              value: z.string().min(1).max(100_000),
            }),
          ])
          .nullable(),
      }),
    )
    .output(done),
});
