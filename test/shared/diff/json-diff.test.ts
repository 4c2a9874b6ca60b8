import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffHeaders } from '../../../shared/diff/header-diff.ts';
import { diffLines } from '../../../shared/diff/diff-lines.ts';
import { countDifferences, diffJson, parseJson } from '../../../shared/diff/json-diff.ts';
import type { Difference, Json } from '../../../shared/diff/json-diff.ts';

const NOTHING = Symbol('nothing');

/** One side of a difference, made again from it. */
function sideOf(difference: Difference, side: 'before' | 'after'): Json | typeof NOTHING {
  switch (difference.kind) {
    case 'same':
      return difference.value;
    case 'changed':
      return difference[side];
    case 'added':
      return side === 'after' ? difference.value : NOTHING;
    case 'removed':
      return side === 'before' ? difference.value : NOTHING;
    case 'array':
      return difference.items.map((one) => sideOf(one, side)).filter((one) => one !== NOTHING);
    case 'object':
      return Object.fromEntries(
        difference.entries
          .map(([key, one]) => [key, sideOf(one, side)] as const)
          .filter((entry): entry is [string, Json] => entry[1] !== NOTHING),
      );
  }
}

const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"p"')) as Json);

test('both sides can be made again from a difference', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const difference = diffJson(before, after);
      expect(sideOf(difference, 'before')).toEqual(before);
      expect(sideOf(difference, 'after')).toEqual(after);
    }),
  );
});

test('a value compared with itself has no difference, whatever the order of its keys', () => {
  const turned = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, turned(one)]),
          )
        : value;
  fc.assert(
    fc.property(json, (value) => {
      expect(countDifferences(diffJson(value, turned(value)))).toBe(0);
    }),
  );
});

test('one entry put into the middle of a list is one difference', () => {
  const list = Array.from({ length: 20 }, (_, id) => ({ id, name: `n${id}` }));
  const longer = [...list.slice(0, 7), { id: 99, name: 'new' }, ...list.slice(7)];
  expect(countDifferences(diffJson(list, longer))).toBe(1);
});

test('large integers are compared to their last digit', () => {
  const a = parseJson('{"id":12345678901234567890}') ?? null;
  const b = parseJson('{"id":12345678901234567891}') ?? null;
  expect(countDifferences(diffJson(a, b))).toBe(1);
});

test('lines show what was and what is, and fold what is the same', () => {
  const same = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, index]));
  const lines = diffLines(diffJson({ a: 1, same }, { a: 2, same }));
  expect(lines.map(({ sign, text }) => `${sign}${text}`)).toEqual([
    ' {',
    '-  "a": 1,',
    '+  "a": 2,',
    '   "same": { … }',
    ' }',
  ]);
  expect(lines[3]?.hidden).toBe(11);
});

test('headers are compared by name without case, duplicates in their order', () => {
  expect(
    diffHeaders(
      [
        ['Accept', 'a'],
        ['X-A', '1'],
        ['X-A', '2'],
      ],
      [
        ['accept', 'a'],
        ['x-a', '1'],
        ['Etag', 'e'],
      ],
    ),
  ).toEqual([
    { name: 'Accept', before: 'a', after: 'a', same: true },
    { name: 'X-A', before: '1', after: '1', same: true },
    { name: 'X-A', before: '2', after: null, same: false },
    { name: 'Etag', before: null, after: 'e', same: false },
  ]);
});
