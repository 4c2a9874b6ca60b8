import { readFileSync } from 'node:fs';
import { isLoopback } from './classify.ts';

const REMEMBERED = 10_000;

export interface HostNames {
  /** What an address was connected to as. */
  note(address: string, host: string): void;
  /** The name an address is known by; null when nobody said one. Nobody is asked: the question would leave the machine. */
  of(address: string): string | null;
}

/** Names learnt from the proxy's own connections and from agents, and those in the machine's hosts file. */
export function createHostNames(hostsFile = '/etc/hosts'): HostNames {
  const names = new Map<string, string>();
  let fixed: Map<string, string> | null = null;
  return {
    note(address, host) {
      if (address === host || /^[\d.]+$|:/.test(host)) return;
      if (names.size >= REMEMBERED && !names.has(address)) names.delete(names.keys().next().value!);
      names.set(address, host);
    },
    of(address) {
      // Which of its own names the machine gives itself says nothing.
      if (isLoopback(address)) return null;
      fixed ??= readHosts(hostsFile);
      return names.get(address) ?? fixed.get(address) ?? null;
    },
  };
}

function readHosts(path: string): Map<string, string> {
  try {
    return new Map(
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((line) => {
          const [address = '', name] = line.replace(/#.*/, '').trim().split(/\s+/);
          return name === undefined ? [] : [[address, name] as const];
        }),
    );
  } catch {
    return new Map();
  }
}
