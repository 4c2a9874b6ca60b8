import { createGovernor } from '../../../../shared/policies/create-governor.ts';
import type { Policy } from '../../../../shared/model/policy.ts';
import type { PolicySet, SavedCounters } from '../../../../shared/policies/governor.ts';
import { KINDS } from '../../../../shared/policies/kinds.ts';
import type { KeptHistory } from './kept-history.ts';
import { needsOf } from './run-policies.ts';
import { seededRandom } from './seeded-random.ts';
import { createSimulation } from './simulate.ts';

/** Calls that are taken in one go, before others get their turn. */
const SLICE = 2048;

/** Nobody hears what these tell: marks that were passed are told by who is given the counters. */
const COUNTING: typeof KINDS = Object.fromEntries(
  Object.entries(KINDS).map(([name, kind]) => [
    name,
    { ...kind, create: (policy, settings, around) => kind.create(policy, settings, { ...around, onlyCounts: true }) },
  ]),
);

/**
 * What counters of policies stand at after recorded calls: each from the moment it is behind, on top of what it stood at then.
 * Every call that left counts, whoever else speaks of it; who was refused does not.
 */
export function* warmCounters(
  kept: KeptHistory,
  question: {
    set: PolicySet;
    behind: readonly { policy: Policy; since: number }[];
    saved: SavedCounters;
    until: number;
  },
): Generator<undefined, SavedCounters> {
  const { behind, saved, until } = question;
  const bySince = new Map<number, Policy[]>();
  // The longest time first: columns read for it do for the others.
  for (const { policy, since } of behind.toSorted((a, b) => a.since - b.since)) {
    const others = bySince.get(since);
    if (others) others.push(policy);
    else bySince.set(since, [policy]);
  }
  const warm: Record<string, unknown> = {};
  for (const [since, policies] of bySince) {
    const set: PolicySet = {
      ...question.set,
      otherwise: 'allow',
      // Each as if it were alone.
      policies: policies.map((policy): Policy => ({ ...policy, mode: 'observe' })),
    };
    const reading = kept.read({ since, until, tree: null, now: until });
    let read = reading.next();
    while (!read.done) {
      yield undefined;
      read = reading.next();
    }
    const { history, callerOf, beside, from, to } = read.value;
    const simulation = createSimulation({
      history,
      callerOf,
      beside,
      set,
      tallies: [],
      needs: needsOf(set, KINDS),
      callers: 'as-recorded',
      random: seededRandom(1),
      onlyLeft: true,
      createGovernor: (policies, around) => createGovernor(policies, around, undefined, COUNTING),
    });
    simulation.governor.restore(Object.fromEntries(policies.map(({ id }) => [id, saved[id]])), since);
    for (let at = from; at < to; at += SLICE) {
      simulation.run(at, Math.min(to, at + SLICE));
      yield undefined;
    }
    simulation.passTo(until);
    Object.assign(warm, simulation.governor.save(until));
  }
  return warm;
}
