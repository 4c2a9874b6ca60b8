import type { PeriodBounds } from './calendar.ts';

/** What one key has used in one period. */
export interface Tally {
  readonly key: string;
  /** Microseconds since the epoch, `end` exclusive; infinite where there is one period for ever. */
  readonly start: number;
  readonly end: number;
  /** Settled. */
  used: number;
  /** Of calls that are under way, or whose use is not known yet. */
  reserved: number;
  /** How many these are. */
  holds: number;
  /** Calls whose use nobody found out. */
  unknown: number;
  /** How many thresholds were told of. */
  told: number;
  /** By tier, settled and reserved together. */
  parts: number[];
}

/** Counters by key and period. Of each key the newest periods are kept, so that a clock that is put back finds what it left. */
export interface Tallies {
  /** As it stands; null: nothing was used of it. Changes nothing. */
  find(key: string, now: number): Tally | null;
  /** Made where there is none; `fresh` hears of the one before when a key’s new period begins. */
  at(key: string, now: number): Tally;
  /** Bounds of the period that a moment counts in; read at once. */
  bounds(now: number): Readonly<PeriodBounds>;
  /** Of the period of a moment. */
  current(now: number): Tally[];
  all(): Iterable<Tally>;
  /** Takes one back that was saved; false where such a period does not exist any more. */
  put(saved: Pick<Tally, 'key' | 'start' | 'end' | 'used' | 'unknown' | 'told' | 'parts'>): Tally | null;
  /** One that is kept, by its start. */
  kept(key: string, start: number): Tally | null;
}

/** Periods kept of each key: this one, the one before, and one that a clock was put to by mistake. */
const KEPT = 3;

/** `most`: keys beyond it are let go of, those of past periods first and then those that used least. */
export function createTallies(given: {
  at: (now: number) => Readonly<PeriodBounds>;
  most?: number;
  parts?: number;
  turned?: (before: Tally, now: number) => void;
}): Tallies {
  const { most = 100_000, parts = 0, turned } = given;
  const byKey = new Map<string, Tally[]>();

  /** A clock that is put back before all that is kept counts on in the oldest: nothing is given twice. */
  function among(list: readonly Tally[] | undefined, now: number): Tally | null {
    if (list === undefined) return null;
    for (const tally of list) if (now >= tally.start && now < tally.end) return tally;
    const oldest = list[list.length - 1];
    return list.length >= KEPT && oldest !== undefined && now < oldest.start ? oldest : null;
  }

  function make(key: string, start: number, end: number): Tally {
    return {
      key,
      start,
      end,
      used: 0,
      reserved: 0,
      holds: 0,
      unknown: 0,
      told: 0,
      parts: Array.from({ length: parts }, () => 0),
    };
  }

  function add(tally: Tally): void {
    const list = byKey.get(tally.key);
    if (list === undefined) byKey.set(tally.key, [tally]);
    else {
      list.push(tally);
      list.sort((a, b) => b.start - a.start);
      if (list.length > KEPT) list.pop();
    }
  }

  function makeRoom(now: number): void {
    const { start } = given.at(now);
    for (const [key, list] of byKey) if (list.every((one) => one.end < start && one.holds === 0)) byKey.delete(key);
    if (byKey.size < most) return;
    const idle = [...byKey].filter(([, list]) => list.every(({ holds }) => holds === 0));
    idle.sort(([, a], [, b]) => (a[0]?.used ?? 0) - (b[0]?.used ?? 0));
    for (const [key] of idle.slice(0, Math.ceil(most / 10))) byKey.delete(key);
  }

  return {
    find: (key, now) => among(byKey.get(key), now),
    at(key, now) {
      const list = byKey.get(key);
      const found = among(list, now);
      if (found !== null) return found;
      if (list === undefined && byKey.size >= most) makeRoom(now);
      const { start, end } = given.at(now);
      const tally = make(key, start, end);
      const before = list?.[0];
      add(tally);
      if (before !== undefined && before.start < start) turned?.(before, now);
      return tally;
    },
    bounds: given.at,
    current(now) {
      const found: Tally[] = [];
      for (const list of byKey.values()) {
        const tally = among(list, now);
        if (tally !== null) found.push(tally);
      }
      return found;
    },
    *all() {
      for (const list of byKey.values()) yield* list;
    },
    put(saved) {
      const { start, end } = given.at(Number.isFinite(saved.start) ? saved.start : 0);
      if (start !== saved.start || end !== saved.end) return null;
      // One that counts already is put to what is given.
      const before = byKey.get(saved.key)?.find((one) => one.start === start);
      const tally = Object.assign(before ?? make(saved.key, start, end), {
        used: saved.used,
        unknown: saved.unknown,
        told: saved.told,
        parts: saved.parts.length === parts ? [...saved.parts] : Array.from({ length: parts }, () => 0),
      });
      if (before === undefined) add(tally);
      return tally;
    },
    kept: (key, start) => byKey.get(key)?.find((tally) => tally.start === start) ?? null,
  };
}

/** One period for ever. */
export const FOR_EVER: Readonly<PeriodBounds> = Object.freeze({ start: -Infinity, end: Infinity });
