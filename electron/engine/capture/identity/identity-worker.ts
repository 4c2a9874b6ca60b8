// The thread that asks the system who is at the other end: the thread that carries calls never waits for it.
import { networkInterfaces } from 'node:os';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { createAnswered } from './answered.ts';
import { createCommandText } from './command-text.ts';
import type { Found, FromWorker, Question, ToWorker, WorkerSettings } from './messages.ts';
import { createAllowance } from './allowance.ts';
import { createSystem } from './system.ts';

/** Milliseconds of the look at everybody, between two looks at who has come. */
const SLICE_MS = 3;

async function runIdentity(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const say = (message: FromWorker): void => port.postMessage(message);
  let commandText = createCommandText(settings.fingerprintKey, settings.redaction);
  const system = await createSystem(settings, () => commandText);
  const answered = createAnswered();
  let waiting: Question[] = [];
  let found: Found[] = [];
  let timer: NodeJS.Timeout | null = null;
  let immediate: NodeJS.Immediate | null = null;
  /** For the quick look at the likeliest, which cannot wait: who lives shortly is gone soon. */
  const quick = createAllowance(500, 0.15);
  /** For the look at everybody, where a doubt is left; nobody runs away from that. */
  const thorough = createAllowance(500, 0.1);

  let ours = ownAddresses();
  let oursAt = performance.now();
  const isOurs = (address: string): boolean => {
    if (performance.now() - oursAt > 5000) {
      ours = ownAddresses();
      oursAt = performance.now();
    }
    return address.startsWith('127.') || address === '::1' || ours.has(address);
  };

  function beginAll(): void {
    const questions = waiting;
    waiting = [];
    quick.spend(() =>
      system.begin(
        questions.map((question) => ({
          question,
          give(owner) {
            found.push({ id: question.id, ...answered.tell(owner) });
          },
        })),
        isOurs,
      ),
    );
    tell();
  }

  function tell(): void {
    if (found.length === 0) return;
    say({ type: 'found', found });
    found = [];
  }

  /** What is left to look at, in slices: whoever comes meanwhile may be about to go. */
  function goOn(): void {
    timer = null;
    immediate = null;
    if (waiting.length > 0 && quick.wait() === 0) beginAll();
    const more = thorough.spend(() => system.work(SLICE_MS));
    tell();
    if (waiting.length > 0) soon();
    else if (more) later(thorough.wait());
  }

  function soon(): void {
    if (waiting.length === 0) return;
    const wait = quick.wait();
    if (wait === 0) beginAll();
    // A flood of connections must not cost a core: those that wait are answered together.
    later(Math.max(wait, thorough.wait()));
  }

  function later(wait: number): void {
    if (immediate !== null || (timer !== null && wait > 0)) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (wait === 0) immediate = setImmediate(goOn);
    else timer = setTimeout(goOn, wait);
  }

  function sample(id: number, ownPorts: readonly number[]): void {
    if (system.sample === null) {
      say({ type: 'sampled', id, connections: null });
      return;
    }
    system.sample(ownPorts, (found) =>
      say({
        type: 'sampled',
        id,
        connections: found.map(({ process, ...rest }) => ({
          ...rest,
          process: process === null ? null : answered.tell({ process }).process,
        })),
      }),
    );
    later(0);
  }

  function take(message: ToWorker): void {
    switch (message.type) {
      case 'find':
        waiting.push(message);
        return;
      case 'process': {
        const process = system.process(message.pid, message.startedAt);
        say({ type: 'process', id: message.id, process: process === null ? null : answered.whole(process) });
        return;
      }
      case 'sample':
        sample(message.id, message.ownPorts);
        return;
      case 'redaction':
        commandText = createCommandText(settings.fingerprintKey, message.redaction);
        return;
      case 'stop':
        if (timer !== null) clearTimeout(timer);
        if (immediate !== null) clearImmediate(immediate);
        system.close();
        port.close();
    }
  }

  port.on('message', (message: ToWorker) => {
    take(message);
    // Those that came together are looked up together.
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      take(next.message as ToWorker);
    soon();
  });
  say({ type: 'ready' });
}

function ownAddresses(): Set<string> {
  return new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)));
}

if (parentPort) await runIdentity(parentPort, workerData as WorkerSettings);
