import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import type { VendorDeclaration, VendorRow } from '../../../shared/contract/vendors.ts';
import { useApi } from '../../client/api-context.ts';
import type { Api } from '../../client/api.ts';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { SPANS } from './vendor-order.ts';
import type { SpanName } from './vendor-order.ts';

const says = words.vendors;
/** How often the list is read again: it is sums, not a live tail. */
const AGAIN_MS = 3000;

/** The bounds of a span that ends now, in microseconds. */
function boundsOf(span: SpanName): { since: number; until: number } {
  const until = Date.now() * 1000 + 1_000_000;
  const length = SPANS[span];
  return { since: length === null ? 0 : until - length, until };
}

/** The vendors of a span, read again while they are looked at. */
export function useVendors(span: SpanName) {
  const api = useApi();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['vendors', 'list', span],
    queryFn: ({ signal }) => api.vendors.list(boundsOf(span), { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  return { data, error, readAt: dataUpdatedAt * 1000 };
}

/** Everything about one vendor. */
export function useVendor(id: string, span: SpanName) {
  const api = useApi();
  return useQuery({
    queryKey: ['vendors', 'page', id, span],
    queryFn: ({ signal }) => api.vendors.get({ id, ...boundsOf(span) }, { signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function useHeadroom(id: string, span: SpanName) {
  const api = useApi();
  return useQuery({
    queryKey: ['vendors', 'headroom', id, span],
    queryFn: ({ signal }) => api.vendors.headroom({ vendor: id, ...boundsOf(span) }, { signal }),
    refetchInterval: AGAIN_MS,
  });
}

/** Does something to a vendor and reads again; a refusal is said. Gives null when it was refused. */
export function useDeed(): <T>(deed: (api: Api) => Promise<T>) => Promise<T | null> {
  const api = useApi();
  const queries = useQueryClient();
  return async (deed) => {
    try {
      const done = await deed(api);
      await queries.invalidateQueries({ queryKey: ['vendors'] });
      return done;
    } catch (fault) {
      toast(says.failedToChange, { says: fault instanceof Error ? fault.message : String(fault) });
      return null;
    }
  };
}

export type Decision = 'approved' | 'known' | 'deprecated' | 'blocked' | 'new';

/** Decides what a vendor counts as, with a way back. */
export function useDecide(): (vendor: VendorRow, status: Decision) => void {
  const deed = useDeed();
  return (vendor, status) => {
    const { id, name } = vendor;
    if (vendor.status === status) return;
    // Whoever takes an approval away takes by whom and until when with it: they come back together.
    const before: Partial<VendorDeclaration> = {
      status: vendor.status,
      ...(vendor.status === 'approved' && { approvedBy: vendor.approvedBy, approvedUntil: vendor.approvedUntil }),
    };
    void deed((api) => api.vendors.change({ id, status })).then((done) => {
      if (!done) return;
      toast(says.changedTo(name, says.status[status]), {
        ...(status === 'blocked' && { says: says.blockSays }),
        action: {
          title: words.general.undo,
          run: () =>
            void deed((api) => api.vendors.change({ id, ...before })).then((back) => {
              if (back) toast(says.undone(name));
            }),
        },
      });
    });
  };
}
