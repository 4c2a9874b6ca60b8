import { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Attempt, Protocol } from '../../shared/model/call.ts';
import type { Way } from './call.ts';
import { later, now } from './clock.ts';
import { quietly } from './observe/listen.ts';
import { patch } from './patch.ts';
import { tlsFactsOf } from './tls-facts.ts';

/** What was seen of an outgoing connection. Times in µs since the epoch; 0 until they came. */
export interface Connection {
  host: string;
  port: number;
  startedAt: number;
  lookedUpAt: number;
  connectedAt: number;
  securedAt: number;
  /** Requests that went out on it. */
  requests: number;
  /** It carries calls that we read. */
  claimed: boolean;
  tls: Attempt['tls'];
}

const connections = new WeakMap<object, Connection>();

/** A connection that no client of HTTP has taken: another protocol. */
export interface OtherSeen {
  host: string;
  port: number;
  address: string;
  /** µs since the epoch. */
  at: number;
  way: Way;
}

/** A connection that no client of HTTP has taken by then is another protocol's. */
const UNCLAIMED_AFTER = 1_000;

/**
 * Sees every outgoing connection begin, of whatever client: its times, and (`onOther`) those that carry no calls.
 * Only listens to moments; data, errors and flow of the socket are not touched.
 */
export function watchSockets(onOther: (seen: OtherSeen) => void): { finish(): void } {
  const unclaimed = new Map<Connection, OtherSeen>();
  let armed = false;
  const tell = (before: number): void => {
    for (const [connection, seen] of unclaimed) {
      if (!connection.claimed && seen.at > before) continue;
      unclaimed.delete(connection);
      if (!connection.claimed) onOther(seen);
    }
  };
  const arm = (): void => {
    if (armed || unclaimed.size === 0) return;
    armed = true;
    later(() => {
      armed = false;
      tell(now() - UNCLAIMED_AFTER * 1000);
      arm();
    }, UNCLAIMED_AFTER);
  };

  patch(
    Socket.prototype,
    'connect',
    (connect) =>
      function (this: Socket, ...args: unknown[]) {
        const startedAt = now();
        const result = Reflect.apply(connect, this, args) as unknown;
        quietly(() => watch(this, args, startedAt));
        return result;
      },
  );

  function watch(socket: Socket, args: readonly unknown[], startedAt: number): void {
    const where = whereTo(args);
    if (where === null) return;
    // A client that takes it does so before it stands, or a moment after.
    const claimed = connections.get(socket)?.claimed ?? false;
    const connection: Connection = { ...UNKNOWN, ...where, startedAt, claimed };
    connections.set(socket, connection);
    socket.once('lookup', () => {
      connection.lookedUpAt = now();
    });
    socket.once('connect', () => {
      connection.connectedAt = now();
      if (connection.claimed) return;
      const way = wayOf(socket, null);
      if (way === null) return;
      unclaimed.set(connection, { ...where, address: socket.remoteAddress ?? '', at: connection.connectedAt, way });
      arm();
    });
    socket.once('secureConnect', () => {
      connection.securedAt = now();
    });
  }

  return { finish: () => tell(Infinity) };
}

const UNKNOWN: Connection = {
  host: '',
  port: 0,
  startedAt: 0,
  lookedUpAt: 0,
  connectedAt: 0,
  securedAt: 0,
  requests: 0,
  claimed: false,
  tls: null,
};

/** An HTTP client has this socket; what goes over it are calls. */
export function claim(socket: object): Connection {
  let connection = connections.get(socket);
  if (connection === undefined) {
    // TLS over somebody else's connection, or a stream that is no socket.
    connection = { ...UNKNOWN };
    connections.set(socket, connection);
  }
  connection.claimed = true;
  return connection;
}

/** Whether its addresses can be asked for yet, and its TLS. */
export function isReady(socket: Socket): boolean {
  return !socket.connecting && (socket as { secureConnecting?: boolean }).secureConnecting !== true;
}

/** Which connection a request leaves on; null when the socket does not say (a Unix socket, closed already). */
export function wayOf(socket: Socket, ordinal: number | null): Way | null {
  const { remoteAddress, remotePort, localPort, localAddress } = socket;
  if (remotePort === undefined || localPort === undefined || remoteAddress === undefined) return null;
  const near = remoteAddress === localAddress || /^(?:127\.|::1$|::ffff:127\.)/.test(remoteAddress);
  return { localPort, remotePort, near, ordinal };
}

/** The facts of an attempt on this socket, as the call that began at `startedAt` (µs) sees them. */
export function attemptOn(
  socket: Socket,
  connection: Connection,
  options: { startedAt: number; host: string; port: number; protocol: Protocol; reused: boolean },
): Attempt {
  const { startedAt, protocol, reused } = options;
  const known = !reused && connection.startedAt > 0 && connection.connectedAt > 0;
  const { host, port } = connection;
  const encrypted = (socket as { encrypted?: boolean }).encrypted === true;
  if (encrypted && connection.tls === null) connection.tls = tlsFactsOf(socket as TLSSocket);
  const detour = host !== '' && (port !== options.port || host !== options.host);
  return {
    startedAt: Math.max(0, (known ? connection.startedAt : now()) - startedAt),
    reused,
    remoteAddress: socket.remoteAddress ?? null,
    remotePort: socket.remotePort ?? null,
    protocol,
    dnsUs: known && connection.lookedUpAt > 0 ? connection.lookedUpAt - connection.startedAt : null,
    connectUs: known ? connection.connectedAt - (connection.lookedUpAt || connection.startedAt) : null,
    tlsUs: known && connection.securedAt > 0 ? connection.securedAt - connection.connectedAt : null,
    tls: connection.tls,
    via: detour ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : null,
    failure: null,
  };
}

/** An attempt that got no connection. */
export function attemptFailed(failure: Attempt['failure']): Attempt {
  return {
    startedAt: 0,
    reused: false,
    remoteAddress: null,
    remotePort: null,
    protocol: null,
    dnsUs: null,
    connectUs: null,
    tlsUs: null,
    tls: null,
    via: null,
    failure,
  };
}

/** Reads the arguments of `Socket.prototype.connect`; null for what is no TCP. */
function whereTo(args: readonly unknown[]): { host: string; port: number } | null {
  let first = args[0];
  if (Array.isArray(first)) first = (first as unknown[])[0];
  if (typeof first === 'object' && first !== null) {
    const { host, port, path, servername } = first as Record<string, unknown>;
    if (typeof path === 'string' && path !== '' && port == null) return null;
    if (port == null) return null;
    const name = typeof host === 'string' && host !== '' ? host : typeof servername === 'string' ? servername : '';
    return { host: name === '' ? 'localhost' : name, port: Number(port) };
  }
  if (first == null || first === '' || Number.isNaN(Number(first))) return null;
  return { host: typeof args[1] === 'string' ? args[1] : 'localhost', port: Number(first) };
}
