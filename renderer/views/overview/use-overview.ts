import { useEffect, useRef } from 'react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/connection.ts';
import { useStream } from '../../client/stream.ts';
import { boundsOf, SPANS } from './span.ts';
import type { Span } from './span.ts';

export type Overview = NonNullable<Awaited<ReturnType<Api['system']['overview']>>>;
export type Endpoints = NonNullable<Awaited<ReturnType<Api['system']['endpoints']>>>;
export type Totals = Overview['totals'];

/** How soon a span that ends now is asked for again: for its first call, while calls come, and while none do. */
const FIRST_MS = 300;
const QUICK_MS = 2000;
const CALM_MS = 10_000;
const QUIET_MS = 30_000;

/** The sums of a span. Asked again as calls come, at a pace that goes with the span; the last answer stays meanwhile. */
export function useOverview(span: Span): {
  overview: Overview | null | undefined;
  endpoints: Endpoints | null | undefined;
  error: Error | null;
} {
  const api = useApi();
  const queries = useQueryClient();
  const key = 'name' in span ? span.name : `${span.since}-${span.until}`;
  const over = !('name' in span) && span.until < Date.now() * 1000 - 60_000_000;
  const { value: notice } = useStream('overview.changes', (signal) => api.calls.watch(undefined, { signal }));

  const sums = useQuery({
    queryKey: ['overview', key],
    queryFn: ({ signal }) => api.system.overview(boundsOf(span, Date.now() * 1000), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: over ? false : QUIET_MS,
  });
  const endpoints = useQuery({
    queryKey: ['endpoints', key],
    queryFn: ({ signal }) => api.system.endpoints(boundsOf(span, Date.now() * 1000), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: over ? false : QUIET_MS,
  });

  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const empty = sums.data === null || sums.data?.totals.calls === 0;
  const wait = empty ? FIRST_MS : 'name' in span && SPANS[span.name] <= 60 ? QUICK_MS : CALM_MS;
  useEffect(() => {
    // The first notice tells where the end is; only those after it tell of new calls.
    if (notice === null || over || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      if (document.hidden) return;
      void queries.invalidateQueries({ queryKey: ['overview', key] });
      void queries.invalidateQueries({ queryKey: ['endpoints', key] });
    }, wait);
  }, [notice, over, wait, key, queries]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [key],
  );
  return { overview: sums.data, endpoints: endpoints.data, error: sums.error };
}
