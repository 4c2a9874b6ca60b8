import { useQuery } from '@tanstack/react-query';
import { useApi } from '../client/api-context.ts';
import { FACETS } from '../../shared/contract/calls.ts';
import type { Api } from '../client/api.ts';

/** What calls can be counted by. */
export type FacetField = Parameters<Api['calls']['facets']>[0]['fields'][number];

const LOOK_BACK_US = 7 * 86_400_000_000;
const MOST = 50;

/** Values of a field seen in the last week's calls, the commonest first; none while it is not known. */
export function useSeenValues(field: string | null): readonly string[] {
  const api = useApi();
  const facet = FACETS.find((one) => one === field);
  const { data } = useQuery({
    queryKey: ['seen-values', facet],
    enabled: facet !== undefined,
    staleTime: 10_000,
    queryFn: async ({ signal }) => {
      if (!facet) return [];
      const until = Date.now() * 1000 + 60_000_000;
      const { facets } = await api.calls.facets(
        { since: until - LOOK_BACK_US, until, fields: [facet], limit: MOST },
        { signal },
      );
      return facets[0]?.values.flatMap(({ value }) => value ?? []) ?? [];
    },
  });
  return data ?? [];
}
