import { z } from 'zod';
import { TOKEN_LEAVES } from '../../../shared/ledger/token-leaves.ts';
import { TIERS } from '../../../shared/model/usage.ts';

/** `prices.yaml` as people write it. The sentences are what an editor shows beside a key, and what is said when one is wrong. */

const text = z.string('It is a text.').trim().min(1, 'It is not empty.').max(500, 'It has at most 500 characters.');
const texts = z.array(text, 'It is a list of texts.').min(1, 'The list is not empty.').max(200);
const money = z.number('It is a number.').min(0, 'It is 0 or more.').max(1_000_000, 'It is at most 1,000,000.');
const amount = z.number('It is a number.').min(0, 'It is 0 or more.');
const above = z.number('It is a number.').positive('It is more than 0.');
const day = z.iso.date('It is a day, like 2026-11-30.');
const currency = z
  .string('It is a currency.')
  .regex(/^[A-Z]{3}$/, 'It is a currency of three capital letters, like EUR.');
const vendor = z
  .string('It is a vendor.')
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'It is a vendor’s id or domain in lower case, like openai or example.com.');

const scope = {
  app: text.optional().describe('Only calls of this app'),
  credential: text
    .optional()
    .describe('Only calls with this secret: its fingerprint, as calls show it, never the secret'),
  from: day.optional().describe('First day (UTC)'),
  until: day.optional().describe('Last day (UTC)'),
};

const tokenPrices = z.partialRecord(z.enum(TOKEN_LEAVES, `It is one of ${TOKEN_LEAVES.join(', ')}.`), money);

const modelShape = {
  model: text.describe('As answers name it; * stands for anything'),
  as: text.optional().describe('Priced as this model of the lists: what a deployment is'),
  tier: z.enum(TIERS, `It is one of ${TIERS.join(', ')}.`).optional(),
  perMillion: tokenPrices.optional().describe('Price of a million tokens, by kind'),
  perPiece: z.record(text, money).optional().describe('Price of one: web_search, images/1024x1024/hd'),
  currency: currency.optional(),
  note: text.optional(),
};

const places = ['request', 'response', 'query', 'request-header', 'response-header'] as const;
const place = z.enum(places, `It is one of ${places.join(', ')}.`);
const sources = ['call', ...places, 'request-bytes', 'response-bytes'] as const;

const form = z.union(
  [
    z.strictObject({ each: money, per: above.optional() }),
    z.strictObject({
      tiers: z.array(z.strictObject({ upTo: above.optional(), each: money })).min(1),
      per: above.optional(),
    }),
    z.strictObject({ table: z.record(z.string(), money), per: above.optional() }),
    z.strictObject({ percent: amount.max(100), fixed: money.optional(), minor: z.boolean().optional() }),
  ],
  'It is one of: { each }, { tiers }, { table } or { percent, fixed }; “per” is of how many the price is. docs/costs.md has examples.',
);

const useShape = {
  unit: text.describe('What is counted: sms_segment'),
  from: z.enum(sources, `It is one of ${sources.join(', ')}.`),
  path: text.optional().describe('Where in it: usage.seconds, results[], To'),
  read: z.enum(['number', 'count', 'length'], 'It is number, count or length.').optional(),
  per: above.optional().describe('The number is divided by this'),
  upTo: above.optional().describe('Rounded up to a multiple of this'),
  least: amount.optional().describe('At least so many'),
  default: amount.optional().describe('When nothing stands there'),
  when: z.strictObject({ from: place, path: text, is: texts }).optional().describe('Only if one of these stands there'),
  by: z
    .strictObject({
      from: place,
      path: text,
      as: z.enum(['phone-country'], 'It is phone-country, or left out.').optional(),
      otherwise: text.optional(),
    })
    .optional()
    .describe('What the price depends on besides'),
  price: form,
  currency: currency.optional(),
};

const exampleShape = {
  request: z.string().optional(),
  response: z.string().optional(),
  query: z.string().optional(),
  path: text.optional(),
  requestHeaders: z.record(z.string(), z.string()).optional(),
  responseHeaders: z.record(z.string(), z.string()).optional(),
  requestBytes: amount.optional(),
  responseBytes: amount.optional(),
  usd: amount.nullable().describe('What it comes to, in dollars; null: unknown'),
};

const unitShape = {
  id: text.describe('Of your own; one of ours takes that one’s place'),
  service: text.optional(),
  hosts: texts.optional(),
  methods: texts.optional(),
  paths: texts.optional(),
  statuses: z.array(z.number().int().min(100).max(599)).optional(),
  free: z.boolean('It is true or false.').optional(),
  uses: z.array(z.strictObject(useShape)).min(1).max(20).optional(),
  checked: day.nullable().optional(),
  note: text.optional(),
  examples: z.array(z.strictObject(exampleShape)).max(50).optional(),
};

const contractShape = {
  name: text.describe('Of your own'),
  vendor,
  ...scope,
  model: text.optional().describe('Only these models; * stands for anything'),
  discount: amount.max(100, 'It is at most 100 percent.').optional().describe('Percent off list prices'),
  currency: currency.optional().describe('Of its prices and its commitment'),
  freePerMonth: z.record(text, amount).optional().describe('So much of each calendar month (UTC) costs nothing'),
  commitment: money.max(1_000_000_000).optional().describe('Paid in any case, for a month'),
  models: z.array(z.strictObject(modelShape)).max(1000).optional().describe('Private prices of models'),
  units: z.array(z.strictObject(unitShape)).max(1000).optional().describe('Private prices by the piece'),
  note: text.optional(),
};

export const fileSchema = z
  .strictObject(
    {
      currencies: z
        .record(currency, z.strictObject({ usd: above.describe('What one of it is in dollars'), date: day.optional() }))
        .nullish()
        .describe('Fixed rates'),
      contracts: z.array(z.strictObject(contractShape)).max(1000).nullish().describe('What was agreed'),
      models: z
        .array(z.strictObject({ vendor, ...scope, ...modelShape }))
        .max(10_000)
        .nullish()
        .describe('Prices of models'),
      units: z
        .array(z.strictObject({ vendor, ...scope, ...unitShape }))
        .max(10_000)
        .nullish()
        .describe('Prices by the piece'),
    },
    'The file is a map with “currencies”, “contracts”, “models” and “units”.',
  )
  .describe('What calls cost here');

export type WrittenPrices = z.infer<typeof fileSchema>;
export type WrittenModel = z.infer<z.ZodObject<typeof modelShape>>;

/** The keys that may stand at a place of the file, for telling which was probably meant. */
export function keysAt(path: readonly PropertyKey[]): string[] {
  const names = path.filter((part) => typeof part === 'string');
  const last = names.at(-1);
  if (last === undefined) return Object.keys(fileSchema.shape);
  if (last === 'contracts') return Object.keys(contractShape);
  const own = names.length === 1 ? ['vendor', ...Object.keys(scope)] : [];
  if (last === 'models') return [...own, ...Object.keys(modelShape)];
  if (last === 'units') return [...own, ...Object.keys(unitShape)];
  if (last === 'uses') return Object.keys(useShape);
  if (last === 'examples') return Object.keys(exampleShape);
  return last === 'perMillion' ? [...TOKEN_LEAVES] : [];
}

/** The schema as editors read it (JSON Schema 2020-12). */
export function editorSchema(): string {
  return `${JSON.stringify({ ...z.toJSONSchema(fileSchema, { io: 'input' }), title: 'prices.yaml' }, null, 2)}\n`;
}
