import { useQueryClient } from '@tanstack/react-query';
import { FACETS } from '../../../../shared/contract/calls.ts';
import { useApi } from '../../../client/api-context.ts';

const LOOK_BACK_US = 7 * 86_400_000_000;

/** Values of a field seen in the last week’s calls, asked for when somebody is about to write one. */
export function useSeen(): (field: string) => Promise<readonly string[]> {
  const api = useApi();
  const queries = useQueryClient();
  return async (field) => {
    const facet = FACETS.find((one) => one === field);
    if (!facet) return [];
    try {
      return await queries.fetchQuery({
        queryKey: ['policies', 'seen', facet],
        staleTime: 30_000,
        queryFn: async ({ signal }) => {
          const until = Date.now() * 1000 + 60_000_000;
          const asked = { since: until - LOOK_BACK_US, until, fields: [facet], limit: 50 };
          const { facets } = await api.calls.facets(asked, { signal });
          return facets[0]?.values.flatMap(({ value }) => value ?? []) ?? [];
        },
      });
    } catch {
      // Without what was seen, the words of the file are still offered.
      return [];
    }
  };
}
