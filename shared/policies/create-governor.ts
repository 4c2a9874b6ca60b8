import type { CallMetered, CallOutcome, Decision, Policy } from '../model/policy.ts';
import { ANSWERED, lateEnds, makeRecord, NEW, OUT, TOOK, WAITS, type CallRecord } from './call-record.ts';
import { copyOpinion, decisionRow, decisionRows, waitNumbers } from './decision-rows.ts';
import { ALLOWS, BODY_BIT, FAULT_CLOSED, FAULT_OPEN, isOtherwise, makeEntries, needsOf, type Entry } from './entry.ts';
import { NO_NEEDS, type CallFacts } from './facts.ts';
import type { CarriedRule, Governor, GovernorSurroundings, PolicySet, Ruling } from './governor.ts';
import type { Opinion } from './kind.ts';
import { KINDS } from './kinds.ts';
import { indexPolicies } from './match/index-of-policies.ts';
import { OTHERWISE } from './otherwise.ts';

/** Calls that are under way, and calls whose use is not known yet; beyond these the oldest are let go of. */
const MOST_OPEN = 200_000;
const MOST_UNSETTLED = 50_000;

/** How long a queue that failed is left alone. */
const FAULT_REST_US = 1_000_000;

const NEVER_LEFT: CallOutcome = Object.freeze({
  left: false,
  status: null,
  failed: false,
  durationUs: 0,
  timeToFirstByteUs: null,
  requestBytes: 0,
  responseBytes: 0,
});
const FORGOTTEN: CallOutcome = Object.freeze({ ...NEVER_LEFT, left: true });

