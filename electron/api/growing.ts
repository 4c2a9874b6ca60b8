import { newestOf } from './notices.ts';

/**
 * Work that tells how far it is, as a stream: what was told (the newest only, however slow the other side is), then the
 * result. Work nobody listens to any more is stopped through its signal.
 */
export async function* growing<T>(
  work: (tell: (soFar: T) => void, stop: AbortSignal) => Promise<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T> {
  const left = new AbortController();
  const told = new AbortController();
  const stop = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  let early = null as { soFar: T } | null;
  let push = (soFar: T): void => {
    early = { soFar };
  };
  const parts = newestOf<T>((hear) => {
    push = hear;
    if (early !== null) hear(early.soFar); // told before anybody listened
    return () => {};
  }, told.signal);
  const result = work((soFar) => push(soFar), stop);
  // Waited for below; until then a failure must not go unheard.
  result.catch(() => {}).finally(() => told.abort());
  try {
    for await (const soFar of parts) if (!told.signal.aborted) yield soFar;
    if (!stop.aborted) yield await result;
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    left.abort(new Error('Nobody listens any more.'));
  }
}
