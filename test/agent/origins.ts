import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { createTestCa, selfSigned } from '../harness/test-ca.ts';

/** Addresses that every scenario of test/agent/programs/client-scenarios.mjs needs. */
export interface Addresses {
  plain: string;
  tls: string;
  untrusted: string;
  refused: string;
  h2: string;
  h2c: string;
}

export interface Origins {
  addresses: Addresses;
  /** PEM file of who vouches for them. */
  caFile: string;
  stop(): void;
}

type Request = IncomingMessage | http2.Http2ServerRequest;
type Answer = Pick<ServerResponse, 'write' | 'end' | 'writeHead' | 'setHeader'>;

/** Servers of every protocol with the same answers. */
export async function startOrigins(): Promise<Origins> {
  const ca = createTestCa();
  const credentials = ca.server('localhost');
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-origins-'));
  const caFile = join(folder, 'ca.pem');
  writeFileSync(caFile, ca.pem);
  /** Answers that go on when another request comes. */
  const steps = new Map<string, () => void>();
  const arrived = new Map<string, (() => void)[]>();
  let neverCame = 0;
  const requestsOn = new WeakMap<object, number>();

  const answer = (request: Request, response: Answer): void => {
    const connection = (request as http2.Http2ServerRequest).stream?.session ?? request.socket;
    const count = (requestsOn.get(connection) ?? 0) + 1;
    requestsOn.set(connection, count);
    const url = request.url ?? '';
    const path = url.replace(/\?.*/, '');
    response.setHeader('x-on-connection', String(count));
    const body: Buffer[] = [];
    request.on('data', (chunk: Buffer) => body.push(chunk));
    request.on('end', () => {
      if (path === '/json') {
        response.setHeader('content-type', 'application/json');
        response.setHeader('set-cookie', ['a=1', 'b=2']);
        response.end('{"ok":true}');
      } else if (path === '/echo') {
        response.setHeader('content-type', 'text/plain');
        response.end(Buffer.concat(body));
      } else if (path === '/gzip') {
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync('zipped '.repeat(200)));
      } else if (path === '/redirect') {
        response.writeHead(302, { location: '/json' });
        response.end();
      } else if (path === '/empty') {
        response.writeHead(204);
        response.end();
      } else if (path === '/big') {
        response.end(Buffer.alloc(700_000, 'big '));
      } else if (path.startsWith('/steps/')) {
        response.setHeader('content-type', 'text/event-stream');
        let sent = 0;
        const next = (): void => {
          sent++;
          if (sent <= 4) response.write(`data: ${sent}\n\n`);
          else response.end();
        };
        steps.set(path.slice('/steps/'.length), next);
        next();
      } else if (path.startsWith('/next/')) {
        steps.get(path.slice('/next/'.length))?.();
        response.end();
      } else if (path === '/never') {
        neverCame++;
        for (const go of arrived.get('never') ?? []) go();
        arrived.delete('never');
      } else if (path === '/when-never') {
        const go = (): void => {
          neverCame--;
          response.end();
        };
        if (neverCame > 0) go();
        else arrived.set('never', [...(arrived.get('never') ?? []), go]);
      } else if (path === '/half') {
        response.write('half');
      } else if (path === '/hang-up') {
        leave(request);
      } else if (path === '/cut') {
        response.setHeader('content-length', '100');
        response.write('cut', () => leave(request));
      } else {
        response.writeHead(404);
        response.end('nothing here');
      }
    });
  };

  const open = new Set<Socket>();
  const servers: Server[] = [];
  const listen = async (server: Server, scheme: string): Promise<string> => {
    servers.push(server);
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
    server.listen(0, 'localhost');
    await once(server, 'listening');
    return `${scheme}://localhost:${(server.address() as AddressInfo).port}`;
  };

  const plain = http.createServer(answer);
  const tls = https.createServer(credentials, answer);
  for (const server of [plain, tls]) {
    const sockets = new WebSocketServer({ server, perMessageDeflate: server === tls });
    sockets.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
  }
  // A port that nobody listens on: of a server that has stopped.
  const gone = createServer().listen(0, 'localhost');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();

  const addresses: Addresses = {
    plain: await listen(plain, 'http'),
    tls: await listen(tls, 'https'),
    untrusted: await listen(
      http2.createSecureServer({ ...selfSigned('localhost'), allowHTTP1: true }, answer as never),
      'https',
    ),
    h2: await listen(http2.createSecureServer(credentials, answer as never), 'https'),
    h2c: await listen(http2.createServer(answer as never), 'http'),
    refused: `http://localhost:${port}`,
  };
  return {
    addresses,
    caFile,
    stop() {
      for (const server of servers) server.close();
      for (const socket of open) socket.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function leave(request: Request): void {
  const stream = (request as http2.Http2ServerRequest).stream as http2.ServerHttp2Stream | undefined;
  if (stream === undefined) request.socket.destroy();
  else stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
}
