// The connections that programs of this machine have opened to somewhere, a look at a time.
import type { SampledConnection } from '../messages.ts';
import type { OwnerFinder } from './find-owners.ts';
import { readText, statOf, TICK_MS } from './proc.ts';
import type { ReadProcess } from './read-process.ts';
import { readTable, type TableRow } from './socket-table.ts';

/** As <net/tcp_states.h> counts. CLOSE_WAIT: the other end has said all, ours still has it. */
const [ESTABLISHED, CLOSE_WAIT, LISTEN] = [1, 8, 10];
/** FIN_WAIT1, FIN_WAIT2, TIME_WAIT, LAST_ACK, CLOSING: the program is done with it, and it may be nobody's any more. */
const OVER = [4, 5, 6, 9, 11];
const isOver = (state: number): boolean => OVER.includes(state);
const ANCESTORS = 16;

/** A connection that was not there at the look before. */
export type Sampled = Omit<SampledConnection, 'process'> & { process: ReadProcess | null };

export interface Sampler {
  /** Gives those that are new since the last look, each with its owner as far as that can be said; finds owners by `finder.work`. */
  sample(ownPorts: readonly number[], give: (found: Sampled[]) => void): void;
}

/** @param ownUid whose connections are looked at; what may not be looked at has no owner that could be told */
export function createSampler(finder: OwnerFinder, ownUid: number, boot: number): Sampler {
  /** What was there at the look before, by both ends; null before the first look. */
  let before: Map<string, string> | null = null;
  /** Whose the latest connection to a place was: what is only seen when it is over may be told by it. */
  const lastOwner = new Map<string, ReadProcess | 'several'>();
  const pointedMemory = new Map<string, Sampled['pointed']>();

  return {
    sample(ownPorts, give) {
      const rows = ['tcp', 'tcp6'].flatMap((name) =>
        readTable(
          readText(`/proc/net/${name}`) ?? '',
          (state) => state === ESTABLISHED || state === CLOSE_WAIT || state === LISTEN || isOver(state),
        ),
      );
      // Who listens on a port was called there.
      const answered = new Set(rows.filter(({ state }) => state === LISTEN).map(({ local }) => local.port));
      const ours = new Set(ownPorts);
      const now = new Map<string, string>();
      const fresh: TableRow[] = [];
      for (const row of rows) {
        if (row.remote.port === 0 || answered.has(row.local.port) || ours.has(row.remote.port)) continue;
        if (!isOver(row.state) && row.uid !== ownUid) continue;
        const key = `${row.local.address}|${row.local.port}|${row.remote.address}|${row.remote.port}`;
        const known = before?.get(key);
        // What closes is the same connection still.
        if (known === undefined || (!isOver(row.state) && known !== row.inode && known !== '0')) fresh.push(row);
        now.set(key, row.inode);
      }
      const isFirst = before === null;
      before = now;
      // What was over before anybody looked is nobody's.
      collect(isFirst ? fresh.filter(({ state }) => !isOver(state)) : fresh, give);
    },
  };

  function collect(rows: readonly TableRow[], give: (found: Sampled[]) => void): void {
    const found: Sampled[] = [];
    const live = rows.filter(({ state }) => !isOver(state));
    let open = live.length;
    const finish = (): void => {
      if (open > 0) return;
      // After the live ones: they say whose a place is.
      for (const { remote, state } of rows) {
        const owner = isOver(state) ? lastOwner.get(placeOf(remote)) : undefined;
        if (owner !== undefined && owner !== 'several') found.push({ remote, over: true, ...about(owner) });
      }
      if (lastOwner.size > 5000) lastOwner.clear();
      give(found);
    };
    for (const { remote, inode, uid } of live)
      finder.search({ inode, uid }, (owner) => {
        open -= 1;
        if ('process' in owner) {
          const place = placeOf(remote);
          const last = lastOwner.get(place);
          lastOwner.set(
            place,
            last === undefined || (last !== 'several' && last.key === owner.process.key) ? owner.process : 'several',
          );
          found.push({ remote, over: false, ...about(owner.process) });
        } else if (owner.unknown !== 'gone')
          found.push({ remote, over: false, process: null, lineage: [], pointed: null });
        finish();
      });
    finish();
  }

  function about(process: ReadProcess): Pick<Sampled, 'process' | 'lineage' | 'pointed'> {
    return { process, lineage: lineageOf(process.identity.pid), pointed: pointedAt(process) };
  }

  function lineageOf(pid: number): string[] {
    const keys: string[] = [];
    for (let stat = statOf(pid), depth = 0; stat !== null && stat.parent > 0 && depth < ANCESTORS; depth += 1) {
      const parent: number = stat.parent;
      stat = statOf(parent);
      if (stat !== null) keys.push(`${parent}@${boot + stat.startTicks * TICK_MS * 1000}`);
    }
    return keys;
  }

  /** Which proxy its environment told it to use, and as whom; of the start of the program, whatever it did since. */
  function pointedAt({ key, identity }: ReadProcess): Sampled['pointed'] {
    const known = pointedMemory.get(key);
    if (known !== undefined) return known;
    const environment = readText(`/proc/${identity.pid}/environ`);
    const found = environment === null ? null : readPointer(environment);
    if (pointedMemory.size > 2000) pointedMemory.clear();
    pointedMemory.set(key, found);
    return found;
  }
}

function placeOf({ address, port }: { address: string; port: number }): string {
  return `${address}|${port}`;
}

/** The proxy on this machine that an environment names. */
export function readPointer(environment: string): Sampled['pointed'] {
  for (const entry of environment.split('\0')) {
    const value = /^(?:https?_proxy|all_proxy)=(.+)$/i.exec(entry)?.[1];
    if (value === undefined || !URL.canParse(value)) continue;
    const { hostname, port, username, password } = new URL(value);
    if (!/^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(hostname) || port === '') continue;
    return {
      port: Number(port),
      app: decode(username) || null,
      run: /^run-([0-9a-f]{8,32})(?:\.|$)/.exec(password)?.[1] ?? null,
    };
  }
  return null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
