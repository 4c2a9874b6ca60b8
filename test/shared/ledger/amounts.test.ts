// Rule: money is whole nano-dollars, rounded once for each line, half to even, whatever the quantity and the price.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMoney, amountOf, priceOf, ratioOf, scalePrice } from '../../../shared/ledger/amounts.ts';

/** The same by another way: exact fractions, no floating point. */
function exactly(micro: bigint, nano: bigint, divisor: bigint): bigint {
  const product = micro * nano;
  const whole = product / divisor;
  const rest = product % divisor;
  if (rest * 2n > divisor || (rest * 2n === divisor && whole % 2n === 1n)) return whole + 1n;
  return whole;
}

test('amounts are exact products, rounded half to even', () => {
  expect(amountOf(86, priceOf(1.25, 1_000_000))).toBe(107_500);
  // Half a nano-dollar: to the even one.
  expect(amountOf(1, { nanoUsd: 500_000, per: 'million' })).toBe(0);
  expect(amountOf(3, { nanoUsd: 500_000, per: 'million' })).toBe(2);
  expect(amountOf(5, { nanoUsd: 500_000, per: 'million' })).toBe(2);
  expect(amountOf(0.5, { nanoUsd: 3, per: 'one' })).toBe(2);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4_000_000_000 }),
      fc.integer({ min: 0, max: 2_000_000_000_000 }),
      (quantity, nano) => {
        const price = { nanoUsd: nano, per: 'million' } as const;
        expect(BigInt(amountOf(quantity, price))).toBe(
          exactly(BigInt(quantity) * 1_000_000n, BigInt(nano), 1_000_000_000_000n),
        );
      },
    ),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 0, max: 10_000_000 }), (micro, nano) => {
      expect(BigInt(amountOf(micro / 1_000_000, { nanoUsd: nano, per: 'one' }))).toBe(
        exactly(BigInt(micro), BigInt(nano), 1_000_000n),
      );
    }),
  );
});

test('quantities that are none cost nothing', () => {
  for (const quantity of [-1, 0, Number.NaN, Number.POSITIVE_INFINITY])
    expect(amountOf(quantity, { nanoUsd: 5, per: 'one' })).toBe(0);
});

test('prices keep what they say, also below a nano-dollar', () => {
  expect(priceOf(0.0083)).toEqual({ nanoUsd: 8_300_000, per: 'one' });
  expect(priceOf(10, 1000)).toEqual({ nanoUsd: 10_000_000, per: 'one' });
  expect(priceOf(0.0375, 1_000_000)).toEqual({ nanoUsd: 37_500_000, per: 'million' });
  expect(priceOf(0.36, 3600)).toEqual({ nanoUsd: 100_000, per: 'one' });
  // A third of a cent for a minute.
  expect(priceOf(0.04, 3600)).toEqual({ nanoUsd: 11_111_111_111, per: 'million' });
  expect(priceOf(0.0000000001)).toEqual({ nanoUsd: 100_000, per: 'million' });
  expect(scalePrice({ nanoUsd: 25, per: 'one' }, [1, 2])).toEqual({ nanoUsd: 12_500_000, per: 'million' });
  expect(scalePrice(priceOf(1.25, 1_000_000), ratioOf(0.85))).toEqual(priceOf(1.0625, 1_000_000));
});

test('sums beyond what a number holds are unknown, not wrong', () => {
  expect(addMoney(1, 2)).toBe(3);
  expect(addMoney(Number.MAX_SAFE_INTEGER, 1)).toBeNull();
});

test('the model tables are loaded when they are asked for, not before, and reach for nothing outside', () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve(name, context, next) { const found = next(name, context); loaded.push(found.url); return found; } });
    globalThis.fetch = () => { throw new Error('fetched'); };
    const { createPriceBook } = await import('./shared/ledger/create-price-book.ts');
    const book = createPriceBook();
    const early = loaded.some((url) => url.includes('genai-prices'));
    await book.prepare();
    console.log(JSON.stringify({ early, outside: loaded.filter((url) => url.startsWith('node:') && url !== 'node:module'), late: loaded.some((url) => url.includes('genai-prices')) }));
  `;
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual({ early: false, outside: [], late: true });
  const source = readFileSync(new URL('node_modules/@pydantic/genai-prices/dist/index.js', `file://${root}`), 'utf8');
  expect(source).not.toMatch(/\b(?:fetch|XMLHttpRequest|require)\s*\(|from "node:/);
});
