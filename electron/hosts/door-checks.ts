import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Session, Sessions } from './sessions.ts';

/** A request turned away before the contract sees it, as RFC 9457 problem details. */
export interface DoorRefusal {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 421 | 500 | 503;
  title: string;
  detail: string;
}

/** Who asks: a script with the token, or a browser with a session. */
export type Asker = { session: Session | null };

export interface DoorChecks {
  /** Whether the request is meant for us and comes from nobody else's page: null, or why not. */
  checkPlace(request: IncomingMessage): DoorRefusal | null;
  /** Whether it carries our token or a session's cookie. */
  identify(request: IncomingMessage): Asker | DoorRefusal;
  /** Whether a text is the token. */
  isToken(given: string): boolean;
  /** Name of the session's cookie. Browsers share cookies between ports, so the name tells engines apart. */
  cookieName(): string;
}

/**
 * The checks in front of everything. A page on the internet can make a browser send requests to
 * loopback, and can point its own name at 127.0.0.1 (DNS rebinding); so the Host must be a loopback
 * name with our port, an Origin must be ours, and every answer but words wants the token or a session.
 * A page of another port on this machine is the *same site* to browsers and is given our cookie: what
 * comes with the cookie must also be said to come from our own pages.
 */
export function createDoorChecks(port: () => number, token: string, sessions: Sessions): DoorChecks {
  const wanted = digest(token);
  const isToken = (given: string): boolean => timingSafeEqual(digest(given), wanted);
  const cookieName = (): string => `sallyport-${port()}`;

  function isOurs(authority: string): boolean {
    const [, name = '', given = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority.toLowerCase()) ?? [];
    return (
      (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') &&
      Number(given === '' ? '80' : given) === port()
    );
  }

  return {
    isToken,
    cookieName,

    checkPlace(request) {
      const { host, origin } = request.headers;
      if (host === undefined || !isOurs(host)) {
        return refusal(
          421,
          'This is not the host you asked for',
          `Ask http://127.0.0.1:${port()}/ by that name; the Host header said ${host ? `“${host}”` : 'nothing'}.`,
        );
      }
      if (origin !== undefined && !(origin.startsWith('http://') && isOurs(origin.slice('http://'.length)))) {
        return refusal(403, 'Pages of other origins may not ask', `The Origin “${origin}” is not this workspace.`);
      }
      const site = request.headers['sec-fetch-site'];
      // Following a link to a page is fine, showing it in a frame or reaching into the api is not.
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isVisit(request)) {
        return refusal(
          403,
          'Pages of other sites may not ask',
          `The browser says the request comes from another site (${site}).`,
        );
      }
      return null;
    },

    identify(request) {
      const bearer = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
      // Digests have one length, so the comparison tells nothing about the token, its length included.
      if (bearer !== undefined) return isToken(bearer) ? { session: null } : needed(ANOTHER_TOKEN);
      const cookie = cookieOf(request, cookieName());
      const session = cookie === null ? null : sessions.find(cookie);
      if (session && (isVisit(request) || isFromOurPage(request))) return { session };
      return needed(
        cookie === null
          ? 'Send “Authorization: Bearer TOKEN”.'
          : session
            ? 'A session counts only for requests of our own pages, and the browser does not say that this is one.'
            : 'The session is over: it was ended, or is older than a month.',
      );
    },
  };
}

const ANOTHER_TOKEN = 'The token is not the one of this engine; it changes with every start.';

/** A page of the workspace: any address that is neither the api's nor a file's. */
export function isPage(request: IncomingMessage): boolean {
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    /^\/(?!api(?:[/?]|$)|rpc(?:[/?]|$)|assets\/|\/)[\w/-]*(?:\?|$)/.test(request.url ?? '')
  );
}

/** Somebody goes to a page, in a window of its own; not a page that shows or reads it. */
function isVisit(request: IncomingMessage): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': dest = 'document' } = request.headers;
  return isPage(request) && mode === 'navigate' && dest === 'document';
}

/** The browser says so: by where the request comes from, or by an Origin (which checkPlace has compared). */
function isFromOurPage(request: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers;
  return site === undefined ? origin !== undefined : site === 'same-origin' || site === 'none';
}

/** The link with the token counts when somebody opens it, not when a page of another origin leads there. */
export function isOpenedByHand(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'] ?? 'none';
  return request.method === 'GET' && isVisit(request) && (site === 'none' || site === 'same-origin');
}

export function refusal(status: DoorRefusal['status'], title: string, detail: string): DoorRefusal {
  return { status, title, detail };
}

function needed(detail: string): DoorRefusal {
  return refusal(
    401,
    'A token is needed',
    `${detail} The token is in engine.json in the data folder, and in the file of serve --ready-file.`,
  );
}

function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key = '', ...value] = part.split('=');
    if (key.trim() === name) return value.join('=').trim();
  }
  return null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
