import type { ProcessIdentity, ProcessSummary } from '../../../shared/model/caller.ts';
import { WORD } from './codes.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import type { Words } from './words.ts';

/** What programs that were started alike have in common: thousands of short-lived ones share a row of it. */
type Profile = Pick<ProcessIdentity, 'executable' | 'folder' | 'container' | 'parents' | 'project'>;

/** Who is behind the words of processes, and which processes an app had. */
export interface ProcessRows {
  /** Keeps who a process is; told again, the newest word counts. */
  put(key: string, identity: ProcessIdentity, day: number): void;
  /** A call of an app was made by a process; cheap when it is known already. */
  use(app: number | null, process: number | null, byAgent: boolean): void;
  /** Forgets what it remembers: after an undone transaction, or when words went. */
  reset(): void;
}

const REMEMBERED = 50_000;

export function createProcessRows(db: Db, words: Words): ProcessRows {
  const put = db.prepare(
    'INSERT OR REPLACE INTO processes (word, pid, name, user, command, profile) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const link = db.prepare(
    'INSERT INTO app_processes (app, process, agent) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET agent = MAX(agent, excluded.agent)',
  );
  let known = new Set<number>();
  return {
    put(key, { pid, name, user, command, executable, folder, container, parents, project }, day) {
      const profile: Profile = { executable, folder, container, parents, project };
      put.run(
        words.idOf(WORD.process, key, day),
        pid,
        name,
        user,
        command,
        words.idOf(WORD.profile, JSON.stringify(profile), day),
      );
    },
    use(app, process, byAgent) {
      if (app === null || process === null) return;
      const pair = (process * 1_048_576 + app) * 2 + (byAgent ? 1 : 0);
      if (known.has(pair)) return;
      link.run(app, process, byAgent ? 1 : 0);
      if (known.size >= REMEMBERED) known = new Set();
      known.add(pair);
    },
    reset() {
      known = new Set();
    },
  };
}

/** Who a process is, by its word; null when nobody said. */
export function readIdentity(db: Db, process: number): ProcessIdentity | null {
  const row = prepared(
    db,
    'SELECT k.text AS key, p.pid, p.name, p.user, p.command, f.text AS profile FROM processes p JOIN words k ON k.id = p.word JOIN words f ON f.id = p.profile WHERE p.word = ?',
  ).get(process) as (ProcessSummary & { key: string; profile: string }) | undefined;
  if (!row) return null;
  const { key, profile, pid, name, user, command } = row;
  const { executable, folder, container, parents, project } = JSON.parse(profile) as Profile;
  const startedAt = Number(key.slice(key.indexOf('@') + 1));
  return {
    pid,
    startedAt: startedAt > 0 ? startedAt : null,
    name,
    executable,
    command,
    folder,
    user,
    container,
    parents,
    project,
  };
}

/** As much of it as lists show. */
export function readProcess(db: Db, process: number): ProcessSummary | null {
  return (
    (prepared(db, 'SELECT pid, name, user, command FROM processes WHERE word = ?').get(process) as
      | ProcessSummary
      | undefined) ?? null
  );
}
