import type { Policy } from '../model/policy.ts';
import type { Needs } from './facts.ts';
import type { CarriedRule, GovernorSurroundings, PolicySet } from './governor.ts';
import type { Opinion, Rule } from './kind.ts';
import type { KINDS } from './kinds.ts';
import { compileMatch } from './match/compile-match.ts';
import { exceptionsFor, type Indexed } from './match/index-of-policies.ts';
import { OTHERWISE, otherwisePolicy, otherwiseRule } from './otherwise.ts';

/** A policy at work. */
export interface Entry {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly enforces: boolean;
  /** When it fails, the call is refused. */
  readonly closed: boolean;
  /** Something of a call that it took must be told to it later. */
  readonly follows: boolean;
  readonly needBits: number;
  /** What it said last. Rules use their opinions again, and so do we. */
  opinion: Opinion;
}

export const ALLOWS: Opinion = Object.freeze({ verdict: 'allow', because: 'allowed', numbers: null });
/** A policy failed: it is left out, or refuses. Told apart from others by being these. */
export const FAULT_OPEN: Opinion = Object.freeze({ verdict: 'allow', because: 'fault', numbers: null });
export const FAULT_CLOSED: Opinion = Object.freeze({ verdict: 'deny', because: 'fault', numbers: null });

const NEED_NAMES = ['body', 'price', 'signals', 'connection', 'progress'] as const;
/** Every combination of needs, so that none is made for a call. */
const NEEDS: readonly Needs[] = Array.from({ length: 32 }, (_, bits) =>
  Object.freeze({
    body: (bits & 1) !== 0,
    price: (bits & 2) !== 0,
    signals: (bits & 4) !== 0,
    connection: (bits & 8) !== 0,
    progress: (bits & 16) !== 0,
  }),
);
export const BODY_BIT = 1;

export function needsOf(bits: number): Needs {
  return NEEDS[bits] as Needs;
}

/** Policies in force, in the file's order; last the file's `otherwise: deny`. One that cannot be made fails at every call. */
export function makeEntries(
  set: PolicySet,
  around: Pick<GovernorSurroundings, 'random' | 'alerted' | 'fault'>,
  carried: ReadonlyMap<string, CarriedRule>,
  kinds: typeof KINDS,
): Indexed<Entry>[] {
  const made: Indexed<Entry>[] = [];
  for (const policy of set.policies) {
    if (policy.mode === 'off') continue;
    let rule: Rule;
    try {
      rule = carriedRule(set, policy, carried) ?? makeRule(set, policy, around, kinds);
    } catch (error) {
      around.fault(policy, error);
      rule = brokenRule(error);
    }
    try {
      made.push(indexed(set, policy, rule));
    } catch (error) {
      // Which calls it is about is not known: closed means all of them, open none.
      around.fault(policy, error);
      if (policy.onFault === 'closed' && policy.kind !== 'alert') {
        made.push(indexed({ ...set, exceptions: [] }, { ...policy, match: otherwisePolicy.match }, brokenRule(error)));
      }
    }
  }
  if (set.otherwise === 'deny') made.push(indexed(set, otherwisePolicy, otherwiseRule));
  return made;
}

/** A policy that nobody changed goes on with the counters it has, also for calls that are under way. */
function carriedRule(set: PolicySet, policy: Policy, carried: ReadonlyMap<string, CarriedRule>): Rule | null {
  const before = carried.get(policy.id);
  if (before === undefined || before.zone !== set.zone || JSON.stringify(before.policy) !== JSON.stringify(policy))
    return null;
  return before.rule;
}

function makeRule(
  set: PolicySet,
  policy: Policy,
  around: Pick<GovernorSurroundings, 'random' | 'alerted'>,
  kinds: typeof KINDS,
): Rule {
  const kind = kinds[policy.kind];
  if (!kind) throw new Error(`There is no kind of policy called ${policy.kind}.`);
  return kind.create(policy, policy.settings, {
    zone: set.zone,
    random: around.random,
    alerted: (alert) => around.alerted?.({ ...alert, policy }),
  });
}

function indexed(set: PolicySet, policy: Policy, rule: Rule): Indexed<Entry> {
  let needBits = 0;
  for (const [bit, name] of NEED_NAMES.entries()) if (rule.needs[name] === true) needBits |= 1 << bit;
  return {
    entry: {
      policy,
      rule,
      enforces: policy.mode === 'enforce',
      // An alert watches: it refuses nothing, whatever becomes of it.
      closed: policy.mode === 'enforce' && policy.onFault === 'closed' && policy.kind !== 'alert',
      follows: Boolean(rule.ended ?? rule.metered ?? rule.heard ?? rule.progress ?? rule.connect),
      needBits,
      opinion: ALLOWS,
    },
    match: compileMatch(policy.match, set.zone),
    expiresAt: policy.expiresAt,
    exceptions: exceptionsFor(set.exceptions, policy.id, set.zone),
  };
}

function brokenRule(error: unknown): Rule {
  const fail = (): never => {
    throw error;
  };
  return { needs: {}, look: fail, explain: fail, take: fail, gauges: () => [], save() {}, restore() {} };
}

export function isOtherwise(entry: Entry): boolean {
  return entry.policy.id === OTHERWISE;
}
