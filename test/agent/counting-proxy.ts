import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import type { ServerCredentials } from '../harness/test-ca.ts';

/** A request as a proxy that reads everything counts it: which one it was on the connection from that port. */
export interface Counted {
  port: number;
  ordinal: number;
  method: string;
  target: string;
}

export interface CountingProxy {
  port: number;
  counted: Counted[];
  stop(): void;
}

/** Answers everything itself: absolute form, CONNECT, and TLS with HTTP/1.1 or HTTP/2 inside. */
export async function startCountingProxy(credentials: ServerCredentials): Promise<CountingProxy> {
  const counted: Counted[] = [];
  /** Port of the program's own socket, whatever is wrapped around it here. */
  const portOf = new WeakMap<object, number>();
  const counts = new Map<number, number>();
  const open = new Set<Socket>();

  const answer = (request: IncomingMessage | http2.Http2ServerRequest, response: ServerResponse): void => {
    const socket = (request as http2.Http2ServerRequest).stream?.session?.socket ?? request.socket;
    const port = portOf.get(request.socket) ?? socket.remotePort ?? 0;
    const ordinal = counts.get(port) ?? 0;
    counts.set(port, ordinal + 1);
    const target = (request.url ?? '').replace(/^https?:\/\/[^/]+/, '');
    counted.push({ port, ordinal, method: request.method ?? '', target });
    request.resume().on('end', () => response.end('counted'));
  };
  const inner1 = http.createServer(answer);
  const inner2 = http2.createServer(answer as never);
  const secure = tls.createServer({ ...credentials, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    (socket.alpnProtocol === 'h2' ? inner2 : inner1).emit('connection', socket);
  });
  const outer = http.createServer(answer);
  outer.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  outer.on('connect', (_, socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      (first[0] === 22 ? secure : inner1).emit('connection', socket);
    });
  });
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  return {
    port: (outer.address() as AddressInfo).port,
    counted,
    stop() {
      outer.close();
      for (const socket of open) socket.destroy();
    },
  };
}
