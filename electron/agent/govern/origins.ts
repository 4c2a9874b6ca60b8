import { subscribe } from 'node:diagnostics_channel';
import type net from 'node:net';
import type { Tags, TraceContext } from '../../../shared/model/caller.ts';
import { createRedirects } from '../observe/redirects.ts';

/** What the program around a call says of it; taken in its own stack and async context. */
export interface GovernContext {
  takeSite(): number | null;
  tags(): Tags | null;
  app(): string | null;
  trace(): TraceContext | null;
}

export interface Origin {
  site: number | null;
  trace: TraceContext | null;
  tags: Tags | null;
  app: string | null;
}

const NOWHERE: Origin = { site: null, trace: null, tags: null, app: null };

/** Knows which call of the program the next request on a socket is. */
export interface Origins {
  /** Of the request whose head is written on this socket now. */
  next(socket: net.Socket): Origin;
}

interface UndiciRequest {
  origin: string | URL;
  path: string;
}

interface UndiciResponse {
  statusCode: number;
  /** Name, value, name, value … */
  headers: Uint8Array[];
}

/** Notes where calls come from when clients make them, and on which socket they are written. */
export function watchOrigins(context: GovernContext): Origins {
  const byRequest = new WeakMap<object, Origin>();
  /** undici says which request it is about to write; more than one when it pipelines. */
  const bySocket = new WeakMap<object, Origin[]>();

  // fetch follows a redirect by itself, and nothing of the program is on the stack then.
  const redirects = createRedirects<Origin>();

  function note(request: object, origin: () => Origin): void {
    try {
      byRequest.set(request, origin());
    } catch {
      // A call without an origin is better than none.
    }
  }

  const here = (): Origin => ({
    site: context.takeSite(),
    trace: context.trace(),
    tags: context.tags(),
    app: context.app(),
  });

  subscribe('http.client.request.created', (message) => note((message as { request: object }).request, here));
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: UndiciRequest };
    note(request, () => redirects.leadsTo(`${String(request.origin)}${request.path}`) ?? here());
  });
  subscribe('undici:request:headers', (message) => {
    const { request, response } = message as { request: UndiciRequest; response: UndiciResponse };
    const origin = byRequest.get(request);
    if (origin === undefined || response.statusCode < 300 || response.statusCode >= 400) return;
    let lines = '';
    for (let i = 0; i + 1 < response.headers.length; i += 2)
      lines += `${String(response.headers[i])}: ${String(response.headers[i + 1])}\r\n`;
    try {
      redirects.note(`${String(request.origin)}${request.path}`, lines, origin);
    } catch {
      // An address that is none leads nowhere.
    }
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const { request, socket } = message as { request: object; socket: object };
    const origin = byRequest.get(request) ?? NOWHERE;
    const waiting = bySocket.get(socket);
    if (waiting === undefined) bySocket.set(socket, [origin]);
    else waiting.push(origin);
  });

  return {
    next(socket) {
      const said = bySocket.get(socket)?.shift();
      if (said !== undefined) return said;
      const message = (socket as { _httpMessage?: object | null })._httpMessage;
      return message ? (byRequest.get(message) ?? NOWHERE) : NOWHERE;
    },
  };
}
