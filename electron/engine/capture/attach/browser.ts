import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openJournal } from './journal.ts';
import type { Ran } from './run-tool.ts';
import { SELF_TEST_APP } from './self-test.ts';
import { Refused, unusable, usable } from './target.ts';
import type { Surroundings, Target } from './target.ts';

/** What a kind of browser is started with. */
export interface BrowserKind {
  /** Finds the browser, or says why it cannot be used. */
  find: (around: Surroundings) => { file: string } | { why: string };
  /** Makes a fresh profile ready and says how to start it with a window, through the proxy's port. */
  prepare: (around: Surroundings, file: string, profile: string, port: number) => Promise<readonly string[]>;
  /** Loads one address without a window and prints what it says. */
  load: (around: Surroundings, file: string, profile: string, port: number, url: string) => Promise<Ran>;
}

/** A browser of ours that is open. */
interface Entry {
  profile: string;
  pid: number | null;
}

const PREFIX = 'sallyport-browser-';
/** How long a browser gets to close its windows. */
const CLOSING_MS = 5_000;

/**
 * A browser with a fresh profile of its own, and a port of the proxy of its own, so that its calls carry its name. The
 * profile is removed when the browser is closed: by us, by the user, or after a crash of ours at the next start.
 */
export function browserTarget(id: string, title: string, kind: BrowserKind): (around: Surroundings) => Target {
  return (around) => {
    const { runner } = around;
    const journal = openJournal(around.dataDir, id, isEntry);
    let open: { pid: number; close: () => Promise<void>; closed: Promise<void> } | null = null;

    async function begin(): Promise<void> {
      if (open !== null) return;
      const found = kind.find(around);
      if ('why' in found) throw new Refused(found.why, 'Install it, or use another way.');
      if (!hasDisplay(around))
        throw new Refused(
          'There is no display to open a window on.',
          'Use run, or start the engine in a desktop session.',
        );
      const profile = makeProfile(around, found.file);
      journal.write({ profile, pid: null });
      const port = await around.openPort(id);
      try {
        const args = await kind.prepare(around, found.file, profile, port.port);
        const { pid, gone } = runner.start(found.file, args);
        if (pid === null)
          throw new Refused(`${title} could not be started.`, `Start it by hand to see why: ${found.file}`);
        journal.write({ profile, pid });
        const closed = gone.then(async () => {
          open = null;
          await removeProfile(profile);
          await port.close();
          journal.clear();
        });
        closed.catch((error: unknown) => around.log(`${title}: ${String(error)}`));
        open = {
          pid,
          closed,
          async close() {
            await end(pid, gone);
            await closed;
          },
        };
      } catch (error) {
        await port.close();
        await removeProfile(profile);
        journal.clear();
        throw error;
      }
    }

    async function end(pid: number, gone: Promise<void>): Promise<void> {
      runner.kill(pid, 'SIGTERM');
      const late = setTimeout(() => runner.kill(pid, 'SIGKILL'), CLOSING_MS);
      await gone;
      clearTimeout(late);
      // Its helpers, which outlive a wrapper or a crash of the first process.
      runner.kill(pid, 'SIGKILL');
    }

    return {
      id,
      kind: 'browser',
      title,
      says: 'A window of its own with a fresh profile that trusts Sallyport. Your own profile, and the machine, stay as they are.',
      async look() {
        const found = kind.find(around);
        if ('why' in found) return unusable(found.why);
        if (!hasDisplay(around)) return unusable('There is no display to open a window on.');
        return usable([], open !== null);
      },
      async test() {
        const found = kind.find(around);
        if ('why' in found) return { works: false, call: null, says: found.why, remedy: null };
        const profile = makeProfile(around, found.file);
        const port = await around.openPort(SELF_TEST_APP);
        try {
          return await around.selfTest.check(`${title}, without a window,`, (url) =>
            kind.load(around, found.file, profile, port.port, url),
          );
        } finally {
          await port.close();
          await removeProfile(profile);
        }
      },
      switch: (on) => (on ? begin() : (open?.close() ?? Promise.resolve())),
      async restore() {
        const entry = journal.read();
        if (entry === null) return;
        const { pid, profile } = entry;
        // A number may be another program's by now.
        if (pid !== null && (await runner.commandLine(pid))?.includes(profile)) {
          runner.kill(pid, 'SIGKILL');
          around.log(`${title} of an engine that was killed was closed.`);
        }
        await removeProfile(profile);
        journal.clear();
      },
      stop: async () => open?.close(),
    };
  };
}

function makeProfile({ home }: Surroundings, file: string): string {
  // A browser from a snap sees no /tmp but its own.
  if (!file.startsWith('/snap/')) return mkdtempSync(join(tmpdir(), PREFIX));
  const shared = join(home, 'snap', basename(file), 'common');
  mkdirSync(shared, { recursive: true });
  return mkdtempSync(join(shared, PREFIX));
}

/** A browser that is closing still writes for a moment. */
async function removeProfile(profile: string): Promise<void> {
  if (!basename(profile).startsWith(PREFIX) || !existsSync(profile)) return;
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function hasDisplay({ platform, environment }: Surroundings): boolean {
  return platform === 'linux' ? Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']) : true;
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'profile' in value &&
    typeof value.profile === 'string' &&
    'pid' in value &&
    (value.pid === null || typeof value.pid === 'number')
  );
}
