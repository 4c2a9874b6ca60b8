import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { App } from '../../../shared/contract/apps.ts';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/api.ts';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { SPANS } from './app-order.ts';
import type { SpanName } from './app-order.ts';

const says = words.apps;
/** How often the list is read again: it is sums, not a live tail. */
const AGAIN_MS = 3000;

/** The bounds of a span that ends now, in microseconds. */
export function boundsOf(span: SpanName): { since: number; until: number } {
  const until = Date.now() * 1000 + 1_000_000;
  const length = SPANS[span];
  return { since: length === null ? 0 : until - length, until };
}

export interface AppsRead {
  apps: readonly App[] | undefined;
  unnamed: number;
  /** When it was read, microseconds. */
  readAt: number;
  error: Error | null;
}

/** The apps of a span, read again while they are looked at. */
export function useApps(span: SpanName): AppsRead {
  const api = useApi();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['apps', span],
    queryFn: ({ signal }) => api.apps.list(boundsOf(span), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  return { apps: data?.apps, unnamed: data?.unnamed ?? 0, readAt: dataUpdatedAt * 1000, error };
}

/** Does something to an app and reads the list again; a refusal is said. Gives null when it was refused. */
export function useDeed(): <T>(deed: (api: Api) => Promise<T>) => Promise<T | null> {
  const api = useApi();
  const queries = useQueryClient();
  return async (deed) => {
    try {
      const done = await deed(api);
      await queries.invalidateQueries({ queryKey: ['apps'] });
      return done;
    } catch (fault) {
      toast(says.failedToChange, { says: fault instanceof Error ? fault.message : String(fault) });
      return null;
    }
  };
}
