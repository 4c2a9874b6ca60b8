import http from 'node:http';
import net from 'node:net';
import { TLSSocket } from 'node:tls';
import { SocketInterceptor } from '@mswjs/interceptors/net';
import type { ConnectOptions } from './choose-way.ts';

/** What Node keeps behind a socket; undocumented, and the same since Node 12. */
export interface InnerSocket extends net.Socket {
  _writeGeneric(writev: boolean, data: unknown, encoding: string, done: (error?: Error | null) => void): void;
  _unrefTimer(): void;
}

/** What the program's socket says of its ends. */
export interface Ends {
  localPort: number;
  remotePort: number;
}

/** A connection that is made to look made: what the program writes and reads on it is ours. */
export interface TakenConnection {
  socket: InnerSocket;
  options: ConnectOptions;
  /** Somebody listens for the addresses that its name resolves to. */
  isWatched(): boolean;
}

export interface Taker {
  /** Whether to take this new connection; called before anything of it has happened. */
  wants(socket: net.Socket, options: ConnectOptions): boolean;
  /** In the next tick, before anything is written: makes ready what carries it, and says where that stands; null: it is left. */
  prepare(connection: TakenConnection, ready: (ends: Ends | null) => void): void;
  /** From now on the taker carries it. */
  taken(connection: TakenConnection): void;
  /** It was not kept: it is being made as the program asked. */
  left(connection: TakenConnection): void;
}

/**
 * Takes connections of HTTP clients before they are made, with `@mswjs/interceptors` at its lowest level. All others
 * are made by Node alone: the library sees none of them, and so cannot get a database, http2 or gRPC wrong.
 * Returns the way to connect a socket for real.
 */
export function takeConnects(taker: Taker): (make: () => net.Socket) => net.Socket {
  const plainConnect = net.Socket.prototype.connect;
  const addRequest = agentMethods.addRequest;
  const interceptor = SocketInterceptor.singleton(SocketInterceptor);
  interceptor.apply();
  // It would close idle connections that were made before us, or around it.
  agentMethods.addRequest = addRequest;
  const fakedConnect = net.Socket.prototype.connect;
  const taken = new WeakMap<net.Socket, Taken>();
  let forReal = false;

  function connect(socket: InnerSocket, args: unknown[]): net.Socket {
    if (taken.has(socket)) return call(fakedConnect, socket, args);
    const options = optionsOf(args);
    if (forReal || options === null || !taker.wants(socket, options)) return call(plainConnect, socket, args);
    // The agent's own listeners are added while it connects.
    let usual = 0;
    const isWatched = (): boolean => socket.listenerCount('lookup') > usual;
    const connection: Taken = { socket, options, isWatched, early: null, write: null };
    taken.set(socket, connection);
    call(fakedConnect, socket, args);
    usual = socket.listenerCount('lookup');
    hideLookup(socket);
    connection.write = socket._writeGeneric;
    // A stream writes one thing at a time.
    socket._writeGeneric = (...early) => {
      connection.early = early;
    };
    return socket;
  }

  net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
    return connect(this, args);
  };

  interceptor.on('connection', ({ socket, controller }) => {
    // What `on` gives back is the socket itself, behind the library's view of it.
    const own = socket.on('close', ignore);
    const connection = taken.get(own);
    if (connection === undefined) {
      controller.passthrough();
      return;
    }
    // It would tell clients that they are connected before we know where.
    Reflect.set(controller, 'emulateConnectIfIdle', ignore);
    // It would stop a kept connection's next request, for a listener of HTTP that we do without.
    Reflect.set(controller, 'reset', ignore);
    taker.prepare(connection, (ends) => {
      const { socket: inner } = connection;
      if (inner.destroyed) return;
      if (ends === null) {
        inner._writeGeneric = connection.write!;
        const real = controller.passthrough();
        real.on('lookup', (...said: unknown[]) => tellLookup.call(own, 'lookup', ...said));
        taker.left(connection);
      } else {
        vouchFor(inner);
        taker.taken(connection);
        controller.claim();
        sayEnds(inner, ends);
      }
      if (connection.early !== null) inner._writeGeneric(...connection.early);
    });
  });

  return (make) => {
    forReal = true;
    try {
      return make();
    } finally {
      forReal = false;
    }
  };
}

interface Taken extends TakenConnection {
  /** What was written before the connection was kept or left, and how the library would have written it. */
  early: Parameters<InnerSocket['_writeGeneric']> | null;
  write: InnerSocket['_writeGeneric'] | null;
}

const tellLookup = net.Socket.prototype.emit as (event: string | symbol, ...said: unknown[]) => boolean;

/** The library resolves every name to the loopback address, and says so; programs that check addresses would believe it. */
function hideLookup(socket: net.Socket): void {
  const { emit } = socket;
  socket.emit = ((event: string, ...said: unknown[]): boolean => {
    if (event === 'lookup') return true;
    if (event === 'connect') socket.emit = emit;
    return (emit as typeof tellLookup).call(socket, event, ...said);
  }) as typeof socket.emit;
}

/** As of any connection to a proxy. */
function sayEnds(socket: net.Socket, { localPort, remotePort }: Ends): void {
  const handle = (socket as { _handle: unknown })._handle as Record<string, (out: object) => number> | null;
  if (handle === null) return;
  const end = (port: number) => (out: object) => {
    Object.assign(out, { address: '127.0.0.1', family: 'IPv4', port });
    return 0;
  };
  handle['getsockname'] = end(localPort);
  handle['getpeername'] = end(remotePort);
}

/** The library says of its TLS that nobody vouches for the peer; the engine does. */
function vouchFor(socket: net.Socket): void {
  if (!(socket instanceof TLSSocket)) return;
  Object.defineProperty(socket, 'authorized', { configurable: true, get: () => true, set: ignore });
  Object.defineProperty(socket, 'authorizationError', { configurable: true, get: () => null, set: ignore });
  // Agents would keep the library's make-believe sessions for real connections.
  const handle = Reflect.get(socket, '_handle') as { onnewsession?: unknown } | null;
  if (handle !== null) handle.onnewsession = ignore;
}

function call(connect: (...args: never[]) => net.Socket, socket: net.Socket, args: unknown[]): net.Socket {
  return connect.apply(socket, args as never[]);
}

const agentMethods = http.Agent.prototype as unknown as { addRequest: (...args: unknown[]) => void };

/** `net.connect` and `tls.connect` hand on what they have normalised: `[options, callback]` in one array. */
function optionsOf(args: readonly unknown[]): ConnectOptions | null {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0];
  return typeof first === 'object' && first !== null ? (first as ConnectOptions) : null;
}

function ignore(): void {}
