import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendFile, sendRefusal, sendText } from './answer.ts';
import { isOpenedByHand, isPage, refusal } from './door-checks.ts';
import type { Asker, DoorChecks, DoorRefusal } from './door-checks.ts';
import { notBuiltPage, PLAIN_POLICY, wayInPage } from './plain-pages.ts';
import type { Sessions } from './sessions.ts';
import type { WorkspaceFiles } from './workspace-files.ts';

export interface PageDoor {
  /**
   * Answers what belongs to browsers: pages, files, and the link that opens a session. False when the request is for
   * the api. Has to come after checkPlace.
   */
  serve(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Answers /api/session, where `asker` may ask; false when the request is for something else. */
  serveSession(request: IncomingMessage, response: ServerResponse, asker: Asker): boolean;
}

/** The browser's half of the workspace host. */
export function createPageDoor(checks: DoorChecks, sessions: Sessions, files: WorkspaceFiles): PageDoor {
  /** 'self' means the WebSocket too, but not to every browser. */
  const sockets = (request: IncomingMessage): string[] => [`ws://${request.headers.host ?? ''}`];

  function sendPlain(response: ServerResponse, status: number, html: string): void {
    sendText(response, html, {
      status,
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': PLAIN_POLICY,
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="sallyport"' } : {}),
    });
  }

  /** `?token=…` or `?ticket=…` becomes a cookie, and leaves the address bar and the history at once. */
  function openSession(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const token = url.searchParams.get('token');
    const ticket = url.searchParams.get('ticket');
    if (!isOpenedByHand(request)) {
      const why = 'This link opens only from this machine’s own terminal or address bar, not from another page.';
      return sendPlain(response, 401, wayInPage(why, url.pathname));
    }
    if (!(token === null ? sessions.redeemTicket(ticket ?? '') : checks.isToken(token))) {
      const why =
        token === null ? 'This link has been used, or is too old.' : 'This link is of an earlier start of the engine.';
      return sendPlain(response, 401, wayInPage(why, url.pathname));
    }
    url.searchParams.delete('token');
    url.searchParams.delete('ticket');
    sendText(response, '', {
      status: 303,
      'Content-Type': 'text/plain',
      Location: url.pathname + url.search,
      'Set-Cookie': `${checks.cookieName()}=${sessions.open().id}; Path=/; HttpOnly; SameSite=Strict`,
    });
  }

  return {
    async serve(request, response) {
      const path = pathOf(request);
      if (path.startsWith('/api/') || path.startsWith('/rpc/') || path === '/rpc') return false;
      if (isPage(request)) {
        const url = new URL(request.url ?? '/', 'http://localhost');
        if (url.searchParams.has('token') || url.searchParams.has('ticket')) openSession(request, response, url);
        else if (isRefusal(checks.identify(request))) sendPlain(response, 401, wayInPage(null, url.pathname));
        else {
          const page = await files.page(sockets(request));
          if (page) sendFile(request, response, page);
          else sendPlain(response, 503, notBuiltPage());
        }
        return true;
      }
      const asker = checks.identify(request);
      if (isRefusal(asker)) sendRefusal(response, asker);
      else {
        const reading = request.method === 'GET' || request.method === 'HEAD';
        const file = reading ? await files.file(path, sockets(request)) : null;
        if (file) sendFile(request, response, file);
        else sendRefusal(response, notHere(request.method, path));
      }
      return true;
    },

    serveSession(request, response, { session }) {
      const path = pathOf(request);
      const json = (value: unknown): void =>
        sendText(response, JSON.stringify(value), { 'Content-Type': 'application/json' });
      if (path === '/api/session' && request.method === 'GET') json({ as: session ? 'session' : 'token' });
      else if (path === '/api/session' && request.method === 'DELETE') {
        if (session) session.end();
        else sessions.endAll();
        json({ ended: session ? 'this session' : 'all sessions' });
      } else if (path === '/api/session/ticket' && request.method === 'POST') {
        if (session)
          sendRefusal(
            response,
            refusal(403, 'Tickets are for the token’s holder', 'Send “Authorization: Bearer TOKEN”.'),
          );
        else json({ ticket: sessions.issueTicket() });
      } else return false;
      return true;
    },
  };
}

/** Where a request goes, without its query: what may be logged. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').replace(/\?.*$/s, '');
}

export function notHere(method: string | undefined, path: string): DoorRefusal {
  return refusal(
    404,
    'There is nothing here',
    `${method ?? ''} ${path} is not part of the api; see /api/openapi.json.`,
  );
}

export function isRefusal(asker: Asker | DoorRefusal): asker is DoorRefusal {
  return 'status' in asker;
}
