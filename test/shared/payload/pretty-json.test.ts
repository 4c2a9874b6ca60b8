import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPathAt } from '../../../shared/payload/json-path.ts';
import { prettyJson } from '../../../shared/payload/pretty-json.ts';

test('says the same as what came: any JSON, laid out, is the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const { text, problem } = prettyJson(JSON.stringify(value, null, space));
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(problem).toBeNull();
    }),
  );
});

test('numbers, escapes and duplicate keys stay as they were written', () => {
  expect(prettyJson('{"n":12345678901234567890,"e":1.0E+2,"s":"\\u00e9\\/","n":1}').text).toBe(
    '{\n  "n": 12345678901234567890,\n  "e": 1.0E+2,\n  "s": "\\u00e9\\/",\n  "n": 1\n}',
  );
});

test('a text cut anywhere is laid out as far as it goes, with everything that is in it', () => {
  const bare = (text: string): string => text.replace(/\s/g, '');
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
      const whole = JSON.stringify(value);
      const source = whole.slice(0, cut % (whole.length + 1));
      expect(bare(prettyJson(source).text)).toBe(bare(source));
    }),
  );
  expect(prettyJson('{"a":[{"b":"cu').problem?.says).toBe('a text that does not end');
  expect(prettyJson('{"a":[1,').problem?.says).toBe('it ends in the middle');
});

test('folds are the insides of brackets, outermost depth 1', () => {
  const { text, folds } = prettyJson('{"a":{"b":[{"c":1}]}}');
  const inside = [];
  for (let at = 0; at < folds.length; at += 3)
    inside.push([text[(folds[at] ?? 0) - 1], text[folds[at + 1] ?? 0], folds[at + 2]]);
  expect(inside).toEqual([
    ['{', '}', 1],
    ['{', '}', 2],
    ['[', ']', 3],
    ['{', '}', 4],
  ]);
});

test('short arrays of plain values stay on one line', () => {
  expect(prettyJson('{"a":[1,"x, ]",true]}').text).toBe('{\n  "a": [1, "x, ]", true]\n}');
});

test('JSON lines begin a line each', () => {
  expect(prettyJson('{"a":1}\n{"a":2}').text).toBe('{\n  "a": 1\n}\n{\n  "a": 2\n}');
});

test('the path is the one of the value at the caret', () => {
  const text = '{"items":[{"id":1},{"id":2,"odd key":{"x":[true]}}],"n":null}';
  const at = (sought: string): string => jsonPathAt(text, text.indexOf(sought) + 1);
  expect(at('2,"odd')).toBe('$.items[1].id');
  expect(at('true')).toBe('$.items[1]["odd key"].x[0]');
  expect(at('null')).toBe('$.n');
  expect(jsonPathAt(text, 0)).toBe('$');
});
