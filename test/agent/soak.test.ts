import { expect, test } from 'vitest';
import { soak } from './soak.ts';

test('5,000 calls: every one is told, and the heap stays where it was', { timeout: 120_000 }, async () => {
  const { made, told, heapGrowth } = await soak(5000);
  expect(told).toBe(made);
  expect(heapGrowth).toBeLessThan(4_000_000);
});
