import type { ProcessIdentity } from '../../../../shared/model/caller.ts';
import type { OwnerAnswer } from './answered.ts';
import { createLinux } from './linux/linux.ts';
import { macosTools } from './macos/tools.ts';
import { createToolSystem } from './tool-system.ts';
import { windowsTools } from './windows/tools.ts';
import type { Question, SampledConnection, WorkerSettings } from './messages.ts';

/** What each operating system's reader can do. All of it is synchronous: it runs on a thread of its own. */
export interface System {
  /** Finds owners, each given once: at once, or while `work` is called. */
  begin(
    questions: readonly { question: Question; give: (owner: OwnerAnswer) => void }[],
    isOurs: (address: string) => boolean,
  ): void;
  /** Goes on for about so many milliseconds; whether there is more to do. */
  work(ms: number): boolean;
  /** `startedAt`: µs since the epoch, where known. */
  process(pid: number, startedAt: number | null): Extract<OwnerAnswer, { process: unknown }>['process'] | null;
  /** Connections that programs of this user have opened since the last look; null where this system cannot be looked at. */
  sample: ((ownPorts: readonly number[], give: (found: SampledOwned[]) => void) => void) | null;
  close(): void;
}

/** As it is told, with the process still whole. */
export type SampledOwned = Omit<SampledConnection, 'process'> & {
  process: { key: string; identity: ProcessIdentity; app: string } | null;
};

/** The reader for this system; one that knows nobody where there is none. */
export async function createSystem(
  settings: WorkerSettings,
  commandText: () => (args: readonly string[]) => string | null,
): Promise<System> {
  if (settings.platform === 'linux') return createLinux(settings, commandText);
  const given = { home: settings.home, commandText };
  if (settings.platform === 'darwin') return createToolSystem(macosTools(), given);
  if (settings.platform === 'win32') return createToolSystem(await windowsTools(), given);
  return {
    begin: (questions) => questions.forEach(({ give }) => give({ unknown: 'unsupported' })),
    work: () => false,
    process: () => null,
    sample: null,
    close() {},
  };
}
