import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import { parseHeaderLines } from '../../../shared/events/header-lines.ts';
import { compileFilter } from '../../../shared/query/evaluate.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { createDataDir } from '../../harness/recorder.ts';
import { queryTrees } from '../../shared/query/trees.ts';
import { finish, recogniseSample, samples, storeSamples, summaryOfSample } from './samples.ts';

function search(dataDir: string, trees: readonly QueryTree[]): number[][] {
  const reader = createStoreReader(dataDir);
  reader.setRecognise(recogniseSample);
  try {
    return trees.map((tree) => {
      const found = finish(reader.search({ tree, limit: 1000 })).calls.map((call) => call.id);
      expect(finish(reader.search({ tree, limit: 1000, oldestFirst: true })).calls.map((call) => call.id)).toEqual(
        found.toReversed(),
      );
      return found;
    });
  } finally {
    reader.close();
  }
}

/** Texts long enough for the filters of pages to say no. */
const longTerms = fc.constantFrom<QueryTree>(
  { op: 'header', name: 'x-a', pattern: 'Value That Is Folded' },
  { op: 'header', name: 'X-A', pattern: 'a long*found' },
  { op: 'header', name: 'x-a', pattern: 'value that is not there' },
  { op: 'header', name: 'odd', pattern: '' },
  { op: 'header', name: 'nowhere', pattern: '' },
  { op: 'body', text: 'to be FOUND by its' },
  { op: 'body', text: 'longer text to be lost' },
  { op: 'not', part: { op: 'body', text: 'to be FOUND by its' } },
  { op: 'not', part: { op: 'header', name: 'x-a', pattern: 'value that is folded' } },
);

describe('a filter', () => {
  it('means the same to the store as in memory, for any calls and any filter', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.oneof({ weight: 4, arbitrary: queryTrees }, longTerms), { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        fc.boolean(),
        (list, trees, twice, indexed) => {
          const dataDir = createDataDir((work) => onTestFinished(work));
          storeSamples(list, dataDir, twice, indexed);
          const found = search(dataDir, trees);
          trees.forEach((tree, index) => {
            const accepts = compileFilter(tree);
            const expected = list
              .filter((sample) =>
                accepts(summaryOfSample(sample), {
                  headers: () => [
                    ...parseHeaderLines(sample.record.requestLines),
                    ...parseHeaderLines(sample.record.responseLines),
                  ],
                  bodies: () => sample.bodies,
                }),
              )
              .map(({ record }) => record.id)
              .sort((a, b) => b - a);
            expect(found[index], JSON.stringify(tree)).toEqual(expected);
          });
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
