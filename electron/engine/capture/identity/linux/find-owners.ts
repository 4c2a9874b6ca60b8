// Which process holds the other end of a connection: its ends → the socket's inode → the process that has it among its
// descriptors. First a quick look at whom it most likely is, then, where that leaves a doubt, at everybody, in slices.
import type { ProcessUnknown } from '../../../../../shared/model/caller.ts';
import type { Question } from '../messages.ts';
import { monotonicMs } from '../monotonic.ts';
import { createNamespaces } from './namespaces.ts';
import { listPids, socketsOf, statOf, TICK_MS, uidOf, uptimeMs } from './proc.ts';
import type { ProcessReader, ReadProcess } from './read-process.ts';
import type { SockDiag } from './sock-diag.ts';
import { endsOf, withoutMapping, type SocketLine } from './socket-table.ts';

export type Owner = { process: ReadProcess } | { unknown: ProcessUnknown };
type Give = (owner: Owner) => void;

/** One socket whose owner is wanted, with what has been found so far. */
interface Search extends SocketLine {
  /** When it was there at the latest: milliseconds since the machine started. */
  taken: number;
  holders: { pid: number; process: ReadProcess }[];
  give: Give;
  /** Everybody was looked at once and nobody had it. */
  again: boolean;
}

/** A process older than its connection by this much (ms) opened it: it cannot have inherited it. */
const SURELY_OLDER = 1000;
/** A child that began this long (ms) before we took the connection may have been there when it was opened. */
const TOGETHER = 50;
/** Processes that may not be looked at are tried again after this (ms). */
const DENIED_MS = 5000;
const RECENT = 64;
const FRESH_MS = 3000;
/** Processes that are looked at before anybody else: the newest, and those that had a connection lately. */
const QUICK = 48;
const NOBODY: Question = { id: 0, clientAddress: '127.0.0.1', clientPort: 1, address: '127.0.0.1', port: 1, at: 0 };

export interface OwnerFinder {
  /** Looks for the other end of connections; what is certain is given at once, the rest by `work`. */
  begin(questions: readonly { question: Question; give: Give }[], isOurs: (address: string) => boolean): void;
  /** The same for sockets whose inode is known. */
  search(socket: SocketLine, give: Give): void;
  /** Goes on for at most so many milliseconds; whether there is more to do. */
  work(ms: number): boolean;
}

