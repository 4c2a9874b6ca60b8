import type { App } from '../../../shared/contract/apps.ts';

/** Spans the view offers, in microseconds; all time reaches back to the beginning. */
export const SPANS = { '24h': 86_400_000_000, '7d': 604_800_000_000, '30d': 2_592_000_000_000, all: null } as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];

export const COLUMNS = [
  'name',
  'calls',
  'errors',
  'hosts',
  'coverage',
  'last',
  'first',
  'owner',
  'team',
  'criticality',
] as const;
export type ColumnId = (typeof COLUMNS)[number];
export interface Order {
  by: ColumnId;
  descending: boolean;
}

const USUAL: Order = { by: 'calls', descending: true };
const WEIGHT = { low: 1, medium: 2, high: 3, critical: 4 } as const;
/** Names are wanted from A, amounts and times the largest first. */
const FROM_A: readonly ColumnId[] = ['name', 'owner', 'team'];

/** Reads `-calls` of an address. */
export function readOrder(text: string): Order {
  const by = COLUMNS.find((one) => one === text.replace(/^-/, ''));
  return by ? { by, descending: text.startsWith('-') } : USUAL;
}

/** The order a click on a column's head asks for, as it stands in the address; '' for the usual one. */
export function nextOrder(now: Order, by: ColumnId): string {
  const descending = now.by === by ? !now.descending : !FROM_A.includes(by);
  return by === USUAL.by && descending === USUAL.descending ? '' : `${descending ? '-' : ''}${by}`;
}

/** Of the connections made, the share that came this way; null while nobody looked. */
export function coverageOf({ coverage }: App): number | null {
  if (coverage === null) return null;
  const all = coverage.seen + coverage.notSeen;
  return all === 0 ? null : coverage.seen / all;
}

const VALUE: Readonly<Record<ColumnId, (app: App) => number | string | null>> = {
  name: ({ name }) => name.toLowerCase(),
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  hosts: ({ hosts }) => hosts,
  coverage: coverageOf,
  last: ({ lastSeen }) => lastSeen,
  first: ({ firstSeen }) => firstSeen,
  owner: ({ owner }) => owner?.toLowerCase() ?? null,
  team: ({ team }) => team?.toLowerCase() ?? null,
  criticality: ({ criticality }) => (criticality === null ? null : WEIGHT[criticality]),
};

/** In order; what has no value comes last, whichever way round, and equals by name. */
export function orderApps(apps: readonly App[], { by, descending }: Order): App[] {
  const value = VALUE[by];
  return apps.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    const step = x < y ? -1 : x > y ? 1 : 0;
    return step === 0 ? byName(a, b) : descending ? -step : step;
  });
}

const byName = (a: App, b: App): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Apps that have every word typed in their names, owners, programs or hosts, and are not older than `newSince`. */
export function findApps(apps: readonly App[], typed: string, newSince: number | null): App[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0 && newSince === null) return [...apps];
  return apps.filter((app) => {
    if (newSince !== null && (app.firstSeen === null || app.firstSeen < newSince)) return false;
    const text = [
      ...app.names,
      app.name,
      app.owner,
      app.team,
      app.criticality,
      ...app.processes,
      ...app.topHosts.map(({ host }) => host),
    ]
      .join('\n')
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** `2026-11-20` as the beginning of that day here, in microseconds; null when it is no day. */
export function readDay(text: string): number | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return null;
  const at = new Date(Number(year), Number(month) - 1, Number(day)).getTime();
  return Number.isNaN(at) ? null : at * 1000;
}
