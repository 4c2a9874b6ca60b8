import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request turned away before the contract sees it, as RFC 9457 problem details. */
export interface DoorRefusal {
  status: 400 | 401 | 403 | 404 | 405 | 413 | 421 | 500;
  title: string;
  detail: string;
}

export interface DoorChecks {
  /** Whether the request is meant for us and comes from nobody else's page: null, or why not. */
  checkOrigin(request: IncomingMessage): DoorRefusal | null;
  /** Whether it carries our token: null, or why not. */
  checkToken(request: IncomingMessage): DoorRefusal | null;
}

/**
 * The checks in front of everything. A page on the internet can make a browser send requests to
 * loopback, and can point its own name at 127.0.0.1 (DNS rebinding); so the Host must be a loopback
 * name with our port, an Origin must be ours, and every answer but the start page wants the token.
 */
export function createDoorChecks(port: () => number, token: string): DoorChecks {
  const wanted = digest(token);

  function isOurs(authority: string): boolean {
    const [, name = '', given = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(authority.toLowerCase()) ?? [];
    return (
      (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') &&
      Number(given === '' ? '80' : given) === port()
    );
  }

  return {
    checkOrigin(request) {
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
      // Following a link to the start page is fine; reaching into the api from another page is not.
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isStartPage(request)) {
        return refusal(
          403,
          'Pages of other sites may not ask',
          `The browser says the request comes from another site (${site}).`,
        );
      }
      return null;
    },

    checkToken(request) {
      const given = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
      // Digests have one length, so the comparison tells nothing about the token, its length included.
      if (given !== undefined && timingSafeEqual(digest(given), wanted)) return null;
      const detail =
        given === undefined
          ? 'Send “Authorization: Bearer TOKEN”.'
          : 'The token is not the one of this engine; it changes with every start.';
      return refusal(
        401,
        'A token is needed',
        `${detail} The token is in engine.json in the data folder, and in the file of serve --ready-file.`,
      );
    },
  };
}

export function isStartPage(request: IncomingMessage): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && /^\/(\?|$)/.test(request.url ?? '');
}

export function refusal(status: DoorRefusal['status'], title: string, detail: string): DoorRefusal {
  return { status, title, detail };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
