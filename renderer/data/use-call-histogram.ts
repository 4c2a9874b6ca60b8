import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useConnection } from '../client/api-context.ts';
import { createCallHistogram } from './call-histogram.ts';
import type { CallHistogram, HistogramState } from './call-histogram.ts';
import { createSignal } from '../client/signal.ts';
import { readRange } from './time-range.ts';

const none = createSignal<HistogramState | null>(null);

/** Calls over time, followed while the component is there. `range` as in the address; null counts nothing. */
export function useCallHistogram(query: string, range: string | null): HistogramState | null {
  const connection = useConnection();
  const counts = range !== null;
  const holder = useMemo(() => createSignal<CallHistogram | null>(null), []);
  useEffect(() => {
    if (!counts) return;
    const made = createCallHistogram({
      api: connection.api,
      connection: connection.state,
      now: () => Date.now() * 1000,
      later: (work, ms) => {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    });
    holder.set(made);
    return () => {
      holder.set(null);
      made.close();
    };
  }, [connection, holder, counts]);
  const histogram = useSyncExternalStore(holder.watch, holder.get);
  useEffect(() => {
    if (range !== null) histogram?.show({ query, range: readRange(range) ?? { kind: 'all' } });
  }, [histogram, query, range]);
  const state = histogram?.state ?? none;
  return useSyncExternalStore(state.watch, state.get);
}
