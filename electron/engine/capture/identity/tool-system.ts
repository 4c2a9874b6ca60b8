// Systems without /proc: a table of connections with the pid of each, and a way to read processes by pid.
import { processKey, type ProcessIdentity } from '../../../../shared/model/caller.ts';
import type { OwnerAnswer } from './answered.ts';
import type { Question } from './messages.ts';
import { monotonicMs } from './monotonic.ts';
import { programOf } from './program-name.ts';
import { findProject } from './project.ts';
import { projectFolders, recogniseApp } from './recognise-app.ts';
import type { SampledOwned, System } from './system.ts';

/** A connection and who holds its near end. */
export interface TableEntry {
  pid: number;
  local: { address: string; port: number };
  remote: { address: string; port: number };
}

/** A process as such a system's tools tell of it. */
export interface ToolProcess {
  pid: number;
  parent: number;
  /** Microseconds since the epoch. */
  startedAt: number | null;
  executable: string | null;
  /** Arguments where the system keeps them apart; else the command line cut at blanks outside of quotes. */
  args: string[];
  user: string | null;
}

/** What is different from system to system. Each may throw: then nobody is known. */
export interface Tools {
  /** Established connections; `port`: to this one alone is enough. */
  connections(port: number | null): TableEntry[];
  /** Those that are there, and as far as the tool tells them their ancestors. */
  processes(pids: readonly number[]): ToolProcess[];
  folderOf(pid: number): string | null;
  /** Whether the table is cheap enough to be read every second. */
  samples: boolean;
}

/** A process cannot have opened what was there before it began; clocks of tools count in seconds. */
const GRAIN_US = 1_000_000;
const PARENTS = 8;
const REMEMBERED = 1000;
const TIME_OF_TRUST_MS = 60_000;

export function createToolSystem(
  tools: Tools,
  { home, commandText }: { home: string; commandText: () => (args: readonly string[]) => string | null },
): System {
  const known = new Map<number, { owner: Owned; at: number }>();
  let before: Set<string> | null = null;

  /** Reads processes that were not read lately; a pid is another's after a while. */
  function read(pids: readonly number[]): void {
    const now = monotonicMs();
    const missing = pids.filter((pid) => (known.get(pid)?.at ?? -Infinity) < now - TIME_OF_TRUST_MS);
    if (missing.length === 0) return;
    const all = new Map(tools.processes(missing).map((process) => [process.pid, process]));
    if (known.size > REMEMBERED) known.clear();
    for (const pid of missing) {
      const process = all.get(pid);
      if (process !== undefined) known.set(pid, { owner: describe(process, all), at: now });
    }
  }

  function describe(process: ToolProcess, all: ReadonlyMap<number, ToolProcess>): Owned {
    const { pid, startedAt, executable, args, user } = process;
    const folder = tools.folderOf(pid);
    const program = programOf(executable, args, '');
    let project = null;
    for (const place of projectFolders(folder, program.script)) project ??= findProject(place, home);
    const parents: ProcessIdentity['parents'] = [];
    for (let at = all.get(process.parent); at !== undefined && parents.length < PARENTS; at = all.get(at.parent))
      parents.push({ pid: at.pid, name: programOf(at.executable, at.args, '').name });
    const identity: ProcessIdentity = {
      pid,
      startedAt,
      name: program.name,
      executable,
      command: commandText()(args),
      folder,
      user,
      container: null,
      parents,
      project,
    };
    return { key: processKey(identity), identity, app: recogniseApp(identity, program.interprets) };
  }

  function answer(question: Question, table: readonly TableEntry[], isOurs: boolean): OwnerAnswer {
    const holders = new Set(
      table
        .filter(({ local, remote }) => local.port === question.clientPort && remote.port === question.port)
        .map(({ pid }) => pid),
    );
    if (holders.size === 0) return { unknown: isOurs ? 'gone' : 'elsewhere' };
    if (holders.size > 1) return { unknown: 'shared' };
    const [pid] = [...holders];
    read([pid!]);
    const owner = known.get(pid!)?.owner;
    if (owner === undefined) return { unknown: 'not-permitted' };
    const taken = Date.now() * 1000 - (monotonicMs() - question.at) * 1000;
    // Another process has got the number since.
    if ((owner.identity.startedAt ?? 0) > taken + GRAIN_US) {
      known.delete(pid!);
      return { unknown: 'gone' };
    }
    return { process: owner };
  }

  return {
    begin(questions, isOurs) {
      const tables = new Map<number, TableEntry[]>();
      for (const { question, give } of questions) {
        try {
          let table = tables.get(question.port);
          if (table === undefined) tables.set(question.port, (table = tools.connections(question.port)));
          give(answer(question, table, isOurs(question.clientAddress.replace(/^::ffff:/i, ''))));
        } catch {
          give({ unknown: 'unsupported' });
        }
      }
    },
    work: () => false,
    process(pid, startedAt) {
      try {
        known.delete(pid);
        read([pid]);
      } catch {
        return null;
      }
      const owner = known.get(pid)?.owner ?? null;
      const began = owner?.identity.startedAt ?? null;
      return startedAt !== null && began !== null && Math.abs(began - startedAt) > 2 * GRAIN_US ? null : owner;
    },
    sample: tools.samples ? sample : null,
    close() {},
  };

  function sample(ownPorts: readonly number[], give: (found: SampledOwned[]) => void): void {
    let table: TableEntry[] = [];
    try {
      table = tools.connections(null).filter(({ remote }) => !ownPorts.includes(remote.port));
      const now = new Map(table.map((entry) => [keyOf(entry), entry]));
      const fresh = [...now].flatMap(([key, entry]) => (before?.has(key) === true ? [] : [entry]));
      before = new Set(now.keys());
      table = fresh;
      read([...new Set(fresh.map(({ pid }) => pid))]);
    } catch {
      table = [];
    }
    give(
      table.map(({ pid, remote }) => {
        const process = known.get(pid)?.owner ?? null;
        const lineage = (process?.identity.parents ?? []).flatMap((parent) => known.get(parent.pid)?.owner.key ?? []);
        return { remote, over: false, process, lineage, pointed: null };
      }),
    );
  }
}

type Owned = Extract<OwnerAnswer, { process: unknown }>['process'];

function keyOf({ pid, local, remote }: TableEntry): string {
  return `${pid}|${local.address}|${local.port}|${remote.address}|${remote.port}`;
}
