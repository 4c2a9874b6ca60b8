import { useEffect, useRef } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/connection.ts';
import { useEach } from '../../client/stream.ts';
import { boundsOf, SPANS } from './span.ts';
import type { Span } from './span.ts';

export type Overview = NonNullable<Awaited<ReturnType<Api['system']['overview']>>>;
/** With the end of the span that was asked for. */
export type Endpoints = NonNullable<Awaited<ReturnType<Api['system']['endpoints']>>> & { until: number };
export type Totals = Overview['totals'];

/** How soon a span that ends now is asked for again: for its first call, while calls come, and while none do. */
const FIRST_MS = 300;
const QUICK_MS = 2000;
const CALM_MS = 10_000;
const QUIET_MS = 30_000;
const MINUTE = 60_000_000;

/** The sums of a span. Asked again as calls come, at a pace that goes with the span; the last answer stays meanwhile. */
export function useOverview(span: Span): {
  overview: Overview | null | undefined;
  endpoints: Endpoints | null | undefined;
  error: Error | null;
} {
  const api = useApi();
  const key = 'name' in span ? span.name : `${span.since}-${span.until}`;
  /** A span that ended stays as it is. */
  const isOver = (): boolean => !('name' in span) && span.until < Date.now() * 1000 - MINUTE;

  const sums = useQuery({
    queryKey: ['overview', key],
    queryFn: ({ signal }) => api.system.overview(boundsOf(span, Date.now() * 1000), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: () => (isOver() ? false : QUIET_MS),
  });
  const endpoints = useQuery({
    queryKey: ['endpoints', key],
    queryFn: async ({ signal }) => {
      const bounds = boundsOf(span, Date.now() * 1000);
      const found = await api.system.endpoints(bounds, { signal });
      return found && { ...found, until: bounds.until + MINUTE };
    },
    placeholderData: keepPreviousData,
    refetchInterval: () => (isOver() ? false : QUIET_MS),
  });

  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const empty = sums.data === null || sums.data?.totals.calls === 0;
  const wait = empty ? FIRST_MS : 'name' in span && SPANS[span.name] <= 60 ? QUICK_MS : CALM_MS;
  useEach(
    (signal) => api.calls.watch(undefined, { signal }),
    () => {
      if (isOver() || timer.current !== null) return;
      timer.current = setTimeout(() => {
        timer.current = null;
        if (document.hidden) return;
        void sums.refetch();
        // These cost a walk through the newest calls.
        if (empty || Date.now() - endpoints.dataUpdatedAt >= CALM_MS) void endpoints.refetch();
      }, wait);
    },
  );
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [key],
  );
  return { overview: sums.data, endpoints: endpoints.data, error: sums.error };
}
