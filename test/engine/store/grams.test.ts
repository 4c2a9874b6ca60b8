import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../harness/store/traffic.ts';
import { SURE, addText, createPageTerms, gramsOf, mayHold } from '../../../electron/engine/store/grams.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

describe('the filter of a page', () => {
  it('never denies a text that is there, in whatever case and surroundings', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.string({ minLength: 1, maxLength: 60, unit: 'binary-ascii' }),
        bytes,
        fc.boolean(),
        (before, text, after, upper) => {
          const page = Buffer.concat([before, Buffer.from(upper ? text.toUpperCase() : text), after]);
          const terms = createPageTerms(page.length, 32);
          addText(terms, page);
          expect(mayHold(terms, gramsOf(Buffer.from(text.toLowerCase())))).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('denies nearly every text that is not there, when it is long enough to tell', () => {
    const random = createRandom(1);
    const terms = createPageTerms(160_000, 28);
    for (let line = 0; line < 900; line += 1) addText(terms, Buffer.from(`x-request-id: ${random.hex(32)}`));
    // Texts just long enough have one piece only: then the filter is as good as its bits are spread.
    const absent = Array.from({ length: 2000 }, () => random.id(SURE));
    const wrong = absent.filter((text) => mayHold(terms, gramsOf(Buffer.from(text))));
    expect(wrong.length).toBeLessThan(absent.length * 0.08);
    expect(gramsOf(Buffer.from('x'.repeat(SURE - 1)))).toEqual([]);
    expect(gramsOf(Buffer.from('abcdefghijklm')).length).toBeGreaterThan(0);
  });
});
