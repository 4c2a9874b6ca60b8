import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { Runner } from '../run-tool.ts';

/** A Node program that runs. */
export interface NodeProcess {
  pid: number;
  /** The script it runs, else the program's name. */
  name: string;
  /** Its working folder; null when that cannot be told. */
  folder: string | null;
}

/** Where Linux keeps what it says of processes. */
const PROC = '/proc';
/** SIGUSR1's place in the masks of /proc/PID/status. */
const SIGUSR1 = 1n << 9n;

/** The user's own Node programs, without this one, youngest first; none where the system does not say. */
export async function nodeProcesses(runner: Runner, platform = process.platform): Promise<NodeProcess[]> {
  const found = platform === 'linux' ? fromProc() : platform === 'win32' ? [] : await fromPs(runner);
  return found.filter(({ pid }) => pid !== process.pid).toSorted((a, b) => b.pid - a.pid);
}

function fromProc(): NodeProcess[] {
  return readdirSync(PROC).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // Of others' processes this cannot be read: they fall out here.
      const program = readlinkSync(`${PROC}/${name}/exe`);
      if (!isNode(program)) return [];
      const words = readFileSync(`${PROC}/${name}/cmdline`, 'utf8').split('\0').filter(Boolean);
      return [{ pid: Number(name), name: nameOf(words), folder: readlinkSync(`${PROC}/${name}/cwd`) }];
    } catch {
      return [];
    }
  });
}

async function fromPs(runner: Runner): Promise<NodeProcess[]> {
  const { code, stdout } = await runner.run('ps', ['-x', '-o', 'pid=,command=']);
  if (code !== 0) return [];
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const words = (command ?? '').split(' ');
    return pid !== undefined && isNode(words[0] ?? '') ? [{ pid: Number(pid), name: nameOf(words), folder: null }] : [];
  });
}

function isNode(program: string): boolean {
  return /^node(js)?(-?\d[\d.]*)?$/.test(basename(program.replace(/ \(deleted\)$/, '')));
}

function nameOf([program = 'node', ...words]: readonly string[]): string {
  return basename(words.find((word) => !word.startsWith('-')) ?? program);
}

/**
 * Whether a process would open its inspector when it gets SIGUSR1, which ends a program that is not ready for it; null
 * where that cannot be told.
 */
export function takesSignal(pid: number): boolean | null {
  try {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`${PROC}/${pid}/status`, 'utf8'))?.[1];
    return caught === undefined ? null : (BigInt(`0x${caught}`) & SIGUSR1) !== 0n;
  } catch {
    return null;
  }
}

/** Ports of this machine's loopback that a process listens on, as far as the system says. */
export function listeningPorts(pid: number): number[] {
  try {
    const sockets = new Set(
      readdirSync(`${PROC}/${pid}/fd`).flatMap((name) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${PROC}/${pid}/fd/${name}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    );
    const lines = readFileSync(`${PROC}/${pid}/net/tcp`, 'latin1').split('\n').slice(1);
    return lines.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === '0A' && sockets.has(inode) ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
    });
  } catch {
    return [];
  }
}
