import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../../shared/query/complete.ts';
import { FIELDS } from '../../../shared/query/fields.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { joinFilters, splitFilter } from '../../../shared/query/parts.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { queryTrees } from './trees.ts';

const none = (): readonly string[] => [];
const read = (text: string) => parseQuery(text, { now: 0 });
const titles = (text: string, known = none) => complete(text, text.length, known).suggestions.map(({ title }) => title);

test('the beginning of a name gives the fields that begin with it, and those other tools call so', () => {
  expect(titles('sta').slice(0, 2)).toEqual(['status:', 'state:']);
  expect(titles('verb')).toContain('method:');
  expect(titles('GET /x -ho')[0]).toBe('host:');
});

test('behind a colon stand the values of that field: closed ones and those seen in calls', () => {
  expect(titles('failure:time')).toContain('timeout-connect');
  expect(titles('host:api', () => ['api.stripe.com', 'hooks.acme.example', 'api.openai.com'])).toEqual([
    'api.stripe.com',
    'api.openai.com',
  ]);
  expect(titles('status:')).toContain('5xx');
});

test('a name in front of its colon is replaced together with it', () => {
  const { start, end } = complete('hos:x', 2, none);
  expect([start, end]).toEqual([0, 4]);
});

test('what is suggested can be read, wherever it is put in', () => {
  const known = fc.array(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 4 });
  fc.assert(
    fc.property(
      fc.constantFrom(...FIELDS.filter(({ value }) => value.type === 'text' && !value.values).map(({ name }) => name)),
      known,
      fc.constantFrom('', 'method:GET ', 'stripe -', '(status:5xx or '),
      (name, values, before) => {
        const text = `${before}${name}:`;
        for (const one of complete(text, text.length, () => values).suggestions) {
          // eslint-disable-next-line no-control-regex
          if (/[\u0000-\u001f\u007f]|[\ud800-\udfff]/.test(one.title) || /^[<>]/.test(one.title)) continue;
          const whole = `${text}${one.insert}${before.startsWith('(') ? ')' : ''}`;
          expect([whole, read(whole)]).toEqual([whole, expect.objectContaining({ ok: true })]);
        }
      },
    ),
  );
  for (const { name } of FIELDS) {
    const text = `${name}:`;
    for (const { insert } of complete(text, text.length, none).suggestions)
      expect([insert, read(text + insert).ok]).toEqual([insert, true]);
  }
});

test('any text and caret have an answer whose place is in the text and holds the caret', () => {
  const piece = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('"', '(', ')', '-', ' ', 'host:', '\\', 'or'));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.nat(40), (pieces, at) => {
      const text = pieces.join('');
      const caret = Math.min(at, text.length);
      const { start, end } = complete(text, caret, none);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(text.length);
      expect(start).toBeLessThanOrEqual(end);
      expect(caret >= start && caret <= end).toBe(true);
    }),
  );
});

test('a filter split into its parts and joined again means the same', () => {
  fc.assert(
    fc.property(queryTrees, (tree) => {
      const text = printQuery(tree);
      expect(read(splitFilter(text).join(' '))).toEqual(read(text));
    }),
  );
  expect(splitFilter('a and -b:"c d" not (x or y)')).toEqual(['a', '-b:"c d"', 'not (x or y)']);
  expect(splitFilter('a or b c')).toEqual(['a or b c']);
});

test('two filters joined mean both', () => {
  expect(joinFilters('a or b', 'host:x')).toBe('(a or b) host:x');
  fc.assert(
    fc.property(queryTrees, queryTrees, (a, b) => {
      const joined = read(joinFilters(printQuery(a), printQuery(b)));
      expect(joined).toEqual(read(`(${printQuery(a)}) (${printQuery(b)})`));
    }),
  );
});
