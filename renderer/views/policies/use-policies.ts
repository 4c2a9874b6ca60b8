import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PolicyProblem, PolicyRow } from '../../../shared/contract/policies.ts';
import type { Mode } from '../../../shared/model/policy.ts';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/api.ts';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { boundsOf } from './place.ts';
import type { SpanName } from './place.ts';

const says = words.policies;
/** How often hits are read again: they are sums, not a live tail. */
const AGAIN_MS = 3000;

export interface Policies {
  file: string;
  text: string;
  version: number;
  problems: PolicyProblem[];
  policies: PolicyRow[];
}

/** The policies with their hits of a span, read again while they are looked at. */
export function usePolicies(span: SpanName) {
  const api = useApi();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['policies', 'list', span],
    queryFn: ({ signal }): Promise<Policies> => api.policies.get(boundsOf(span), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  return { data, error, readAt: dataUpdatedAt * 1000 };
}

/** The version that somebody else made meanwhile, when that is why a change was refused; else null. */
export function newerVersion(fault: unknown): number | null {
  const { code, data } = (fault ?? {}) as { code?: unknown; data?: { version?: unknown } };
  return code === 'POLICIES_CHANGED' && typeof data?.version === 'number' ? data.version : null;
}

export function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** Changes something of the policies and reads again; a refusal is said. Gives null when it was refused. */
export function useDeed(): <T>(deed: (api: Api) => Promise<T>) => Promise<T | null> {
  const api = useApi();
  const queries = useQueryClient();
  return async (deed) => {
    try {
      return await deed(api);
    } catch (fault) {
      const newer = newerVersion(fault);
      toast(says.changeFailed, { says: newer === null ? messageOf(fault) : says.changedMeanwhile(newer) });
      return null;
    } finally {
      await queries.invalidateQueries({ queryKey: ['policies'] });
    }
  };
}

/** Changes a policy’s mode, with a way back. */
export function useMode(): (
  policy: Pick<PolicyRow, 'id' | 'mode'>,
  mode: Mode,
  more: { base: number; reason?: string },
) => Promise<void> {
  const deed = useDeed();
  return async ({ id, mode: before }, mode, more) => {
    const done = await deed((api) => api.policies.change({ id, mode, ...more }));
    if (!done) return;
    toast(says.modeChanged(id, says.mode[mode]), {
      action: {
        title: words.general.undo,
        run: () =>
          void deed((api) => api.policies.change({ id, mode: before })).then((undone) => {
            if (undone) toast(says.undone(id));
          }),
      },
    });
  };
}
