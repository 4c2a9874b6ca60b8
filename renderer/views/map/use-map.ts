import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { DependencyMap } from '../../../shared/contract/map.ts';
import { useApi } from '../../client/api-context.ts';
import { readRange } from '../../data/time-range.ts';
import type { MapState } from './map-state.ts';
import { boundsOf, comparedWith, stepsOf } from './span.ts';
import type { Span, Step } from './span.ts';

/** A running span is read again so often: it is sums, not a live tail. */
const AGAIN_MS = 15_000;
/** Endpoints of a vendor beyond so many are put together by the engine. */
const MOST_ENDPOINTS = 60;

/**
 * Whether everything would be new: then nothing was recorded in the span compared with, and news are none.
 */
function isFirst(map: DependencyMap): boolean {
  const vendors = map.nodes.filter(({ kind }) => kind === 'vendor').length;
  const added = map.changes.filter(({ change, kind }) => change === 'added' && kind === 'vendor').length;
  return vendors > 0 && added === vendors && map.changes.every(({ change }) => change === 'added');
}

export interface MapRead {
  /** What is shown: the span, or the step of it that is looked at. */
  map: DependencyMap | undefined;
  /** The whole span, also while a step of it is looked at. */
  whole: DependencyMap | undefined;
  /** The span compared with, when something of it is gone. */
  before: DependencyMap | undefined;
  compared: Span | null;
  /** Nothing was recorded in the span compared with. */
  first: boolean;
  steps: readonly Step[];
  step: Step | null;
  error: Error | null;
  /** Another span or filter is being read; what is shown is still the one before. */
  late: boolean;
}

/** The map of the state’s span, the step looked at, and what it is compared with. */
export function useMap({ range, at, versus, app, vendor }: MapState): MapRead {
  const api = useApi();
  const filter = { ...(app !== null && { app }), ...(vendor !== null && { vendor }), endpoints: MOST_ENDPOINTS };
  const running = readRange(range)?.kind !== 'between';
  const whole = useQuery({
    queryKey: ['map', range, versus, app, vendor],
    queryFn: async ({ signal }) => {
      const span = boundsOf(range, Date.now() * 1000);
      const compared = comparedWith(versus, span);
      const map = await api.map.get({ ...span, ...(compared && comparison(compared)), ...filter }, { signal });
      return { map, compared, span };
    },
    placeholderData: keepPreviousData,
    refetchInterval: running ? AGAIN_MS : false,
  });

  const steps = stepsOfMap(whole.data?.map, whole.data?.span ?? null);
  const step = steps.find(({ key }) => key === at) ?? null;
  const stepBefore = step ? { since: step.since - (step.until - step.since), until: step.since } : null;
  const walked = useQuery({
    queryKey: ['map.step', step?.since, step?.until, versus === 'none', app, vendor],
    enabled: step !== null,
    queryFn: ({ signal }) =>
      api.map.get(
        {
          since: step?.since ?? 0,
          until: step?.until ?? 0,
          ...(stepBefore && versus !== 'none' && comparison(stepBefore)),
          ...filter,
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

  const compared = step ? (versus === 'none' ? null : stepBefore) : (whole.data?.compared ?? null);
  const read = step ? (walked.data ?? whole.data?.map) : whole.data?.map;
  const first = read !== undefined && isFirst(read);
  const map = useMemo(() => (read && first ? { ...read, changes: [] } : read), [read, first]);
  // Also while a step is looked at: what is gone keeps its place there, too.
  const before = whole.data?.compared ?? null;
  const isGone = whole.data?.map.changes.some(({ change }) => change === 'gone') ?? false;
  const past = useQuery({
    queryKey: ['map.before', before?.since, before?.until, app, vendor],
    enabled: isGone && before !== null,
    queryFn: ({ signal }) =>
      api.map.get({ since: before?.since ?? 0, until: before?.until ?? 0, ...filter }, { signal }),
    placeholderData: keepPreviousData,
  });
  return {
    map,
    whole: whole.data?.map,
    before: isGone ? past.data : undefined,
    compared,
    first,
    steps,
    step,
    error: whole.error ?? (step ? walked.error : null),
    late: whole.isPlaceholderData || (step !== null && walked.isPlaceholderData),
  };
}

const comparison = ({ since, until }: Span): { compareSince: number; compareUntil: number } => ({
  compareSince: since,
  compareUntil: until,
});

/** All time begins, for walking, when something was first seen. */
function stepsOfMap(map: DependencyMap | undefined, span: Span | null): Step[] {
  if (!map || !span) return [];
  const seen = map.nodes.flatMap(({ firstSeen }) => firstSeen ?? []);
  const oldest = seen.reduce((least, one) => Math.min(least, one), span.until);
  return stepsOf(span.since === 0 ? { since: oldest, until: span.until } : span);
}
