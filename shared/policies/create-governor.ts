import { NEVER_LEFT } from './never-left.ts';
import type { CallMetered, CallOutcome, Decision } from '../model/policy.ts';
import { ANSWERED, lateEnds, makeRecord, mustFollow, NEW, OUT, TOOK, WAITS, type CallRecord } from './call-record.ts';
import { copyOpinion, decisionRow, waitNumbers } from './decision-rows.ts';
import { ALLOWS, BODY_BIT, FAULT_CLOSED, FAULT_OPEN, makeEntries, needsOf, type Entry } from './entry.ts';
import { NO_NEEDS } from './facts.ts';
import type { CarriedRule, Governor, GovernorSurroundings, PolicySet, Ruling } from './governor.ts';
import type { Opinion } from './kind.ts';
import { KINDS } from './kinds.ts';
import { indexPolicies } from './match/index-of-policies.ts';
import { putRulesToWork } from './rules-at-work.ts';
import { decider, heldRuling, LazyRuling, NOBODY_SPOKE } from './ruling.ts';

/** Calls that are under way, and calls whose use is not known yet; beyond these the oldest are let go of. */
const MOST_OPEN = 200_000;
const MOST_UNSETTLED = 50_000;

/** How long a queue that failed is left alone. */
const FAULT_REST_US = 1_000_000;

const FORGOTTEN: CallOutcome = Object.freeze({ ...NEVER_LEFT, left: true });

/**
 * Puts policies to work. How it decides is said at `Governor`. A policy that cannot be made is told of as a fault. `carried`:
 * rules of the governor before it, which policies that did not change go on with; nobody may wait in their queues.
 */
