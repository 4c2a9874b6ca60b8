import { useEffect } from 'react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Call } from '../../shared/model/call.ts';
import { useApi, useConnection } from '../client/api-context.ts';
import { useSignal } from '../client/signal.ts';

/** How often an open call is read again at most. */
const FOLLOW_MS = 250;

/** So long after its end it may still become known who made a call. Microseconds. */
const LATE_US = 4_000_000;
/** How often that is asked meanwhile. */
const LATE_MS = 600;

/** Whether what is known of the caller may still be on its way: processes are looked up, agents tell in batches. */
export function isNew({ startedAt, durationUs, state, source }: Call): boolean {
  if (source === 'import') return false;
  return state === 'open' || Date.now() * 1000 - startedAt - (durationUs ?? 0) < LATE_US;
}

/** One call, followed while it is open. Null before it was read (and when there is none: see `error`). */
export function useCall(id: number): { call: Call | null; error: unknown } {
  const api = useApi();
  const connected = useSignal(useConnection().state) === 'open';
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ['call', id],
    queryFn: ({ signal }): Promise<Call> => api.calls.get({ id }, { signal }),
    // The call before stays until the next has been read: nothing flashes while one moves through a list.
    placeholderData: keepPreviousData,
    // A closed call does not change any more, but for who made it.
    staleTime: (query) => (query.state.data?.state === 'closed' && !isNew(query.state.data) ? 60_000 : 0),
    refetchInterval: (query) => (query.state.data?.state === 'closed' && isNew(query.state.data) ? LATE_MS : false),
  });
  const open = asked.data?.state === 'open';

  useEffect(() => {
    if (!open || !connected) return;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const read = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        void queries.invalidateQueries({ queryKey: ['call', id], exact: true });
      }, FOLLOW_MS);
    };
    void (async () => {
      try {
        const notices = await api.calls.watch(undefined, { signal: end.signal });
        for await (const _ of notices) read();
      } catch {
        // The connection went; when it is back the call is read again and followed again.
      }
    })();
    return () => {
      end.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [api, id, open, connected, queries]);

  return { call: asked.data ?? null, error: asked.error };
}
