import { Worker } from 'node:worker_threads';
import type { Declared } from '../../vendors/declared.ts';
import type { Progress } from './progress.ts';
import type { AskWhatIf, FromWhatIf, ToWhatIf, WhatIfName, WhatIfs } from './questions.ts';

/** Asks what would have been. */
export interface WhatIf {
  /** `signal` gives it up; `onPart` hears how far it is. */
  ask<Name extends WhatIfName>(
    name: Name,
    question: WhatIfs[Name][0],
    signal?: AbortSignal,
    onPart?: (part: Progress) => void,
  ): Promise<WhatIfs[Name][1]>;
  stop(): Promise<void>;
}

/** What people say of apps, vendors and places, as it is now. */
export interface SaidWords {
  appNames: Readonly<Record<string, string>>;
  declared: Declared;
  places: readonly string[];
}

/** Nobody tunes any more: the thread ends, and its columns with it. */
const IDLE_MS = 60_000;

/** Started by the first question; ends when nobody asked for a minute. `said` is asked before each question. */
export function createWhatIf({
  dataDir,
  said,
  idleMs = IDLE_MS,
}: {
  dataDir: string;
  said: () => SaidWords;
  idleMs?: number;
}): WhatIf {
  interface Waiting {
    resolve: (answer: unknown) => void;
    reject: (error: Error) => void;
    onPart?: ((part: Progress) => void) | undefined;
  }
  interface Thread {
    worker: Worker;
    ready: Promise<void>;
    waiting: Map<number, Waiting>;
    words: SaidWords | null;
  }
  let thread: Thread | null = null;
  let idle: NodeJS.Timeout | null = null;
  let counter = 0;
  let stopping = false;

  function start(): Thread {
    if (thread) return thread;
    const file = import.meta.url.endsWith('.ts') ? './what-if-worker.ts' : './what-if-worker.mjs';
    const worker = new Worker(new URL(file, import.meta.url), { workerData: { dataDir } });
    const waiting = new Map<number, Waiting>();
    let fail: (error: Error) => void = () => {};
    const ready = new Promise<void>((resolve, reject) => {
      fail = reject;
      worker.on('message', (message: FromWhatIf) => {
        if ('ready' in message) resolve();
        else if ('refused' in message) giveUp(new Error(message.refused));
        else take(message);
      });
    });
    ready.catch(() => {}); // whoever asks hears of it
    const started: Thread = { worker, ready, waiting, words: null };
    function giveUp(error: Error): void {
      fail(error);
      if (thread === started) thread = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    }
    function take(message: Exclude<FromWhatIf, { ready: true } | { refused: string }>): void {
      const asked = waiting.get(message.id);
      if ('part' in message) return asked?.onPart?.(message.part);
      waiting.delete(message.id);
      rest();
      if ('error' in message) asked?.reject(new Error(message.error));
      else asked?.resolve(message.answer);
    }
    worker.on('error', giveUp);
    worker.on('exit', () => giveUp(new Error('What was tried on recorded calls ended unexpectedly.')));
    return (thread = started);
  }

  /** Ends the thread when nothing was asked of it for a while. */
  function rest(): void {
    if (idle) clearTimeout(idle);
    idle = null;
    if (!thread || thread.waiting.size > 0) return;
    const resting = thread;
    idle = setTimeout(() => {
      if (thread === resting && resting.waiting.size === 0) void end(resting);
    }, idleMs).unref();
  }

  async function end(ending: Thread): Promise<void> {
    if (thread === ending) thread = null;
    await new Promise<void>((resolve) => {
      ending.worker.once('exit', () => resolve());
      ending.worker.postMessage({ id: 0, name: 'stop' } satisfies ToWhatIf);
    });
  }

  function tellWords(to: Thread): void {
    const words = said();
    const before = to.words;
    if (
      before !== null &&
      before.appNames === words.appNames &&
      before.declared === words.declared &&
      before.places.join('\n') === words.places.join('\n')
    )
      return;
    to.words = words;
    to.worker.postMessage({ id: 0, name: 'words', ...words } satisfies ToWhatIf);
  }

  return {
    async ask(name, question, signal, onPart) {
      if (stopping) throw new Error('The engine is stopping.');
      signal?.throwIfAborted();
      const to = start();
      const id = ++counter;
      if (idle) clearTimeout(idle);
      idle = null;
      return new Promise((resolve, reject) => {
        to.waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, onPart });
        const leave = (): void => {
          if (!to.waiting.delete(id)) return;
          to.worker.postMessage({ id, name: 'cancel' } satisfies ToWhatIf);
          rest();
          reject(signal?.reason instanceof Error ? signal.reason : new Error('It was given up.'));
        };
        signal?.addEventListener('abort', leave, { once: true });
        to.ready.then(
          () => {
            if (!to.waiting.has(id)) return;
            tellWords(to);
            const message = { id, name, question } as AskWhatIf;
            to.worker.postMessage(message);
          },
          (error: unknown) => {
            to.waiting.delete(id);
            reject(error instanceof Error ? error : new Error(String(error)));
          },
        );
      });
    },
    async stop() {
      stopping = true;
      if (idle) clearTimeout(idle);
      if (!thread) return;
      const ending = thread;
      for (const { reject } of ending.waiting.values()) reject(new Error('The engine is stopping.'));
      ending.waiting.clear();
      await end(ending);
    },
  };
}
