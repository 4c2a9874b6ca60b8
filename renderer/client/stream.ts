import { useEffect, useEffectEvent, useState } from 'react';
import { useConnection } from './api-context.ts';
import { useSignal } from './signal.ts';

/**
 * Follows a stream of the contract while the component is there: gives the newest value, null before the first. Opened
 * again when the connection is back; `key` says when it is another stream.
 */
export function useStream<T>(
  key: string,
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
): { value: T | null; error: unknown } {
  const { state } = useConnection();
  const connected = useSignal(state) === 'open';
  const opened = useEffectEvent(open);
  const [seen, setSeen] = useState<{ key: string; value: T | null; error: unknown }>({ key, value: null, error: null });

  useEffect(() => {
    if (!connected) return;
    const end = new AbortController();
    void (async () => {
      try {
        for await (const value of await opened(end.signal)) {
          if (end.signal.aborted) return;
          setSeen({ key, value, error: null });
        }
      } catch (error) {
        if (!end.signal.aborted) setSeen((before) => ({ ...before, key, error }));
      }
    })();
    return () => end.abort();
  }, [key, connected]);

  return seen.key === key ? { value: seen.value, error: seen.error } : { value: null, error: null };
}

/**
 * Follows a stream without drawing anything: `take` is given each value. For notices that come ten times a second, and
 * whose news are asked for at another pace.
 */
export function useEach<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>, take: (value: T) => void): void {
  const { state } = useConnection();
  const connected = useSignal(state) === 'open';
  const opened = useEffectEvent(open);
  const taken = useEffectEvent(take);

  useEffect(() => {
    if (!connected) return;
    const end = new AbortController();
    void (async () => {
      try {
        for await (const value of await opened(end.signal)) {
          if (end.signal.aborted) return;
          taken(value);
        }
      } catch {
        // The connection went; it is opened again when there is one.
      }
    })();
    return () => end.abort();
  }, [connected]);
}
