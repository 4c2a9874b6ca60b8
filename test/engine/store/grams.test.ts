import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    const page = Buffer.from(
      Array.from({ length: 4000 }, (_, i) => `"id":"obj_${(i * 2654435761).toString(36)}",`).join(''),
    );
    const terms = createPageTerms(page.length, 16);
    addText(terms, page);
    const absent = Array.from({ length: 500 }, (_, i) => `ZZ${(i * 40503 + 7).toString(36)}-not-in-the-page`);
    const wrong = absent.filter((text) => mayHold(terms, gramsOf(Buffer.from(text))));
    expect(wrong.length).toBeLessThan(25);
    expect(gramsOf(Buffer.from('x'.repeat(SURE - 1)))).toEqual([]);
    expect(gramsOf(Buffer.from('abcdefghijklm')).length).toBeGreaterThan(0);
  });
});
