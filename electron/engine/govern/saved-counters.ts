import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceText } from '../registers/text-file.ts';
import type { SavedCounters } from '../../../shared/policies/governor.ts';

/** What counters stood at when they were written last. */
export interface CountersKept {
  counters: SavedCounters;
  /** Microseconds since the epoch. */
  at: number;
  /** They were written when the engine stopped: nothing came after them. */
  whole: boolean;
}

/** The file in which counters outlive the engine. */
export interface CountersFile {
  /** Null: there is none, or it cannot be read (which is logged). */
  readonly kept: CountersKept | null;
  /** Something counted: it is written within a second. */
  changed(): void;
  /** Writes the last state. */
  close(): Promise<void>;
}

const WRITE_EVERY_MS = 1000;

const shape = z.object({
  version: z.literal(1),
  at: z.number(),
  whole: z.boolean(),
  counters: z.record(z.string(), z.unknown()),
});

/**
 * Keeps the counters of policies beside policies.yaml: written apart from the way of calls, a second after something
 * changed at the earliest, into another file that then takes its place. `counters`: as they stand now; null: they are not
 * what they should be yet, and what is kept stays.
 */
export function keepCounters(given: {
  dataDir: string;
  /** Microseconds since the epoch. */
  now: () => number;
  counters: () => SavedCounters | null;
  log: (line: string) => void;
}): CountersFile {
  const { dataDir, now, counters, log } = given;
  const path = join(dataDir, 'policy-counters.json');
  const kept = readKept(path, log);
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  let dirty = false;
  let complained = false;
  let closed = false;

  async function write(whole: boolean): Promise<void> {
    const standing = counters();
    dirty = standing === null;
    if (standing === null) return;
    const text = JSON.stringify({ version: 1, at: now(), whole, counters: standing });
    try {
      await replaceText(path, text);
      complained = false;
    } catch (error) {
      if (!complained)
        log(
          `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}. Counters of policies would begin anew after a crash.`,
        );
      complained = true;
    }
  }

  function again(): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (!dirty || closed) return;
      writing = write(false).then(() => {
        if (dirty && !closed) again();
      });
    }, WRITE_EVERY_MS).unref();
  }

  return {
    kept,
    changed() {
      if (dirty || closed) return;
      dirty = true;
      again();
    },
    async close() {
      if (closed) return;
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await writing;
      // Nothing was ever counted, and nothing is there to be replaced.
      if (kept === null && !dirty && Object.keys(counters() ?? {}).length === 0) return;
      await write(true);
    },
  };
}

function readKept(path: string, log: (line: string) => void): CountersKept | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log(`${path} cannot be read: ${String(error)}`);
    return null;
  }
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    log(`${path} is damaged: counters of policies begin with what is recorded.`);
    return null;
  }
}
