import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { EndedEarly, rawSocket, type RawSocket } from './raw-socket.ts';

/**
 * An origin that does what a script says, byte for byte, on every connection that it gets, and that
 * remembers what came: it can stall, trickle, reset, lie about lengths, answer before it was asked.
 */
export interface OriginConnection extends RawSocket {
  /** 0 for the first connection to this origin, then counting. */
  readonly index: number;
  /** With TLS: what was asked for by SNI, and the protocol agreed on. */
  readonly serverName: string | null;
  readonly alpn: string | null;
}

export interface Origin {
  readonly port: number;
  /** `host:port` on the loopback address. */
  readonly authority: string;
  /** All connections so far, closed ones too. */
  readonly connections: readonly OriginConnection[];
  /** The n-th connection (from 0), as soon as it is there. */
  connection(index: number): Promise<OriginConnection>;
  /** What scripts threw, apart from the other side leaving; `stop` throws the first. */
  readonly failures: readonly unknown[];
  /** Closes every connection and the port. */
  stop(): Promise<void>;
}

/** Runs once per connection. When it returns, the connection stays open until the other side ends its half. */
export type Script = (connection: OriginConnection) => Promise<void> | void;

export interface OriginOptions {
  /** Speak TLS with this server configuration. */
  tls?: TlsOptions;
  /** Keep received bytes for `received()`; off for large bodies. */
  keep?: boolean;
  host?: string;
  port?: number;
}

export async function startOrigin(script: Script, options: OriginOptions = {}): Promise<Origin> {
  const sockets = new Set<Socket>();
  const connections: OriginConnection[] = [];
  const failures: unknown[] = [];
  const waiting = new Map<number, ((connection: OriginConnection) => void)[]>();
  let stopped = false;

  function accept(socket: Socket): void {
    const secure = 'servername' in socket ? (socket as TLSSocket) : null;
    const transport = [...sockets].find((one) => one.remotePort === socket.remotePort) ?? socket;
    const connection: OriginConnection = Object.assign(rawSocket(socket, { keep: options.keep ?? true, transport }), {
      index: connections.length,
      serverName: typeof secure?.servername === 'string' ? secure.servername : null,
      alpn: typeof secure?.alpnProtocol === 'string' ? secure.alpnProtocol : null,
    });
    connections.push(connection);
    for (const resolve of waiting.get(connection.index) ?? []) resolve(connection);
    void (async () => {
      try {
        await script(connection);
        // As servers do: when the script is over and the other side has ended, so do we.
        await connection.ending;
        connection.end();
      } catch (error) {
        if (!stopped && !isGone(error)) failures.push(error);
      }
    })();
  }

  // allowHalfOpen: an answer may still be under way after the other side has ended its half.
  const server: Server = options.tls
    ? createTlsServer({ allowHalfOpen: true, ...options.tls } as TlsOptions, accept)
    : createTcpServer({ allowHalfOpen: true, noDelay: true }, accept);
  server.prependListener('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => {});
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    authority: `127.0.0.1:${port}`,
    connections,
    failures,
    connection: (index) => {
      const there = connections[index];
      if (there) return Promise.resolve(there);
      return new Promise((resolve) => {
        waiting.set(index, [...(waiting.get(index) ?? []), resolve]);
      });
    },
    async stop() {
      stopped = true;
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** The other side left: how a script on a keep-alive connection normally comes to its end. */
function isGone(error: unknown): boolean {
  if (error instanceof EndedEarly) return true;
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return (
    code === 'EPIPE' ||
    code === 'ECANCELED' ||
    code === 'ECONNRESET' ||
    code === 'ERR_STREAM_DESTROYED' ||
    code === 'ERR_STREAM_WRITE_AFTER_END'
  );
}
