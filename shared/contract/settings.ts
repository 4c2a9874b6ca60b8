import { oc } from '@orpc/contract';
import { z } from 'zod';
import { badSettings, engineNotRunning } from './refusals.ts';

const bytes = z.number().int().min(0);
const days = z.number().min(0.01).max(3650);
const port = z.number().int().min(1).max(65_535).nullable();
const name = z.string().trim().min(1).max(200);

/** Who has to prove to the proxy who they are. What comes from another machine always has to. */
export const REQUIRE_IDENTITY = ['no', 'elsewhere', 'everywhere'] as const;

/** What can be set, by topic. Kept in `settings.json` in the data folder; flags of the command line come before it. */
export const settingsSchema = z.object({
  capture: z.object({
    bodyLimit: bytes.max(1024 ** 3).describe('Bytes of each body that are kept; the rest is counted'),
    passThrough: z.array(name).max(1000).describe('Hosts whose TLS is not read: exact names or *.suffix'),
  }),
  retention: z.object({
    callBytes: bytes.describe('Room for calls on disk, bytes'),
    callAgeDays: days,
    bodyBytes: bytes.describe('Room for bodies on disk, bytes'),
    bodyAgeDays: days,
  }),
  redaction: z.object({
    names: z.array(name).max(500).describe('Further headers, parameters and fields whose values are credentials'),
    plain: z.array(name).max(500).describe('Names that are never taken for credentials'),
  }),
  network: z.object({
    upstreamProxy: z
      .string()
      .max(2000)
      .describe(
        '`environment`: as the variables of the engine say; `none`; or the address of a proxy, without a password',
      ),
    noProxy: z.array(name).max(1000).describe('Hosts reached without the upstream proxy, when an address is given'),
    proxyPort: port.describe('Port of the proxy; null: 4780, or a free one. From the next start on'),
    listen: z
      .array(name)
      .max(20)
      .describe(
        'Addresses of this machine that the proxy listens on beside loopback: IPv4 or IPv6, 0.0.0.0 for all. From the next start on',
      ),
    requireIdentity: z
      .enum(REQUIRE_IDENTITY)
      .describe('Who has to prove with a secret who they are: nobody, who comes from elsewhere, or everybody'),
    workspacePort: port.describe('Port of the workspace; null: 4781, or a free one. From the next start on'),
  }),
  places: z.object({
    databases: z
      .array(z.string().trim().min(1).max(4096))
      .max(8)
      .describe('MMDB files that say where addresses are, of countries and of networks; the first that knows counts'),
  }),
  policies: z.object({
    file: z
      .string()
      .trim()
      .min(1)
      .max(4096)
      .nullable()
      .describe(
        'The file with the policies, by its whole path; null: policies.yaml in the data folder. From the next start on',
      ),
  }),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Some of them. A name that is no setting is a problem, not ignored. */
export const settingsChangeSchema = z.strictObject({
  capture: settingsSchema.shape.capture.partial().strict().optional(),
  retention: settingsSchema.shape.retention.partial().strict().optional(),
  redaction: settingsSchema.shape.redaction.partial().strict().optional(),
  network: settingsSchema.shape.network.partial().strict().optional(),
  places: settingsSchema.shape.places.partial().strict().optional(),
  policies: settingsSchema.shape.policies.partial().strict().optional(),
});
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

export const settingsAnswerSchema = z.object({
  settings: settingsSchema,
  defaults: settingsSchema,
  fixed: z.array(z.string()).describe('Paths that a flag of the command line decides while this engine runs'),
  restart: z.array(z.string()).describe('Paths whose new value counts from the next start on'),
  problems: z
    .array(z.object({ path: z.string(), says: z.string() }))
    .describe('What is set and cannot be used as things are, such as a file that is gone; the rest counts'),
});

export type SettingsAnswer = z.infer<typeof settingsAnswerSchema>;

/** What can be set, and trying it before it counts. */
export const settings = oc.tag('settings').router({
  get: oc
    .route({
      method: 'GET',
      path: '/settings',
      summary: 'Read the settings',
      description: 'As they are in force, and the defaults.',
    })
    .output(settingsAnswerSchema),

  change: oc
    .route({
      method: 'PATCH',
      path: '/settings',
      summary: 'Change settings',
      description:
        'What is left out stays. All of it counts, or nothing; it counts at once unless the answer says `restart`.',
    })
    .errors({ ...engineNotRunning, ...badSettings })
    .input(settingsChangeSchema)
    .output(settingsAnswerSchema),

  tryRedaction: oc
    .route({
      method: 'POST',
      path: '/settings/redaction/try',
      summary: 'Try redaction on a sample',
      description: 'The sample as it would be stored, by the rules given or those in force. Nothing of it is kept.',
    })
    .input(
      z.object({
        sample: z.string().max(100_000),
        as: z.enum(['headers', 'query', 'json', 'form', 'text']),
        redaction: settingsSchema.shape.redaction.optional(),
      }),
    )
    .output(z.object({ redacted: z.string(), found: z.number().int().describe('Values that were redacted') })),
});
