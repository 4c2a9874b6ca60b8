import { z } from 'zod';
import { MODES, POLICY_KINDS, type PolicyKind } from '../../model/policy.ts';
import { durationOrNone, money } from '../amounts.ts';
import { KINDS } from '../kinds.ts';
import { OTHERWISE } from '../otherwise.ts';
import { matchSchema, whenText, zoneName } from './match-schema.ts';

/** `2026-12-31` (the whole day, UTC) or a moment with a zone; microseconds since the epoch of when it is over. */
const expires = z.string({ error: 'must be a day: 2026-12-31' }).transform((written, context) => {
  const text = written.trim();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  // Date.parse lets the 31st of June be the 1st of July.
  if (Number.isFinite(at) && (!isDay || new Date(at).toISOString().startsWith(text)))
    return (isDay ? at + 86_400_000 : at) * 1000;
  context.addIssue({
    code: 'custom',
    message: `\`${text.slice(0, 60)}\` is no day; write 2026-12-31, or 2026-12-31T18:00:00Z`,
  });
  return z.NEVER;
});

const ID = /^[A-Za-z0-9][\w.:-]{0,99}$/;
const id = z
  .union([z.string(), z.number()], { error: 'must be a name without spaces: three-a-minute' })
  .transform(String)
  .refine((text) => ID.test(text), { error: 'must be a name of letters, digits and `- _ . :`, at most 100' })
  .refine((text) => text !== OTHERWISE, {
    error: '`otherwise` is the name of what counts when no access policy speaks',
  });

const words = z.string().max(1000);
const onFault = z.enum(['open', 'closed']);

/** All of a policy but its settings. */
const policyShape = {
  id: id.describe('Its name, on every call that it decides'),
  kind: z.enum(POLICY_KINDS),
  mode: z.enum(MODES).describe('off; observe: writes down what it would have done; enforce: does it'),
  match: matchSchema.optional().describe('Which calls; left out: every call'),
  when: whenText.optional().describe('CEL, as inside match'),
  onFault: onFault.optional().describe('What becomes of a call when the policy itself fails; default: open'),
  'on-fault': onFault.optional().describe('As onFault'),
  owner: words.optional().describe('Whom refused callers may ask'),
  reason: words.optional(),
  expires: expires.optional().describe('2026-12-31: the last day that it counts'),
};
export const policySchema = z.strictObject({ ...policyShape, settings: z.unknown().optional() });

export const exceptionSchema = z.strictObject({
  policy: z.string().min(1).describe('Its id; `*`: every policy; `otherwise`: what the file says at the top'),
  match: matchSchema.describe('Which calls it is not about'),
  owner: words.min(1).describe('Who answers for it'),
  reason: words.optional(),
  expires: expires.describe('2026-12-31: the last day that it counts'),
});

const texts = z.record(z.string(), z.union([z.string(), z.number()]).transform(String));
const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment: 2026-11-23T10:00:00Z' })
  .transform((written) => new Date(written).getTime() * 1000);

/** A call, as far as a test says what it is. */
const testCallSchema = z.strictObject({
  app: z.string().optional(),
  process: z.string().optional(),
  package: z.string().optional(),
  vendor: z.string().optional(),
  service: z.string().optional(),
  category: z.string().optional(),
  status: z.enum(['new', 'known', 'approved', 'deprecated', 'blocked']).optional(),
  data: z.array(z.string()).optional(),
  country: z.string().optional(),
  scheme: z.enum(['http', 'https', 'tcp', 'tls']).optional(),
  host: z.string().optional(),
  port: z.number().int().optional(),
  method: z.string().optional(),
  path: z.string().optional().describe('With or without a query'),
  url: z.string().optional().describe('In the place of scheme, host, port and path'),
  endpoint: z.string().optional(),
  credential: z.string().optional(),
  environment: z.string().optional(),
  source: z.enum(['proxy', 'agent', 'gateway', 'replay', 'import']).optional(),
  header: texts.optional(),
  tag: texts.optional(),
  requestBytes: z.number().int().min(0).optional(),
  model: z.string().optional(),
  inputTokens: z.number().int().min(0).optional(),
  maxOutput: z.number().int().min(0).optional(),
  cost: money().optional().describe('What it may cost at most, and does: 0.02 USD'),
  address: z.string().optional().describe('That it connects to'),
  tls: z.string().optional().describe('Of its connection: 1.2'),
  at: moment.optional().describe('2026-11-23T10:00:00Z'),
});

const EXPECTED = ['allow', 'wait', 'ask', 'deny'] as const;

export const testSchema = z.strictObject({
  name: z.string().optional(),
  call: testCallSchema,
  times: z.number().int().min(1).max(10_000).optional().describe('So often, one after another; the last one counts'),
  every: durationOrNone().optional().describe('Time between them: 1s; left out: all at once'),
  lasts: durationOrNone().optional().describe('How long each call takes: 200ms; left out: no time'),
  expect: z.enum(EXPECTED),
  by: z.string().optional().describe('Id of the policy that must have decided'),
});

export type PolicyTest = z.output<typeof testSchema>;
export type TestCall = z.output<typeof testCallSchema>;

/** The file’s own words, whatever stands under each. */
export const topSchema = z.strictObject({
  version: z.union([z.literal(1), z.literal('1')], { error: 'must be 1' }).optional(),
  zone: zoneName.optional().describe('Time zone of calendars; left out: of this machine'),
  otherwise: z
    .enum(['allow', 'deny'])
    .optional()
    .describe('What becomes of calls that no access policy speaks of; default: allow'),
  policies: z.array(z.unknown()).nullish(),
  exceptions: z.array(z.unknown()).nullish(),
  tests: z.array(z.unknown()).nullish(),
});

const list = <T extends z.ZodType>(of: T) => z.array(of).nullish();

/** The whole file in one schema, for editors (`z.toJSONSchema(…, { io: 'input' })`) and documentation. */
export function fileSchema(): z.ZodType {
  const [first, ...others] = (Object.entries(KINDS) as [PolicyKind, NonNullable<(typeof KINDS)[PolicyKind]>][]).map(
    ([kind, { settings }]) =>
      z.strictObject({
        ...policyShape,
        kind: z.literal(kind),
        settings: kind === 'access' ? settings.optional() : settings,
      }),
  );
  const policy = first ? z.discriminatedUnion('kind', [first, ...others]) : policySchema;
  return topSchema.extend({
    policies: list(policy).describe('Rules for calls'),
    exceptions: list(exceptionSchema).describe('Calls that a policy is not about, for a while'),
    tests: list(testSchema).describe('Cases that `sallyport policy test` tries'),
  });
}
