import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, type Json } from '../../../shared/diff/json-diff.ts';
import { compileJsonPath, JsonPathFault, MOST_NODES, printLocation } from '../../../shared/replay/json-path.ts';

const found = (path: string, value: Json): Json[] =>
  compileJsonPath(path)
    .find(value)
    .map((node) => node.value);

const shop: Json = {
  orders: [
    { id: 'or_1', total: 20, tags: ['new', 'eu'], note: 'a b' },
    { id: 'or_2', total: 35.5, tags: [], 'gift-wrap': true },
    { id: 'or_3', total: 7, tags: ['eu'], paid: null },
  ],
  größe: 3,
};

/** By section of RFC 9535. */
const sections: readonly [section: string, path: string, values: Json[]][] = [
  ['2.2 root', '$', [shop]],
  ['2.3.1 name', '$.orders[0].id', ['or_1']],
  ['2.3.1 name', "$['orders'][1]['gift-wrap']", [true]],
  ['2.3.1 name', '$["orders"][1]["gift-wrap"]', [true]],
  ['2.3.1 name', "$['gr\\u00f6ße']", [3]],
  ['2.3.1 name', '$.größe', [3]],
  ['2.3.1 name that objects have by themselves', '$.constructor', []],
  ['2.3.1 name that lists have by themselves', '$.orders.length', []],
  ['2.3.2 wildcard', '$.orders[*].total', [20, 35.5, 7]],
  ['2.3.2 wildcard', '$.orders[2].tags.*', ['eu']],
  ['2.3.3 index', '$.orders[-1].id', ['or_3']],
  ['2.3.3 index', '$.orders[9]', []],
  ['2.3.4 slice', '$.orders[0:2].id', ['or_1', 'or_2']],
  ['2.3.4 slice', '$.orders[::-1].id', ['or_3', 'or_2', 'or_1']],
  ['2.3.4 slice', '$.orders[1:].id', ['or_2', 'or_3']],
  ['2.3.4 slice', '$.orders[::0].id', []],
  ['2.3.5 existence', '$.orders[?@.paid].id', ['or_3']],
  ['2.3.5 not', '$.orders[?!@.note].id', ['or_2', 'or_3']],
  ['2.3.5 comparison', '$.orders[?@.total >= 20].id', ['or_1', 'or_2']],
  ['2.3.5 comparison', "$.orders[?@.id != 'or_1' && @.total < 10].id", ['or_3']],
  ['2.3.5 comparison', "$.orders[?@.id == 'or_1' || (@.total < 10)].id", ['or_1', 'or_3']],
  ['2.3.5 comparison with null', '$.orders[?@.paid == null].id', ['or_3']],
  ['2.3.5 comparison with nothing', '$.orders[?@.nothing == @.neither].id', ['or_1', 'or_2', 'or_3']],
  ['2.3.5 comparison of texts', "$.orders[?@.id > 'or_2'].id", ['or_3']],
  ['2.3.5 comparison of lists', '$.orders[?@.tags == $.orders[1].tags].id', ['or_2']],
  ['2.3.5 root in a filter', '$.orders[?@.total == $.orders[2].total].id', ['or_3']],
  ['2.4.4 length', '$.orders[?length(@.tags) == 2].id', ['or_1']],
  ['2.4.5 count', '$.orders[?count(@.tags[*]) == 1].id', ['or_3']],
  ['2.4.6 match', "$.orders[?match(@.id, 'or_[12]')].id", ['or_1', 'or_2']],
  ['2.4.6 match is of all of it', "$.orders[?match(@.id, 'or')].id", []],
  ['2.4.7 search', "$.orders[?search(@.note, ' b')].id", ['or_1']],
  ['2.4.8 value', "$.orders[?value(@.tags[*]) == 'eu'].id", ['or_3']],
  ['2.5.1 child', "$.orders[0]['id','total']", ['or_1', 20]],
  ['2.5.1 child twice', '$.orders[0,0].id', ['or_1', 'or_1']],
  ['2.5.2 descendant', '$..id', ['or_1', 'or_2', 'or_3']],
  ['2.5.2 descendant', '$..[0]', [{ id: 'or_1', total: 20, tags: ['new', 'eu'], note: 'a b' }, 'new', 'eu']],
  ['2.6 null', '$.orders[2].paid', [null]],
];

test.each(sections)('%s: %s', (_, path, values) => {
  expect(found(path, shop)).toEqual(values);
});

const wrong: readonly [path: string, at: number][] = [
  ['', 0],
  ['orders', 0],
  ['$.', 2],
  ['$.orders[', 9],
  ['$.orders[01]', 9],
  ['$.orders x', 9],
  ['$.orders[?@.total >]', 19],
  ['$.orders[?nosuch(@.a)]', 10],
  ["$['orders", 9],
];

test.each(wrong)('a query that is wrong says where: %s', (path, at) => {
  let fault: unknown;
  try {
    compileJsonPath(path);
  } catch (error) {
    fault = error;
  }
  expect(fault).toBeInstanceOf(JsonPathFault);
  expect(Math.abs((fault as JsonPathFault).at - at)).toBeLessThanOrEqual(1);
  expect((fault as JsonPathFault).message).toMatch(/\.$/);
});

test('the place of every value finds that value alone', () => {
  const json = fc.jsonValue({ maxDepth: 4 }).map((value) => parseJson(JSON.stringify(value)) ?? null);
  fc.assert(
    fc.property(json, (value) => {
      for (const node of compileJsonPath('$..*').find(value)) {
        const path = compileJsonPath(printLocation(node.location));
        expect(path.singular).toBe(true);
        expect(path.find(value)).toEqual([node]);
      }
    }),
  );
});

test('large integers are found to their last digit', () => {
  expect(found('$.list[?@.id > 1].id', parseJson('{"list":[{"id":12345678901234567891}]}') ?? null)).toEqual([
    12345678901234567891n,
  ]);
});

test('a pattern that would run away does not', () => {
  expect(found("$[?search(@, '(a+)+b')]", ['a'.repeat(50_000)])).toEqual([]);
});

test('a dot is one character, also of those that take two units', () => {
  expect(found("$[?match(@, '.')]", ['😀', 'a', 'ab', '\n'])).toEqual(['😀', 'a']);
  expect(found(String.raw`$[?match(@, '\\p{Lu}\\p{Ll}+')]`, ['Ärger', 'ärger'])).toEqual(['Ärger']);
});

test('a query that finds too much, or in values too deep, is refused', () => {
  expect(() =>
    found(
      '$[*]',
      Array.from({ length: MOST_NODES + 1 }, () => 1),
    ),
  ).toThrow('more than 200,000 values');
  let deep: Json = 1;
  for (let level = 0; level < 3_000; level++) deep = [deep];
  expect(() => found('$..a', deep)).toThrow('deeper than');
});
