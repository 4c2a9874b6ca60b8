// What /proc says of processes (proc(5)). Everything may vanish between two reads: then it is null.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** From /proc/PID/stat. */
export interface Stat {
  parent: number;
  /** Ticks since the machine started; with the pid it names a process for good. */
  startTicks: number;
  /** The kernel's name for it, 15 characters at most. */
  comm: string;
}

/** Ticks a second, for everything that is told to programs (USER_HZ): 100 wherever Node runs. */
export const TICK_MS = 10;

export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

export function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

export function listPids(): number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** Null when the process is gone. */
export function statOf(pid: number): Stat | null {
  const text = readText(`/proc/${pid}/stat`);
  return text === null ? null : parseStat(text);
}

export function parseStat(text: string): Stat | null {
  // The name may hold spaces and brackets of its own.
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(close + 2).split(' ');
  // A zombie has let go of everything it had.
  if (close < 0 || fields[0] === 'Z' || fields[0] === 'X') return null;
  return { parent: Number(fields[1]), startTicks: Number(fields[19]), comm: text.slice(open + 1, close) };
}

/** The inodes of the sockets a process holds; `denied` when we may not look. Null when it is gone. */
export function socketsOf(pid: number): Set<string> | 'denied' | null {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : null;
  }
  const sockets = new Set<string>();
  // The newest descriptors first: a program that ends soon still has them.
  for (let i = names.length - 1; i >= 0; i -= 1) {
    const inode = socketInode(readLink(`${folder}/${names[i]}`));
    if (inode !== null) sockets.add(inode);
  }
  return sockets;
}

function socketInode(link: string | null): string | null {
  return link !== null && link.startsWith('socket:[') ? link.slice(8, -1) : null;
}

/** Milliseconds since the machine started, sleep included: what ticks are counted from. */
export function uptimeMs(): number {
  return Number.parseFloat(readText('/proc/uptime') ?? '0') * 1000;
}

/** When the machine started, microseconds since the epoch; the same for every reader of one boot. */
export function bootTime(): number {
  const line = /^btime (\d+)$/m.exec(readText('/proc/stat') ?? '');
  return Number(line?.[1] ?? 0) * 1_000_000;
}

/** The real user of a process. */
export function uidOf(pid: number): number | null {
  const line = /^Uid:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '');
  return line === null ? null : Number(line[1]);
}
