import { describe, expect, it } from 'vitest';
import { createEndpointNamer } from '../../../shared/endpoints/namer.ts';
import { compare, families, namesOf, trafficOf } from './families.ts';
import { createDice, shuffle } from './traffic.ts';

// Of APIs nobody looked at when the words were compiled (build/vendors/path-families.ts leaves them out). The floors are
// two hundredths below what was measured, so that they fail when something is lost, not when a word comes or goes.
const PRECISION = 0.98;
const RECALL = 0.92;
/** One name for different operations hides something; that happens where an API has names of things for words (GitLab's services). */
const WORST_PRECISION = 0.7;

describe('endpoints of public APIs', () => {
  it('have one name each, and each a name of its own', () => {
    const rows = [...families.keys()].map((family) => {
      const calls = trafficOf(family, 1);
      return { family, calls: calls.length, ...compare(calls, namesOf(calls)) };
    });
    const mean = (of: 'precision' | 'recall'): number => rows.reduce((sum, row) => sum + row[of], 0) / rows.length;
    const worst = rows.filter(({ precision, recall }) => precision < 0.98 || recall < 0.9);
    console.log(
      `${rows.length} families, ${rows.reduce((sum, { calls }) => sum + calls, 0)} calls: precision ${mean('precision').toFixed(4)}, recall ${mean('recall').toFixed(4)}\n${worst
        .map(({ family, precision, recall }) => `  ${family}: ${precision.toFixed(3)} ${recall.toFixed(3)}`)
        .join('\n')}`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(30);
    expect(mean('precision')).toBeGreaterThanOrEqual(PRECISION);
    expect(mean('recall')).toBeGreaterThanOrEqual(RECALL);
    for (const { family, precision } of rows) expect(precision, family).toBeGreaterThanOrEqual(WORST_PRECISION);
  });

  it('are the same in the end, in whatever order calls came', () => {
    for (const family of families.keys()) {
      const calls = trafficOf(family, 1, 10);
      const byPath = (order: typeof calls): string[] => {
        const names = namesOf(order);
        return [...new Set(order.map(({ method, path }, at) => `${method} ${path} → ${names[at]}`))].sort();
      };
      const first = byPath(calls);
      for (const seed of [2, 3]) expect(byPath(shuffle(calls, createDice(seed))), family).toEqual(first);
    }
  });

  it('are the same after a restart, and a second look learns nothing more', () => {
    const namer = createEndpointNamer();
    const calls = [...families.keys()].flatMap((family) => trafficOf(family, 4, 5));
    const nameAll = (by: typeof namer): string[] =>
      calls.map(({ family, method, path }) =>
        by.name({ host: family, method, path, query: '', requestLines: '' }, null),
      );
    nameAll(namer);
    namer.takeMerges();
    const names = nameAll(namer);
    expect(namer.takeMerges()).toEqual([]);
    const state = namer.takeState()!;
    expect(namer.takeState()).toBeNull();
    const again = createEndpointNamer(state);
    expect(nameAll(again)).toEqual(names);
    expect(again.takeMerges()).toEqual([]);
    expect(again.takeState()).toBeNull();
  });
});