export function createGovernor(
  set: PolicySet,
  around: GovernorSurroundings,
  carried: ReadonlyMap<string, CarriedRule> = new Map(),
  kinds = KINDS,
): Governor {
  const all = makeEntries(set, around, carried, kinds);
  const index = indexPolicies(all);
  const entries = all.map(({ entry }) => entry);
  const rules = putRulesToWork(set, entries, around);
  const { found, survey, take, observe, judge, look, tell, fault, notice } = rules;

  // A rule that goes on from before may be due although nobody says anything to it.
  for (const entry of entries) notice(entry);

  const open = new Map<number, CallRecord>();
  const unsettled = new Map<number, CallRecord>();
  const asking = new Map<number, CallRecord>();
  const late = lateEnds();
  const askedNow = (): number => found.asked;

  const failWhen = (entry: Entry, error: unknown): boolean => {
    around.fault(entry.policy, error);
    if (entry.closed) rules.failedWhens.push(entry);
    return entry.closed;
  };

  /** All that a call took is given back, and it waits nowhere any more. */
  function giveBack(record: CallRecord, now: number): void {
    const { items, states, facts } = record;
    open.delete(facts.call);
    asking.delete(facts.call);
    for (let i = 0; i < items.length; i++) {
      const entry = items[i] as Entry;
      if (states[i] === TOOK) tell(entry, () => entry.rule.ended?.(facts, NEVER_LEFT, now));
      else if (states[i] === WAITS) tell(entry, () => entry.rule.dequeue?.(facts.call, now));
      states[i] = OUT;
    }
  }

  function remember(record: CallRecord, now: number): void {
    const { call } = record.facts;
    const before = open.get(call);
    if (before) giveBack(before, now);
    open.set(call, record);
    if (open.size <= MOST_OPEN) return;
    const [oldest] = open.keys();
    if (oldest !== undefined) governor.ended(oldest, FORGOTTEN, now);
  }

  function keepOpinions(record: CallRecord): void {
    const { items, states } = record;
    record.opinions ??= items.map(({ opinion }) => copyOpinion(opinion));
    for (let i = 0; i < items.length; i++) {
      const entry = items[i] as Entry;
      if (states[i] === NEW && entry.enforces) record.opinions[i] = copyOpinion(entry.opinion);
    }
  }

  function refuse(record: CallRecord, item: number, now: number): Ruling {
    giveBack(record, now);
    judge(record.items, record.facts, record.items[item]?.policy ?? null, now - record.since, now);
    return heldRuling(record, 'deny', item, set.version);
  }

  /** Goes on with a call that is held, or lets it out. Null: it is held still. */
  function proceed(record: CallRecord, now: number): Ruling | null {
    const { items, states, facts } = record;
    for (;;) {
      survey(items, states, facts, now);
      keepOpinions(record);
      if (found.denies >= 0) return refuse(record, found.denies, now);
      if (found.asks < 0 && found.waits < 0) break;
      const held = hold(record, now);
      if (held !== 'failed') return held === 'closed' ? refuse(record, record.holder, now) : null;
    }
    const failed = take(items, states, facts, now);
    if (failed >= 0) {
      if (record.opinions) record.opinions[failed] = FAULT_CLOSED;
      return refuse(record, failed, now);
    }
    record.phase = 'out';
    asking.delete(facts.call);
    judge(items, facts, null, now - record.since, now);
    return heldRuling(record, 'allow', record.holder, set.version);
  }

  /** Holds a call for a person’s word, else in a queue, as the last look said. */
  function hold(record: CallRecord, now: number): 'held' | 'failed' | 'closed' {
    const { items, states, facts } = record;
    if (found.asks >= 0) {
      record.phase = 'asks';
      record.holder = found.asks;
      record.until = now + ((items[found.asks] as Entry).rule.ask?.holdUs ?? 0);
      asking.set(facts.call, record);
      return 'held';
    }
    asking.delete(facts.call);
    record.phase = 'waits';
    record.holder = found.waits;
    const entry = items[found.waits] as Entry;
    try {
      if (!entry.rule.enqueue) throw new Error(`A policy of kind ${entry.policy.kind} says wait and has no queue.`);
      entry.rule.enqueue(facts, now);
      states[found.waits] = WAITS;
      notice(entry);
      return 'held';
    } catch (error) {
      const opinion = fault(entry, error);
      states[found.waits] = OUT;
      if (record.opinions) record.opinions[found.waits] = opinion;
      return opinion === FAULT_CLOSED ? 'closed' : 'failed';
    }
  }

  function letGo(record: CallRecord, ruling: Ruling | null): boolean {
    if (ruling === null) return false;
    around.release(record.facts.call, ruling);
    return true;
  }

  function settleAsk(record: CallRecord, verdict: 'allow' | 'deny', because: string, now: number): boolean {
    const { holder, opinions, states } = record;
    if (opinions) opinions[holder] = { verdict, because, numbers: waitNumbers(now - record.since) };
    asking.delete(record.facts.call);
    if (verdict === 'deny') return letGo(record, refuse(record, holder, now));
    states[holder] = ANSWERED;
    return letGo(record, proceed(record, now));
  }

  /** A policy that observes let a call out of its queue, which left long ago. */
  function letObserved(record: CallRecord, item: number, now: number): void {
    record.states[item] = TOOK;
    (record.letAt ??= new Map()).set(item, now);
    if (record.outcome !== null) late.add(now + record.outcome.durationUs, record, item);
  }

  function endLate(record: CallRecord, item: number, at: number): void {
    const entry = record.items[item] as Entry;
    tell(entry, () => {
      entry.rule.ended?.(record.facts, record.outcome ?? FORGOTTEN, at);
      if (record.metered !== null) entry.rule.metered?.(record.facts, record.metered, at);
    });
    record.letAt?.delete(item);
    record.late--;
    if (record.late === 0 && record.metered !== null) unsettled.delete(record.facts.call);
  }

  /** Lets one queue go on. What it lets out is gone on with afterwards: a rule is not asked while it speaks. */
  function advanceQueue(entry: Entry, now: number): void {
    const let_: number[] = [];
    const refused: { call: number; opinion: Opinion }[] = [];
    let failed = false;
    try {
      entry.rule.advance?.(
        now,
        (call) => let_.push(call),
        (call, opinion) => refused.push({ call, opinion: copyOpinion(opinion) }),
      );
    } catch (error) {
      fault(entry, error);
      failed = true;
    }
    notice(entry);
    rules.rest(entry, failed ? now + FAULT_REST_US : null);
    for (const call of let_) {
      const [record, item] = waiting(call, entry);
      if (!record) continue;
      if (!entry.enforces) letObserved(record, item, now);
      else {
        record.states[item] = TOOK;
        const numbers = record.opinions?.[item]?.numbers;
        if (numbers) numbers.waitUs = now - record.since;
        letGo(record, proceed(record, now));
      }
    }
    for (const { call, opinion } of refused) {
      const [record, item] = waiting(call, entry);
      if (!record) continue;
      record.states[item] = OUT;
      if (!entry.enforces) {
        if (record.outcome !== null) endNothing(record);
        continue;
      }
      if (record.opinions) record.opinions[item] = opinion;
      letGo(record, refuse(record, item, now));
    }
    if (failed) freeAll(entry, now);
  }

  /** Its queue is not to be relied on any more: its calls go on without it, or are refused. */
  function freeAll(entry: Entry, now: number): void {
    for (const call of [...open.keys()]) {
      const [record, item] = waiting(call, entry);
      if (!record) continue;
      record.states[item] = OUT;
      if (!entry.enforces) continue;
      if (record.opinions) record.opinions[item] = entry.closed ? FAULT_CLOSED : FAULT_OPEN;
      letGo(record, entry.closed ? refuse(record, item, now) : proceed(record, now));
    }
  }

  function waiting(call: number, entry: Entry): [CallRecord | null, number] {
    const record = open.get(call) ?? unsettled.get(call);
    if (!record) return [null, -1];
    const item = record.items.indexOf(entry);
    return item >= 0 && record.states[item] === WAITS ? [record, item] : [null, -1];
  }

  /** A policy that observes will not hear of this call’s end. */
  function endNothing(record: CallRecord): void {
    record.late--;
    if (record.late === 0 && record.metered !== null) unsettled.delete(record.facts.call);
  }

  const governor: Governor = {
    set,
    empty: entries.length === 0,

    needs(facts) {
      if (entries.length === 0) return NO_NEEDS;
      const { entries: about, needsBody } = index.findBeforeBody(facts, facts.at);
      let bits = needsBody ? BODY_BIT : 0;
      for (let i = 0; i < about.length; i++) bits |= (about[i] as Entry).needBits;
      return needsOf(bits);
    },

    consider(facts, now) {
      if (rules.failedWhens.length > 0) rules.failedWhens = [];
      const items = index.find(facts, now, failWhen);
      if (items.length === 0) return NOBODY_SPOKE;
      survey(items, null, facts, now);
      if (found.denies >= 0) {
        const { policy, opinion } = items[found.denies] as Entry;
        judge(items, facts, policy, 0, now);
        return new LazyRuling('deny', policy, opinion, facts, items, found.asked, askedNow, set.version);
      }
      if (found.asks >= 0 || found.waits >= 0) {
        const record = makeRecord(facts, items, now);
        keepOpinions(record);
        observe(items, record.states, facts, now);
        remember(record, now);
        const held = hold(record, now);
        if (held === 'held')
          return heldRuling(record, record.phase === 'asks' ? 'ask' : 'wait', record.holder, set.version);
        if (held === 'closed') return refuse(record, record.holder, now);
        const ruling = proceed(record, now);
        return ruling ?? heldRuling(record, record.phase === 'asks' ? 'ask' : 'wait', record.holder, set.version);
      }
      const record = mustFollow(items) ? makeRecord(facts, items, now) : null;
      const states = record?.states ?? null;
      if (record) remember(record, now);
      const failed = take(items, states, facts, now);
      if (failed >= 0) {
        if (record) giveBack(record, now);
        (items[failed] as Entry).opinion = FAULT_CLOSED;
        const { policy } = items[failed] as Entry;
        judge(items, facts, policy, 0, now);
        return new LazyRuling('deny', policy, FAULT_CLOSED, facts, items, found.asked, askedNow, set.version);
      }
      observe(items, states, facts, now);
      judge(items, facts, null, 0, now);
      return new LazyRuling('allow', decider(items), ALLOWS, facts, items, found.asked, askedNow, set.version);
    },

    answer(call, verdict, now, rememberUs) {
      const record = asking.get(call);
      if (!record) return 0;
      const entry = record.items[record.holder] as Entry;
      const lasts = rememberUs ?? entry.rule.ask?.rememberUs ?? 0;
      const until = lasts > 0 ? Math.min(now + lasts, Number.MAX_SAFE_INTEGER) : null;
      tell(entry, () => entry.rule.answered?.(record.facts, verdict, until));
      settleAsk(record, verdict, 'answered', now);
      let answered = 1;
      for (const other of [...asking.values()]) {
        if (other.items[other.holder] !== entry) continue;
        const said = look(entry, other.facts, now).verdict;
        if (said !== 'allow' && said !== 'deny') continue;
        settleAsk(other, said, 'answered', now);
        answered++;
      }
      return answered;
    },

    connect(call, connection) {
      const record = open.get(call);
      if (!record) return NOBODY_SPOKE;
      const { items, facts } = record;
      const spoke: { entry: Entry; opinion: Opinion }[] = [];
      for (const entry of items) {
        if (!entry.rule.connect) continue;
        let opinion: Opinion;
        try {
          opinion = copyOpinion(entry.rule.connect(facts, connection));
        } catch (error) {
          opinion = fault(entry, error);
        }
        spoke.push({ entry, opinion });
      }
      if (spoke.length === 0) return NOBODY_SPOKE;
      const rows = (some: typeof spoke): Decision[] =>
        some.map(({ entry, opinion }) => decisionRow(entry, opinion, facts, set.version));
      const refusing = spoke.find(({ entry, opinion }) => entry.enforces && opinion.verdict === 'deny');
      record.refusedBy = refusing?.entry.policy ?? null;
      const observed = spoke.filter(({ entry, opinion }) => !entry.enforces && opinion.verdict === 'deny');
      if (!refusing && observed.length > 0) around.noted?.(call, rows(observed));
      return {
        verdict: refusing ? 'deny' : 'allow',
        policy: refusing?.entry.policy ?? null,
        opinion: refusing?.opinion ?? null,
        ask: null,
        spoke: spoke.map(({ entry: { policy }, opinion: one }) => ({ policy, opinion: one })),
        decisions: () => rows(spoke),
      };
    },

    leave(call, now) {
      const record = open.get(call);
      if (record && record.phase !== 'out') giveBack(record, now);
    },

    heard(call, reading, status, now) {
      const record = open.get(call);
      if (!record) return;
      for (const entry of record.items) {
        tell(entry, () => entry.rule.heard?.(record.facts, reading, status, now));
      }
    },

    progress(call, outputTokens, now) {
      const record = open.get(call);
      if (!record) return null;
      let cut: Ruling | null = null;
      for (const [i, entry] of record.items.entries()) {
        if (!entry.rule.progress || record.states[i] !== TOOK) continue;
        let isOver = false;
        try {
          isOver = entry.rule.progress(record.facts, outputTokens, now);
        } catch (error) {
          isOver = fault(entry, error) === FAULT_CLOSED;
        }
        if (!isOver) continue;
        const opinion: Opinion = { verdict: 'deny', because: 'cut', numbers: null };
        const rows = (): Decision[] => [decisionRow(entry, opinion, record.facts, set.version, 'cut')];
        if (entry.enforces)
          cut ??= {
            verdict: 'deny',
            policy: entry.policy,
            opinion,
            ask: null,
            spoke: [{ policy: entry.policy, opinion }],
            decisions: rows,
          };
        else if (!record.wouldCut?.has(entry)) {
          (record.wouldCut ??= new Set()).add(entry);
          around.noted?.(call, rows());
        }
      }
      return cut;
    },

    ended(call, outcome, now) {
      const record = open.get(call);
      if (!record) return;
      if (record.phase !== 'out' || !outcome.left) {
        giveBack(record, now);
        if (record.refusedBy !== null) judge(record.items, record.facts, record.refusedBy, 0, now);
        return;
      }
      open.delete(call);
      record.outcome = outcome;
      const { items, states, facts } = record;
      let settles = false;
      for (let i = 0; i < items.length; i++) {
        const entry = items[i] as Entry;
        const letAt = record.letAt?.get(i);
        if (states[i] === WAITS || letAt !== undefined) {
          record.late++;
          if (letAt !== undefined) late.add(letAt + outcome.durationUs, record, i);
        } else if (states[i] === TOOK) {
          if (entry.rule.metered) settles = true;
          if (entry.rule.ended) tell(entry, () => entry.rule.ended?.(facts, outcome, now));
        }
      }
      if (record.late === 0 && (!settles || record.metered !== null)) return;
      unsettled.set(call, record);
      if (unsettled.size <= MOST_UNSETTLED) return;
      const [oldest] = unsettled.keys();
      if (oldest !== undefined) unsettled.delete(oldest);
    },

    metered(call, metered: CallMetered, now) {
      const record = unsettled.get(call) ?? open.get(call);
      if (!record || record.metered !== null) return;
      record.metered = metered;
      const { items, states, facts } = record;
      for (let i = 0; i < items.length; i++) {
        const entry = items[i] as Entry;
        if (states[i] !== TOOK || !entry.rule.metered || record.letAt?.has(i)) continue;
        tell(entry, () => entry.rule.metered?.(facts, metered, now));
      }
      if (record.late === 0) unsettled.delete(call);
    },

    get due() {
      let soonest = late.next;
      for (const entry of rules.queues) {
        const due = rules.dueOf(entry);
        if (due !== null && (soonest === null || due < soonest)) soonest = due;
      }
      for (const { until } of asking.values()) if (soonest === null || until < soonest) soonest = until;
      return soonest;
    },

    advance(now) {
      // What is let out can make others due; a few rounds are enough, and a faulty queue cannot keep us here.
      for (let round = 0; round < 8; round++) {
        for (let end = late.take(now); end !== null; end = late.take(now)) endLate(end.record, end.item, end.at);
        for (const record of [...asking.values()]) {
          if (record.until > now || asking.get(record.facts.call) !== record) continue;
          const { rule } = record.items[record.holder] as Entry;
          settleAsk(record, rule.ask?.otherwise ?? 'deny', 'no-answer', now);
        }
        for (const entry of [...rules.queues]) {
          const due = rules.dueOf(entry);
          if (due !== null && due <= now) advanceQueue(entry, now);
        }
        const { due } = governor;
        if (due === null || due > now) return;
      }
    },

    gauges(policy, now, most) {
      const entry = entries.find(({ policy: { id } }) => id === policy);
      return entry ? entry.rule.gauges(now, most) : [];
    },

    rules: new Map(entries.map(({ policy, rule }) => [policy.id, { policy, zone: set.zone, rule }])),

    save(now) {
      const saved: Record<string, unknown> = {};
      for (const entry of entries) {
        const { policy, rule } = entry;
        tell(entry, () => {
          const state = rule.save(now);
          if (state !== undefined) saved[policy.id] = { kind: policy.kind, state };
        });
      }
      return saved;
    },

    restore(saved, now) {
      for (const entry of entries) {
        const { policy, rule } = entry;
        const one = Object.hasOwn(saved, policy.id) ? saved[policy.id] : undefined;
        if (typeof one !== 'object' || one === null || !('kind' in one) || !('state' in one)) continue;
        if (one.kind !== policy.kind) continue;
        const { state } = one;
        tell(entry, () => rule.restore(state, now));
      }
    },
  };
  return governor;
}
