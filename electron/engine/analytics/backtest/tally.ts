import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { countOf } from '../../../../shared/format/quantities.ts';
import type { Policy } from '../../../../shared/model/policy.ts';
import { ROW } from './history.ts';
import type { History } from './history.ts';

/** Calls that are told one by one. */
const MOST_TOLD = 100;
/** Rows of a list of who is hit. */
const MOST_HIT = 50;

/** Throttles that a policy of ours could have spared: rate, quota and concurrency, not the vendor's own overload. */
const SPARED: ReadonlySet<number> = new Set([1, 2, 4]);

export type Hit = BacktestResult['affected']['apps'][number];
export type TellCall = () => { verdict: 'deny' | 'wait' | 'ask'; sentence: string };

/** What comes of one policy in a backtest, counted while it runs. */
export interface Tally {
  readonly policy: Policy;
  /** Whether there is room for more calls told one by one. */
  readonly wantsMore: boolean;
  /** The policy is about this call; `key`: by whose counter. */
  matched(row: number, key: string | null): void;
  denied(row: number, key: string | null, tell: TellCall): void;
  /** It left so much later, microseconds. */
  delayed(row: number, key: string | null, waitUs: number, tell: TellCall): void;
  retried(): void;
  alerted(): void;
  failed(error: unknown): void;
  asked(): void;
  result(around: { evaluated: number; unknowns: readonly string[]; tookMs: number; nameOf: Names }): BacktestResult;
}

/** What rows are told by. */
export interface Names {
  app(combination: number): string | null;
  endpoint(combination: number): string | null;
  feature(label: number): string | null;
  callSite(site: number): string | null;
}

interface Counts {
  calls: number;
  denied: number;
  delayed: number;
}

/**
 * `spared`: whether a call that the vendor refused would have been taken when it is sent so much later; null: nobody knows.
 * Times in microseconds.
 */
export function createTally(
  policy: Policy,
  history: History,
  span: { since: number; step: number; steps: number },
  spared: (row: number, waitUs: number) => boolean | null,
): Tally {
  const { since, step, steps } = span;
  const series = Array.from({ length: steps }, (_, index) => ({
    start: since + index * step,
    allowed: 0,
    denied: 0,
    delayed: 0,
    savedNanoUsd: 0,
  }));
  const byCombination = createCounts(history.combinations.count);
  const bySite = createCounts(history.sites.count);
  const byLabel = createCounts(history.labels.count);
  const byKey = createCounts(64);
  const keys: string[] = [];
  const keyNumbers = new Map<string, number>();
  /** By combination, the key that its last call was counted by: most often the next one’s too. */
  const lastKeys = new Int32Array(history.combinations.count).fill(-1);
  const calls: BacktestResult['calls'] = [];
  const waits: number[] = [];
  const sums = { matched: 0, denied: 0, throttled: 0, avoided: 0, alerts: 0, retries: 0, asked: 0, faults: 0 };
  const money = { all: 0, priced: 0, saved: 0, pricedSaved: 0 };
  const unknown = { delayedThrottles: 0, refusedByUs: 0, waitedForUs: 0, open: 0 };
  let fault = '';

  function stepOf(row: number): (typeof series)[number] | undefined {
    return series[Math.min(steps - 1, Math.max(0, Math.floor((history.at[row]! - since) / step)))];
  }

  function count(what: 0 | 1 | 2, row: number, key: string | null): void {
    const combination = history.combination[row]!;
    byCombination.add(what, combination);
    const site = history.site[row]!;
    if (site !== 0) bySite.add(what, site);
    const label = history.tags[row]!;
    if (label !== 0) byLabel.add(what, label);
    if (key === null) return;
    const last = lastKeys[combination]!;
    if (last >= 0 && keys[last] === key) return byKey.add(what, last);
    let number = keyNumbers.get(key);
    if (number === undefined) {
      number = keys.push(key) - 1;
      keyNumbers.set(key, number);
    }
    lastKeys[combination] = number;
    byKey.add(what, number);
  }

  function tellOne(row: number, waitUs: number, tell: TellCall): void {
    if (calls.length < MOST_TOLD) calls.push({ id: history.id[row]!, at: history.at[row]!, waitUs, ...tell() });
  }

  return {
    policy,
    get wantsMore() {
      return calls.length < MOST_TOLD;
    },
    matched(row, key) {
      sums.matched += 1;
      const cost = history.cost.at(row);
      if (cost >= 0) {
        money.all += cost;
        money.priced += 1;
      }
      if (SPARED.has(history.throttle[row]!)) sums.throttled += 1;
      const bits = history.bits[row]!;
      if ((bits & ROW.refusedByUs) !== 0) unknown.refusedByUs += 1;
      if ((bits & ROW.waitedForUs) !== 0) unknown.waitedForUs += 1;
      if ((bits & ROW.open) !== 0) unknown.open += 1;
      const at = stepOf(row);
      if (at) at.allowed += 1;
      count(CALL, row, key);
    },
    denied(row, key, tell) {
      sums.denied += 1;
      if (SPARED.has(history.throttle[row]!)) sums.avoided += 1;
      const cost = history.cost.at(row);
      if (cost >= 0) {
        money.saved += cost;
        money.pricedSaved += 1;
      }
      const at = stepOf(row);
      if (at) {
        at.allowed -= 1;
        at.denied += 1;
        at.savedNanoUsd += Math.max(0, cost);
      }
      count(DENIED, row, key);
      tellOne(row, 0, tell);
    },
    delayed(row, key, waitUs, tell) {
      waits.push(waitUs);
      if (SPARED.has(history.throttle[row]!)) {
        const was = spared(row, waitUs);
        if (was === true) sums.avoided += 1;
        else if (was === null) unknown.delayedThrottles += 1;
      }
      const at = stepOf(row);
      if (at) {
        at.allowed -= 1;
        at.delayed += 1;
      }
      count(DELAYED, row, key);
      tellOne(row, waitUs, tell);
    },
    retried: () => (sums.retries += 1),
    alerted: () => (sums.alerts += 1),
    asked: () => (sums.asked += 1),
    failed(error) {
      sums.faults += 1;
      if (fault === '') fault = error instanceof Error ? error.message : String(error);
    },

    result({ evaluated, unknowns, tookMs, nameOf }) {
      const { matched, denied } = sums;
      const notPriced = matched - money.priced;
      return {
        policy: policy.id,
        kind: policy.kind,
        evaluated,
        matched,
        denied,
        delayed: waits.length,
        delayMs: percentilesOf(waits),
        savedNanoUsd: denied > 0 && money.pricedSaved === 0 ? null : money.saved,
        spentNanoUsd: matched > 0 && money.priced === 0 ? null : money.all - money.saved,
        vendor429s: sums.throttled,
        vendor429sAvoided: sums.avoided,
        alerts: sums.alerts,
        retries: sums.retries,
        affected: {
          apps: byName(byCombination.all(), nameOf.app),
          features: byName(byLabel.all(), nameOf.feature),
          callSites: byName(bySite.all(), nameOf.callSite),
          endpoints: byName(byCombination.all(), nameOf.endpoint),
          keys: byName(byKey.all(), (number) => keys[number] ?? null),
        },
        series,
        step,
        calls,
        unknowns: [
          ...(notPriced > 0
            ? [
                `What ${countOf(notPriced, 'call')} cost is not known${denied > money.pricedSaved ? `, ${denied - money.pricedSaved} of them among the refused` : ''}; sums of money are of the others.`,
              ]
            : []),
          ...(unknown.delayedThrottles > 0
            ? [
                `${countOf(unknown.delayedThrottles, 'call')} that the vendor refused would have come later, but the vendor did not say from when on it would take them: they do not count as spared.`,
              ]
            : []),
          ...(unknown.refusedByUs > 0
            ? [
                `${countOf(unknown.refusedByUs, 'call')} had been refused by policies when they were recorded: how long they would have taken and what they would have cost is not known.`,
              ]
            : []),
          ...(unknown.waitedForUs > 0
            ? [
                `${countOf(unknown.waitedForUs, 'call')} had waited for policies when they were recorded; they are taken to be as long as they were, waiting included.`,
              ]
            : []),
          ...(unknown.open > 0
            ? [`${countOf(unknown.open, 'call')} had not ended when this was read; they count as running to the end.`]
            : []),
          ...(sums.asked > 0
            ? [
                `${countOf(sums.asked, 'call')} would have been held for a person’s word; here nobody answers, and what the policy says for that case counts.`,
              ]
            : []),
          ...(sums.faults > 0 ? [`The policy failed on ${countOf(sums.faults, 'call')}: ${fault}.`] : []),
          ...unknowns,
        ],
        tookMs,
      };
    },
  };
}

