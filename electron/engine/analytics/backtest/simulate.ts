import { NEVER_LEFT } from '../../../../shared/policies/never-left.ts';
import type { CallMetered, CallOutcome, Policy } from '../../../../shared/model/policy.ts';
import type { ConnectionFacts, Needs } from '../../../../shared/policies/facts.ts';
import type { Governor, GovernorSurroundings, PolicySet, Ruling } from '../../../../shared/policies/governor.ts';
import type { Opinion } from '../../../../shared/policies/kind.ts';
import type { Caller } from './callers.ts';
import { createEventHeap } from './event-heap.ts';
import { ROW } from './history.ts';
import type { History } from './history.ts';
import { RecordedFacts } from './recorded-facts.ts';
import type { BesideRow } from './recorded-facts.ts';
import type { Tally, TellCall } from './tally.ts';

/** What of a call that is over is read beside its row, for policies that ask. */
export interface BesideSimulation extends BesideRow {
  /** What its connection was; null: not kept. */
  connection(row: number): ConnectionFacts | null;
  units(row: number): Readonly<Record<string, number>>;
  modelWord(word: number): string | null;
}

export interface SimulationOptions {
  history: History;
  callerOf: (combination: number) => Caller;
  beside: BesideSimulation;
  set: PolicySet;
  /** What the rules of the set need of calls beyond their facts. */
  needs: Pick<Needs, 'signals' | 'connection' | 'progress'> & { units: boolean; ends: boolean };
  tallies: readonly Tally[];
  callers: 'as-recorded' | 'retry';
  /** Calls that were refused here when they came are passed over. */
  onlyLeft?: boolean;
  /** In [0, 1), seeded. */
  random: () => number;
  createGovernor: (set: PolicySet, around: GovernorSurroundings) => Governor;
}

/** A governor at work on recorded calls, with a clock of its own. */
export interface Simulation {
  /** Takes the calls of these places in `history.order`; one after the other. */
  run(from: number, to: number): void;
  /** Everything up to a moment happens. */
  passTo(moment: number): void;
  /** Nothing comes any more: what waits is let go or given up, what runs ends. */
  finish(): void;
  readonly governor: Governor;
}

const END = 0;
const HEARD = 1;
const RETRY = 2;
const KINDS = 4;

/** Tries again as the SDKs of OpenAI, Anthropic and Stripe do. */
const MOST_RETRIES = 2;
const FIRST_PAUSE = 500_000;
const LONGEST_PAUSE = 8_000_000;
/** A server’s word on when to come back is followed up to this; OpenAI’s and Anthropic’s clients then do as if nothing had been said. */
const LONGEST_ASKED = 60_000_000;
/** Waits are followed so far behind the last call. */
const LONGEST_TAIL = 86_400_000_000;

/**
 * Recorded calls come when they came, in that order; between them what is under way ends, answers are heard and queues move.
 * A call that is held ends as much later as it leaves later. Nothing else follows from a decision, unless callers try again.
 */
