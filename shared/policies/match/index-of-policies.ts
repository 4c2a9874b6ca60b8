import type { PolicyException } from '../../model/policy.ts';
import { fieldReader, type CounterField, type FieldReader } from '../counter-key.ts';
import type { CallFacts } from '../facts.ts';
import { compileMatch, type CompiledMatch, type WideTest } from './compile-match.ts';

/**
 * Which of many policies are about a call, without asking each. Two things make it quick: of each policy, values that must
 * be there are in an index (by host, vendor, app, tag …); and what was found out for a combination of values is kept, so
 * that the next call like it costs a few look-ups. Bounded: when too many combinations were seen, it begins anew.
 */

export interface Indexed<Entry> {
  entry: Entry;
  match: CompiledMatch;
  /** Never about calls from then on; null: no end. */
  expiresAt: number | null;
  exceptions: readonly { match: CompiledMatch; expiresAt: number }[];
}

/** A policy that fits as far as its values are concerned, with what is left to ask of each call. */
interface Candidate<Entry> {
  entry: Entry;
  expiresAt: number | null;
  wide: readonly WideTest[];
  body: readonly WideTest[];
  exceptions: readonly { wide: readonly WideTest[]; body: readonly WideTest[]; expiresAt: number }[];
}

interface Plan<Entry> {
  candidates: readonly Candidate<Entry>[];
  /** Nothing is left to ask: these fit every call of this combination. Null otherwise. */
  all: readonly Entry[] | null;
}

type Level<Entry> = Map<string | null, Level<Entry> | Plan<Entry>>;

export interface PolicyIndex<Entry> {
  /** Entries about a call, in order. `failed` hears of those whose `when` failed, and says whether they count. Do not change the list. */
  find(facts: CallFacts, now: number, failed: (entry: Entry, error: unknown) => boolean): readonly Entry[];
  /** As `find`, before the body was read: those that ask for something in it count as fitting, and make it `needsBody`. */
  findBeforeBody(facts: CallFacts, now: number): { entries: readonly Entry[]; needsBody: boolean };
}

/** Combinations that are kept. */
const MOST_KEPT = 20_000;

export function indexPolicies<Entry>(policies: readonly Indexed<Entry>[]): PolicyIndex<Entry> {
  const axes = axesOf(policies).map(fieldReader);
  const lookUp = indexValues(policies);
  let root: Level<Entry> = new Map();
  let kept = 0;
  const onlyPlan = axes.length === 0 ? makePlan(policies) : null;

  function makePlan(fitting: readonly Indexed<Entry>[], facts?: CallFacts): Plan<Entry> {
    const candidates: Candidate<Entry>[] = [];
    for (const { entry, match, expiresAt, exceptions } of fitting) {
      if (facts && !fits(match, facts)) continue;
      const excepted = exceptions
        .filter((exception) => !facts || fits(exception.match, facts))
        .map(({ match: { wide, body }, expiresAt: until }) => ({ wide, body, expiresAt: until }));
      candidates.push({ entry, expiresAt, wide: match.wide, body: match.body, exceptions: excepted });
    }
    const open = candidates.some(
      ({ expiresAt, wide, body, exceptions }) =>
        expiresAt !== null || wide.length > 0 || body.length > 0 || exceptions.length > 0,
    );
    return { candidates, all: open ? null : candidates.map(({ entry }) => entry) };
  }

  function planFor(facts: CallFacts): Plan<Entry> {
    if (onlyPlan) return onlyPlan;
    let level = root;
    const last = axes.length - 1;
    for (let i = 0; i < last; i++) {
      const value = (axes[i] as FieldReader)(facts);
      let next = level.get(value) as Level<Entry> | undefined;
      if (next === undefined) {
        next = new Map();
        level.set(value, next);
      }
      level = next;
    }
    const value = (axes[last] as FieldReader)(facts);
    const known = level.get(value) as Plan<Entry> | undefined;
    if (known !== undefined) return known;
    const plan = makePlan(lookUp(facts), facts);
    if (++kept > MOST_KEPT) {
      root = new Map();
      kept = 0;
    } else level.set(value, plan);
    return plan;
  }

  return {
    find(facts, now, failed) {
      const { all, candidates } = planFor(facts);
      if (all !== null) return all;
      const found: Entry[] = [];
      for (const candidate of candidates) {
        try {
          if (isAbout(candidate, facts, now)) found.push(candidate.entry);
        } catch (error) {
          if (failed(candidate.entry, error)) found.push(candidate.entry);
        }
      }
      return found;
    },

    findBeforeBody(facts, now) {
      const { all, candidates } = planFor(facts);
      if (all !== null) return { entries: all, needsBody: false };
      const entries: Entry[] = [];
      let needsBody = false;
      for (const { entry, expiresAt, wide, body, exceptions } of candidates) {
        try {
          if ((expiresAt !== null && now >= expiresAt) || !holdAll(wide, facts, now)) continue;
          let excepted = false;
          for (const exception of exceptions) {
            if (now >= exception.expiresAt || !holdAll(exception.wide, facts, now)) continue;
            if (exception.body.length > 0) needsBody = true;
            else excepted = true;
          }
          if (excepted) continue;
          if (body.length > 0) needsBody = true;
          entries.push(entry);
        } catch {
          // It will fail again where it is decided, and is told of there.
        }
      }
      return { entries, needsBody };
    },
  };
}

