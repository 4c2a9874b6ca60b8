import type { Recognise, Span, SpendingQuestion, SpendingSum } from '../../store/picture-rows.ts';
import type { CostRows } from './cost-rows.ts';

/** Calls alike in everything that costs can be asked by; metered ones, and those that no reader had business with. */
export interface CostCell extends SpendingSum {
  vendor: string;
  service: string | null;
  team: string | null;
}

export interface CostFilter {
  vendor?: string | undefined;
  /** As it is shown. */
  app?: string | undefined;
  model?: string | undefined;
}

export interface CellSource {
  rows: Pick<CostRows, 'spending' | 'edges'>;
  recognise: Recognise;
  /** Team by app. */
  teams: Readonly<Record<string, string>>;
}

export const HOUR = 3_600_000_000;
export const DAY = 24 * HOUR;
/** What is to be told apart beside app, host, endpoint and model: the less, the sooner. */
export interface Apart {
  time?: 'hour' | 'day';
  tags?: boolean;
  credential?: boolean;
}

/** After so many rows others are let in. */
const TURN = 2000;

/** Every cell of metered calls of the span. */
export function* spendingCells(
  source: CellSource,
  span: Span,
  apart: Apart,
  filter: CostFilter = {},
): Generator<CostCell | void> {
  let seen = 0;
  for (const sum of source.rows.spending(questionOf(span, apart))) {
    if (++seen % TURN === 0) yield;
    const cell = cellOf(source, sum, filter);
    if (cell !== null) yield cell;
  }
}

/**
 * Every cell of the span: the metered calls, and per app, host and endpoint the calls that are left over, of which nobody
 * knows a price; these by day, too, where days are told apart.
 */
export function* allCells(
  source: CellSource,
  span: Span,
  apart: Omit<Apart, 'time'> & { time?: 'day' },
  filter: CostFilter = {},
): Generator<CostCell | void> {
  const byDay = apart.time !== undefined;
  const metered = new Map<string, number>();
  let seen = 0;
  for (const sum of source.rows.spending(questionOf(span, apart))) {
    if (++seen % TURN === 0) yield;
    const key = edgeKey(sum, byDay ? sum.start : 0);
    metered.set(key, (metered.get(key) ?? 0) + sum.calls);
    const cell = cellOf(source, sum, filter);
    if (cell !== null) yield cell;
  }
  // Nothing that was not metered names a model.
  if (filter.model !== undefined) return;
  for (const part of byDay ? daysOf(source.rows, span) : [span]) {
    yield;
    const start = dayOf(part.since);
    for (const edge of source.rows.edges(part)) {
      if (++seen % TURN === 0) yield;
      const calls = edge.calls - (metered.get(edgeKey(edge, byDay ? start : 0)) ?? 0);
      if (calls <= 0) continue;
      const { app, host, endpoint } = edge;
      const cell = cellOf(source, { ...UNMETERED_SUM, app, host, endpoint, start, calls }, filter);
      if (cell !== null) yield cell;
    }
  }
}

function questionOf(span: Span, { time, tags = false, credential = false }: Apart): SpendingQuestion {
  const without = [...(tags ? [] : (['tags'] as const)), ...(credential ? [] : (['credential'] as const))];
  return { since: span.since, until: span.until, by: time ?? 'span', without };
}

/** Days of the span that anything happened in: the first and the last may be parts. */
function* daysOf(rows: CellSource['rows'], span: Span): Generator<Span> {
  let from = Infinity;
  let to = -Infinity;
  for (const edge of rows.edges(span)) {
    from = Math.min(from, edge.from);
    // `to` begins an hour, or a day where whole days were added up.
    to = Math.max(to, dayOf(edge.to) + DAY);
  }
  const last = Math.min(span.until, to);
  for (let since = Math.max(span.since, from); since < last;) {
    const until = Math.min(last, dayOf(since) + DAY);
    yield { since, until };
    since = until;
  }
}

/** Beginning of the day in UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

const UNMETERED_SUM: Omit<SpendingSum, 'app' | 'host' | 'endpoint' | 'start' | 'calls'> = {
  model: null,
  credential: null,
  tags: {},
  provenance: 'none',
  costNanoUsd: 0,
  pricedCalls: 0,
  tokenCalls: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
};

function edgeKey({ app, host, endpoint }: Pick<SpendingSum, 'app' | 'host' | 'endpoint'>, start: number): string {
  return JSON.stringify([app, host, endpoint, start]);
}

function cellOf({ recognise, teams }: CellSource, sum: SpendingSum, filter: CostFilter): CostCell | null {
  if (filter.app !== undefined && sum.app !== filter.app) return null;
  if (filter.model !== undefined && sum.model !== filter.model) return null;
  const owner = recognise(sum.host);
  // This machine and private networks send no bill.
  if (owner === null || (filter.vendor !== undefined && owner.vendor !== filter.vendor)) return null;
  const team = sum.app !== null && Object.hasOwn(teams, sum.app) ? (teams[sum.app] ?? null) : null;
  return { ...sum, vendor: owner.vendor, service: owner.service, team };
}
