import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine, type EngineOptions } from '../../electron/engine/engine.ts';
import type { CallSummary } from '../../shared/model/call-summary.ts';
import type { Call } from '../../shared/model/call.ts';

/** The real engine, in this process, on a data folder of its own. */
export interface EngineUnderTest {
  engine: Engine;
  proxyPort: number;
  dataDir: string;
  /** What the engine's clients have to trust. */
  caPem: string;
  /** Lines the engine logged. */
  log: readonly string[];
  /** All rows, oldest first, once everything said so far is stored. */
  calls(): Promise<CallSummary[]>;
  /** The newest row that fits, as soon as there is one (by default: that is closed). */
  waitForCall(fits?: (row: CallSummary) => boolean): Promise<CallSummary>;
  /** The whole record of a row. */
  call(id: number): Promise<Call>;
  /** Stops it; fails when it left sockets, servers or timers behind, or logged a bug of its own. */
  stop(): Promise<void>;
}

/** Engines of this process that run now: leftovers can be told only when the last one has stopped. */
let runningEngines = 0;

export async function startEngine(
  options: Omit<Partial<EngineOptions>, 'dataDir'> & { dataDir?: string } = {},
): Promise<EngineUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-engine-'));
  const dataDir = options.dataDir ?? join(folder, 'data');
  const before = leftovers();
  const log: string[] = [];
  const engine = await createEngine({
    proxyPort: 0,
    version: 'test',
    log: (line) => {
      log.push(line);
    },
    ...options,
    dataDir,
  });

  runningEngines++;

  const calls = async (): Promise<CallSummary[]> => {
    await engine.archive.flush();
    const { calls: rows } = await engine.reader.listCalls({ tree: null, limit: 1000 });
    return rows.reverse();
  };

  return {
    engine,
    proxyPort: engine.proxy.port,
    dataDir,
    caPem: engine.authority.caPem,
    log,
    calls,
    waitForCall(fits = (row) => row.state === 'closed') {
      return new Promise((resolve, reject) => {
        const look = async (): Promise<void> => {
          const found = (await calls()).findLast(fits);
          if (!found) return;
          stopListening();
          resolve(found);
        };
        const stopListening = engine.archive.onChanged(() => void look().catch(reject));
        void look().catch(reject);
      });
    },
    async call(id) {
      const found = await engine.reader.getCall(id);
      if (!found) throw new Error(`there is no call ${id}`);
      return found;
    },
    async stop() {
      await engine.stop(0);
      rmSync(folder, { recursive: true, force: true });
      if (--runningEngines === 0) await expectNothingLeft(before);
      const faults = log.filter((line) => line.startsWith('fault'));
      if (faults.length > 0) throw new Error(`the engine had faults of its own: ${faults.join('\n')}`);
    },
  };
}

/** Counts of what keeps the process busy, by kind. */
function leftovers(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (/Socket|Server|TLS|Timeout|Worker|MessagePort|FSReq/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Vitest tells its reporters how far it is by a timer of 100 ms, which counts as anybody's. */
const RUNNERS_OWN_MS = 150;

/** Handles close a few turns of the event loop after they are told to. */
async function expectNothingLeft(before: Map<string, number>): Promise<void> {
  const look = (): string[] =>
    [...leftovers()]
      .filter(([kind, count]) => count > (before.get(kind) ?? 0))
      .map(([kind, count]) => `${kind}: ${before.get(kind) ?? 0} before, ${count} after`);
  for (let turn = 0; turn < 2000; turn++) {
    if (look().length === 0) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  await new Promise((resolve) => {
    setTimeout(resolve, RUNNERS_OWN_MS);
  });
  const extra = look();
  if (extra.length === 0) return;
  throw new Error(`the engine left behind: ${extra.join('; ')}`);
}
