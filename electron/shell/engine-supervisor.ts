import type { MessagePortMain, UtilityProcess } from 'electron';
import type { EngineCondition } from '../../shared/desktop/bridge.ts';
import type { EnginePlace, EngineProcessOptions, FromEngine, ToEngine, TrustPlan } from '../hosts/engine-messages.ts';
import type { ElectronMain } from './electron-main.ts';

export interface EngineSupervisor {
  condition(): EngineCondition;
  /** Where the engine is; null while it is not running. */
  place(): EnginePlace | null;
  onCondition(listener: (condition: EngineCondition) => void): () => void;
  /** A port to the running engine; null while there is none. */
  openPort(): MessagePortMain | null;
  planTrust(what: 'install' | 'uninstall'): Promise<TrustPlan>;
  changeTrust(what: 'install' | 'uninstall'): Promise<{ done: boolean; why: string | null; left: string[] }>;
  start(): void;
  /** Ends the engine cleanly, by force after a grace. */
  stop(why: string): Promise<void>;
}

export interface SupervisorOptions {
  electron: Pick<ElectronMain, 'utilityProcess' | 'MessageChannelMain'>;
  /** File of the engine's process. */
  enginePath: string;
  options: EngineProcessOptions;
  log: (line: string) => void;
  /** The engine cannot start because another one holds the folder. */
  onHeld: (why: string) => void;
  timers?: Timers;
}

export interface Timers {
  after(ms: number, run: () => void): () => void;
  now(): number;
}

const CLOCK: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
};

/** Between tries: at once, then ever longer, because what fails at once fails again. */
const BACK_OFF_MS = [250, 1_000, 3_000, 10_000, 30_000];
/** An engine that ran this long is sound: the next crash is a new story. */
const SOUND_AFTER_MS = 60_000;
/** Running calls may end and everything has to be stored; then it is ended. */
const STOP_GRACE_MS = 15_000;

/**
 * Keeps an engine running in a process of its own. What it recorded is on disk, so a crash costs the calls that were
 * under way and nothing else; it is started again on the same ports, because programs were told them.
 */
export function superviseEngine({
  electron,
  enginePath,
  options,
  log,
  onHeld,
  timers = CLOCK,
}: SupervisorOptions): EngineSupervisor {
  const listeners = new Set<(condition: EngineCondition) => void>();
  const answers = new Map<number, (message: FromEngine) => void>();
  let condition: EngineCondition = { is: 'starting' };
  let child: UtilityProcess | null = null;
  let place: EnginePlace | null = null;
  let lastPlace: EnginePlace | null = null;
  let tries = 0;
  let readyAt = 0;
  let asked = 0;
  let stopping: { done: Promise<void>; settle: () => void } | null = null;
  let problem: Extract<FromEngine, { say: 'cannot-start' }> | null = null;
  let cancelRetry = (): void => {};

  function become(next: EngineCondition): void {
    condition = next;
    for (const listener of listeners) listener(next);
  }

  function start(): void {
    if (child || stopping) return;
    cancelRetry();
    problem = null;
    const again = lastPlace && { proxyPort: portOf(lastPlace.proxy), workspacePort: portOf(lastPlace.workspace) };
    const started = electron.utilityProcess.fork(enginePath, [JSON.stringify({ ...options, ...again })], {
      serviceName: 'Sallyport engine',
      stdio: 'inherit',
    });
    child = started;
    if (condition.is !== 'restarting') become({ is: 'starting' });
    started.on('message', (message: FromEngine) => hear(message));
    started.once('exit', (code) => ended(started, code));
  }

  function hear(message: FromEngine): void {
    switch (message.say) {
      case 'ready':
        place = lastPlace = message.at;
        readyAt = timers.now();
        return become({ is: 'running' });
      case 'cannot-start':
        problem = message;
        return;
      case 'log':
        return log(message.line);
      case 'stopped':
        return log(`The engine stopped: ${message.why}.`);
      case 'trust-plan':
      case 'trust-changed':
        answers.get(message.id)?.(message);
        answers.delete(message.id);
    }
  }

  function ended(gone: UtilityProcess, code: number): void {
    if (child !== gone) return;
    child = null;
    const ran = place !== null;
    place = null;
    answers.clear();
    if (stopping) return stopping.settle();
    if (problem?.kind === 'held') {
      become({ is: 'failed', why: problem.why });
      return onHeld(problem.why);
    }
    // A port that was ours a moment ago may be somebody else's now: then any will do.
    const portLost = problem !== null && lastPlace !== null;
    if (portLost) lastPlace = null;
    else if (problem) {
      log(problem.why);
      return become({ is: 'failed', why: problem.why });
    }
    if (ran && timers.now() - readyAt >= SOUND_AFTER_MS) tries = 0;
    const inMs = BACK_OFF_MS[Math.min(tries, BACK_OFF_MS.length - 1)] ?? 0;
    tries += 1;
    const why =
      problem?.why ??
      (ran ? `It ended unexpectedly (exit code ${code}).` : `It ended while it started (exit code ${code}).`);
    log(`The engine is started again in ${inMs / 1000} s. ${why}`);
    become({ is: 'restarting', why, attempt: tries, inMs });
    cancelRetry = timers.after(inMs, start);
  }

  function tell(message: ToEngine, ports: MessagePortMain[] = []): void {
    child?.postMessage(message, ports);
  }

  /** Asks the engine's process something; rejects when it ends first. */
  function ask<Say extends 'trust-plan' | 'trust-changed'>(
    message: (id: number) => ToEngine,
    _answer: Say,
  ): Promise<Extract<FromEngine, { say: Say }>> {
    return new Promise((resolve, reject) => {
      if (!child || !place) return reject(new Error('The engine is not running just now.'));
      const id = ++asked;
      child.once('exit', () => reject(new Error('The engine ended before it had answered.')));
      answers.set(id, (answer) => resolve(answer as Extract<FromEngine, { say: Say }>));
      tell(message(id));
    });
  }

  return {
    condition: () => condition,
    place: () => place,
    onCondition(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openPort() {
      if (!place) return null;
      const { port1, port2 } = new electron.MessageChannelMain();
      tell({ say: 'port' }, [port1]);
      return port2;
    },
    planTrust: async (what) => (await ask((id) => ({ say: 'plan-trust', id, what }), 'trust-plan')).plan,
    changeTrust: async (what) => (await ask((id) => ({ say: 'change-trust', id, what }), 'trust-changed')).outcome,
    start() {
      tries = 0;
      start();
    },
    stop(why) {
      if (stopping) return stopping.done;
      let settle = (): void => {};
      const done = new Promise<void>((resolve) => (settle = resolve));
      stopping = { done, settle };
      cancelRetry();
      become({ is: 'stopping' });
      if (!child) settle();
      else {
        const ending = child;
        tell({ say: 'stop', why });
        const giveUp = timers.after(STOP_GRACE_MS, () => {
          log('The engine did not stop in time and is ended; what it stored is sound.');
          ending.kill();
        });
        void done.then(giveUp);
      }
      return done;
    },
  };
}

function portOf(address: string): number {
  return Number(new URL(address).port);
}
