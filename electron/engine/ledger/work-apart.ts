import { Worker } from 'node:worker_threads';
import type { CountedMonths } from '../../../shared/ledger/month-counts.ts';
import type { CostChange } from '../store/picture-rows.ts';
import type { LedgerWork } from './work.ts';
import type { FromWork, Task, ToWork, WorkOrder } from './work-messages.ts';

type Write = Parameters<LedgerWork['reprice']>[1];

/** The same on a thread of its own for each task, so that neither capture nor recording waits for it. */
export function workApart(order: () => Omit<WorkOrder, 'task'>): LedgerWork & { stop(): Promise<void> } {
  const running = new Set<Worker>();

  function run(task: Task, write: Write, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    const script = import.meta.url.endsWith('.ts') ? './ledger-worker.ts' : './ledger-worker.mjs';
    const worker = new Worker(new URL(script, import.meta.url), {
      workerData: { ...order(), task } satisfies WorkOrder,
    });
    running.add(worker);
    return new Promise<unknown>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      worker.on('message', (message: FromWork) => {
        if (message.type === 'changes') void answer(worker, write, message.changes);
        else if (message.type === 'done') resolve(message.answer);
        else reject(new Error(message.says));
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('The ledger’s thread ended unexpectedly.')));
    }).finally(() => {
      running.delete(worker);
      void worker.terminate();
    });
  }

  async function answer(worker: Worker, write: Write, changes: readonly CostChange[]): Promise<void> {
    let failed: string | null = null;
    try {
      await write?.(changes);
    } catch (error) {
      failed = error instanceof Error ? error.message : String(error);
    }
    worker.postMessage({ failed } satisfies ToWork);
  }

  return {
    reprice: (question, write, signal) =>
      run({ kind: 'reprice', question, apply: write !== null }, write, signal) as ReturnType<LedgerWork['reprice']>,
    reconcile: (asked, signal) =>
      run({ kind: 'reconcile', asked }, null, signal) as ReturnType<LedgerWork['reconcile']>,
    countMonth: (now) => run({ kind: 'count', now }, null) as Promise<CountedMonths>,
    async stop() {
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
}
