// Rule 3 of shared/redaction over texts that people and programs wrote: what is no secret stays as it was sent.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRedactor } from '../../../shared/redaction/redactor.ts';

const redactor = createRedactor({ fingerprint: () => '00000000' });
const root = join(import.meta.dirname, '../../..');

/** Their documents show how credentials are given, with made-up ones: these are rightly taken out. */
const SHOWING_CREDENTIALS = ['axios', 'stripe', 'tldts', 'hucre', '@google/genai'];

/** Files of our packages with this ending, as bytes; the same ones on every machine. */
function corpus(ending: RegExp, type: string): { name: string; text: string; type: string }[] {
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const names = Object.keys({ ...packages.dependencies, ...packages.devDependencies });
  return names
    .filter((name) => !SHOWING_CREDENTIALS.includes(name))
    .flatMap((name) => {
      const folder = join(root, 'node_modules', name);
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && ending.test(entry.name))
        .map(({ name: file }) => ({ name: join(name, file), text: readFileSync(join(folder, file), 'latin1'), type }));
    });
}

/** Names that end in a secret's word and are no secret's. */
const MISTAKEN = /"test:cookies": "borp/;

/** What was taken out of a text: each line that is not as it was. */
function changes(text: string, type: string): string[] {
  const after = redactor.body(text, type, false).split('\n');
  return text.split('\n').filter((line, index) => line !== after[index] && !MISTAKEN.test(line));
}

test.each([
  ['package.json', /^package\.json$/, 'application/json'],
  ['READMEs', /^readme\.md$/i, 'text/markdown'],
  ['READMEs of no named kind', /^readme\.md$/i, 'text/plain'],
  ['licences', /^licen[cs]e/i, 'text/plain'],
  ['changelogs', /^changelog\.md$/i, 'text/plain'],
  ['settings', /\.ya?ml$/, 'application/yaml'],
] as const)('%s of packages stay as they are', (_what, ending, type) => {
  const found = corpus(ending, type).flatMap(({ name, text }) => changes(text, type).map((line) => `${name}: ${line}`));
  expect(found).toEqual([]);
});

test('a lock file, with its base64 hashes and its addresses, stays as it is', () => {
  expect(changes(readFileSync(join(root, 'package-lock.json'), 'latin1'), 'application/json')).toEqual([]);
});
