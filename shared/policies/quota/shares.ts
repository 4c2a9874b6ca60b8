import { compileMatch } from '../match/compile-match.ts';
import { testMatch } from '../match/test-match.ts';
import type { CallFacts } from '../facts.ts';
import type { Match } from '../../model/policy.ts';
import type { Tally } from '../tallies.ts';
import type { PriorityClass, QuotaSettings, Tier } from './settings.ts';
import { fieldReader, type CounterField } from '../counter-key.ts';

/** A tier at work; each that has tiers has one more, for the calls that none of them is for. */
interface Part {
  index: number;
  name: string;
  /** Of the whole quota. */
  share: number;
  borrow: boolean;
  fits: (facts: CallFacts, now: number) => boolean;
  parent: Part | null;
  parts: Part[];
}

/** The tree of tiers: whose share a call is of, and how much of it there is. */
export interface Shares {
  readonly count: number;
  /** The innermost tier of a call; -1: there are no tiers. */
  of(facts: CallFacts, now: number): number;
  /** The tier that has not enough left: its name, what it may use now, what it has used; null: all have. */
  short(tally: Tally, part: number, amount: number, limit: number, passed: number): Short | null;
  /** Adds to a tier and those around it. */
  move(tally: Tally, part: number, amount: number): void;
  name(part: number): string;
  /** Each with what it may use now. */
  list(tally: Tally, limit: number, passed: number): Short[];
}

export interface Short {
  name: string;
  cap: number;
  used: number;
}

export function createShares({ tiers, borrow }: Pick<QuotaSettings, 'tiers' | 'borrow'>, zone: string): Shares {
  const all: Part[] = [];
  const build = (list: readonly Tier[], parent: Part | null, of: number, lends: boolean): Part[] => {
    if (list.length === 0) return [];
    const given = list.reduce((sum, { share }) => sum + share, 0);
    const parts = list.map((tier) => {
      const part = add(tier.name, tier.share * of, tier.borrow ?? lends, testMatch(tier.match, zone), parent);
      part.parts = build(tier.tiers, part, part.share, tier.borrow ?? lends);
      return part;
    });
    parts.push(add('others', Math.max(0, 1 - given) * of, lends, () => true, parent));
    return parts;
  };
  const add = (name: string, share: number, may: boolean, fits: Part['fits'], parent: Part | null): Part => {
    const full = parent === null ? name : `${parent.name}/${name}`;
    const part: Part = { index: all.length, name: full, share, borrow: may, fits, parent, parts: [] };
    all.push(part);
    return part;
  };
  const top = build(tiers, null, 1, borrow);

  /** Its own, and what those beside it leave: of each as much as the part of the period that has passed, and it has not used. */
  function capOf(part: Part, tally: Tally, limit: number, passed: number): number {
    const own = part.share * limit;
    if (!part.borrow) return own;
    let left = 0;
    for (const other of part.parent?.parts ?? top) {
      if (other === part) continue;
      const theirs = other.share * limit;
      const used = tally.parts[other.index] ?? 0;
      left += Math.max(0, theirs * passed - used);
      // What others have borrowed already is lent once.
      left -= Math.max(0, used - theirs);
    }
    return own + Math.max(0, left);
  }

  return {
    count: all.length,
    of(facts, now) {
      let list = top;
      let found = -1;
      for (let part = first(list, facts, now); part !== null; part = first(list, facts, now)) {
        found = part.index;
        list = part.parts;
      }
      return found;
    },
    short(tally, index, amount, limit, passed) {
      for (let part: Part | null = all[index] ?? null; part !== null; part = part.parent) {
        const cap = capOf(part, tally, limit, passed);
        const used = tally.parts[part.index] ?? 0;
        if (used + amount > cap + limit * 1e-12) return { name: part.name, cap, used };
      }
      return null;
    },
    move(tally, index, amount) {
      for (let part: Part | null = all[index] ?? null; part !== null; part = part.parent)
        tally.parts[part.index] = Math.max(0, (tally.parts[part.index] ?? 0) + amount);
    },
    name: (part) => all[part]?.name ?? '',
    list: (tally, limit, passed) =>
      all.map((part) => ({
        name: part.name,
        cap: capOf(part, tally, limit, passed),
        used: tally.parts[part.index] ?? 0,
      })),
  };
}

function first(parts: readonly Part[], facts: CallFacts, now: number): Part | null {
  for (const part of parts) if (part.fits(facts, now)) return part;
  return null;
}

/** Of how much of the quota a call must leave free, and for whom; nothing for those of the first class. */
export interface KeptFree {
  of(facts: CallFacts, now: number): { share: number; for: string };
}

const NOTHING = { share: 0, for: '' };

export function createKeptFree(classes: readonly PriorityClass[], by: string, zone: string): KeptFree {
  if (classes.length === 0) return { of: () => NOTHING };
  const named = fieldReader(by as CounterField);
  const tests = classes.map(({ name, match }) =>
    match === null ? (facts: CallFacts) => named(facts) === name : testMatch(match, zone),
  );
  // For each class what those before it keep; the last is for calls of none.
  const kept = [...classes, null].map((_, rank) => ({
    share: classes.slice(0, rank).reduce((sum, one) => sum + one.kept, 0),
    for: classes
      .slice(0, rank)
      .map(({ name }) => name)
      .join(' and '),
  }));
  return {
    of(facts, now) {
      let rank = 0;
      while (rank < tests.length && !tests[rank]!(facts, now)) rank += 1;
      return kept[rank] ?? NOTHING;
    },
  };
}

/** Whether tiers or classes ask for something that stands in the body. */
export function asksBody({ tiers, classes }: Pick<QuotaSettings, 'tiers' | 'classes'>, zone: string): boolean {
  const asks = (match: Match | null): boolean => match !== null && compileMatch(match, zone).body.length > 0;
  const inTier = (tier: Tier): boolean => asks(tier.match) || tier.tiers.some(inTier);
  return tiers.some(inTier) || classes.some(({ match }) => asks(match));
}
