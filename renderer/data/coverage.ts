import { useApi } from '../client/api-context.ts';
import { useStream } from '../client/stream.ts';
import type { Coverage } from '../../shared/contract/coverage.ts';

/** Coverage of the last hour, as it changes; null before the first, and while no engine runs. */
export function useCoverage(): Coverage | null {
  const api = useApi();
  return useStream('coverage', (signal) => api.coverage.watch(undefined, { signal })).value;
}
