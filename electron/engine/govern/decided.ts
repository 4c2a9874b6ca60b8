import type { PolicyRow } from '../../../shared/contract/policies.ts';
import type { DecisionSum } from '../store/picture-rows.ts';

type Hits = PolicyRow['hits'];

interface Span {
  /** Microseconds since the epoch. */
  since: number;
  until: number;
}

export interface DecisionReader {
  decisionSums(question: Span & { daily: boolean }): Promise<DecisionSum[]>;
}

export interface Decided {
  step: number;
  rows: { policy: string; verdict: string; app: string | null; host: string; calls: number; waitUs: number }[];
  series: { start: number; verdict: string; calls: number }[];
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
/** Spans longer than this are shown by the day. */
const BY_HOUR = 14 * DAY;

/** What policies decided in a span, or one of them: sums, and over time in `steps` of hours or days at most. */
export async function readDecided(
  reader: DecisionReader,
  { since, until, steps = 60, policy: only }: Span & { steps?: number | undefined; policy?: string | undefined },
): Promise<Decided> {
  const daily = until - since > BY_HOUR;
  const sums = await reader.decisionSums({ since, until, daily });
  const unit = daily ? DAY : HOUR;
  const step = unit * Math.max(1, Math.ceil((until - since) / unit / steps));
  const rows = new Map<string, Decided['rows'][number]>();
  const series = new Map<string, Decided['series'][number]>();
  for (const { start, policy, verdict, app, host, calls, waitUs } of sums) {
    if (only !== undefined && policy !== only) continue;
    const key = JSON.stringify([policy, verdict, app, host]);
    const row = rows.get(key);
    if (row) {
      row.calls += calls;
      row.waitUs += waitUs;
    } else rows.set(key, { policy, verdict, app, host, calls, waitUs });
    const at = Math.floor(start / step) * step;
    const point = series.get(`${at} ${verdict}`);
    if (point) point.calls += calls;
    else series.set(`${at} ${verdict}`, { start: at, verdict, calls });
  }
  return { step, rows: [...rows.values()].sort((a, b) => b.calls - a.calls), series: [...series.values()] };
}

/** How often each policy spoke in a span, and what it said. `faults`: since the engine started. */
export async function readHits(
  reader: DecisionReader,
  { since, until }: Span,
  faults: ReadonlyMap<string, { count: number; at: number }>,
): Promise<ReadonlyMap<string, Hits>> {
  const hits = new Map<string, Hits>();
  const of = (policy: string): Hits => {
    let found = hits.get(policy);
    if (!found) hits.set(policy, (found = { asked: 0, denied: 0, waited: 0, waitUs: 0, faults: 0, lastAt: null }));
    return found;
  };
  for (const sum of await reader.decisionSums({ since, until, daily: until - since > BY_HOUR })) {
    const hit = of(sum.policy);
    hit.asked += sum.calls;
    if (/deny|cut/.test(sum.verdict)) hit.denied += sum.calls;
    if (/wait|ask/.test(sum.verdict)) hit.waited += sum.calls;
    hit.waitUs += sum.waitUs;
    if (sum.lastAt > (hit.lastAt ?? 0)) hit.lastAt = sum.lastAt;
  }
  for (const [policy, { count, at }] of faults) if (at >= since && at < until) of(policy).faults += count;
  return hits;
}
