import { networkInterfaces } from 'node:os';
import type { Settings } from '../../shared/contract/settings.ts';
import { listenProxy, type ProxyListener } from './capture/proxy/listener.ts';
import type { Surroundings } from './capture/proxy/surroundings.ts';
import { isLoopback } from './pipeline/forward/upstream-proxy.ts';

/** The proxy may not listen where it was told to; the message says why and what to do. */
export class ListenError extends Error {}

const LOOPBACK = '127.0.0.1';
/** Addresses that mean all of this machine's: with IPv4, or with both. */
const ALL = new Set(['0.0.0.0', '::']);

/**
 * Opens the proxy on loopback and on the further addresses, all on one port. Elsewhere than on loopback it opens only
 * when identity is required. Rejects with a ListenError, or the system's error, after closing what was open.
 */
export async function listenEverywhere(
  around: Surroundings,
  port: number,
  { listen, requireIdentity }: Settings['network'],
): Promise<ProxyListener> {
  const open = listen.filter((address) => !isLoopback(address));
  if (open.length > 0 && requireIdentity === 'no') {
    throw new ListenError(
      `The proxy does not listen on ${open.join(', ')}: whoever reaches that address could send calls through this machine. Require that callers prove who they are (--require-identity, or --require-identity elsewhere when programs of this machine need not), and give them a secret with: sallyport apps add NAME`,
    );
  }
  const covered = listen.some((address) => ALL.has(address));
  const further = listen.filter((address) => address !== LOOPBACK && (!covered || ALL.has(address)));
  // Our own ways in lead to loopback: it is always served, by a listener of its own or by one on all addresses.
  const hosts = [...new Set(covered ? further : [LOOPBACK, ...further])];
  const listeners: ProxyListener[] = [];
  try {
    for (const host of hosts) {
      const at = listeners[0]?.port ?? port;
      listeners.push(await listenProxy(around, at, { host }));
    }
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close(0)));
    throw error;
  }
  return {
    port: listeners[0]!.port,
    get connections() {
      return listeners.reduce((sum, { connections }) => sum + connections, 0);
    },
    async close(graceMs, onCut) {
      let cut = false;
      const onFirstCut = (): void => {
        if (!cut) onCut?.();
        cut = true;
      };
      await Promise.all(listeners.map((listener) => listener.close(graceMs, onFirstCut)));
    },
  };
}

/** `HOST:PORT` by which programs that get a secret most likely reach the proxy: the first address beyond loopback. */
export function reachableAt(listen: readonly string[], port: number): string {
  const first = listen.find((address) => !isLoopback(address));
  const host = first === undefined ? LOOPBACK : ALL.has(first) ? outerAddress() : first;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function outerAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? LOOPBACK;
}
