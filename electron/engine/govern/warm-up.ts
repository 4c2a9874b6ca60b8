import type { Policy } from '../../../shared/model/policy.ts';
import type { BudgetSettings } from '../../../shared/policies/budget/settings.ts';
import { createCalendar } from '../../../shared/policies/calendar.ts';
import type { PolicySet, SavedCounters } from '../../../shared/policies/governor.ts';
import type { LimitSettings } from '../../../shared/policies/limit/settings.ts';
import type { QuotaSettings } from '../../../shared/policies/quota/settings.ts';

/** A policy whose counters are behind: calls from `since` on are not in them. */
export interface Behind {
  policy: Policy;
  /** Microseconds since the epoch. */
  since: number;
}

/** What recorded calls are asked: what these policies would stand at after them. */
export interface WarmQuestion {
  set: PolicySet;
  behind: readonly Behind[];
  /** What they stood at at `since`, by policy id. */
  saved: SavedCounters;
  until: number;
}

export interface WarmUp {
  /** Not null: counters are being made up for, and calls are decided after it. Never rejects. */
  readonly pending: Promise<void> | null;
  /** Counters are not what they should be yet: they must not be kept. */
  readonly busy: boolean;
  begin(set: PolicySet, behind: readonly Behind[], saved: SavedCounters): void;
  stop(): void;
}

/** So long calls are held for counters; who waits longer than that is decided without. */
const PATIENCE_MS = 3000;

/**
 * Counters that begin with what is recorded. Calls are held meanwhile, for three seconds at most; what comes later than that
 * is put in force when it is there, together with the calls of meanwhile. `ask`: null where nobody can be asked.
 */
export function createWarmUp(given: {
  ask: (question: WarmQuestion, signal: AbortSignal) => Promise<SavedCounters> | null;
  /** Puts counters in force, of those policies that are in force still. */
  restore: (policies: readonly Policy[], counters: SavedCounters) => void;
  /** Microseconds since the epoch. */
  now: () => number;
  log: (line: string) => void;
  patienceMs?: number;
}): WarmUp {
  const { ask, restore, now, log, patienceMs = PATIENCE_MS } = given;
  let holding = 0;
  let running = 0;
  let pending: Promise<void> | null = null;
  const stopping = new AbortController();

  /** Calls wait for it, as long as they have patience; gives whether it was in time, and put in force. */
  async function inTime(asked: Promise<SavedCounters>, put: (counters: SavedCounters) => void): Promise<boolean> {
    const turn = ++holding;
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => {
        isLate = true;
        resolve(false);
      }, patienceMs);
    });
    const work = asked.then((counters) => {
      if (!isLate) put(counters);
      return true;
    });
    const race = Promise.race([work, late]);
    const before = pending;
    pending = Promise.all([before, race]).then(
      () => {},
      () => {},
    );
    try {
      return await race;
    } finally {
      clearTimeout(timer);
      if (turn === holding) pending = null;
    }
  }

  async function run(set: PolicySet, behind: readonly Behind[], saved: SavedCounters): Promise<void> {
    const policies = behind.map(({ policy }) => policy);
    let question: WarmQuestion = { set, behind, saved, until: now() };
    for (;;) {
      const asked = ask(question, stopping.signal);
      if (asked === null) return;
      const { until } = question;
      if (await inTime(asked, (counters) => restore(policies, counters))) return;
      log(
        `Counting what is recorded for ${names(policies)} takes longer than ${patienceMs / 1000} s: calls go on meanwhile, and are counted with it later.`,
      );
      // What came meanwhile is few: it is counted while calls wait once more.
      const counters = await asked;
      question = { set, behind: policies.map((policy) => ({ policy, since: until })), saved: counters, until: now() };
    }
  }

  return {
    get pending() {
      return pending;
    },
    get busy() {
      return running > 0;
    },
    begin(set, behind, saved) {
      running += 1;
      const done = run(set, behind, saved).finally(() => (running -= 1));
      done.catch((error: unknown) => {
        if (stopping.signal.aborted) return;
        log(
          `Counters of ${names(behind.map(({ policy }) => policy))} begin without what is recorded: ${error instanceof Error ? error.message : String(error)}`,
        );
      });
    },
    stop: () => stopping.abort(new Error('The engine is stopping.')),
  };
}

function names(policies: readonly Policy[]): string {
  const some = policies.slice(0, 3).map(({ id }) => id);
  return policies.length > 3 ? `${some.join(', ')} and ${policies.length - 3} more` : some.join(', ');
}

/**
 * Which policies of a set do not know what the present period or window has seen. `before`: what is in force now, whose
 * counters go over. `kept`: counters of a run before; `keptAt`: null when nothing was counted after them.
 */
export function findBehind(
  set: PolicySet,
  before: PolicySet,
  kept: { ids: ReadonlySet<string>; at: number | null },
  now: number,
): Behind[] {
  const known = new Map(before.policies.filter(({ mode }) => mode !== 'off').map((policy) => [policy.id, policy]));
  return set.policies.flatMap((policy): Behind[] => {
    if (policy.mode === 'off') return [];
    const begin = beginOf(policy, set.zone, now);
    if (begin === null) return [];
    const was = known.get(policy.id);
    if (was !== undefined)
      return countsOf(was, before.zone) === countsOf(policy, set.zone) ? [] : [{ policy, since: begin }];
    if (!kept.ids.has(policy.id)) return [{ policy, since: begin }];
    return kept.at === null ? [] : [{ policy, since: Math.max(begin, kept.at) }];
  });
}

/** What decides what is counted, and under which name; how much of it is allowed does not. */
function countsOf({ kind, match, settings }: Policy, zone: string): string {
  const { limit: _limit, burst: _burst, soft: _soft, alerts: _alerts, ...rest } = settings as Record<string, unknown>;
  return JSON.stringify([kind, zone, match, rest]);
}

/** From when on calls count for it now; null: none do once they are over. */
function beginOf({ kind, settings }: Policy, zone: string, now: number): number | null {
  if (kind === 'quota') {
    const { period, startDay, zone: own } = settings as QuotaSettings;
    return createCalendar(period, own ?? zone, startDay).at(now).start;
  }
  if (kind === 'budget') {
    const { period, startDay, zone: own } = settings as BudgetSettings;
    return period === 'total' ? 0 : createCalendar(period, own ?? zone, startDay).at(now).start;
  }
  if (kind !== 'limit') return null;
  const { algorithm, window, limit, burst } = settings as LimitSettings;
  if (window === null || algorithm === 'adaptive' || algorithm === 'vendor-pacing') return null;
  // An empty bucket is full again after so long.
  return now - Math.max(window, burst !== null && limit !== null && limit > 0 ? (window * burst) / limit : 0);
}
