import { useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';

/** How often it is asked whether there are others: they are files, which other programs change. */
const LOOK_MS = 10_000;

/** The names of the environments there are. */
export function useEnvironments(): readonly string[] {
  const api = useApi();
  const asked = useQuery({
    queryKey: ['replay', 'environments'],
    queryFn: ({ signal }) => api.environments.list(undefined, { signal }),
    refetchInterval: LOOK_MS,
  });
  return asked.data?.environments.map(({ name }) => name) ?? [];
}
