import { subscribe } from 'node:diagnostics_channel';
import type net from 'node:net';
import type { Tags, TraceContext } from '../../../shared/model/caller.ts';

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

/** Notes where calls come from when clients make them, and on which socket they are written. */
export function watchOrigins(context: GovernContext): Origins {
  const byRequest = new WeakMap<object, Origin>();
  /** undici says which request it is about to write; more than one when it pipelines. */
  const bySocket = new WeakMap<object, Origin[]>();

  function note(request: object): void {
    try {
      byRequest.set(request, {
        site: context.takeSite(),
        trace: context.trace(),
        tags: context.tags(),
        app: context.app(),
      });
    } catch {
      // A call without an origin is better than none.
    }
  }

  subscribe('http.client.request.created', (message) => note((message as { request: object }).request));
  subscribe('undici:request:create', (message) => note((message as { request: object }).request));
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
