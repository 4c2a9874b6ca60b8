import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { ImportedCall } from './import-har.ts';
import type { FromJob, JobOrder, ToJob } from './job-messages.ts';
import type { Outcome, Progress } from './jobs.ts';

/**
 * Runs a job on a thread of its own until it has ended; rejects with its sentence, and its system's code. `file` is fed to
 * it as it asks; `takeFacts` is given what it makes.
 */
export function runApart(
  order: JobOrder,
  progress: Progress,
  signal: AbortSignal,
  { file, takeFacts }: { file?: Readable; takeFacts?: (calls: ImportedCall[]) => Promise<void> } = {},
): Promise<Outcome> {
  signal.throwIfAborted();
  const script = import.meta.url.endsWith('.ts') ? './job-worker.ts' : './job-worker.mjs';
  const worker = new Worker(new URL(script, import.meta.url), { workerData: order });
  const say = (message: ToJob, transfer: ArrayBuffer[] = []): void => worker.postMessage(message, transfer);
  const feeding = file && feed(file, say);
  const giveUp = (): void => say({ type: 'cancel' });
  signal.addEventListener('abort', giveUp, { once: true });
  /** Facts are taken in in their order, the last of them before the job's end. */
  let taking = Promise.resolve();

  return new Promise<Outcome>((resolve, reject) => {
    let ended = false;
    const end = (settle: () => void): void => {
      ended = true;
      void taking.then(settle, reject);
    };
    worker.on('message', (message: FromJob) => {
      switch (message.type) {
        case 'progress':
          progress.tell(message.done, message.total);
          break;
        case 'more':
          feeding?.more();
          break;
        case 'facts':
          taking = taking.then(async () => {
            await takeFacts?.(message.calls);
            say({ type: 'taken' });
          });
          break;
        case 'done':
          end(() => resolve(message.outcome));
          break;
        case 'failed':
          end(() =>
            reject(Object.assign(new Error(message.says), message.code === null ? {} : { code: message.code })),
          );
      }
    });
    worker.on('error', (error) => end(() => reject(error)));
    worker.on('exit', () => {
      if (!ended) reject(new Error('The work’s thread ended unexpectedly.'));
    });
  }).finally(() => {
    signal.removeEventListener('abort', giveUp);
    feeding?.stop();
  });
}

/** Hands a stream over a piece at a time, so that what is not wanted yet waits where it comes from. */
function feed(file: Readable, say: (message: ToJob, transfer?: ArrayBuffer[]) => void) {
  const pieces = (file as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let asked = false;
  return {
    more() {
      if (asked) return;
      asked = true;
      pieces.next().then(
        (next) => {
          asked = false;
          if (next.done) return say({ type: 'file-ended' });
          const bytes = new Uint8Array(next.value);
          say({ type: 'chunk', bytes }, [bytes.buffer]);
        },
        (error: unknown) => say({ type: 'file-broke', says: error instanceof Error ? error.message : String(error) }),
      );
    },
    stop: () => void file.destroy(),
  };
}