/** @param diag the kernel's own answer for one connection, where it gives one */
export function createOwnerFinder(reader: ProcessReader, ownUid: number, diag: SockDiag | null): OwnerFinder {
  /** Who had a connection lately, the newest last: most have more. */
  const recent = new Set<number>();
  const denied = new Map<number, number>();
  /** When each process was first seen to be there. */
  let noticed = new Map<number, number>();
  let waiting: Search[] = [];
  /** The round through all processes, and who is looked for in it. */
  let round: { pids: number[]; at: number; byInode: Map<string, Search> } | null = null;

  function likely(now: number): number[] {
    const pids = listPids();
    const there = new Map<number, number>();
    for (const pid of pids) there.set(pid, noticed.get(pid) ?? now);
    noticed = there;
    for (const pid of recent) if (!there.has(pid)) recent.delete(pid);
    // What lives shortly has begun just now, and had no connection yet; pids go up, until they begin anew.
    const fresh = pids.filter((pid) => now - there.get(pid)! < FRESH_MS && !recent.has(pid)).sort((a, b) => b - a);
    return [...fresh.slice(0, QUICK), ...[...recent].reverse()];
  }

  /** Sees whether a process holds any of the sockets that are looked for. */
  function look(pid: number, byInode: Map<string, Search>, now: number): void {
    if ((denied.get(pid) ?? 0) > now) return;
    // Before its sockets: what is seen in between is of this process and of no later one with its number.
    const stat = statOf(pid);
    const sockets = stat === null ? null : socketsOf(pid);
    if (sockets === 'denied') denied.set(pid, now + DENIED_MS);
    if (stat === null || sockets === null || sockets === 'denied') return;
    for (const inode of sockets) {
      const search = byInode.get(inode);
      if (search === undefined || search.holders.some((holder) => holder.pid === pid)) continue;
      const process = reader.read(pid, stat);
      if (process === null) continue;
      recent.delete(pid);
      recent.add(pid);
      if (recent.size > RECENT) recent.delete(recent.values().next().value!);
      search.holders.push({ pid, process });
      if (search.taken - process.startTicks * TICK_MS < SURELY_OLDER) continue;
      // It was there long before the connection was: nobody else can have opened it.
      search.give({ process });
      byInode.delete(inode);
    }
  }

  function begin(searches: readonly Search[]): void {
    const byInode = keyByInode(searches);
    const now = monotonicMs();
    for (const pid of likely(now)) {
      if (![...byInode.values()].some(({ holders }) => holders.length === 0)) break;
      look(pid, byInode, now);
    }
    // Somebody it descends from may have opened it and still have it.
    for (const { holders, inode } of byInode.values())
      for (const pid of ancestors(holders[0]?.pid ?? 0)) if (byInode.has(inode)) look(pid, byInode, now);
    waiting.push(...byInode.values());
  }

  function settle({ holders, taken, uid }: Search): Owner {
    const [only] = holders;
    if (only === undefined) return { unknown: mayBeHidden(uid) ? 'not-permitted' : 'gone' };
    const start = (process: ReadProcess): number => process.startTicks * TICK_MS;
    if (holders.length === 1)
      // It began when the connection was there already: somebody gave it on and is gone.
      return start(only.process) > taken + TOGETHER ? { unknown: 'shared' } : { process: only.process };
    // A socket is handed down, never up: whom all the others descend from opened it, if they came after it.
    for (const { pid, process } of holders) {
      const others = holders.filter((holder) => holder.pid !== pid);
      if (
        others.every(
          (other) => start(other.process) + TICK_MS >= taken - TOGETHER && ancestors(other.pid).includes(pid),
        )
      )
        return { process };
    }
    return { unknown: 'shared' };
  }

  /** Whether the owner may be one of those that may not be looked at: another user's, or one that shut itself off. */
  function mayBeHidden(uid: number): boolean {
    if (ownUid === 0) return false;
    return uid !== ownUid || [...denied.keys()].some((pid) => uidOf(pid) === uid);
  }

  function work(ms: number): boolean {
    const until = monotonicMs() + ms;
    for (;;) {
      if (round === null) {
        if (waiting.length === 0) return false;
        round = {
          pids: listPids().sort((a, b) => b - a),
          at: 0,
          byInode: keyByInode(waiting),
        };
        waiting = [];
        if (denied.size > 10_000) denied.clear();
      }
      const { pids, byInode } = round;
      for (; round.at < pids.length && byInode.size > 0; round.at += 1) {
        const now = monotonicMs();
        if (now > until) return true;
        look(pids[round.at]!, byInode, now);
      }
      round = null;
      for (const search of byInode.values()) {
        // Handed to a child while the parent was looked at, and let go by it before the child's turn came.
        if (search.holders.length === 0 && !search.again) waiting.push({ ...search, again: true });
        else search.give(settle(search));
      }
    }
  }

  // Once for nothing: the first program to come may live no longer than code takes to be compiled.
  diag?.find(NOBODY);
  for (let i = 0; i < 3; i += 1) {
    begin([{ inode: '', uid: ownUid, taken: 0, holders: [], give() {}, again: true }]);
    work(1000);
  }

  return {
    begin(questions, isOurs) {
      // Both clocks at one moment: ticks count sleep, the threads' clock does not.
      const [uptime, monotonic] = [uptimeMs(), monotonicMs()];
      const namespaces = createNamespaces();
      const searches: Search[] = [];
      for (const { question, give } of questions) {
        const ends = endsOf(question.clientAddress, question.clientPort, question.address, question.port);
        let line = diag?.find(question);
        if (line === undefined) line = namespaces.own.find(ends);
        if (line === null && !isOurs(withoutMapping(question.clientAddress))) {
          const found = namespaces.others().flatMap((space) => space.find(ends) ?? []);
          // Two networks may use the same addresses.
          if (found.length !== 1) {
            give({ unknown: found.length > 1 ? 'shared' : 'elsewhere' });
            continue;
          }
          line = found[0]!;
        }
        if (line === null) give({ unknown: 'gone' });
        else searches.push({ ...line, give, taken: uptime - (monotonic - question.at), holders: [], again: false });
      }
      if (searches.length > 0) begin(searches);
    },
    search(socket, give) {
      // What no program holds any more, or none has accepted yet, has no number.
      if (socket.inode === '0') give({ unknown: 'gone' });
      else waiting.push({ ...socket, give, taken: uptimeMs(), holders: [], again: false });
    },
    work,
  };
}

/** Who asks for the same socket gets the same answer. */
function keyByInode(searches: readonly Search[]): Map<string, Search> {
  const byInode = new Map<string, Search>();
  for (const search of searches) {
    const same = byInode.get(search.inode);
    if (same === undefined) {
      byInode.set(search.inode, search);
      continue;
    }
    const { give } = same;
    same.give = (owner) => {
      give(owner);
      search.give(owner);
    };
  }
  return byInode;
}

/** Nearest first, as far as they are alive. */
function ancestors(pid: number): number[] {
  const found: number[] = [];
  for (let at = pid > 0 ? (statOf(pid)?.parent ?? 0) : 0; at > 0 && found.length < 32; at = statOf(at)?.parent ?? 0)
    found.push(at);
  return found;
}
