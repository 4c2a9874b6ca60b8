// Rule: prices.yaml says what calls cost here. A mistake breaks nothing: it is told with line and column, and what the
// file said last when it was in order counts on.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  initPrices,
  openPricesRegister,
  pricesPath,
  readPrices,
  type PricesNow,
  type PricesRegister,
} from '../../../electron/engine/ledger/prices-register.ts';
import { readPricesText } from '../../../electron/engine/ledger/read-prices.ts';
import { PRICES_TEMPLATE } from '../../../electron/engine/ledger/prices-template.ts';

const made: string[] = [];
const open: PricesRegister[] = [];
afterEach(() => {
  for (const register of open.splice(0)) register.close();
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});
function folder(text?: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'prices-'));
  made.push(dir);
  if (text !== undefined) writeFileSync(pricesPath(dir), text);
  return dir;
}

const GOOD = `
currencies:
  EUR: { usd: 1.08, date: 2026-11-01 }
contracts:
  - name: ours
    vendor: openai
    currency: EUR
    discount: 10
    commitment: 1000
    freePerMonth: { web_search: 100 }
    models:
      - { model: gpt-5*, perMillion: { input: 1, output: 8 } }
units:
  - id: example/lookup
    vendor: example.com
    paths: [/v1/people/*]
    uses:
      - { unit: lookup, from: response, path: "results[]", read: count, price: { each: 0.02 } }
    examples:
      - { response: '{"results":[{},{}]}', usd: 0.04 }
`;

