// A process of Linux as we tell of it, from /proc and from the files of the project it runs in.
import { readFileSync } from 'node:fs';
import { processKey, type ProcessIdentity, type Project } from '../../../../../shared/model/caller.ts';
import { findProject } from '../project.ts';
import { programOf } from '../program-name.ts';
import { projectFolders, recogniseApp } from '../recognise-app.ts';
import { containerOf } from './containers.ts';
import { readLink, readText, statOf, TICK_MS, uidOf } from './proc.ts';
import type { Stat } from './proc.ts';

export interface ReadProcess {
  key: string;
  identity: ProcessIdentity;
  app: string;
  startTicks: number;
}

export interface ProcessReader {
  /**
   * The process as it is now; null when it is gone. With `stat`, taken a moment ago, a process that ends meanwhile is
   * told as far as it could be read. Never a later one of the same number.
   */
  read(pid: number, stat?: Stat): ReadProcess | null;
}

const REMEMBERED = 2000;
const PARENTS = 8;

/**
 * @param given.boot when the machine started, µs since the epoch
 * @param given.commandText see command-text.ts
 */
export function createProcessReader(given: {
  boot: number;
  home: string;
  commandText: () => (args: readonly string[]) => string | null;
}): ProcessReader {
  /** By pid and start, with what it was running then: `exec` changes that and leaves the pid. */
  const known = new Map<string, { mark: string; read: ReadProcess }>();
  const users = createUsers();

  function read(pid: number, stat?: Stat): ReadProcess | null {
    const before = stat ?? statOf(pid);
    if (before === null) return null;
    const executable = readLink(`/proc/${pid}/exe`);
    const line = readLine(pid);
    const startedAt = given.boot + before.startTicks * TICK_MS * 1000;
    const key = processKey({ pid, startedAt });
    const mark = `${executable}\0${line}`;
    const again = known.get(key);
    // One that is ending shows nothing any more.
    if (again !== undefined && (again.mark === mark || (executable === null && line === ''))) return again.read;
    const folder = readLink(`/proc/${pid}/cwd`);
    const uid = uidOf(pid);
    const container = containerOf(readText(`/proc/${pid}/cgroup`) ?? '');
    const parents = parentsOf(before);
    const args = line.split('\0');
    if (args.at(-1) === '') args.pop();
    const program = programOf(executable, args, before.comm);
    const root = container === null ? '' : `/proc/${pid}/root`;
    const findIt = (): Project | null => {
      for (const place of projectFolders(folder, program.script)) {
        const project = findProject(place, given.home, root);
        if (project !== null) return project;
      }
      return null;
    };
    // A container's files are reached through the process, the others when it is gone, too.
    const inside = container === null ? null : findIt();
    // Below this line nothing is read that another process of the same number could answer.
    const after = statOf(pid);
    if (after === null ? stat === undefined : after.startTicks !== before.startTicks) return null;
    const project = container === null ? findIt() : inside;
    const identity: ProcessIdentity = {
      pid,
      startedAt,
      name: program.name,
      executable: executable?.replace(/ \(deleted\)$/, '') ?? null,
      command: given.commandText()(args) ?? `[${before.comm}]`,
      folder,
      user: uid === null ? null : users.nameOf(uid),
      container,
      parents,
      project,
    };
    const found = { key, identity, app: recogniseApp(identity, program.interprets), startTicks: before.startTicks };
    if (known.size >= REMEMBERED) known.delete(known.keys().next().value!);
    known.set(key, { mark, read: found });
    return found;
  }

  return { read };
}

/** The command line as the system has it: arguments each ended by NUL. */
function readLine(pid: number): string {
  return (readText(`/proc/${pid}/cmdline`) ?? '').slice(0, 65_536);
}

function parentsOf(process: Stat): ProcessIdentity['parents'] {
  const parents: ProcessIdentity['parents'] = [];
  let { parent } = process;
  while (parent > 0 && parents.length < PARENTS) {
    const stat = statOf(parent);
    if (stat === null) break;
    const args = readLine(parent).split('\0');
    parents.push({ pid: parent, name: programOf(readLink(`/proc/${parent}/exe`), args, stat.comm).name });
    ({ parent } = stat);
  }
  return parents;
}

function createUsers() {
  let names: Map<number, string> | null = null;
  return {
    nameOf(uid: number): string {
      names ??= readUsers();
      return names.get(uid) ?? String(uid);
    },
  };
}

function readUsers(): Map<number, string> {
  try {
    return new Map(
      readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [name = '', , uid = ''] = line.split(':');
          return /^\d+$/.test(uid) ? [[Number(uid), name] as const] : [];
        }),
    );
  } catch {
    return new Map();
  }
}