const CALL = 0;
const DENIED = 1;
const DELAYED = 2;

interface Counted extends Counts {
  of: number;
}

/** Counts by small numbers. */
function createCounts(room: number) {
  let counts = new Uint32Array(Math.max(1, room) * 3);
  return {
    add(what: 0 | 1 | 2, of: number): void {
      const at = of * 3 + what;
      if (at >= counts.length) {
        const larger = new Uint32Array(Math.max(counts.length * 2, (of + 1) * 3));
        larger.set(counts);
        counts = larger;
      }
      counts[at]! += 1;
    },
    all(): Counted[] {
      const found: Counted[] = [];
      for (let at = 0; at < counts.length; at += 3)
        if (counts[at]! > 0)
          found.push({ of: at / 3, calls: counts[at]!, denied: counts[at + 1]!, delayed: counts[at + 2]! });
      return found;
    },
  };
}

/** Those hit most first; of those not hit the most called. Several numbers may have one name. */
function byName(all: readonly Counted[], nameOf: (of: number) => string | null): Hit[] {
  const names = new Map<string | null, Hit>();
  for (const { of, calls, denied, delayed } of all) {
    const name = nameOf(of);
    const known = names.get(name);
    if (!known) names.set(name, { name, calls, denied, delayed });
    else {
      known.calls += calls;
      known.denied += denied;
      known.delayed += delayed;
    }
  }
  return [...names.values()]
    .sort((a, b) => b.denied - a.denied || b.delayed - a.delayed || b.calls - a.calls)
    .slice(0, MOST_HIT);
}

/** Of waits in microseconds, in milliseconds; nearest rank. Null: none. */
export function percentilesOf(waits: readonly number[]): BacktestResult['delayMs'] {
  if (waits.length === 0) return null;
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]! / 1000;
  return {
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    mean: sorted.reduce((sum, one) => sum + one, 0) / sorted.length / 1000,
  };
}
