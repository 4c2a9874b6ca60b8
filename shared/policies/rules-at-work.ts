import type { Policy } from '../model/policy.ts';
import { ANSWERED, NEW, OUT, TOOK, WAITS } from './call-record.ts';
import { ALLOWS, FAULT_CLOSED, FAULT_OPEN, isOtherwise, type Entry } from './entry.ts';
import type { CallFacts } from './facts.ts';
import type { GovernorSurroundings, PolicySet } from './governor.ts';
import type { Opinion } from './kind.ts';

/** Rules, asked and told with the care they need: one that throws harms nobody but its own policy. */
export interface RulesAtWork {
  /** What the last survey found: places in its list, -1 for none. `asked` counts surveys. */
  readonly found: { denies: number; asks: number; waits: number; asked: number };
  /** Policies whose `when` failed for the call that is decided now, and that refuse it for that. */
  failedWhens: Entry[];
  /** Asks all that are not done with the call (`states` as in its record; null: all), and finds who decides. */
  survey(items: readonly Entry[], states: readonly number[] | null, facts: CallFacts, now: number): void;
  /** Takes for those that allow and have not taken yet. Gives the place of one that failed and must refuse; -1: none. */
  take(items: readonly Entry[], states: number[] | null, facts: CallFacts, now: number): number;
  /** Those that observe do what they would do if they alone enforced. */
  observe(items: readonly Entry[], states: number[] | null, facts: CallFacts, now: number): void;
  /** Tells those who count them what became of a call. */
  judge(items: readonly Entry[], facts: CallFacts, refusedBy: Policy | null, waitUs: number, now: number): void;
  look(entry: Entry, facts: CallFacts, now: number): Opinion;
  /** Tells a rule something that nothing depends on. */
  tell(entry: Entry, what: () => void): void;
  /** The opinion of a policy that failed; it is told of. */
  fault(entry: Entry, error: unknown): Opinion;
  /** After anything was said to a rule: something of it may be due at another time now. */
  notice(entry: Entry): void;
  /** Rules with something that becomes due, and when it does. */
  readonly queues: ReadonlySet<Entry>;
  dueOf(entry: Entry): number | null;
  /** A queue failed, or did not: if it did, it is left alone for a while. */
  rest(entry: Entry, until: number | null): void;
}

export function putRulesToWork(
  set: PolicySet,
  entries: readonly Entry[],
  around: Pick<GovernorSurroundings, 'fault'>,
): RulesAtWork {
  const mustBeGranted = set.otherwise === 'deny';
  const judges = entries.some(({ rule }) => rule.judged);
  const queues = new Set<Entry>();
  const restsUntil = new Map<Entry, number>();
  const found = { denies: -1, asks: -1, waits: -1, asked: 0 };

  function fault(entry: Entry, error: unknown): Opinion {
    around.fault(entry.policy, error);
    return entry.closed ? FAULT_CLOSED : FAULT_OPEN;
  }

  function notice(entry: Entry): void {
    if (entry.rule.advance === undefined) return;
    if ((entry.rule.due ?? null) === null) queues.delete(entry);
    else queues.add(entry);
  }

  function look(entry: Entry, facts: CallFacts, now: number): Opinion {
    try {
      return (entry.opinion = entry.rule.look(facts, now));
    } catch (error) {
      return (entry.opinion = fault(entry, error));
    }
  }

  function tell(entry: Entry, what: () => void): void {
    try {
      what();
      notice(entry);
    } catch (error) {
      around.fault(entry.policy, error);
    }
  }

  const work: RulesAtWork = {
    found,
    failedWhens: [],
    queues,
    fault,
    notice,
    look,
    tell,

    survey(items, states, facts, now) {
      found.denies = found.asks = found.waits = -1;
      found.asked++;
      let granted = !mustBeGranted;
      for (let i = 0; i < items.length; i++) {
        const entry = items[i] as Entry;
        if (states !== null) {
          if (!entry.enforces) continue;
          if (states[i] !== NEW) {
            if (entry.rule.grants === true && states[i] !== OUT) granted = true;
            continue;
          }
        }
        let opinion: Opinion;
        if (mustBeGranted && isOtherwise(entry)) {
          opinion = entry.opinion = granted ? ALLOWS : entry.rule.look(facts, now);
        } else if (work.failedWhens.length > 0 && work.failedWhens.includes(entry)) {
          opinion = entry.opinion = FAULT_CLOSED;
        } else opinion = look(entry, facts, now);
        if (!entry.enforces) continue;
        const { verdict } = opinion;
        if (verdict === 'deny') {
          if (found.denies < 0 || isLater(opinion, (items[found.denies] as Entry).opinion)) found.denies = i;
          continue;
        }
        if (entry.rule.grants === true && opinion !== FAULT_OPEN) granted = true;
        if (verdict === 'ask') {
          if (found.asks < 0) found.asks = i;
        } else if (verdict === 'wait' && found.waits < 0) found.waits = i;
      }
    },

    take(items, states, facts, now) {
      for (let i = 0; i < items.length; i++) {
        const entry = items[i] as Entry;
        if (!entry.enforces || (states !== null && states[i] !== NEW && states[i] !== ANSWERED)) continue;
        if (entry.opinion === FAULT_OPEN && (states === null || states[i] === NEW)) {
          if (states !== null) states[i] = OUT;
          continue;
        }
        try {
          entry.rule.take(facts, now);
          if (states !== null) states[i] = TOOK;
          notice(entry);
        } catch (error) {
          if (states !== null) states[i] = OUT;
          entry.opinion = fault(entry, error);
          if (entry.closed) return i;
        }
      }
      return -1;
    },

    observe(items, states, facts, now) {
      for (let i = 0; i < items.length; i++) {
        const entry = items[i] as Entry;
        if (entry.enforces) continue;
        const { opinion, rule } = entry;
        let state = OUT;
        try {
          if (opinion.verdict === 'allow' && opinion !== FAULT_OPEN) {
            rule.take(facts, now);
            state = TOOK;
          } else if (opinion.verdict === 'wait' && rule.enqueue && states !== null) {
            rule.enqueue(facts, now);
            state = WAITS;
          }
          notice(entry);
        } catch (error) {
          entry.opinion = fault(entry, error);
        }
        if (states !== null) states[i] = state;
      }
    },

    judge(items, facts, refusedBy, waitUs, now) {
      if (!judges) return;
      for (const entry of items) tell(entry, () => entry.rule.judged?.(facts, refusedBy, waitUs, now));
    },

    dueOf(entry) {
      const due = entry.rule.due ?? null;
      if (due === null || restsUntil.size === 0) return due;
      return Math.max(due, restsUntil.get(entry) ?? due);
    },

    rest(entry, until) {
      if (until === null) restsUntil.delete(entry);
      else restsUntil.set(entry, until);
    },
  };
  return work;
}

/** Of several refusals the one that lasts longest, so that nobody comes back too early; never counts as longest. */
function isLater(one: Opinion, other: Opinion): boolean {
  const otherAt = other.numbers?.retryAt ?? null;
  if (otherAt === null) return false;
  const at = one.numbers?.retryAt ?? null;
  return at === null || at > otherAt;
}
