import type { SampledConnection } from '../identity/messages.ts';

/** What a connection that did not come to us is. */
export type Kind =
  /** Of a captured app, and told of by its agent. */
  | 'by-agent'
  /** Of a captured app, past the proxy and the agent. */
  | 'around'
  /** Of a program nobody pointed at us. */
  | 'never-captured'
  /** Nothing that leaves, or ours. */
  | 'nothing';

export interface Known {
  /** A process that made a call through the proxy, by its key. */
  isCaller(key: string): boolean;
  hasAgent(pid: number): boolean;
  isProxyPort(port: number): boolean;
  /** The engine, and the desktop app around it. */
  isOurs(pid: number): boolean;
}

/**
 * A captured app is a program that was seen through the proxy, whose environment points at it, that carries the agent,
 * or that descends from one of these. What others have on the machine itself is their own business.
 */
export function classify({ process, lineage, pointed, remote }: SampledConnection, known: Known): Kind {
  if (process === null) return 'nothing';
  const pid = pidOf(process.key);
  if (known.isOurs(pid)) return 'nothing';
  if (known.hasAgent(pid)) return 'by-agent';
  const captured =
    known.isCaller(process.key) ||
    (pointed !== null && known.isProxyPort(pointed.port)) ||
    lineage.some((key) => known.isCaller(key) || known.hasAgent(pidOf(key)));
  if (captured) return 'around';
  return isLoopback(remote.address) ? 'nothing' : 'never-captured';
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

export function pidOf(key: string): number {
  return Number(key.slice(0, key.indexOf('@')));
}
