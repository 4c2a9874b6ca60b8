import { useApi } from '../client/api-context.ts';
import { useStream } from '../client/stream.ts';
import type { Api } from '../client/connection.ts';

type Streamed<T> = T extends AsyncIterable<infer One> ? One : never;
export type Pulse = Streamed<Awaited<ReturnType<Api['capture']['pulse']>>>;

/** The state of recording, once a second; null before the first. */
export function usePulse(): Pulse | null {
  const api = useApi();
  return useStream('pulse', (signal) => api.capture.pulse(undefined, { signal })).value;
}