describe('what the file says', () => {
  test('prices in whole nano-dollars, in dollars by the fixed rate; a contract’s rows are about its calls', () => {
    const read = readPricesText(GOOD);
    if (!('value' in read)) expect.fail(JSON.stringify(read));
    expect(read.value.contracts).toEqual([
      {
        name: 'ours',
        vendor: 'openai',
        discount: 10,
        freePerMonth: { web_search: 100 },
        commitmentNanoUsd: 1_080_000_000_000,
      },
    ]);
    expect(read.value.models).toMatchObject([
      { vendor: 'openai', model: 'gpt-5*', leaves: { input: { nanoUsd: 1_080_000_000, per: 'million' } } },
    ]);
    expect(read.value.units).toMatchObject([{ id: 'example/lookup', vendor: 'example.com' }]);
    expect(read.value.version).toMatch(/^[0-9a-f]{8}$/);
  });

  test('the template is in order, says nothing, and what it shows is in order, too', () => {
    expect(readPricesText(PRICES_TEMPLATE)).toHaveProperty('value');
    const shown = PRICES_TEMPLATE.split('\n').map((line) => (/^# {1,}[a-z-]|^# {2}/.test(line) ? line.slice(2) : line));
    // The sentences at its head stay comments.
    const text = shown.map((line, index) => (index < 4 ? `# ${line}` : line)).join('\n');
    const read = readPricesText(text);
    if (!('value' in read)) expect.fail(JSON.stringify(read.problems));
    expect(read.value.contracts).toHaveLength(1);
    expect(read.value.models).toHaveLength(2);
    expect(read.value.units).toHaveLength(1);
  });
});

describe('mistakes are told with line and column, and what to do', () => {
  test.each<[string, string, { line: number; column: number; says: RegExp }]>([
    ['no YAML', 'units:\n  - [', { line: 2, column: 6, says: /no YAML/ }],
    [
      'an unknown key',
      'contracts:\n  - name: a\n    vendor: openai\n    discout: 5\n',
      { line: 4, column: 5, says: /Did you mean “discount”/ },
    ],
    [
      'a price below 0',
      'models:\n  - vendor: openai\n    model: x\n    perMillion: { input: -1 }\n',
      { line: 4, column: 26, says: /0 or more/ },
    ],
    ['something missing', 'contracts:\n  - name: a\n', { line: 2, column: 5, says: /“vendor”: It is missing here/ }],
    [
      'a currency without a rate',
      'contracts:\n  - name: a\n    vendor: b\n    currency: CHF\n',
      { line: 4, column: 15, says: /no rate for CHF/ },
    ],
    [
      'two of one name',
      'contracts:\n  - { name: a, vendor: b }\n  - { name: a, vendor: c }\n',
      { line: 3, column: 13, says: /another contract “a”/ },
    ],
    [
      'days the wrong way round',
      'contracts:\n  - { name: a, vendor: b, from: 2026-02-01, until: 2026-01-01 }\n',
      { line: 2, column: 52, says: /before the first/ },
    ],
    [
      'an example that does not come out',
      GOOD.replace('usd: 0.04', 'usd: 0.05'),
      { line: 20, column: 49, says: /comes to 0.04 dollars, not to 0.05/ },
    ],
    [
      'a use without a place',
      'units:\n  - id: a\n    vendor: b\n    uses:\n      - { unit: x, from: response, price: { each: 1 } }\n',
      { line: 5, column: 9, says: /needs a “path”/ },
    ],
    [
      'a price in no form',
      'units:\n  - id: a\n    vendor: b\n    uses:\n      - { unit: x, from: call, price: { cost: 1 } }\n',
      { line: 5, column: 39, says: /each/ },
    ],
  ])('%s', (_, text, { line, column, says }) => {
    const read = readPricesText(text);
    if (!('problems' in read)) expect.fail('it was taken');
    expect(read.problems[0]).toMatchObject({ line, column, says: expect.stringMatching(says) });
  });
});

/** Editors write beside and put that in its place. */
function save(dir: string, text: string): void {
  const beside = join(dir, '.swap');
  writeFileSync(beside, text);
  renameSync(beside, pricesPath(dir));
}

function openIn(dir: string): { register: PricesRegister; next: () => Promise<PricesNow> } {
  const register = openPricesRegister({ dataDir: dir, log: () => {}, lookEveryMs: 10 });
  open.push(register);
  return { register, next: () => new Promise((resolve) => register.onChanged(resolve)) };
}

describe('while an engine runs', () => {
  test('what is saved counts at once, and a file that an editor replaced is still watched', async () => {
    const dir = folder();
    const { register, next } = openIn(dir);
    expect(register.now).toMatchObject({ problems: [], prices: { contracts: [], version: '' } });
    for (const discount of [5, 6]) {
      const changed = next();
      save(dir, `contracts:\n  - { name: a, vendor: openai, discount: ${discount} }\n`);
      expect((await changed).prices.contracts[0]?.discount).toBe(discount);
    }
  });

  test('a mistake leaves the last good one in force, after a new start, too', async () => {
    const dir = folder('contracts:\n  - { name: a, vendor: openai, discount: 5 }\n');
    const { register } = openIn(dir);
    save(dir, 'contracts: oops\n');
    await expect.poll(() => register.now.problems, { interval: 10 }).toMatchObject([{ line: 1, column: 12 }]);
    expect(register.now.prices.contracts[0]?.discount).toBe(5);
    const said: string[] = [];
    expect(readPrices(dir, (line) => said.push(line))).toMatchObject({
      problems: [{ line: 1 }],
      prices: { contracts: [{ discount: 5 }] },
    });
    expect(said.join('\n')).toContain('prices.yaml:1:12');
  });
});

test('the first file is written by us, for its owner only, in a folder that may not be there yet, and never over another', () => {
  const dir = join(folder(), 'data');
  expect(initPrices(dir)).toBe(true);
  expect(readFileSync(pricesPath(dir), 'utf8')).toBe(PRICES_TEMPLATE);
  if (process.platform !== 'win32') expect(statSync(pricesPath(dir)).mode & 0o777).toBe(0o600);
  expect(existsSync(join(dir, 'prices.schema.json'))).toBe(true);
  writeFileSync(pricesPath(dir), '# mine\n');
  expect(initPrices(dir)).toBe(false);
  expect(readFileSync(pricesPath(dir), 'utf8')).toBe('# mine\n');
});
