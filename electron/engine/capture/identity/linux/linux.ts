import type { System } from '../system.ts';
import type { WorkerSettings } from '../messages.ts';
import { createOwnerFinder } from './find-owners.ts';
import { bootTime } from './proc.ts';
import { createProcessReader } from './read-process.ts';
import { createSampler } from './sample-connections.ts';
import { openSockDiag } from './sock-diag.ts';

/** Two tellings of one process's beginning may differ by so much (µs): the machine's start is known to the second. */
const SAME_START = 2_000_000;

/** Everything from /proc. */
export async function createLinux(
  { home }: WorkerSettings,
  commandText: () => (args: readonly string[]) => string | null,
): Promise<System> {
  const diag = await openSockDiag();
  const [boot, uid] = [bootTime(), process.getuid?.() ?? -1];
  const reader = createProcessReader({ boot, home, commandText });
  const finder = createOwnerFinder(reader, uid, diag);
  reader.read(process.pid);
  return {
    begin: finder.begin,
    work: finder.work,
    sample: createSampler(finder, uid, boot).sample,
    process(pid, startedAt) {
      const read = reader.read(pid);
      const began = read?.identity.startedAt ?? null;
      return startedAt !== null && began !== null && Math.abs(began - startedAt) > SAME_START ? null : read;
    },
    close: () => diag?.close(),
  };
}
