import { oc } from '@orpc/contract';
import { z } from 'zod';
import { projectSchema } from './call-schemas.ts';
import { appNotFound, badApp, engineNotRunning } from './refusals.ts';

const count = z.number().int();
const micros = z.number().int();
const since = z.coerce.number<number>().int().min(0).describe('Microseconds since the Unix epoch');
const name = z.string().trim().min(1).max(200);

export const CRITICALITIES = ['low', 'medium', 'high', 'critical'] as const;

/** What people say of an app; kept in `apps.json` in the data folder. */
export const appDeclarationSchema = z.object({
  owner: z.string().trim().max(200).nullable(),
  team: z.string().trim().max(200).nullable(),
  criticality: z.enum(CRITICALITIES).nullable(),
});

export const credentialSchema = z.object({
  id: z.string(),
  createdAt: micros,
  lastUsedAt: micros.nullable(),
  /** Set by revoking, or for the old one of a rotation: it is refused from then on. */
  endsAt: micros.nullable(),
});
export type Credential = z.infer<typeof credentialSchema>;

export const appSchema = appDeclarationSchema.extend({
  name: z.string().describe('As it is shown and filtered by'),
  names: z.array(z.string()).describe('Names calls were recorded under that count as this app; the first is its own'),
  calls: count,
  errors: count.describe('Failures, and answers of 400 and above'),
  hosts: count,
  /** The hosts called most. */
  topHosts: z.array(z.object({ host: z.string(), calls: count })),
  firstSeen: micros.nullable(),
  lastSeen: micros.nullable(),
  processes: z.array(z.string()).describe('Names of programs seen behind it, the newest first'),
  project: projectSchema.nullable(),
  agent: z.boolean().describe('Whether our agent saw calls of it'),
  coverage: z
    .object({ seen: count, notSeen: count })
    .nullable()
    .describe('Connections that came this way, and that went around; null when none of either is known'),
  credentials: z.array(credentialSchema),
});
export type App = z.infer<typeof appSchema>;

const issuedSchema = z.object({
  credential: credentialSchema,
  proxyUrl: z.string().describe('The proxy’s address with name and secret; shown this once, stored only as a hash'),
});

/** Programs that make calls: what is seen of them, what people say of them, and how they prove who they are. */
export const apps = oc.tag('apps').router({
  list: oc
    .route({ method: 'GET', path: '/apps', summary: 'List apps', description: 'With what they did in a span of time.' })
    .input(z.object({ since, until: since }))
    .output(z.object({ apps: z.array(appSchema), unnamed: count.describe('Calls of nobody known') })),

  change: oc
    .route({
      method: 'PATCH',
      path: '/apps/{name}',
      summary: 'Rename an app, or say who owns it',
      description:
        'What is left out stays; `null` takes it away. Calls recorded under the old name count as the new one.',
    })
    .errors({ ...engineNotRunning, ...appNotFound, ...badApp })
    .input(appDeclarationSchema.partial().extend({ name, newName: name.optional() }))
    .output(z.object({ name: z.string() })),

  merge: oc
    .route({
      method: 'POST',
      path: '/apps/{name}/merge',
      summary: 'Count other names as this app',
      description: 'Nothing recorded is rewritten: `split` takes it back.',
    })
    .errors({ ...engineNotRunning, ...appNotFound, ...badApp })
    .input(z.object({ name, others: z.array(name).min(1).max(100) }))
    .output(z.object({ name: z.string() })),

  split: oc
    .route({
      method: 'POST',
      path: '/apps/{name}/split',
      summary: 'Count a name on its own again',
      description: 'Calls recorded under it, earlier ones too, are an app of their own from then on.',
    })
    .errors({ ...engineNotRunning, ...appNotFound, ...badApp })
    .input(z.object({ name, other: name }))
    .output(z.object({ name: z.string() })),

  addCredential: oc
    .route({
      method: 'POST',
      path: '/apps/{name}/credentials',
      summary: 'Give an app a secret for the proxy',
      description: 'The app need not have been seen before.',
    })
    .errors({ ...engineNotRunning, ...badApp })
    .input(z.object({ name }))
    .output(issuedSchema),

  rotateCredential: oc
    .route({
      method: 'POST',
      path: '/apps/{name}/credentials/{id}/rotate',
      summary: 'Replace a secret',
      description: 'The old one works on for `graceSeconds`.',
    })
    .errors({ ...engineNotRunning, ...appNotFound })
    .input(z.object({ name, id: z.string(), graceSeconds: z.number().int().min(0).max(2_592_000).default(86_400) }))
    .output(issuedSchema),

  revokeCredential: oc
    .route({
      method: 'DELETE',
      path: '/apps/{name}/credentials/{id}',
      summary: 'Refuse a secret from now on',
      description: 'Connections that came in by it are cut, tunnels and WebSockets included.',
    })
    .errors({ ...engineNotRunning, ...appNotFound })
    .input(z.object({ name, id: z.string() }))
    .output(z.object({ revoked: z.boolean() })),
});
