// A server of many manners, for programs that are run with and without us.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import type { ServerCredentials } from '../harness/test-ca.ts';

export interface ManyManners {
  port: number;
  url: string;
  /** `METHOD path` of what came, in order. */
  came: string[];
  /** How many connections were made to it. */
  connections(): number;
  /** As soon as a line has come so often. */
  cameTimes(line: string, times: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startManyManners(credentials: ServerCredentials | null): Promise<ManyManners> {
  const came: string[] = [];
  const watchers = new Set<() => void>();
  const note = (line: string): void => {
    came.push(line);
    for (const look of watchers) look();
  };
  let connections = 0;
  const answer: http.RequestListener = (request, response) => {
    note(`${request.method} ${request.url}`);
    const path = request.url!.split('?')[0]!;
    const hash = createHash('sha256');
    let bytes = 0;
    switch (path) {
      case '/json':
        response.writeHead(200, 'Fine', ['Content-Type', 'application/json', 'X-Twice', 'a', 'X-Twice', 'b']);
        response.end('{"ok":true}');
        return;
      case '/echo':
        request.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          bytes += chunk.length;
        });
        request.on('end', () =>
          response.end(
            JSON.stringify({
              bytes,
              sha: hash.digest('hex'),
              type: request.headers['content-type'] ?? null,
              framing: request.headers['transfer-encoding'] ?? request.headers['content-length'] ?? null,
            }),
          ),
        );
        return;
      case '/sse': {
        // The next event goes only when the program has said over another call that it has the one before.
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 0\n\n');
        waitingForWord = (word) => (word === 'end' ? response.end() : response.write(`data: ${word}\n\n`));
        response.on('close', () => note('sse closed'));
        return;
      }
      case '/word':
        waitingForWord?.(request.url!.split('?')[1]!);
        response.end('said');
        return;
      case '/hints':
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('body');
        response.addTrailers({ 'x-sum': '42' });
        response.end();
        return;
      case '/pretends':
        response.writeHead(200, { 'sallyport-failure': `${'0'.repeat(32)} dns ENOTFOUND -`, 'sallyport-error': 'dns' });
        response.end('truly');
        return;
      case '/never':
        return;
      case '/unread':
        request.pause();
        return;
      case '/gzip':
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync('squeezed '.repeat(100)));
        return;
      case '/empty':
        response.writeHead(204);
        response.end();
        return;
      case '/away':
        response.writeHead(302, { location: '/json' });
        response.end();
        return;
      case '/cut':
        response.writeHead(200, { 'content-length': '100' });
        response.write('half', () => request.socket.destroy());
        return;
      case '/hangup':
        request.socket.destroy();
        return;
      case '/big':
        response.writeHead(200, { 'content-length': String(8 * 1024 * 1024) });
        response.end(Buffer.alloc(8 * 1024 * 1024, 'x'));
        return;
      case '/close':
        response.writeHead(200, { connection: 'close' });
        response.end('bye');
        return;
      default:
        response.writeHead(404);
        response.end('no such place');
    }
  };
  let waitingForWord: ((word: string) => void) | null = null;
  const server = credentials === null ? http.createServer(answer) : https.createServer(credentials, answer);
  server.on('connection', () => connections++);
  server.on('checkContinue', (request, response) => {
    note('continue');
    response.writeContinue();
    answer(request, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    note(`WS ${request.url}`);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${credentials === null ? 'http' : 'https'}://localhost:${port}`,
    came,
    connections: () => connections,
    cameTimes(line, times) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (came.filter((one) => one === line).length < times) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      });
    },
    async stop() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
