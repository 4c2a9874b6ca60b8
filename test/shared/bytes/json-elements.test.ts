import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonElements } from '../../../shared/bytes/json-elements.ts';

/** Feeds a text in pieces of the given sizes, again and again. */
function read(text: string, sizes: readonly number[], limit = 1e6) {
  const bytes = Buffer.from(text);
  const reader = createJsonElements(['log', 'entries'], limit);
  const found: { index: number; at: number; text: string | null }[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    for (const element of reader.push(bytes.subarray(at, at + size)))
      found.push({ ...element, text: element.bytes && Buffer.from(element.bytes).toString() });
    at += size;
  }
  return { found, problem: reader.end() };
}

const spaced = fc.constantFrom<(value: unknown) => string>(
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => `\ufeff ${JSON.stringify(value, null, '\t')}\n\n`,
);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const values = fc.jsonValue({ maxDepth: 4 });

describe('elements of a list in a long text', () => {
  it('come out as JSON.parse would have them, wherever the text is cut and whatever is around them', () => {
    fc.assert(
      fc.property(
        fc.array(values, { maxLength: 6 }),
        fc.dictionary(fc.string(), values),
        spaced,
        sizes,
        (entries, around, print, cuts) => {
          const text = print({
            ...around,
            log: {
              decoy: { entries: [1], log: { entries: [2] } },
              ...around,
              pages: [{ entries: [1] }],
              entriez: 'entries',
              entries,
              after: [[]],
            },
          });
          const { found, problem } = read(text, cuts);
          expect(problem).toBeNull();
          expect(found.map((element) => JSON.parse(element.text!))).toEqual(
            JSON.parse(text.replace('\ufeff', '')).log.entries,
          );
          for (const { at, text: element } of found)
            expect(Buffer.from(text).subarray(at).toString().startsWith(element!)).toBe(true);
        },
      ),
    );
  });

  it('never throw on bytes, and say where a text goes wrong', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ':',
            ',',
            '\\',
            'a',
            '1',
            ' ',
            'log',
            'entries',
            '"log":{"entries":[',
          ),
        }),
        sizes,
        (text, cuts) => {
          const { problem } = read(text, cuts);
          if (problem) expect(problem.at).toBeLessThanOrEqual(Buffer.byteLength(text));
          else expect(text).toContain('entries');
        },
      ),
    );
    expect(read('{"log":{"entries":[{"a":1},{"b"', [5]).problem).toEqual({
      at: 31,
      says: 'it ends too early, in the middle of element 2',
    });
    expect(read('{"log":{"pages":[]}}', [5]).problem).toEqual({ at: 20, says: 'it has no list log.entries' });
    expect(read('<html>', [5]).problem).toEqual({ at: 0, says: 'this is no JSON object' });
    expect(read('{"log":{"entries":[]}}{', [5]).problem).toEqual({ at: 22, says: 'there is something behind the end' });
    expect(read('{"log":{"entries":[]]}', [5]).problem).toEqual({
      at: 20,
      says: 'a bracket closes that was not opened',
    });
    expect(read('', [5]).problem).toEqual({ at: 0, says: 'there is nothing in it' });
  });

  it('longer than the limit are told of without their bytes', () => {
    const { found } = read(`{"log":{"entries":["${'x'.repeat(500)}",2]}}`, [7], 100);
    expect(found).toEqual([
      { index: 0, at: 19, bytes: null, text: null },
      expect.objectContaining({ index: 1, text: '2' }),
    ]);
  });
});