function isAbout<Entry>(candidate: Candidate<Entry>, facts: CallFacts, now: number): boolean {
  const { expiresAt, wide, body, exceptions } = candidate;
  if (expiresAt !== null && now >= expiresAt) return false;
  if (!holdAll(wide, facts, now) || !holdAll(body, facts, now)) return false;
  for (const exception of exceptions) {
    if (now < exception.expiresAt && holdAll(exception.wide, facts, now) && holdAll(exception.body, facts, now)) {
      return false;
    }
  }
  return true;
}

function holdAll(tests: readonly WideTest[], facts: CallFacts, now: number): boolean {
  for (const test of tests) if (!test(facts, now)) return false;
  return true;
}

function fits(match: CompiledMatch, facts: CallFacts): boolean {
  for (const { read, test } of match.narrow) if (!test(read(facts))) return false;
  return true;
}

/** Fields that any policy or exception looks at; those with the fewest values first, so that the levels stay small. */
function axesOf<Entry>(policies: readonly Indexed<Entry>[]): CounterField[] {
  const axes = new Set<CounterField>();
  for (const { match, exceptions } of policies) {
    for (const { field } of match.narrow) axes.add(field);
    for (const exception of exceptions) for (const { field } of exception.match.narrow) axes.add(field);
  }
  const late = ['host', 'app', 'credential'];
  const rank = (field: string): number => (field.includes('.') ? 9 : late.indexOf(field) + 1);
  return [...axes].sort((a, b) => rank(a) - rank(b));
}

/** By value of one field each: the one that leaves the fewest policies to ask. */
function indexValues<Entry>(policies: readonly Indexed<Entry>[]): (facts: CallFacts) => readonly Indexed<Entry>[] {
  const places = new Map<Indexed<Entry>, number>(policies.map((policy, place) => [policy, place]));
  const rest: Indexed<Entry>[] = [];
  const byValue = new Map<CounterField, Map<string, Indexed<Entry>[]>>();
  const bySuffix = new Map<string, Indexed<Entry>[]>();
  const order = ['host', 'credential', 'app', 'process', 'package', 'service', 'vendor'];
  const rank = (field: string): number => {
    const known = order.indexOf(field);
    return known >= 0 ? known : field.includes('.') ? -1 : order.length;
  };
  for (const policy of policies) {
    const best = policy.match.narrow
      .filter(({ exact, suffixes }) => exact !== null || suffixes !== null)
      .sort((a, b) => rank(a.field) - rank(b.field))[0];
    if (!best) rest.push(policy);
    else if (best.exact !== null) {
      let values = byValue.get(best.field);
      if (!values) byValue.set(best.field, (values = new Map()));
      for (const value of new Set(best.exact)) append(values, value, policy);
    } else for (const suffix of new Set(best.suffixes)) append(bySuffix, suffix, policy);
  }
  const readers = [...byValue].map(([field, values]) => ({ read: fieldReader(field), values }));
  return (facts) => {
    const found = [...rest];
    for (const { read, values } of readers) {
      const value = read(facts);
      if (value === null) continue;
      found.push(...(values.get(value) ?? []));
      const lower = value.toLowerCase();
      if (lower !== value) found.push(...(values.get(lower) ?? []));
    }
    if (bySuffix.size > 0) {
      const host = facts.host.toLowerCase();
      found.push(...(bySuffix.get(host) ?? []));
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        found.push(...(bySuffix.get(host.slice(dot)) ?? []));
      }
    }
    return [...new Set(found)].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  };
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** What is about a policy: the ones named, and those of every policy. */
export function exceptionsFor(
  exceptions: readonly PolicyException[],
  policy: string,
  zone: string,
): { match: CompiledMatch; expiresAt: number }[] {
  return exceptions
    .filter((exception) => exception.policy === policy || exception.policy === '*')
    .map((exception) => ({ match: compileMatch(exception.match, zone), expiresAt: exception.expiresAt }));
}
