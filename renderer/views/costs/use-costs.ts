import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { CostFigures, CostRow } from '../../../shared/contract/costs.ts';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/api.ts';
import type { TimeSteps } from '../../charts/time-scale.ts';
import { boundsOf } from './cost-place.ts';
import type { CostPlace, Step } from './cost-place.ts';
import { addCosts, seriesOfDays } from './cost-sums.ts';

/** How often sums are read again while they are looked at. */
const AGAIN_MS = 5000;
/** What the engine narrows by itself; the rest is told apart and then left out here. */
const NATIVE = ['vendor', 'app', 'model'] as const;
const MOST = 4;
/** Lines of the chart. */
const VALUES = 7;

export interface Line {
  value: string | null;
  others: boolean;
  nanoUsd: readonly number[];
}
export interface Shown {
  rows: CostRow[];
  total: CostFigures;
  more: boolean;
  steps: TimeSteps | null;
  lines: Line[];
  /** When it was read, microseconds. */
  now: number;
  /** What was asked: while the next is read, this is still shown. */
  place: CostPlace;
}

const now = (): number => Date.now() * 1000;

/** The breakdown and the chart of what is looked at. */
export function useBreakdown(place: CostPlace) {
  const api = useApi();
  const { range, by, path, tab } = place;
  return useQuery({
    queryKey: ['costs', 'table', range, by, path],
    queryFn: async ({ signal }): Promise<Shown> => {
      const at = now();
      const span = boundsOf(range, at);
      const [table, chart] = await Promise.all([
        tableOf(api, { ...span, by, path }, signal),
        path.length === 0 ? seriesOf(api, { ...span, by }, signal) : daysOf(api, { ...span, by, path }, signal),
      ]);
      return { ...table, ...chart, now: at, place: { tab, range, by, path } };
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

interface Asked {
  since: number;
  until: number;
  by: string;
  path: readonly Step[];
}

async function tableOf(
  api: Api,
  { since, until, by, path }: Asked,
  signal: AbortSignal,
): Promise<Pick<Shown, 'rows' | 'total' | 'more'>> {
  const told = await tellApart(api, { since, until, path }, [by], signal);
  return { rows: told.rows, more: told.more, total: path.length === 0 ? told.total : addCosts(told.rows) };
}

/** Rows by some dimensions, of what the path narrows to. */
async function tellApart(
  api: Api,
  { since, until, path }: Omit<Asked, 'by'>,
  by: readonly string[],
  signal: AbortSignal,
): Promise<Pick<Shown, 'rows' | 'total' | 'more'>> {
  const native: Partial<Record<(typeof NATIVE)[number], string>> = {};
  const others: Step[] = [];
  for (const step of path) {
    const name = NATIVE.find((one) => one === step.dimension);
    if (name !== undefined && step.value !== null) native[name] = step.value;
    else others.push(step);
  }
  const dimensions = [...new Set([...others.map(({ dimension }) => dimension), ...by])].slice(0, MOST);
  const { rows, total, more } = await api.costs.table(
    { since, until, by: dimensions, ...native, limit: others.length > 0 ? 10_000 : 1000 },
    { signal },
  );
  const kept = rows.filter(({ keys }) => others.every(({ dimension, value }) => (keys[dimension] ?? null) === value));
  return { rows: kept, total, more };
}

/** Hours for a day, thirds of days for a week, and then whole days: half days are a saw of days and nights. */
function stepsFor(length: number): number {
  const days = length / 86_400_000_000;
  return days <= 1.1 ? 28 : days <= 8 ? 26 : days <= 100 ? Math.ceil(days) + 1 : 100;
}

async function seriesOf(
  api: Api,
  { since, until, by }: Omit<Asked, 'path'>,
  signal: AbortSignal,
): Promise<Pick<Shown, 'steps' | 'lines'>> {
  const { step, starts, series } = await api.costs.series(
    { since, until, by: by === 'day' ? 'vendor' : by, steps: stepsFor(until - since), values: VALUES },
    { signal },
  );
  const first = starts[0];
  if (first === undefined) return { steps: null, lines: [] };
  return { steps: { since: first, until: first + starts.length * step, step }, lines: series };
}

/** The chart of a part: series are of everything, so it is put together from days. */
async function daysOf(api: Api, asked: Asked, signal: AbortSignal): Promise<Pick<Shown, 'steps' | 'lines'>> {
  const by = asked.by === 'day' ? [] : [asked.by];
  const { rows } = await tellApart(api, asked, ['day', ...by], signal);
  return seriesOfDays(rows, by[0] ?? null, asked, VALUES);
}

export function useSummary(range: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['costs', 'summary', range],
    queryFn: ({ signal }) => api.costs.summary({ ...boundsOf(range, now()), now: now() }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

export function useWaste(range: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['costs', 'waste', range],
    queryFn: ({ signal }) => api.costs.waste(boundsOf(range, now()), { signal }),
    placeholderData: keepPreviousData,
    // It reads calls one by one: not more often than somebody would ask.
    refetchInterval: 30_000,
  });
}

export function usePrices(range: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['costs', 'prices', range],
    queryFn: async ({ signal }) => {
      const [prices, { repricings }] = await Promise.all([
        api.costs.prices(boundsOf(range, now()), { signal }),
        api.costs.repricings(undefined, { signal }),
      ]);
      return { ...prices, repricings };
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}
