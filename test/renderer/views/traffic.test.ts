import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOTHING, selectAll, selectOne, selectTo, toggleOne } from '../../../renderer/views/traffic/selection.ts';

const shown = [5, 6, 7, 8, 9];
const between = (from: number, to: number): number[] | null => {
  const [a, b] = [shown.indexOf(from), shown.indexOf(to)];
  return a < 0 || b < 0 ? null : shown.slice(Math.min(a, b), Math.max(a, b) + 1);
};

test('a range grows and shrinks from where it began', () => {
  let selection = selectTo(selectOne(7), 9, between);
  expect([...selection.ids]).toEqual([7, 8, 9]);
  selection = selectTo(selection, 5, between);
  expect([...selection.ids]).toEqual([5, 6, 7]);
  expect(selection.active).toBe(5);
});

test('a range whose beginning is no longer shown begins anew', () => {
  expect([...selectTo({ ...selectOne(7), anchor: 1 }, 8, between).ids]).toEqual([8]);
});

test('toggling twice leaves the selection as it was, and nothing is changed in place', () => {
  fc.assert(
    fc.property(fc.subarray(shown), fc.constantFrom(...shown), (ids, id) => {
      const before = { ...NOTHING, ids: new Set(ids) };
      const once = toggleOne(before, id);
      expect(once.ids.has(id)).toBe(!ids.includes(id));
      expect([...toggleOne(once, id).ids].sort()).toEqual([...ids].sort());
      expect([...before.ids]).toEqual(ids);
    }),
  );
});

test('everything shown can be selected, and the keyboard stays where it was', () => {
  expect(selectAll(selectOne(6), shown)).toMatchObject({ ids: new Set(shown), active: 6 });
});
