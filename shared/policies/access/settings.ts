import { z } from 'zod';
import { duration } from '../amounts.ts';
import { readNetwork } from '../networks.ts';

const TLS_VERSIONS = ['1.0', '1.1', '1.2', '1.3'] as const;

const allowOrDeny = z.enum(['allow', 'deny']);

const network = z.string().refine((text) => readNetwork(text.replace(/^!/, '')) !== null, {
  error: ({ input }) =>
    `\`${String(input).slice(0, 60)}\` is no address and no network; write 10.1.0.0/16, fd00::/8 or \`!\` in front of one`,
});

const country = z
  .string()
  .regex(/^!?[A-Za-z]{2}$/, { error: 'a country is two letters: AT, or !CN for all but China' })
  .transform((text) => text.toUpperCase());

/** What an access policy says under `settings:`. */
export const accessSettings = z.strictObject({
  action: z
    .enum(['allow', 'deny', 'ask'])
    .optional()
    .describe(
      'allow: lets calls go, also where the file says `otherwise: deny`; left out: only what else is said here counts',
    ),
  methods: z
    .array(
      z
        .string()
        .min(1)
        .transform((method) => method.toUpperCase()),
    )
    .min(1)
    .optional()
    .describe('Only these methods; others are refused'),
  tls: z
    .union([z.enum(TLS_VERSIONS), z.number()], { error: 'the lowest TLS version that will do: "1.2" or "1.3"' })
    .transform((version, context) => {
      const text = typeof version === 'number' ? version.toFixed(1) : version;
      const known = TLS_VERSIONS.find((one) => one === text);
      if (known !== undefined) return known;
      context.addIssue({ code: 'custom', message: 'the lowest TLS version that will do: "1.2" or "1.3"' });
      return z.NEVER;
    })
    .optional()
    .describe('Lowest TLS version of the connection; plain http has none and is refused'),
  https: z.literal('required').optional().describe('required: plain http is refused'),
  destinations: z
    .strictObject({
      private: allowOrDeny.optional().describe('10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7'),
      linkLocal: allowOrDeny.optional().describe('169.254/16, fe80::/10'),
      metadata: allowOrDeny.optional().describe('Where clouds hand out credentials: 169.254.169.254 and its like'),
      loopback: allowOrDeny.optional().describe('127/8, ::1, 0.0.0.0'),
      addresses: z.array(network).min(1).optional().describe('Networks: only these, `!` in front: not these'),
      countries: z.array(country).min(1).optional().describe('Only these countries, `!` in front: not these'),
      unknown: allowOrDeny
        .optional()
        .describe('Calls whose address is not known (through another proxy), or its country; default: allow'),
    })
    .optional()
    .describe('Where connections may end, checked on the address that is really used'),
  unapproved: allowOrDeny.optional().describe('deny: only vendors that are approved'),
  status: z.number().int().min(400).max(599).optional().describe('What a refused caller is answered; default 403'),
  hold: duration().optional().describe('ask: how long a call waits for an answer; default 30s'),
  remember: duration().optional().describe('ask: how long an answer counts for that program and host; default 8h'),
  otherwise: allowOrDeny.optional().describe('ask: what counts without an answer; default deny'),
});

export type AccessSettings = z.output<typeof accessSettings>;
