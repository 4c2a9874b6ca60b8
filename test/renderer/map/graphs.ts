import fc from 'fast-check';
import type { DependencyMap } from '../../../shared/contract/map.ts';
import { graphOf } from '../../../renderer/views/map/graph.ts';
import type { Graph, Shown } from '../../../renderer/views/map/graph.ts';
import { mapOf } from '../../journeys/map-answers.ts';
import { largeWorld } from '../../journeys/map-world.ts';

/** The map of a made-up installation; the same seed makes the same. */
export function madeMap(size: { apps: number; vendors: number; endpoints: number; seed?: number }): DependencyMap {
  return mapOf(largeWorld(size), { since: 0, until: Number.MAX_SAFE_INTEGER });
}

export function shown(map: DependencyMap, change: Partial<Shown> = {}): Graph {
  return graphOf({ map, around: [], grouping: 'none', folded: new Set(), isOpen: () => true, ...change });
}

/** Installations of many sizes and shapes. */
export const anyMap = fc
  .record({
    apps: fc.integer({ min: 1, max: 14 }),
    vendors: fc.integer({ min: 1, max: 20 }),
    endpoints: fc.integer({ min: 1, max: 40 }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(madeMap);
