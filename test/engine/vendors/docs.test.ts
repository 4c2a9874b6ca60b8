// docs/vendors.md promises: its file can be used as it stands, and its mistake is told as it says.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../../electron/cli/program.ts';
import { fileSchema, keysAt } from '../../../electron/engine/vendors/file-schema.ts';
import { ownVendors, SAID_STATUSES } from '../../../electron/engine/vendors/declared.ts';
import { readVendorsText } from '../../../electron/engine/vendors/read-file.ts';
import { DATA_CLASSES } from '../../../shared/contract/vendors.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';

const page = readFileSync(new URL('../../../docs/vendors.md', import.meta.url), 'utf8');
const fenced = [...page.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({ kind: kind!, text: text! }));
const blocks = (wanted: string): string[] => fenced.flatMap(({ kind, text }) => (kind === wanted ? [text] : []));

test('the file in it counts, and uses every key there is', () => {
  const [text = ''] = blocks('yaml');
  const read = readVendorsText(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const catalogue = createCatalogue(ownVendors(read.value));
  for (const host of ['api.acme.dev', 'img.acme-cdn.net', 'eu-west-1.acme.cloud'])
    expect(catalogue.recognise(host)?.vendor).toMatchObject({ id: 'acme', name: 'Acme Logistics', country: 'DE' });
  expect(catalogue.recognise('eu-west-1.acme.cloud')?.region).toBe('eu-west-1');
  const { vendors } = fileSchema.parse(parse(text));
  const used = new Set(Object.values(vendors ?? {}).flatMap((vendor) => Object.keys(vendor ?? {})));
  expect([...used].toSorted()).toEqual(keysAt(['vendors']).toSorted());
});

test('it has every key, status and data class', () => {
  for (const word of [...keysAt(['vendors']), ...keysAt(['endpoints']), ...SAID_STATUSES, ...DATA_CLASSES])
    expect(page).toContain(`\`${word}\``);
});

test('the mistake in it is told in the words it says', () => {
  const [text = ''] = blocks('yaml invalid');
  const read = readVendorsText(text);
  const said =
    'problems' in read
      ? read.problems.map(({ line, column, says }) => `> vendors.yaml:${line}:${column}: ${says}`)
      : [];
  expect(said).toHaveLength(1);
  expect(page).toContain(said[0]!);
});

test('every command in it is one', () => {
  const lines = blocks('').flatMap((text) => text.split('\n').filter((line) => line.startsWith('$ sallyport vendors')));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const words = [...line.slice('$ sallyport '.length).matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain!,
    );
    const program = createProgram();
    const vendors = program.commands.find((command) => command.name() === 'vendors')!;
    // Everything but doing it: a mistake in options or arguments throws.
    for (const command of [vendors, ...vendors.commands]) command.action(() => {});
    expect(() => program.parse(words, { from: 'user' })).not.toThrow();
  }
});
