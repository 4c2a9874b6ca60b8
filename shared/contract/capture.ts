import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { cannotDo, engineNotRunning } from './refusals.ts';

const micros = z.number().int();

/** How the machine's or one program's traffic is pointed at Sallyport. */
export const ATTACH_KINDS = ['command', 'terminal', 'browser', 'snippet', 'system-proxy'] as const;

export const attachTargetSchema = z.object({
  id: z.string().describe('`run`, `bash`, `chromium`, `node`, `docker`, `system-proxy` …'),
  kind: z.enum(ATTACH_KINDS),
  title: z.string(),
  /** Where it fits, in a sentence. */
  says: z.string(),
  available: z.boolean().describe('Whether it can be used on this machine'),
  why: z.string().nullable().describe('Why not'),
  lines: z
    .array(z.object({ does: z.string(), text: z.string() }))
    .describe('What to copy: a command, lines of a configuration; the undoing ones too'),
  on: z.boolean().nullable().describe('Whether it is on now, where that can be said'),
});
export type AttachTarget = z.infer<typeof attachTargetSchema>;

export const selfTestSchema = z.object({
  works: z.boolean(),
  call: z.number().int().nullable().describe('The call that was sent and seen'),
  says: z.string().describe('What was tried, and what came of it, in a sentence'),
  remedy: z.string().nullable(),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

/** One line of figures about recording. */
export const pulseSchema = z.object({
  paused: z.boolean(),
  callsPerSecond: z.number().describe('Over the last few seconds, recorded or not'),
  openCalls: z.number().int(),
  lagMs: z.number().describe('Age of the oldest fact not yet stored'),
  skipped: z.number().int().describe('Calls not recorded since the start: paused, or shed under load'),
  coverage: z
    .number()
    .nullable()
    .describe(
      'Share (0–1) of the last hour’s connections of captured apps that were seen, as coverage says it; what was seen and not read or recorded is in its parts. Null while there were none',
    ),
  storedBytes: z.number().describe('Bytes of calls and bodies on disk'),
  budgetBytes: z.number().describe('Bytes that they may take'),
  lastError: z.string().nullable(),
});
export type Pulse = z.infer<typeof pulseSchema>;

export const caStateSchema = z.object({
  path: z.string(),
  subject: z.string(),
  fingerprint: z.string().describe('SHA-256, lower-case hex'),
  notAfter: micros,
  stores: z.array(z.object({ store: z.string(), trusted: z.boolean().nullable(), says: z.string() })),
});
export type CaState = z.infer<typeof caStateSchema>;

/** Recording on and off, and pointing programs at us. */
export const capture = oc.tag('capture').router({
  pause: oc
    .route({
      method: 'POST',
      path: '/capture/pause',
      summary: 'Pause recording',
      description:
        'Calls go on; new ones are not recorded, and are counted as a gap with the reason `paused`. Calls that are open are recorded to their end. A new start records again.',
    })
    .errors(engineNotRunning)
    .output(z.object({ paused: z.boolean() })),

  resume: oc
    .route({
      method: 'POST',
      path: '/capture/resume',
      summary: 'Go on recording',
      description: 'From the next call on.',
    })
    .errors(engineNotRunning)
    .output(z.object({ paused: z.boolean() })),

  pulse: oc
    .route({
      method: 'GET',
      path: '/capture/pulse',
      summary: 'Follow the state of recording',
      description: 'A stream with one line of figures at once, every second, and when recording is paused or resumed.',
    })
    .errors(engineNotRunning)
    .output(eventIterator(pulseSchema)),

  targets: oc
    .route({
      method: 'GET',
      path: '/capture/targets',
      summary: 'List ways to point programs at Sallyport',
      description: 'With what to copy, filled in for this engine.',
    })
    .errors(engineNotRunning)
    .output(z.object({ targets: z.array(attachTargetSchema) })),

  test: oc
    .route({
      method: 'POST',
      path: '/capture/targets/{id}/test',
      summary: 'Try a way',
      description: 'Sends a call of our own to ourselves that way, and looks whether it was seen.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ id: z.string().max(100) }))
    .output(selfTestSchema),

  switch: oc
    .route({
      method: 'POST',
      path: '/capture/targets/{id}/switch',
      summary: 'Switch a way on or off',
      description: 'Opens or closes a browser of ours; sets the system proxy, or puts back what was there.',
    })
    .errors({ ...engineNotRunning, ...cannotDo })
    .input(z.object({ id: z.string().max(100), on: z.boolean() }))
    .output(attachTargetSchema),

  port: oc
    .route({
      method: 'GET',
      path: '/capture/port',
      summary: 'Hold another port of the proxy',
      description:
        'For one app: what comes in there is listed under it, for programs that can say no name (the JVM). Or on another address of this machine, for containers: whoever comes there has to prove who they are. A stream that says the port, and holds it as long as it is open.',
    })
    .errors(engineNotRunning)
    .input(
      z.object({
        app: z.string().min(1).max(200).optional(),
        host: z.union([z.ipv4(), z.ipv6()]).optional().describe('Instead of loopback; `app` is not heeded then'),
        run: z
          .string()
          .regex(/^[0-9a-f]{8,32}$/)
          .optional()
          .describe('Id of the run that its calls are tagged with'),
      }),
    )
    .output(eventIterator(z.object({ port: z.number().int() }))),

  ca: oc
    .route({
      method: 'GET',
      path: '/capture/ca',
      summary: 'Show the local authority',
      description: 'And which trust stores of this machine have it.',
    })
    .errors(engineNotRunning)
    .output(caStateSchema),
});
