import type { Headroom } from '../../../../shared/contract/vendors.ts';
import { THROTTLES } from '../../../../shared/model/limit-signal.ts';
import type { LimitSum, PictureReader, Span, ThrottleSum } from '../../store/picture-rows.ts';
import type { Picture } from './picture.ts';
import { byText } from './vendor-rows.ts';

export interface HeadroomQuestion extends Span {
  /** Of this vendor alone. */
  vendor?: string | undefined;
  /** Microseconds since the epoch. */
  now: number;
}

/** So far back what was left is looked at to tell whether it falls, in microseconds. */
const LAST_MINUTES = 10 * 60_000_000;
/** What was said longer ago says nothing of now. */
const STALE_AFTER = 15 * 60_000_000;
/** Points closer together than this are no slope. */
const SHORTEST_RUN = 30_000_000;
/** Resets that move by more than this while nothing was filled up are of a bucket that is filled all the time. */
const MOVING = 5_000_000;
const MOST_ROWS = 1000;

/** What is left of vendors’ limits by credential, host and resource; the least left first, then those most refused. */
export function readHeadroom(
  picture: Picture,
  reader: Pick<PictureReader, 'limits' | 'throttles' | 'hosts'>,
  question: HeadroomQuestion,
): (Headroom & { vendor: string | null })[] {
  const { since, until, vendor, now } = question;
  const vendorOf = (host: string): string | null => picture.recognise(host)?.vendor.id ?? null;
  const hosts = vendor === undefined ? undefined : reader.hosts().filter((host) => vendorOf(host) === vendor);
  const wanted = hosts && new Set(hosts);
  const runs = groupBy(reader.limits({ since, until, hosts }), ({ host, credential, resource }) =>
    JSON.stringify([host, credential, resource]),
  );
  const refused = groupBy(
    reader.throttles({ since, until }).filter(({ host }) => wanted === undefined || wanted.has(host)),
    ({ host, credential }) => JSON.stringify([host, credential]),
  );
  const rows = [...runs.values()].map((run) => {
    const { host, credential } = run[0]!;
    const throttles = refused.get(JSON.stringify([host, credential])) ?? [];
    return { vendor: vendorOf(host), ...describeRun(run, throttles, now) };
  });
  const told = new Set(rows.map(({ host, credential }) => JSON.stringify([host, credential])));
  for (const [key, throttles] of refused)
    if (!told.has(key)) rows.push({ vendor: vendorOf(throttles[0]!.host), ...describeRefusals(throttles) });
  return rows
    .sort((a, b) => shareLeft(a) - shareLeft(b) || b.throttled - a.throttled || byText(a.host, b.host))
    .slice(0, MOST_ROWS);
}

function describeRun(run: readonly LimitSum[], throttles: readonly ThrottleSum[], now: number): Headroom {
  const last = run.reduce((latest, sum) => (sum.seenAt >= latest.seenAt ? sum : latest));
  const history = new Map<number, Headroom['history'][number]>();
  for (const { at, limit, lowest } of run) history.set(at, { at, limit, lowest, throttled: 0 });
  addRefusals(history, throttles);
  return {
    credential: last.credential,
    host: last.host,
    resource: last.resource,
    unit: last.unit,
    limit: last.limit,
    remaining: last.remaining,
    resetAt: last.resetAt,
    window: last.window,
    seenAt: last.seenAt,
    exhaustedAt: exhaustedAt(run, now),
    ...countRefusals(throttles),
    history: [...history.values()].sort((a, b) => a.at - b.at),
  };
}

/** A vendor that refuses and says nothing of its limits (Stripe, Slack, AWS). */
function describeRefusals(throttles: readonly ThrottleSum[]): Headroom {
  const { host, credential } = throttles[0]!;
  const history = new Map<number, Headroom['history'][number]>();
  addRefusals(history, throttles);
  return {
    credential,
    host,
    resource: 'requests',
    unit: 'requests',
    limit: null,
    remaining: null,
    resetAt: null,
    window: null,
    seenAt: Math.max(...throttles.map(({ at }) => at)),
    exhaustedAt: null,
    ...countRefusals(throttles),
    history: [...history.values()].sort((a, b) => a.at - b.at),
  };
}

/** Refusals of a host and credential: vendors seldom say which of their limits it was. Ours are told apart, and no vendor’s. */
function countRefusals(throttles: readonly ThrottleSum[]): Pick<Headroom, 'throttled' | 'throttles'> {
  const counts = THROTTLES.map((kind) => ({
    kind,
    calls: throttles.reduce((sum, one) => sum + (one.kind === kind ? one.calls : 0), 0),
  })).filter(({ calls }) => calls > 0);
  const throttled = counts.reduce((sum, { kind, calls }) => sum + (kind === 'ours' ? 0 : calls), 0);
  return { throttled, throttles: counts };
}

function addRefusals(history: Map<number, Headroom['history'][number]>, throttles: readonly ThrottleSum[]): void {
  for (const { at, kind, calls } of throttles) {
    if (kind === 'ours') continue;
    const point = history.get(at);
    if (point) point.throttled += calls;
    else history.set(at, { at, limit: null, lowest: null, throttled: calls });
  }
}

/**
 * When nothing is left, if it goes on as in the last minutes; microseconds since the epoch. Null when what is left does not
 * fall, when all of it is there again before, and when the last word on it is too old to say. A `resetAt` that moves ahead
 * while what is left falls is of a bucket that is filled all the time: what it says is no end of the fall.
 */
export function exhaustedAt(
  sums: readonly Pick<LimitSum, 'remaining' | 'resetAt' | 'seenAt'>[],
  now: number,
): number | null {
  const points = sums.filter(({ remaining }) => remaining !== null).sort((a, b) => a.seenAt - b.seenAt);
  const last = points.at(-1);
  if (last === undefined || last.remaining === null || now - last.seenAt > STALE_AFTER) return null;
  if (last.resetAt !== null && last.resetAt <= now) return null;
  if (last.remaining <= 0) return last.seenAt;
  const run = [last];
  for (let at = points.length - 2; at >= 0; at -= 1) {
    const point = points[at]!;
    // More was left later than before: filled up in between.
    if (last.seenAt - point.seenAt > LAST_MINUTES || point.remaining! < run[0]!.remaining!) break;
    run.unshift(point);
  }
  const first = run[0]!;
  const took = last.seenAt - first.seenAt;
  const fell = first.remaining! - last.remaining;
  if (took < SHORTEST_RUN || fell <= 0) return null;
  const at = Math.round(last.seenAt + (last.remaining * took) / fell);
  const moves = first.resetAt !== null && last.resetAt !== null && last.resetAt - first.resetAt > MOVING;
  return last.resetAt !== null && !moves && last.resetAt <= at ? null : at;
}

function shareLeft({ limit, remaining }: Headroom): number {
  return limit === null || remaining === null || limit <= 0 ? 2 : remaining / limit;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
