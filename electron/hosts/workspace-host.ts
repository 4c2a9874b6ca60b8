import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onError, ORPCError } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { RPCHandler as WebSocketRPCHandler } from '@orpc/server/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { createApi } from '../api/router.ts';
import type { ApiDoors } from '../api/router.ts';
import { GUARD_HEADERS, refuseUpgrade, sendRefusal, sendText } from './answer.ts';
import { serveBody } from './body-route.ts';
import { serveExport } from './export-route.ts';
import { IMPORT_PATH, serveImport } from './import-route.ts';
import { createDoorChecks, refusal } from './door-checks.ts';
import { createPageDoor, isRefusal, notHere, pathOf } from './page-door.ts';
import type { RestHandler } from './rest.ts';
import { sessionFile } from './session-file.ts';
import { createSessions } from './sessions.ts';
import { createWorkspaceFiles, workspaceFolder } from './workspace-files.ts';

export interface WorkspaceHost {
  /** `http://127.0.0.1:PORT/` */
  url: string;
  port: number;
  /** The address that opens the workspace in a browser; whoever has it has every right, so it is for the owner's terminal. */
  link: string;
  /** Stops listening and ends every connection; leases held over them are given back. */
  close(): Promise<void>;
}

export interface WorkspaceHostOptions {
  doors: ApiDoors;
  /** 0 takes a free port. A port in use rejects with the system's error (EADDRINUSE). */
  port: number;
  token: string;
  log: (line: string) => void;
  /** Folder of the built workspace; where the build puts it, when left out. */
  workspace?: string;
}

/** No question is longer; bodies only flow out. */
const MOST_REQUEST_BYTES = 1024 * 1024;
/** A WebSocket client that does not read what it asked for is dropped before it costs memory. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024;

/**
 * The contract's door for this machine: the workspace's pages, REST under /api (OpenAPI), RPC under
 * /rpc over HTTP and WebSocket, on one loopback port. Every request passes door-checks.ts first.
 */
export async function openWorkspaceHost({
  doors,
  port: wantedPort,
  token,
  log,
  workspace = workspaceFolder(),
}: WorkspaceHostOptions): Promise<WorkspaceHost> {
  const api = createApi(doors);
  const bodyLimit = () => new BodyLimitPlugin({ maxBodySize: MOST_REQUEST_BYTES });
  // Refusals are the contract's business; anything else is a bug, and the asker only learns "internal error".
  const logBugs = (error: unknown): void => {
    if (!(error instanceof ORPCError))
      log(`workspace: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  // Scripts' half is loaded when the first script asks: an engine must be ready fast, and small when idle.
  let rest: Promise<RestHandler> | null = null;
  const restHandler = (): Promise<RestHandler> =>
    (rest ??= import('./rest.ts').then(({ createRest }) => createRest(api, MOST_REQUEST_BYTES, logBugs)));
  const rpc = new RPCHandler(api, { plugins: [bodyLimit()], interceptors: [onError(logBugs)] });
  const rpcOverWebSocket = new WebSocketRPCHandler(api, { interceptors: [onError(logBugs)] });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_REQUEST_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const sessions = createSessions(doors.engine.archive ? { memory: sessionFile(doors.engine.info.dataDir, log) } : {});
  const checks = createDoorChecks(() => port, token, sessions);
  const pages = createPageDoor(checks, sessions, createWorkspaceFiles(workspace));
  let specification: Promise<object> | null = null;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = checks.checkPlace(request);
    if (refused) return sendRefusal(response, refused);
    if (await pages.serve(request, response)) return;
    const asker = checks.identify(request);
    if (isRefusal(asker)) return sendRefusal(response, asker);
    if (pages.serveSession(request, response, asker)) return;
    // A stream ends with the session it was asked in.
    asker.session?.ended.addEventListener('abort', () => response.destroy(), { signal: closing(response) });
    for (const [name, value] of Object.entries(GUARD_HEADERS)) response.setHeader(name, value);
    const path = pathOf(request);
    // Imports take as long as they take; everything else is asked in one go.
    if (path !== IMPORT_PATH) endLate(request);
    if (path === '/api/openapi.json') {
      specification ??= import('./openapi.ts').then(({ describeApi }) => describeApi(doors.engine.info.version));
      return sendText(response, JSON.stringify(await specification), { 'Content-Type': 'application/json' });
    }
    if (path.startsWith('/api/')) {
      if (await serveBody(doors.engine.reader, request, response)) return;
      if (await serveExport(doors.engine.jobs, request, response)) return;
      if (await serveImport(doors.engine.jobs, request, response)) return;
      if (await (await restHandler())(request, response)) return;
    } else if ((await rpc.handle(request, response, { prefix: '/rpc' })).matched) return;
    sendRefusal(response, notHere(request.method, path));
  }

  const server = createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 10_000 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log(
          `workspace: ${request.method ?? ''} ${pathOf(request)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        sendRefusal(response, refusal(500, 'Sallyport itself failed', 'The log of the engine says more.'));
      });
    },
  );
  server.maxConnections = 512;

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const wrongPath = /^\/rpc\/?$/.test(request.url ?? '')
      ? null
      : refusal(404, 'There is nothing here', 'WebSockets are served at /rpc.');
    const asker = checks.checkPlace(request) ?? checks.identify(request);
    if (isRefusal(asker)) return refuseUpgrade(socket, asker);
    if (wrongPath) return refuseUpgrade(socket, wrongPath);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      const end = (): void => webSocket.close(1008, 'the session was ended');
      asker.session?.ended.addEventListener('abort', end, { once: true });
      webSocket.once('close', () => asker.session?.ended.removeEventListener('abort', end));
      void rpcOverWebSocket.upgrade(boundedBy(webSocket, MOST_UNREAD_BYTES));
    });
  });
  // A request that node's parser refuses is answered by node (400, 431, 408) and needs no word from us.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: wantedPort, host: '127.0.0.1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;

  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    port,
    link: `${url}?token=${token}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const webSocket of webSockets.clients) webSocket.close(1001, 'the engine stops');
      // Answers under way get a moment to leave; streams and idle connections do not end by themselves.
      await new Promise((resolve) => setImmediate(resolve));
      for (const socket of sockets) socket.destroySoon();
      await closed;
    },
  };
}

/** Aborted when the answer is over, so that what listens for its sake stops. */
function closing(response: ServerResponse): AbortSignal {
  const over = new AbortController();
  response.once('close', () => over.abort());
  return over.signal;
}

/** The socket as oRPC uses it, ended when its unsent bytes pass the limit: oRPC itself has no back-pressure. */
function boundedBy(webSocket: WebSocket, limit: number): Pick<WebSocket, 'addEventListener' | 'send'> {
  return {
    addEventListener: webSocket.addEventListener.bind(webSocket),
    send(...message: Parameters<WebSocket['send']>) {
      if (webSocket.bufferedAmount > limit) return webSocket.terminate();
      if (webSocket.readyState === webSocket.OPEN) webSocket.send(...message);
    },
  } as Pick<WebSocket, 'addEventListener' | 'send'>;
}

/** A question must be here within half a minute. */
function endLate(request: IncomingMessage): void {
  if (request.complete) return;
  const late = setTimeout(() => request.destroy(), 30_000).unref();
  request.once('end', () => clearTimeout(late)).once('close', () => clearTimeout(late));
}
