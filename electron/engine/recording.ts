import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UNRECORDED } from '../../shared/events/call-event.ts';
import type { Archive } from './archive/archive.ts';
import { wallMicroseconds } from './pipeline/clock.ts';

/** One line of figures, for status bars. */
export interface Pulse {
  paused: boolean;
  /** Over the last few seconds, recorded or not. */
  callsPerSecond: number;
  openCalls: number;
  lagMs: number;
  /** Calls not recorded since the start: paused, or shed under load. */
  skipped: number;
  /** Share (0–1) of the last hour's connections of captured apps that were seen; null while there were none. */
  coverage: number | null;
  storedBytes: number;
  budgetBytes: number;
  lastError: string | null;
}

/** Recording on and off, and how it goes. */
export interface Recording {
  readonly paused: boolean;
  /** Calls go on; new ones are not recorded. Those that are open are recorded to their end. */
  pause(): void;
  resume(): void;
  /** The next call's id, or UNRECORDED while paused. The hot path. */
  nextCallId(): number;
  /** Told at once, every second, and when recording is paused or resumed. */
  onPulse(listener: (pulse: Pulse) => void): () => void;
  close(): void;
}

/** Counts since the start, at a time (milliseconds). Calls that were shed had an id, those skipped while paused had none. */
interface Sample {
  at: number;
  calls: number;
  shed: number;
  paused: number;
}

const SECOND = 1000;
/** The rate is taken over so many seconds. */
const RATE_SECONDS = 5;

export function createRecording(options: {
  archive: Archive;
  dataDir: string;
  /** Bytes of calls and bodies together that may be stored. */
  budgetBytes: () => number;
  /** As coverage has it. */
  coverage: () => number | null;
  /** Milliseconds since the epoch. */
  now?: () => number;
}): Recording {
  const { archive, dataDir, budgetBytes, coverage, now = Date.now } = options;
  const listeners = new Set<(pulse: Pulse) => void>();
  let paused = false;
  /** Calls that were given an id, tunnels among them. */
  let calls = 0;
  let ticking: NodeJS.Timeout | null = null;

  const sample = (): Sample => {
    const { pausedCalls, shedCalls } = archive.health();
    return { at: now(), calls, shed: shedCalls, paused: pausedCalls };
  };
  /** One a second while somebody looks. */
  let seconds: Sample[] = [];

  async function pulse(): Promise<Pulse> {
    const present = sample();
    seconds = [...seconds.filter(({ at }) => at >= present.at - RATE_SECONDS * SECOND), present];
    const since = seconds[0] ?? present;
    const elapsed = (present.at - since.at) / SECOND;
    const { openCalls, lagMs, lastError } = archive.health();
    return {
      paused,
      callsPerSecond: elapsed > 0 ? (carried(present) - carried(since)) / elapsed : 0,
      openCalls,
      lagMs,
      skipped: present.paused + present.shed,
      coverage: coverage(),
      storedBytes: await storedBytes(dataDir),
      budgetBytes: budgetBytes(),
      lastError,
    };
  }

  function tell(): void {
    pulse().then(
      (figures) => {
        for (const listener of listeners) listener(figures);
      },
      () => {},
    );
  }

  function setPaused(next: boolean): void {
    if (paused === next) return;
    paused = next;
    if (listeners.size > 0) tell();
  }

  return {
    get paused() {
      return paused;
    },
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    nextCallId() {
      if (paused) {
        archive.skip(wallMicroseconds());
        return UNRECORDED;
      }
      calls += 1;
      return archive.nextCallId();
    },
    onPulse(listener) {
      listeners.add(listener);
      ticking ??= setInterval(tell, SECOND).unref();
      tell();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0 || ticking === null) return;
        clearInterval(ticking);
        ticking = null;
        seconds = [];
      };
    },
    close() {
      if (ticking !== null) clearInterval(ticking);
      ticking = null;
      listeners.clear();
    },
  };
}

/** All calls that went through, recorded or not. */
function carried({ calls, paused }: Sample): number {
  return calls + paused;
}

/** Bytes on disk of both databases, logs included. */
async function storedBytes(dataDir: string): Promise<number> {
  const sizes = await Promise.all(
    ['calls.db', 'calls.db-wal', 'bodies.db', 'bodies.db-wal'].map((name) =>
      stat(join(dataDir, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
