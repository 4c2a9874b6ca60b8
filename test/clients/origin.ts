// The vendor that every client of the matrix talks to: HTTP/1.1 and HTTP/2 over TLS under a made-up name, and plain
// HTTP beside it. It notes what it was asked, so that a test can tell what really arrived.
import { once } from 'node:events';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import type { TestCa } from '../harness/test-ca.ts';

/** Answers one request; returns false when the path is not its own. HTTP/2's requests look like HTTP/1's here. */
export type Route = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface Vendor {
  /** The name its certificate is for; reached through `--connect-to`. */
  host: string;
  httpPort: number;
  httpsPort: number;
  /** Method and path of every request, with the protocol it came by, in order. */
  asked: string[];
  /** Called for `Upgrade` requests over TLS or plain. */
  onUpgrade: (listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) => void;
  stop(): Promise<void>;
}

/** Starts it on free ports. Routes are asked in order; `/things` and `/echo` are always there. */
export async function startVendor(ca: TestCa, host: string, routes: Route[] = []): Promise<Vendor> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${request.method} ${request.url} ${request.httpVersion}`);
    if (![...routes, things, echo].some((route) => route(request, response))) {
      response.writeHead(404).end();
    }
  };
  const http1 = createHttp1(answer);
  const http2 = createHttp2((request, response) =>
    answer(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const tls = createTls({ ...ca.server(host), ALPNProtocols: ['h2', 'http/1.1'] }, (socket: TLSSocket) => {
    socket.on('error', () => {});
    (socket.alpnProtocol === 'h2' ? http2 : http1).emit('connection', socket);
  });
  const plain = createHttp1(answer);
  for (const server of [tls, plain] as Server[]) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  return {
    host,
    httpPort: (plain.address() as AddressInfo).port,
    httpsPort: (tls.address() as AddressInfo).port,
    asked,
    onUpgrade(listener) {
      for (const server of [http1, plain]) server.on('upgrade', listener);
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tls, plain].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

export const thingsBody = '{"things":["anchor","bell","compass"]}';

const things: Route = (request, response) => {
  if (!request.url?.startsWith('/things')) return false;
  response.writeHead(200, { 'content-type': 'application/json', 'x-vendor': 'yes' });
  response.end(thingsBody);
  return true;
};

const echo: Route = (request, response) => {
  if (request.url !== '/echo') return false;
  response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' });
  request.pipe(response);
  return true;
};
