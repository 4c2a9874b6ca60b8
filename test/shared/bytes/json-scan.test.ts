import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileJsonPaths, createJsonScan } from '../../../shared/bytes/json-scan.ts';
import { decodeUtf8 } from '../../../shared/bytes/utf8.ts';

const WANTED = ['usage', 'response.model', 'data[].usage', 'data[][].x', 'ä'] as const;

interface Scanned {
  found: [string, unknown][];
  texts: [string, string][];
  ended: number;
}

/** Feeds a text in pieces of the given sizes, again and again. */
function scan(text: string, sizes: readonly number[], values: readonly string[] = WANTED, limits = {}): Scanned {
  const bytes = Buffer.from(text).toString('latin1');
  const found: [string, unknown][] = [];
  const texts: [string, string][] = [];
  let ended = 0;
  const reader = createJsonScan(
    compileJsonPaths({ values, texts: ['messages', 'input'] }),
    {
      value: (path, value) => found.push([path, value]),
      text: (_path, key, said) => texts.push([key, said]),
      ended: () => (ended += 1),
    },
    limits,
  );
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    reader.push(bytes.slice(at, at + size));
    at += size;
  }
  reader.end();
  return { found, texts, ended };
}

/** What JSON.parse has at a path, in the order of the text. */
function at(value: unknown, steps: readonly string[]): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [value];
  if (step === '[]') return Array.isArray(value) ? value.flatMap((one) => at(one, rest)) : [];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return [];
  return at((value as Record<string, unknown>)[step], rest);
}
const stepsOf = (path: string): string[] => path.replaceAll('[]', '.[]').split('.');

const anything = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const keys = fc.constantFrom('usage', 'response', 'model', 'data', 'x', 'ä', 'other', 'us"age\\', '');
const nested = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    anything,
    fc.dictionary(keys, tie('node'), { maxKeys: 5 }),
    fc.array(tie('node'), { maxLength: 4 }),
  ),
})).node;
const documents = fc.dictionary(keys, nested, { maxKeys: 6 });
const spaced = fc.constantFrom<(value: unknown) => string>(
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 2),
  (value) => `\ufeff\r\n ${JSON.stringify(value, null, '\t')}\n\n`,
);
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('values taken out of JSON that goes by', () => {
  it('are those of JSON.parse, wherever the text is cut', () => {
    fc.assert(
      fc.property(documents, spaced, sizes, (document, print, cuts) => {
        const { found, ended } = scan(print(document), cuts);
        const same = JSON.parse(JSON.stringify(document)) as unknown;
        for (const path of WANTED)
          expect(found.filter(([name]) => name === path).map(([, value]) => value)).toEqual(at(same, stepsOf(path)));
        expect(ended).toBe(1);
      }),
      { numRuns: 400 },
    );
  });

  it('come of every text of several, one under the other or in a list', () => {
    fc.assert(
      fc.property(fc.array(documents, { maxLength: 5 }), sizes, (all, cuts) => {
        const expected = all.flatMap((one) => at(JSON.parse(JSON.stringify(one)), ['usage']));
        for (const text of [all.map((one) => JSON.stringify(one)).join('\n'), JSON.stringify(all, null, 1)]) {
          const { found, ended } = scan(text, cuts, ['usage']);
          expect(found.map(([, value]) => value)).toEqual(expected);
          expect(ended).toBe(all.length);
        }
      }),
    );
  });

  it('are given as far as a text goes that is cut, and no text makes it throw', () => {
    fc.assert(
      fc.property(documents, fc.double({ min: 0, max: 1, noNaN: true }), sizes, (document, part, cuts) => {
        const text = JSON.stringify(document);
        const whole = scan(text, cuts).found;
        const some = scan(text.slice(0, Math.floor(text.length * part)), cuts).found;
        expect(whole.slice(0, some.length)).toEqual(some);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), sizes, (text, cuts) => void scan(text, cuts)));
    const marks = fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', 'usage', '"usage"'));
    fc.assert(fc.property(marks, sizes, (text, cuts) => void scan(text.join(''), cuts)));
  });

  it('pass what is long unheld, and are left out when they are too long themselves', () => {
    const long = 'A'.repeat(3_000_000);
    const numbers = JSON.stringify(Array.from({ length: 50_000 }, (_, index) => index / 7));
    const text = `{"data":[{"embedding":${numbers},"b64":"${long}\\\\","usage":1}],"usage":{"total":5}}`;
    expect(scan(text, [65536]).found).toEqual([
      ['data[].usage', 1],
      ['usage', { total: 5 }],
    ]);
    expect(scan('{"usage":"12345678","response":{"model":"abc"}}', [3], WANTED, { valueLimit: 5 }).found).toEqual([
      ['response.model', 'abc'],
    ]);
  });

  it('are texts where texts are wanted: strings of any depth without the keys, a cut one as far as it came', () => {
    const text =
      '{"messages":[{"role":"user","content":[{"type":"text","text":"Grüße \\u00e4\\n"}]}],"input":["a","b"],"no":"x"}';
    const all = [
      ['role', 'user'],
      ['type', 'text'],
      ['text', 'Grüße ä\n'],
      ['input', 'a'],
      ['input', 'b'],
    ];
    for (const size of [1, 2, 3, 7, 1000]) expect(scan(text, [size]).texts).toEqual(all);
    expect(scan(text.slice(0, text.indexOf('ße') + 2), [5]).texts.at(-1)).toEqual(['text', 'Grüße']);
    expect(scan('{"input":"\\u00e4\\u00e', [1]).texts).toEqual([['input', 'ä']]);
    expect(scan(`{"input":"${'long '.repeat(9)}"}`, [4], [], { textLimit: 9 }).texts).toEqual([['input', 'long long']]);
  });
});

describe('UTF-8 that came as Latin-1', () => {
  it('reads as TextDecoder reads it, what is none included', () => {
    const bytes = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed)),
    );
    fc.assert(
      fc.property(bytes, (given) => {
        const raw = Uint8Array.from(given);
        expect(decodeUtf8(Buffer.from(raw).toString('latin1'))).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(raw),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
