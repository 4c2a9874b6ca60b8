import type { PolicyException } from '../../model/policy.ts';
import type { CallFacts } from '../facts.ts';
import { makeColumns, type Column } from './columns.ts';
import { compileMatch, type CompiledMatch, type WideTest } from './compile-match.ts';

/**
 * Which of many policies are about a call, without asking each. For each field that policies look at, and each of its values,
 * a row of bits says which policies that value leaves in; the rows of a call's values are put together. What a value leaves
 * in is found out once, from an index where names are plain. Bounded: a field with too many values begins anew.
 */

export interface Indexed<Entry> {
  entry: Entry;
  match: CompiledMatch;
  /** Never about calls from then on; null: no end. */
  expiresAt: number | null;
  exceptions: readonly { match: CompiledMatch; expiresAt: number }[];
}

export interface PolicyIndex<Entry> {
  /** Entries about a call, in order. `failed` hears of those whose `when` failed, and says whether they count. Do not change the list. */
  find(facts: CallFacts, now: number, failed: (entry: Entry, error: unknown) => boolean): readonly Entry[];
  /** As `find`, before the body was read: those that ask for something in it count as fitting, and make it `needsBody`. */
  findBeforeBody(facts: CallFacts, now: number): { entries: readonly Entry[]; needsBody: boolean };
}

export function indexPolicies<Entry>(policies: readonly Indexed<Entry>[]): PolicyIndex<Entry> {
  // A line of bits for each policy, and after these one for each exception.
  const matches: CompiledMatch[] = policies.map(({ match }) => match);
  const exceptionsOf = policies.map(({ exceptions }) =>
    exceptions.map(({ match: { wide, body, ...match }, expiresAt }) => ({
      line: matches.push({ ...match, wide, body }) - 1,
      wide,
      body,
      expiresAt,
    })),
  );
  const columns = makeColumns(matches);
  const words = Math.max(1, Math.ceil(matches.length / 32));
  const policyWords = Math.ceil(policies.length / 32);
  const left = new Uint32Array(words);
  const entries = policies.map(({ entry }) => entry);
  /** Nothing is to be asked of a call but its values. */
  const isStatic = policies.every(
    ({ match: { wide, body }, expiresAt, exceptions }) =>
      expiresAt === null && wide.length === 0 && body.length === 0 && exceptions.length === 0,
  );
  /** Lists by bits, where all bits are in one word: nothing is made for a call. */
  let lists = new Map<number, readonly Entry[]>();

  /** Into `left`: lines whose values all fit. */
  function narrow(facts: CallFacts): void {
    left.fill(0xffffffff);
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as Column;
      const bits = column.of(column.read(facts));
      for (let i = 0; i < words; i++) left[i] = (left[i] as number) & (bits[i] as number);
    }
  }

  const isLeft = (line: number): boolean => (((left[line >> 5] as number) >>> (line & 31)) & 1) === 1;

  function isExcepted(place: number, facts: CallFacts, now: number): boolean {
    for (const { line, wide, body, expiresAt } of exceptionsOf[place] ?? []) {
      if (now < expiresAt && isLeft(line) && holdAll(wide, facts, now) && holdAll(body, facts, now)) return true;
    }
    return false;
  }

  function listOf(bits: number): readonly Entry[] {
    const known = lists.get(bits);
    if (known !== undefined) return known;
    if (lists.size > MOST_LISTS) lists = new Map();
    const list = entries.filter((_, place) => ((bits >>> place) & 1) === 1);
    lists.set(bits, list);
    return list;
  }

  return {
    find(facts, now, failed) {
      narrow(facts);
      if (isStatic && words === 1) return listOf((left[0] as number) & lastMask(policies.length));
      const found: Entry[] = [];
      for (let word = 0; word < policyWords; word++) {
        let bits = left[word] as number;
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const place = word * 32 + bit;
          const policy = policies[place];
          if (policy === undefined) break;
          const { entry, expiresAt, match } = policy;
          if (expiresAt !== null && now >= expiresAt) continue;
          try {
            if (!holdAll(match.wide, facts, now) || !holdAll(match.body, facts, now)) continue;
            if (!isExcepted(place, facts, now)) found.push(entry);
          } catch (error) {
            if (failed(entry, error)) found.push(entry);
          }
        }
      }
      return found;
    },

    findBeforeBody(facts, now) {
      narrow(facts);
      if (isStatic && words === 1) {
        return { entries: listOf((left[0] as number) & lastMask(policies.length)), needsBody: false };
      }
      const found: Entry[] = [];
      let needsBody = false;
      for (let word = 0; word < policyWords; word++) {
        let bits = left[word] as number;
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const place = word * 32 + bit;
          const policy = policies[place];
          if (policy === undefined) break;
          const { entry, expiresAt, match } = policy;
          if (expiresAt !== null && now >= expiresAt) continue;
          try {
            if (!holdAll(match.wide, facts, now)) continue;
            let excepted = false;
            for (const exception of exceptionsOf[place] ?? []) {
              const { line, wide, body } = exception;
              if (now >= exception.expiresAt || !isLeft(line) || !holdAll(wide, facts, now)) continue;
              if (body.length > 0) needsBody = true;
              else excepted = true;
            }
            if (excepted) continue;
            if (match.body.length > 0) needsBody = true;
            found.push(entry);
          } catch {
            // It will fail again where it is decided, and is told of there.
          }
        }
      }
      return { entries: found, needsBody };
    },
  };
}

const MOST_LISTS = 5000;

/** Bits of so many policies, as far as they are in the first word. */
function lastMask(count: number): number {
  return count >= 32 ? -1 : (1 << count) - 1;
}

function holdAll(tests: readonly WideTest[], facts: CallFacts, now: number): boolean {
  for (let i = 0; i < tests.length; i++) if (!(tests[i] as WideTest)(facts, now)) return false;
  return true;
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
