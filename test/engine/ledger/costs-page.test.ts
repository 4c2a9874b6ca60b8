// Rule: every example in docs/costs.md works as it stands there.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../electron/cli/program.ts';
import { readPricesText } from '../../../electron/engine/ledger/read-prices.ts';
import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import type { Tokens } from '../../../shared/model/usage.ts';
import { callOf, usageOf } from '../../shared/ledger/priced-calls.ts';

const page = readFileSync(new URL('../../../docs/costs.md', import.meta.url), 'utf8');
const blocks = (kind: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text ?? '');

test('a call costs what the page says it does', async () => {
  const book = createPriceBook();
  await book.prepare();
  const calls = blocks('json call').map(
    (text) => JSON.parse(text) as { vendor: string; host: string; model: string; tokens: Partial<Tokens> },
  );
  const costs = calls.map(({ vendor, host, model, tokens }) => {
    const cost = book.price(callOf({ vendor, host, usage: usageOf(model, tokens) }));
    const { nanoUsd, price, lines } = cost ?? expect.fail('nothing is known of it');
    return { nanoUsd, price, lines: lines.map(({ what, quantity, nanoUsd: of }) => [what, quantity, of]) };
  });
  expect(calls).toHaveLength(1);
  expect(costs).toEqual(blocks('json cost').map((text) => JSON.parse(text) as unknown));
});

describe('files', () => {
  test.each(blocks('yaml').map((text, index) => [index + 1, text] as const))(
    'prices.yaml #%i is in order, and its examples come out',
    (_, text) => {
      const read = readPricesText(text);
      if ('problems' in read) expect.fail(JSON.stringify(read.problems));
      expect(read.value.units.length).toBeGreaterThan(0);
      expect(read.value.units.filter(({ free, examples }) => !free && !examples)).toEqual([]);
    },
  );
});

test('commands are ones, with the options they have', () => {
  const program = createProgram();
  const lines = blocks('sh').flatMap((text) => text.split('\n').filter((line) => line.startsWith('sallyport ')));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const [name = '', ...words] = line.split(' ').slice(1);
    const command: Command =
      program.commands.find((one) => one.name() === name) ?? expect.fail(`${line}: no such command`);
    const options = words.filter((word) => word.startsWith('--'));
    for (const option of options)
      expect(
        command.options.some(({ long }) => long === option),
        `${line}: ${option}`,
      ).toBe(true);
  }
});