const NOBODY_SPOKE: Ruling = Object.freeze({
  verdict: 'allow',
  policy: null,
  opinion: null,
  ask: null,
  spoke: [],
  decisions: () => [],
});

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
  const judges = entries.some(({ rule }) => rule.judged);
  const grantsCount = set.otherwise === 'deny';

  const open = new Map<number, CallRecord>();
  const unsettled = new Map<number, CallRecord>();
  const asking = new Map<number, CallRecord>();
  /** Those with something that becomes due. */
  const queues = new Set<Entry>();
  const late = lateEnds();
  /** Queues that failed are not asked again before. */
  const restsUntil = new Map<Entry, number>();
  /** Counts questions, so that a ruling knows whether its rules were asked of another call since. */
  let asked = 0;
  const askedNow = (): number => asked;
  /** Policies whose `when` failed for the call that is decided. */
  let failedWhens: Entry[] = [];

  // What a look at all of them found: places in the list, -1 for none.
  let denies = -1;
  let asks = -1;
  let waits = -1;

  const failWhen = (entry: Entry, error: unknown): boolean => {
    around.fault(entry.policy, error);
    if (entry.closed) failedWhens.push(entry);
    return entry.closed;
  };

  function fault(entry: Entry, error: unknown): Opinion {
    around.fault(entry.policy, error);
    return entry.closed ? FAULT_CLOSED : FAULT_OPEN;
  }

  function notice(entry: Entry): void {
    if (entry.rule.advance === undefined) return;
    if ((entry.rule.due ?? null) === null) queues.delete(entry);
    else queues.add(entry);
  }

  function dueOf(entry: Entry): number | null {
    const due = entry.rule.due ?? null;
    if (due === null || restsUntil.size === 0) return due;
    return Math.max(due, restsUntil.get(entry) ?? due);
  }

  function look(entry: Entry, facts: CallFacts, now: number): Opinion {
    try {
      return (entry.opinion = entry.rule.look(facts, now));
    } catch (error) {
      return (entry.opinion = fault(entry, error));
    }
  }

  /** Asks all that are not done with the call, and finds who decides. */
  function survey(items: readonly Entry[], states: readonly number[] | null, facts: CallFacts, now: number): void {
    denies = asks = waits = -1;
    let granted = !grantsCount;
    asked++;
    for (let i = 0; i < items.length; i++) {
      const entry = items[i] as Entry;
      if (states !== null && states[i] !== NEW) {
        if (entry.enforces && entry.rule.grants === true && states[i] !== OUT) granted = true;
        continue;
      }
      if (states !== null && !entry.enforces) continue;
      let opinion: Opinion;
      if (grantsCount && isOtherwise(entry)) opinion = entry.opinion = granted ? ALLOWS : entry.rule.look(facts, now);
      else if (failedWhens.length > 0 && failedWhens.includes(entry)) opinion = entry.opinion = FAULT_CLOSED;
      else opinion = look(entry, facts, now);
      if (!entry.enforces) continue;
      const { verdict } = opinion;
      if (verdict === 'allow') {
        if (entry.rule.grants === true && opinion !== FAULT_OPEN) granted = true;
      } else if (verdict === 'deny') {
        if (denies < 0 || isLater(opinion, (items[denies] as Entry).opinion)) denies = i;
      } else if (verdict === 'ask') {
        if (entry.rule.grants === true) granted = true;
        if (asks < 0) asks = i;
      } else if (waits < 0) waits = i;
    }
  }

  /** Takes for those that allow and have not taken yet. Gives the place of one that failed and must refuse; -1: none. */
  function take(items: readonly Entry[], states: number[] | null, facts: CallFacts, now: number): number {
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
        if (fault(entry, error) === FAULT_CLOSED) return i;
        entry.opinion = FAULT_OPEN;
      }
    }
    return -1;
  }

  /** Those that observe do what they would do if they alone enforced. */
  function observe(items: readonly Entry[], states: number[] | null, facts: CallFacts, now: number): void {
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
  }

  function mustFollow(items: readonly Entry[]): boolean {
    for (let i = 0; i < items.length; i++) {
      const entry = items[i] as Entry;
      if (entry.follows || (!entry.enforces && entry.opinion.verdict === 'wait')) return true;
    }
    return false;
  }

  function judge(
    items: readonly Entry[],
    facts: CallFacts,
    refusedBy: Policy | null,
    waitUs: number,
    now: number,
  ): void {
    if (!judges) return;
    for (const entry of items) {
      if (!entry.rule.judged) continue;
      try {
        entry.rule.judged(facts, refusedBy, waitUs, now);
        notice(entry);
      } catch (error) {
        around.fault(entry.policy, error);
      }
    }
  }

  /** All that a call took is given back, and it waits nowhere any more. */
  function giveBack(record: CallRecord, now: number): void {
    const { items, states, facts } = record;
    open.delete(facts.call);
    asking.delete(facts.call);
    for (let i = 0; i < items.length; i++) {
      const entry = items[i] as Entry;
      try {
        if (states[i] === TOOK) entry.rule.ended?.(facts, NEVER_LEFT, now);
        else if (states[i] === WAITS) entry.rule.dequeue?.(facts.call, now);
        notice(entry);
      } catch (error) {
        around.fault(entry.policy, error);
      }
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

  function rulingOf(record: CallRecord, verdict: Ruling['verdict'], item: number): Ruling {
    const entry = record.items[item] ?? null;
    const opinions = record.opinions ?? [];
    const copies = opinions.slice();
    const spoke = record.items.flatMap(({ policy }, i) => {
      const opinion = copies[i] ?? ALLOWS;
      return policy.id === OTHERWISE && opinion.verdict === 'allow' ? [] : [{ policy, opinion }];
    });
    return {
      verdict,
      policy: entry?.policy ?? null,
      opinion: copies[item] ?? null,
      spoke,
      ask: verdict === 'ask' ? { until: record.until, otherwise: entry?.rule.ask?.otherwise ?? 'deny' } : null,
      decisions: () => decisionRows(record.items, (i) => copies[i] ?? ALLOWS, record.facts, set.version),
    };
  }

  function refuse(record: CallRecord, item: number, now: number): Ruling {
    giveBack(record, now);
    judge(record.items, record.facts, record.items[item]?.policy ?? null, now - record.since, now);
    return rulingOf(record, 'deny', item);
  }

  /** Goes on with a call that is held, or lets it out. Null: it is held still. */
  function proceed(record: CallRecord, now: number): Ruling | null {
    const { items, states, facts } = record;
    for (;;) {
      survey(items, states, facts, now);
      keepOpinions(record);
      if (denies >= 0) return refuse(record, denies, now);
      if (asks < 0 && waits < 0) break;
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
    return rulingOf(record, 'allow', record.holder);
  }

  /** Holds a call for a person’s word, else in a queue, as the last look said. */
  function hold(record: CallRecord, now: number): 'held' | 'failed' | 'closed' {
    const { items, states, facts } = record;
    if (asks >= 0) {
      record.phase = 'asks';
      record.holder = asks;
      record.until = now + ((items[asks] as Entry).rule.ask?.holdUs ?? 0);
      asking.set(facts.call, record);
      return 'held';
    }
    asking.delete(facts.call);
    record.phase = 'waits';
    record.holder = waits;
    const entry = items[waits] as Entry;
    try {
      if (!entry.rule.enqueue) throw new Error(`A policy of kind ${entry.policy.kind} says wait and has no queue.`);
      entry.rule.enqueue(facts, now);
      states[waits] = WAITS;
      notice(entry);
      return 'held';
    } catch (error) {
      const opinion = fault(entry, error);
      states[waits] = OUT;
      if (record.opinions) record.opinions[waits] = opinion;
      return opinion === FAULT_CLOSED ? 'closed' : 'failed';
    }
  }

  function tell(record: CallRecord, ruling: Ruling | null): boolean {
    if (ruling === null) return false;
    around.release(record.facts.call, ruling);
    return true;
  }

  function settleAsk(record: CallRecord, verdict: 'allow' | 'deny', because: string, now: number): boolean {
    const { holder, opinions, states } = record;
    if (opinions) opinions[holder] = { verdict, because, numbers: waitNumbers(now - record.since) };
    asking.delete(record.facts.call);
    if (verdict === 'deny') return tell(record, refuse(record, holder, now));
    states[holder] = ANSWERED;
    return tell(record, proceed(record, now));
  }

  /** A policy that observes let a call out of its queue, which left long ago. */
  function letObserved(record: CallRecord, item: number, now: number): void {
    record.states[item] = TOOK;
    (record.letAt ??= new Map()).set(item, now);
    if (record.outcome !== null) late.add(now + record.outcome.durationUs, record, item);
  }

  function endLate(record: CallRecord, item: number, at: number): void {
    const entry = record.items[item] as Entry;
    try {
      entry.rule.ended?.(record.facts, record.outcome ?? FORGOTTEN, at);
      if (record.metered !== null) entry.rule.metered?.(record.facts, record.metered, at);
      notice(entry);
    } catch (error) {
      around.fault(entry.policy, error);
    }
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
    if (failed) restsUntil.set(entry, now + FAULT_REST_US);
    else restsUntil.delete(entry);
    for (const call of let_) {
      const [record, item] = waiting(call, entry);
      if (!record) continue;
      if (!entry.enforces) letObserved(record, item, now);
      else {
        record.states[item] = TOOK;
        const numbers = record.opinions?.[item]?.numbers;
        if (numbers) numbers.waitUs = now - record.since;
        tell(record, proceed(record, now));
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
      tell(record, refuse(record, item, now));
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
      tell(record, entry.closed ? refuse(record, item, now) : proceed(record, now));
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
      if (failedWhens.length > 0) failedWhens = [];
      const items = index.find(facts, now, failWhen);
      if (items.length === 0) return NOBODY_SPOKE;
      survey(items, null, facts, now);
      if (denies >= 0) {
        const { policy, opinion } = items[denies] as Entry;
        judge(items, facts, policy, 0, now);
        return new LazyRuling('deny', policy, opinion, facts, items, asked, askedNow, set.version);
      }
      if (asks >= 0 || waits >= 0) {
        const record = makeRecord(facts, items, now);
        keepOpinions(record);
        observe(items, record.states, facts, now);
        remember(record, now);
        const held = hold(record, now);
        if (held === 'held') return rulingOf(record, record.phase === 'asks' ? 'ask' : 'wait', record.holder);
        if (held === 'closed') return refuse(record, record.holder, now);
        const ruling = proceed(record, now);
        return ruling ?? rulingOf(record, record.phase === 'asks' ? 'ask' : 'wait', record.holder);
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
        return new LazyRuling('deny', policy, FAULT_CLOSED, facts, items, asked, askedNow, set.version);
      }
      observe(items, states, facts, now);
      judge(items, facts, null, 0, now);
      return new LazyRuling('allow', decider(items), ALLOWS, facts, items, asked, askedNow, set.version);
    },

    answer(call, verdict, now, rememberUs) {
      const record = asking.get(call);
      if (!record) return 0;
      const entry = record.items[record.holder] as Entry;
      const lasts = rememberUs ?? entry.rule.ask?.rememberUs ?? 0;
      try {
        entry.rule.answered?.(record.facts, verdict, lasts > 0 ? Math.min(now + lasts, Number.MAX_SAFE_INTEGER) : null);
      } catch (error) {
        around.fault(entry.policy, error);
      }
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
        if (!entry.rule.heard) continue;
        try {
          entry.rule.heard(record.facts, reading, status, now);
          notice(entry);
        } catch (error) {
          around.fault(entry.policy, error);
        }
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
          if (!entry.rule.ended) continue;
          try {
            entry.rule.ended(facts, outcome, now);
            notice(entry);
          } catch (error) {
            around.fault(entry.policy, error);
          }
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
        try {
          entry.rule.metered(facts, metered, now);
          notice(entry);
        } catch (error) {
          around.fault(entry.policy, error);
        }
      }
      if (record.late === 0) unsettled.delete(call);
    },

    get due() {
      let soonest = late.next;
      for (const entry of queues) {
        const due = dueOf(entry);
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
        for (const entry of [...queues]) {
          const due = dueOf(entry);
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
      for (const { policy, rule } of entries) {
        try {
          const state = rule.save(now);
          if (state !== undefined) saved[policy.id] = { kind: policy.kind, state };
        } catch (error) {
          around.fault(policy, error);
        }
      }
      return saved;
    },

    restore(saved, now) {
      for (const entry of entries) {
        const { policy, rule } = entry;
        const one = Object.hasOwn(saved, policy.id) ? saved[policy.id] : undefined;
        if (typeof one !== 'object' || one === null || !('kind' in one) || !('state' in one)) continue;
        if (one.kind !== policy.kind) continue;
        try {
          rule.restore(one.state, now);
          notice(entry);
        } catch (error) {
          around.fault(policy, error);
        }
      }
    },
  };
  return governor;
}

/** One for each call: a class, because closures for a million of them would cost more than deciding. */
class LazyRuling implements Ruling {
  readonly ask = null;
  readonly verdict: 'allow' | 'deny';
  readonly policy: Policy | null;
  readonly opinion: Opinion | null;
  readonly #facts: CallFacts;
  readonly #items: readonly Entry[];
  readonly #asked: number;
  readonly #askedNow: () => number;
  readonly #version: number;
  #rows: Decision[] | null = null;

  constructor(
    verdict: 'allow' | 'deny',
    policy: Policy | null,
    opinion: Opinion | null,
    facts: CallFacts,
    items: readonly Entry[],
    asked: number,
    askedNow: () => number,
    version: number,
  ) {
    this.verdict = verdict;
    this.policy = policy;
    this.opinion = opinion;
    this.#facts = facts;
    this.#items = items;
    this.#asked = asked;
    this.#askedNow = askedNow;
    this.#version = version;
  }

  get spoke(): readonly Entry[] {
    const items = this.#items;
    const last = items[items.length - 1] as Entry;
    return isOtherwise(last) && last.opinion.verdict === 'allow' ? items.slice(0, -1) : items;
  }

  decisions(): Decision[] {
    if (this.#rows !== null) return this.#rows;
    if (this.#askedNow() !== this.#asked) {
      throw new Error('A ruling was asked for its decisions after the governor had been asked of another call.');
    }
    const items = this.#items;
    this.#rows = decisionRows(items, (i) => (items[i] as Entry).opinion, this.#facts, this.#version);
    return this.#rows;
  }
}

/** Of several refusals the one that lasts longest, so that nobody comes back too early; never counts as longest. */
function isLater(one: Opinion, other: Opinion): boolean {
  const otherAt = other.numbers?.retryAt ?? null;
  if (otherAt === null) return false;
  const at = one.numbers?.retryAt ?? null;
  return at === null || at > otherAt;
}

/** Who let a call go: the first that enforces, else the first that spoke. */
function decider(items: readonly Entry[]): Policy | null {
  for (let i = 0; i < items.length; i++) {
    const entry = items[i] as Entry;
    if (entry.enforces && !isOtherwise(entry)) return entry.policy;
  }
  return items[0]?.policy ?? null;
}
