import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/api.ts';

export const SPANS = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 } as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];

export type Hours = Awaited<ReturnType<Api['coverage']['hours']>>['hours'];

const HOUR = 3_600_000_000;
/** How often it is read again while it is looked at. */
const AGAIN_MS = 3000;
const MOST = 500;

/** A span in whole hours, the running one included: bars stay what they are while time goes on. Microseconds. */
export function hourSpan(hours: number, now: number): { since: number; until: number } {
  const until = Math.floor(now / HOUR) * HOUR + HOUR;
  return { since: until - hours * HOUR, until };
}

/** The number with its parts, the hours, and what was not seen, of a span that ends now. */
export function useCoverageOf(span: SpanName) {
  const api = useApi();
  return useQuery({
    queryKey: ['coverage', span],
    queryFn: async ({ signal }) => {
      const now = Date.now() * 1000 + 1_000_000;
      const last = { since: now - SPANS[span] * HOUR, until: now };
      // One hour alone is no chart.
      const chart = hourSpan(Math.max(24, SPANS[span]), now);
      const [whole, { hours }, { notSeen, more }] = await Promise.all([
        api.coverage.get(last, { signal }),
        api.coverage.hours(chart, { signal }),
        api.coverage.notSeen({ ...last, limit: MOST }, { signal }),
      ]);
      return { whole, hours, chart: { ...chart, step: HOUR }, notSeen, more };
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
    structuralSharing: true,
  });
}
