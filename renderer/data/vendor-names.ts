import { useQuery } from '@tanstack/react-query';
import { useApi } from '../client/api-context.ts';
import type { Api } from '../client/api.ts';

/** What a vendor is called and the name of its picture, by its id; ids are what calls have. */
export type VendorNames = ReadonlyMap<string, { name: string; logo: string | null }>;

const AGAIN_MS = 60_000;
/** A vendor that was called just now is told with its first call that ended. */
const SOON_MS = 2000;

/** Every vendor that was ever called; undefined while that is not known. */
export function useVendorNames(): VendorNames | undefined {
  return useNames(AGAIN_MS);
}

/** Asks again soon as long as one is shown whose name is not known. */
export function useMissingVendorNames(missing: boolean): void {
  useNames(missing ? SOON_MS : AGAIN_MS);
}

function useNames(refetchInterval: number): VendorNames | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['vendors', 'names'],
    queryFn: ({ signal }) => {
      // Whoever was called ever is in the answer, whatever the time; figures are not needed.
      const now = Date.now() * 1000;
      return api.vendors.list({ since: now, until: now + 1 }, { signal });
    },
    select: namesIn,
    // The same names are the same map, so that nothing is drawn again for them.
    structuralSharing: keepEqual,
    staleTime: SOON_MS / 2,
    refetchInterval,
  });
  return data;
}

function namesIn({ vendors }: Awaited<ReturnType<Api['vendors']['list']>>): VendorNames {
  return new Map(vendors.map(({ id, name, logo }) => [id, { name, logo }]));
}

function keepEqual(before: unknown, now: unknown): unknown {
  if (!(before instanceof Map) || !(now instanceof Map) || before.size !== now.size) return now;
  const [old, next] = [before as VendorNames, now as VendorNames];
  return [...next].every(([id, { name, logo }]) => old.get(id)?.name === name && old.get(id)?.logo === logo)
    ? before
    : now;
}
