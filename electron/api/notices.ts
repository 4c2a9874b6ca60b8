/**
 * Turns callbacks into a stream that remembers only the newest value: a consumer that is slow, or
 * whose connection is, gets the latest state next instead of a growing queue. Ends with the signal.
 */
export async function* newestOf<T>(
  subscribe: (push: (value: T) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  let newest: { value: T } | null = null;
  let wake = () => {};
  const stop = subscribe((value) => {
    newest = { value };
    wake();
  });
  const ended = () => wake();
  signal?.addEventListener('abort', ended);
  try {
    while (!signal?.aborted) {
      if (newest === null) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (newest !== null || signal?.aborted) resolve();
        });
        continue;
      }
      const { value } = newest as { value: T };
      newest = null;
      yield value;
    }
  } finally {
    signal?.removeEventListener('abort', ended);
    stop();
  }
}