export function createSimulation(options: SimulationOptions): Simulation {
  const { history, callerOf, beside, needs, callers, random } = options;
  const heap = createEventHeap();
  const tallyOf = new Map<string, Tally>(options.tallies.map((tally) => [tally.policy.id, tally]));
  /** Calls that are held, by id: who holds them, since when. */
  const held = new Map<number, Held>();
  /** Calls whose caller tries again: when it came first, how often, whom to blame. */
  const again = new Map<number, Again>();
  let now = 0;

  const governor = options.createGovernor(options.set, {
    random,
    release(call, ruling) {
      const one = held.get(call);
      if (!one) return;
      held.delete(call);
      released(one, ruling);
    },
    fault: (policy, error) => tallyOf.get(policy.id)?.failed(error),
    alerted({ policy, state }) {
      if (state === 'open') tallyOf.get(policy.id)?.alerted();
    },
  });

  function arrive(row: number, attempt: number): void {
    const facts = new RecordedFacts(history, callerOf(history.combination[row]!), beside, row, now);
    const ruling = governor.consider(facts, now);
    const { spoke } = ruling;
    if (spoke.length === 0) return;
    const { verdict } = ruling;
    if (attempt === 0) {
      for (const { policy, opinion } of spoke) {
        const tally = tallyOf.get(policy.id);
        if (tally) count(tally, policy, opinion, row, ruling);
      }
    }
    if (verdict === 'allow') {
      if (attempt > 0) succeed(row);
      leave(row);
    } else if (verdict === 'deny') refused(row, attempt, ruling);
    else hold(row, attempt, ruling);
  }

  /** What one policy says of a call, as far as it is settled now: who waits, or is refused for good, counts later. */
  function count(tally: Tally, policy: Policy, opinion: Opinion, row: number, ruling: Ruling): void {
    const key = opinion.numbers?.key ?? null;
    tally.matched(row, key);
    if (opinion.verdict === 'allow') return;
    if (opinion.verdict === 'ask') tally.asked();
    // What acts is counted where it acts.
    if (policy.mode === 'enforce') {
      if (opinion.verdict !== 'deny' || policy === ruling.policy) return;
      return tally.denied(row, key, telling(ruling, policy, 'deny'));
    }
    if (opinion.verdict === 'deny') tally.denied(row, key, telling(ruling, policy, 'deny'));
    else tally.delayed(row, key, opinion.numbers?.waitUs ?? 0, telling(ruling, policy, opinion.verdict));
  }

  function hold(row: number, attempt: number, ruling: Ruling): void {
    const { policy, opinion } = ruling;
    held.set(history.id[row]!, {
      row,
      attempt,
      since: now,
      policy,
      key: opinion?.numbers?.key ?? null,
      tell: policy === null ? NOTHING_TOLD : toldNow(ruling, policy, ruling.verdict === 'ask' ? 'ask' : 'wait'),
    });
  }

  /** Sentences are made of numbers that change: those of the first calls are made at once. */
  function toldNow(ruling: Ruling, policy: Policy, verdict: 'deny' | 'wait' | 'ask'): TellCall {
    if (tallyOf.get(policy.id)?.wantsMore !== true) return NOTHING_TOLD;
    const told = telling(ruling, policy, verdict)();
    return () => told;
  }

  function released(one: Held, ruling: Ruling): void {
    const { row, attempt, since, policy, key, tell } = one;
    if (ruling.verdict === 'deny') return refused(row, attempt, ruling);
    if (ruling.verdict !== 'allow') {
      // Let go by one, held by another.
      held.set(history.id[row]!, { ...one, policy: ruling.policy ?? policy });
      return;
    }
    if (attempt > 0) succeed(row);
    else if (policy !== null && now > since) tallyOf.get(policy.id)?.delayed(row, key, now - since, tell);
    leave(row);
  }

  function refused(row: number, attempt: number, ruling: Ruling): void {
    const { policy, opinion } = ruling;
    const tally = policy === null ? undefined : tallyOf.get(policy.id);
    const first = again.get(row);
    const key = first?.key ?? opinion?.numbers?.key ?? null;
    if (callers === 'retry' && attempt < MOST_RETRIES) {
      const pause = pauseBefore(attempt, opinion?.numbers?.retryAt ?? null);
      const blamed = first ?? {
        policy,
        key,
        attempt: 0,
        tell: policy === null ? NOTHING_TOLD : toldNow(ruling, policy, 'deny'),
      };
      again.set(row, { ...blamed, attempt: attempt + 1 });
      tally?.retried();
      heap.put(now + pause, row * KINDS + RETRY);
      return;
    }
    again.delete(row);
    const blamed = first?.policy ?? policy;
    if (blamed === null) return;
    tallyOf.get(blamed.id)?.denied(row, key, first?.tell ?? telling(ruling, blamed, 'deny'));
  }

  /** A call that was refused before gets through: it came later, that is all. */
  function succeed(row: number): void {
    const first = again.get(row);
    again.delete(row);
    if (!first || first.policy === null) return;
    const { tell, key } = first;
    tallyOf.get(first.policy.id)?.delayed(row, key, now - history.at[row]!, () => ({ ...tell(), verdict: 'wait' }));
  }

  function pauseBefore(attempt: number, retryAt: number | null): number {
    const asked = retryAt === null ? 0 : retryAt - now;
    if (asked > 0 && asked <= LONGEST_ASKED) return asked;
    return Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE) * (1 - 0.25 * random());
  }

  /** It goes out now. */
  function leave(row: number): void {
    if (needs.connection) {
      const connection = beside.connection(row);
      if (connection !== null) {
        const ruling = governor.connect(history.id[row]!, connection, now);
        if (ruling.verdict === 'deny') {
          governor.ended(history.id[row]!, NEVER_LEFT, now);
          return refused(row, MOST_RETRIES, ruling);
        }
      }
    }
    if (needs.signals) {
      const ttfb = history.ttfb.at(row);
      if (ttfb >= 0) heap.put(now + ttfb, row * KINDS + HEARD);
    }
    if (!needs.ends) return;
    const duration = history.duration.at(row);
    if (duration >= 0) heap.put(now + duration, row * KINDS + END);
  }

  function happen(what: number): void {
    const row = Math.floor(what / KINDS);
    switch (what % KINDS) {
      case END:
        return end(row);
      case HEARD:
        return hear(row);
      case RETRY:
        return arrive(row, again.get(row)?.attempt ?? MOST_RETRIES);
    }
  }

  function end(row: number): void {
    const call = history.id[row]!;
    const ttfb = history.ttfb.at(row);
    const status = history.status[row]!;
    const bits = history.bits[row]!;
    const outcome: CallOutcome = {
      left: true,
      status: status === 0 ? null : status,
      failed: (bits & ROW.failed) !== 0,
      durationUs: history.duration.at(row),
      timeToFirstByteUs: ttfb < 0 ? null : ttfb,
      requestBytes: Math.max(0, history.requestBytes.at(row)),
      responseBytes: Math.max(0, history.responseBytes.at(row)),
    };
    governor.ended(call, outcome, now);
    governor.metered(call, (bits & ROW.metered) === 0 ? NOTHING_METERED : meteredOf(row), now);
  }

  function meteredOf(row: number): CallMetered {
    return {
      inputTokens: orNull(history.input.at(row)),
      outputTokens: orNull(history.output.at(row)),
      units: needs.units ? beside.units(row) : NO_UNITS,
      nanoUsd: orNull(history.cost.at(row)),
      model: beside.modelWord(history.model[row]!),
      cut: false,
    };
  }

  function hear(row: number): void {
    const reading = beside.details(history.id[row]!, history.at[row]!)?.limits;
    if (reading) governor.heard(history.id[row]!, reading, history.status[row]!, now);
  }

  /** Everything up to a moment happens, in its order. */
  function goOn(until: number): void {
    for (;;) {
      const { due } = governor;
      const next = heap.next;
      if (due !== null && due <= next && due <= until) {
        // A rule that says the same moment for ever would hold up the clock.
        now = Math.max(now, due);
        governor.advance(now);
        if (governor.due === due) {
          stuck += 1;
          if (stuck > 1000) return;
        } else stuck = 0;
      } else if (next <= until) {
        now = Math.max(now, next);
        happen(heap.take());
      } else return;
    }
  }
  let stuck = 0;

  return {
    governor,
    run(from, to) {
      for (let place = from; place < to; place += 1) {
        const row = history.order[place]!;
        const at = history.at[row]!;
        if (heap.next <= at || governor.due !== null) goOn(at);
        now = at;
        if (options.onlyLeft === true && (history.bits[row]! & ROW.refusedByUs) !== 0) continue;
        arrive(row, 0);
      }
    },
    passTo(moment) {
      goOn(moment);
      now = Math.max(now, moment);
    },
    finish() {
      goOn(now + LONGEST_TAIL);
      // Still held: so it would stay.
      for (const { row, policy, key, tell, since } of held.values())
        if (policy !== null) tallyOf.get(policy.id)?.delayed(row, key, now - since, tell);
      held.clear();
    },
  };
}

interface Held {
  row: number;
  attempt: number;
  since: number;
  policy: Policy | null;
  key: string | null;
  tell: TellCall;
}

interface Again {
  attempt: number;
  policy: Policy | null;
  key: string | null;
  tell: TellCall;
}

const NO_UNITS = Object.freeze({});
const NOTHING_METERED: CallMetered = Object.freeze({
  inputTokens: null,
  outputTokens: null,
  units: NO_UNITS,
  nanoUsd: null,
  model: null,
  cut: false,
});
const NOTHING_TOLD: TellCall = () => ({ verdict: 'wait', sentence: '' });

function telling(ruling: Ruling, policy: Policy, verdict: 'deny' | 'wait' | 'ask'): TellCall {
  return () => ({
    verdict,
    sentence: ruling.decisions().find((decision) => decision.policy === policy.id)?.sentence ?? '',
  });
}

function orNull(value: number): number | null {
  return value < 0 ? null : value;
}
