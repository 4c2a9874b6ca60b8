import { once } from 'node:events';
import * as http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { ServerCredentials } from './test-ca.ts';

/** One stream as the origin saw it. */
export interface SeenStream {
  /** Which session (connection) it came on, from 0. */
  session: number;
  /** Name and value in the order received, pseudo-headers first. */
  headers: [name: string, value: string][];
  stream: http2.ServerHttp2Stream;
  /** The request body so far. */
  body(): Buffer;
  /** Resolves at the end of the request's body. */
  whole: Promise<Buffer>;
  trailers: [name: string, value: string][];
  /** Resolves when the stream is over, with its RST code (0: none). */
  closed: Promise<number>;
}

export interface H2Origin {
  readonly port: number;
  readonly authority: string;
  readonly sessions: number;
  readonly streams: readonly SeenStream[];
  stop(): Promise<void>;
}

/**
 * An HTTP/2 origin on node:http2, over TLS when given credentials, else by prior knowledge. `answer` runs per
 * stream; what it throws resets the stream.
 */
export async function startH2Origin(
  answer: (seen: SeenStream) => Promise<void> | void,
  options: { tls?: ServerCredentials; settings?: http2.Settings } = {},
): Promise<H2Origin> {
  const settings = options.settings ? { settings: options.settings } : {};
  const server = options.tls
    ? (http2.createSecureServer({ ...options.tls, ALPNProtocols: ['h2'], ...settings }) as unknown as http2.Http2Server)
    : http2.createServer(settings);
  const sockets = new Set<Socket>();
  const sessions: http2.ServerHttp2Session[] = [];
  const streams: SeenStream[] = [];

  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('sessionError', () => {});
  server.on('stream', (stream, _headers, _flags, rawHeaders) => {
    const parts: Buffer[] = [];
    const seen: SeenStream = {
      session: sessions.findIndex((session) => session === stream.session),
      headers: pairs(rawHeaders),
      stream,
      body: () => Buffer.concat(parts),
      whole: new Promise((resolve) => {
        stream.on('end', () => resolve(Buffer.concat(parts)));
      }),
      trailers: [],
      closed: new Promise((resolve) => {
        stream.on('close', () => resolve(stream.rstCode ?? 0));
      }),
    };
    stream.on('data', (chunk: Buffer) => parts.push(chunk));
    stream.on('trailers', (_trailers, _trailerFlags, rawTrailers: unknown) => {
      seen.trailers.push(...pairs(rawTrailers as string[]));
    });
    stream.on('error', () => {});
    streams.push(seen);
    void (async () => {
      try {
        await answer(seen);
      } catch {
        stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    authority: `127.0.0.1:${port}`,
    get sessions() {
      return sessions.length;
    },
    streams,
    async stop() {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

function pairs(raw: readonly string[] | undefined): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; raw && i + 1 < raw.length; i += 2) list.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return list;
}
