import { z } from 'zod';
import { CRITICALITIES } from '../../../shared/contract/apps.ts';
import { DATA_CLASSES } from '../../../shared/contract/vendors.ts';
import { VENDOR_CATEGORIES } from '../../../shared/model/vendor.ts';
import { problemOfPattern } from '../../../shared/vendors/catalogue/host-index.ts';
import { SAID_STATUSES } from './declared.ts';
import { isPathTemplate, isVendorId } from './names.ts';

/** `vendors.yaml` as people write it. The sentences are what an editor shows beside a key, and what is said when one is wrong. */

const text = z.string('It is a text.').trim().max(1000, 'It has at most 1,000 characters.');
const country = z
  .string('It is a country of two letters, like DE.')
  .regex(/^[A-Z]{2}$/, 'It is a country of two capital letters (ISO 3166-1), like DE.');
const oneOf = <const Words extends readonly string[]>(words: Words): z.ZodEnum<{ [W in Words[number]]: W }> =>
  z.enum(words, `It is one of ${words.join(', ')}.`);

const host = z.string('It is a host name.').refine((text) => problemOfPattern(text) === null, {
  error: ({ input }) => problemOfPattern(String(input)) ?? 'It is no host name.',
});
const path = z
  .string('It is a path.')
  .refine(isPathTemplate, 'It is a path that begins with a slash, with {name} where it varies: /v1/sites/{site}.');

const vendorShape = {
  name: text.min(1, 'It is not empty.').max(200, 'It has at most 200 characters.').nullish().describe('As it is shown'),
  hosts: z.array(host, 'It is a list of host names.').max(1000).nullish().describe('Hosts that are this vendor’s'),
  category: oneOf(VENDOR_CATEGORIES).nullish().describe('What it is for'),
  country: country.nullish().describe('Of its seat'),
  status: oneOf(SAID_STATUSES)
    .nullish()
    .describe('known: looked at, neither approved nor refused; without a status, it is new for 14 days and then known'),
  approvedBy: text.nullish().describe('Who approved it'),
  approvedUntil: z.iso
    .date('It is a day, like 2027-06-30.')
    .nullish()
    .describe('The last day on which the approval counts'),
  owner: text.nullish().describe('Who here answers for it'),
  purpose: text.nullish().describe('What it is used for'),
  criticality: oneOf(CRITICALITIES).nullish().describe('How much hangs on it'),
  contract: text.nullish().describe('Where the contract is, or its number'),
  data: z.array(oneOf(DATA_CLASSES), 'It is a list of data classes.').nullish().describe('What it is given'),
  declaredCountry: country.nullish().describe('Where the contract says that data is processed'),
  note: text.nullish().describe('Anything else'),
};

const correctionShape = {
  merge: z.array(path, 'It is a list of paths.').nullish().describe('Paths that are one endpoint'),
  keep: z.array(path, 'It is a list of paths.').nullish().describe('Paths that stay endpoints of their own'),
};

export const fileSchema = z
  .strictObject(
    {
      vendors: z
        .record(
          z.string().refine(isVendorId, 'A vendor’s id has lower-case letters, digits, dots, hyphens and underscores.'),
          z.strictObject(vendorShape, 'It is a map of what is said of the vendor.').nullable(),
          'It is a map of vendors by their ids.',
        )
        .nullish()
        .describe('Vendors by their ids: those of the catalogue, and your own'),
      endpoints: z
        .record(
          host,
          z.strictObject(correctionShape, 'It is a map with “merge” and “keep”.').nullable(),
          'It is a map of corrections by host.',
        )
        .nullish()
        .describe('Corrections of learned endpoints, by host'),
    },
    'The file is a map with “vendors” and “endpoints”.',
  )
  .describe('What people here say of the vendors that are called');

export type VendorsFile = z.infer<typeof fileSchema>;

/** The keys that may stand at a place of the file, for telling which was probably meant. */
export function keysAt(place: readonly PropertyKey[]): string[] {
  if (place.length === 0) return Object.keys(fileSchema.shape);
  return Object.keys(place[0] === 'vendors' ? vendorShape : correctionShape);
}

/** The schema as editors read it (JSON Schema 2020-12). */
export function editorSchema(): string {
  return `${JSON.stringify({ ...z.toJSONSchema(fileSchema, { io: 'input' }), title: 'vendors.yaml' }, null, 2)}\n`;
}
