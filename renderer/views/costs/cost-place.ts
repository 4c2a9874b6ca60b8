import type { QueryTree } from '../../../shared/query/tree.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { linkTo } from '../../data/location.ts';
import { readRange, writeBetween } from '../../data/time-range.ts';

/** What costs can be told apart by here, in the order of the menu. */
export const DIMENSIONS = [
  'vendor',
  'model',
  'app',
  'tag:feature',
  'tag:user',
  'team',
  'service',
  'endpoint',
  'credential',
  'day',
  'provenance',
] as const;
export const RANGES = ['24h', '7d', 'month', '30d', 'all'] as const;
export const TABS = ['table', 'waste', 'prices'] as const;
export type Tab = (typeof TABS)[number];

/** Stands in the address for what is not known. */
const NOTHING = '~';
const DAY = 86_400_000_000;

/** One value of one dimension that the breakdown is narrowed to. */
export interface Step {
  dimension: string;
  value: string | null;
}

export interface CostPlace {
  tab: Tab;
  /** Of the address: `30d`, `month`, `all`, two times. */
  range: string;
  by: string;
  /** What the breakdown is of, the outermost first. */
  path: readonly Step[];
}

const isDimension = (name: string): boolean => DIMENSIONS.some((one) => one === name) || /^tag:.{1,64}$/.test(name);

export function readPlace(params: Readonly<Record<string, string>>): CostPlace {
  const range = params['range'] ?? '';
  const by = params['by'] ?? '';
  return {
    tab: TABS.find((one) => one === params['tab']) ?? 'table',
    range: range === 'month' || readRange(range) !== null ? range : '30d',
    by: isDimension(by) ? by : 'vendor',
    path: Object.entries(params)
      .filter(([name]) => isDimension(name))
      .map(([dimension, value]) => ({ dimension, value: value === NOTHING ? null : value })),
  };
}

/** As a parameter of the address. */
export const paramOf = ({ dimension, value }: Step): Record<string, string> => ({ [dimension]: value ?? NOTHING });

export const paramsOf = (path: readonly Step[]): Record<string, string> =>
  Object.fromEntries(path.map(({ dimension, value }) => [dimension, value ?? NOTHING]));

/** The bounds of a range, now; microseconds. A month is the running one, in UTC. */
export function boundsOf(range: string, now: number): { since: number; until: number } {
  const until = now + 1_000_000;
  if (range === 'month') {
    const day = new Date(now / 1000);
    return { since: Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1) * 1000, until };
  }
  const read = readRange(range);
  if (read?.kind === 'between') return { since: read.since, until: read.until };
  if (read?.kind === 'last') return { since: until - read.us, until };
  return { since: 0, until };
}

const NEXT: Readonly<Record<string, readonly string[]>> = {
  vendor: ['model', 'app', 'endpoint'],
  model: ['app', 'endpoint', 'day'],
  app: ['model', 'endpoint', 'day'],
  team: ['app', 'vendor', 'model'],
  endpoint: ['app', 'model', 'day'],
  service: ['model', 'app', 'endpoint'],
  credential: ['app', 'model', 'endpoint'],
  day: ['vendor', 'app', 'model'],
  provenance: ['vendor', 'model', 'app'],
};

/** What a row opens into: the next thing that is not told apart yet; null when there is none. */
export function nextDimension(by: string, path: readonly Step[]): string | null {
  const taken = new Set([by, ...path.map(({ dimension }) => dimension)]);
  if (taken.size >= 4) return null;
  return (NEXT[by] ?? ['app', 'model', 'vendor']).find((one) => !taken.has(one)) ?? null;
}

/** The filter of a value; null where the language has no word for it (a team). `day` is a span, not a filter. */
function termOf({ dimension, value }: Step): QueryTree | null {
  if (dimension.startsWith('tag:')) {
    const name = dimension.slice(4);
    if (value !== null) return { op: 'tag', name, pattern: value };
    return { op: 'not', part: { op: 'tag', name, pattern: '*' } };
  }
  const field = (['vendor', 'service', 'model', 'app', 'endpoint', 'credential'] as const).find(
    (one) => one === dimension,
  );
  if (field === undefined) return null;
  if (value === null) return { op: 'not', part: { op: 'text', field, pattern: '*' } };
  // Services are told apart as VENDOR/SERVICE; endpoints and credentials by any part of their text.
  const pattern =
    field === 'service' ? value.slice(value.indexOf('/') + 1) : field === 'endpoint' ? `*${value}` : value;
  return { op: 'text', field, pattern };
}

/** Where Traffic shows the calls of a path; null where it cannot say them. */
export function callsOf(
  path: readonly Step[],
  range: string,
  now: number,
  more: readonly QueryTree[] = [],
): Record<string, string> | null {
  const parts: QueryTree[] = [...more];
  let span = boundsOf(range, now);
  for (const step of path) {
    if (step.dimension === 'day' && step.value !== null) {
      const day = Date.parse(step.value) * 1000;
      span = { since: Math.max(span.since, day), until: Math.min(span.until, day + DAY) };
      continue;
    }
    const term = termOf(step);
    if (term === null) return null;
    parts.push(term);
  }
  const [first] = parts;
  const tree: QueryTree | null = first === undefined ? null : parts.length === 1 ? first : { op: 'and', parts };
  return {
    ...(tree && { filter: printQuery(tree) }),
    range: span.since <= 0 ? 'all' : writeBetween(span.since, span.until),
  };
}

/** As an address; undefined where Traffic cannot say them. */
export function linkToCalls(...asked: Parameters<typeof callsOf>): string | undefined {
  const params = callsOf(...asked);
  return params === null ? undefined : linkTo('traffic', params);
}

/** Calls that may have cost something and nobody knows what. */
export const UNKNOWN_COST: QueryTree = { op: 'not', part: { op: 'number', field: 'cost', comparison: '>=', value: 0 } };
/** Calls to this machine and private networks are no costs. */
export const OF_A_VENDOR: QueryTree = { op: 'text', field: 'vendor', pattern: '*' };
