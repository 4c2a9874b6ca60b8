import type { EnginePlace } from '../hosts/engine-messages.ts';
import { streamToLoopback } from '../hosts/loopback-fetch.ts';
import { DOOR_HEADERS, NOTHING_POLICY } from '../hosts/page-policy.ts';
import { notBuiltPage, PLAIN_POLICY } from '../hosts/plain-pages.ts';
import type { FileAnswer, WorkspaceFiles } from '../hosts/workspace-files.ts';
import type { ElectronMain } from './electron-main.ts';

/** Where the workspace's pages are in the desktop app. */
export const PAGE_ORIGIN = 'app://sallyport';

/** Has to be called before the app is ready. */
export function registerScheme({ protocol }: Pick<ElectronMain, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

/**
 * Answers `app://sallyport/…`: the built workspace, and under /api/ the engine's own HTTP door, which gets the token
 * from us so that no page ever holds it. Bodies stream both ways.
 */
export function createPageProtocol(
  files: WorkspaceFiles,
  place: () => EnginePlace | null,
  send: (asked: Request) => Promise<Response> = streamToLoopback,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (url.protocol !== 'app:' || url.host !== 'sallyport') return problem(404, 'There is nothing here');
    if (url.pathname.startsWith('/api/')) return askEngine(request, url, place(), send);
    if (request.method !== 'GET' && request.method !== 'HEAD') return problem(405, 'Pages are only read');
    if (/^\/[\w/-]*$/.test(url.pathname) && !url.pathname.startsWith('/assets/')) {
      const page = await files.page();
      if (page) return toResponse(request, page);
      return new Response(notBuiltPage(), {
        status: 503,
        headers: { ...guard(PLAIN_POLICY), 'Content-Type': 'text/html; charset=utf-8' },
      });
    }
    const file = await files.file(url.pathname);
    return file ? toResponse(request, file) : problem(404, 'There is nothing here');
  };
}

async function askEngine(
  request: Request,
  url: URL,
  engine: EnginePlace | null,
  send: (asked: Request) => Promise<Response>,
): Promise<Response> {
  if (!engine) return problem(503, 'The engine is not running just now');
  const headers = new Headers();
  for (const name of ['accept', 'content-type', 'range', 'last-event-id']) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set('authorization', `Bearer ${engine.token}`);
  try {
    const answer = await send(
      new Request(new URL(url.pathname + url.search, engine.workspace), {
        method: request.method,
        headers,
        body: request.body,
        signal: request.signal,
        redirect: 'manual',
        ...(request.body === null ? {} : { duplex: 'half' }),
      }),
    );
    const passed = new Headers(answer.headers);
    for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'set-cookie']) passed.delete(name);
    return new Response(answer.body, { status: answer.status, headers: passed });
  } catch (error) {
    return problem(502, 'The engine did not answer', error instanceof Error ? error.message : String(error));
  }
}

function toResponse(request: Request, { status, headers, body }: FileAnswer): Response {
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}

function problem(status: number, title: string, detail = title): Response {
  return new Response(JSON.stringify({ type: 'about:blank', status, title, detail }), {
    status,
    headers: { ...guard(NOTHING_POLICY), 'Content-Type': 'application/problem+json' },
  });
}

function guard(policy: string): Record<string, string> {
  return { ...DOOR_HEADERS, 'Cache-Control': 'no-store', 'Content-Security-Policy': policy };
}
