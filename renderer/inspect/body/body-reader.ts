import type { AskName, Asks, FromWorker } from './protocol.ts';

/** The page's end of the worker that reads bodies. */
export interface BodyReader {
  ask<Name extends AskName>(
    name: Name,
    ask: Asks[Name]['ask'],
    onProgress?: (progress: { loaded: number; total: number | null }) => void,
  ): Promise<Asks[Name]['answer']>;
  /** Gives it up. What is under way is broken off. */
  release(): void;
}

interface Waiting {
  resolve: (answer: Asks[AskName]['answer']) => void;
  reject: (error: Error) => void;
  onProgress?: (progress: { loaded: number; total: number | null }) => void;
}

/** Workers that nobody uses now: starting one takes longer than most bodies. */
const idle: Worker[] = [];
const MOST_IDLE = 2;

/** Takes a worker. One that is given up with nothing under way is used again; a busy one is ended. */
export function openBodyReader(): BodyReader {
  const worker = idle.pop() ?? new Worker(new URL('../format-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let released = false;

  const onMessage = ({ data }: MessageEvent<FromWorker>): void => {
    const one = waiting.get(data.number);
    if (!one) return;
    if ('progress' in data) {
      one.onProgress?.(data.progress);
      return;
    }
    waiting.delete(data.number);
    if ('error' in data) one.reject(new Error(data.error));
    else one.resolve(data.answer);
  };
  const onError = (event: ErrorEvent): void => {
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'The reader of bodies broke.'));
    waiting.clear();
  };
  worker.addEventListener('message', onMessage);
  worker.addEventListener('error', onError);

  return {
    ask: <Name extends AskName>(
      name: Name,
      ask: Asks[Name]['ask'],
      onProgress?: (progress: { loaded: number; total: number | null }) => void,
    ) =>
      new Promise<Asks[Name]['answer']>((resolve, reject) => {
        if (released) {
          reject(new Error('The body was closed.'));
          return;
        }
        const number = ++last;
        waiting.set(number, {
          resolve,
          reject,
          ...(onProgress && { onProgress }),
        });
        worker.postMessage({ ...ask, name, number });
      }),
    release() {
      if (released) return;
      released = true;
      worker.removeEventListener('message', onMessage);
      worker.removeEventListener('error', onError);
      if (waiting.size > 0 || idle.length >= MOST_IDLE) worker.terminate();
      else {
        // What it holds may be large: let it go. Nobody has the number 0, so nobody hears the answer.
        worker.postMessage({
          name: 'open',
          number: 0,
          source: { bytes: new Uint8Array() },
          hint: { contentType: null, path: '' },
        });
        idle.push(worker);
      }
      waiting.clear();
    },
  };
}
