import type { Socket } from 'node:net';
import type { Call, CallTeller, Outgoing } from '../call.ts';
import { takeOrigin } from '../call.ts';
import { failureOf } from '../failure.ts';
import { linesOf, linesOfHead, splitHost, text } from '../header-lines.ts';
import type { Link } from '../link.ts';
import { patch } from '../patch.ts';
import { attemptFailed, attemptOn, claim, wayOf } from '../sockets.ts';
import type { Observed } from './observed.ts';
import { listen, quietly } from './listen.ts';
import { createRedirects } from './redirects.ts';

/** As undici 5 to 8 make them; fetch's are the same. */
interface Request {
  origin: unknown;
  method: string;
  path: string;
  headers: unknown;
  upgrade: string | null;
}

/** Node's fetch is some twenty frames deep when it makes its request: they need not be looked at. */
const fetchOfNode = globalThis.fetch;

interface Head {
  statusCode: number;
  headers: unknown;
  statusText?: string;
}

interface Seen {
  call: Call;
  socket: Socket | null;
  h2: boolean;
  /** Where it went, for the redirect that may follow. */
  url: string;
  /** Bytes of an upgraded connection that came with the answer's head. */
  head: Uint8Array[] | null;
}

/**
 * Node's fetch and WebSocket, and undici from npm: all by its channels. Bodies are as on the wire, content codings on.
 * Gives `ownsStream`: whether the HTTP/2 stream that is being made just now belongs to a request seen here.
 */
export function observeUndici(
  link: Link,
  teller: CallTeller,
  observed: Observed,
): { ownsStream(path: unknown): boolean } {
  const requests = new WeakMap<object, Seen>();
  const redirects = createRedirects<Call['origin']>();
  let streamOf: string | null = null;

  listen('undici:request:create', ({ request }: { request: Request }) => {
    const channels = Object.getPrototypeOf(request) as object;
    if (!complete.has(channels)) completeChannels(channels, { onSent, onReceived, onHead });
    if (link.quiet() || request.method === 'CONNECT') return;
    const url = urlOf(request);
    // fetch follows a redirect by itself, and nothing of the program is on the stack then.
    let origin = redirects.leadsTo(url) ?? takeOrigin(fetchOfNode);
    if (origin.site === null) origin = takeOrigin();
    requests.set(request, { call: teller.begin(origin), socket: null, h2: false, url, head: null });
  });

  listen(
    'undici:client:sendHeaders',
    ({ request, headers, socket }: { request: Request; headers: string; socket: Socket }) => {
      const connection = claim(socket);
      if (request.method === 'CONNECT') return;
      const ordinal = connection.requests++;
      const h2 =
        (socket as { alpnProtocol?: unknown }).alpnProtocol === 'h2' || !/^\S+ \S+ HTTP\/1\.[01]\r\n/.test(headers);
      if (h2) streamOf = request.path;
      const seen = requests.get(request);
      if (seen === undefined) return;
      const { call } = seen;
      seen.socket = socket;
      seen.h2 = h2;
      const protocol = h2 ? 'h2' : 'http/1.1';
      const out = outgoing(request, h2 ? linesOf(fields(headers)) : linesOfHead(headers), protocol);
      out.way = wayOf(socket, ordinal);
      const { startedAt } = call;
      teller.open(call, out, () => attemptOn(socket, connection, { ...out, startedAt, protocol, reused: ordinal > 0 }));
      if (request.upgrade === 'websocket' && !h2) seen.head = observed.catchUnshifted(socket);
    },
  );

  const onSent = (request: object, chunk: unknown): void => {
    const seen = requests.get(request);
    if (seen === undefined) return;
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    if (data instanceof Uint8Array) teller.piece(seen.call, 'request', data);
  };
  const onReceived = (request: object, chunk: unknown): void => {
    const seen = requests.get(request);
    if (seen !== undefined && chunk instanceof Uint8Array) teller.piece(seen.call, 'response', chunk);
  };
  listen('undici:request:bodyChunkSent', ({ request, chunk }: { request: Request; chunk: unknown }) =>
    onSent(request, chunk),
  );
  listen('undici:request:bodyChunkReceived', ({ request, chunk }: { request: Request; chunk: unknown }) =>
    onReceived(request, chunk),
  );

  listen('undici:request:bodySent', ({ request }: { request: Request }) => {
    const seen = requests.get(request);
    if (seen !== undefined) teller.requestEnded(seen.call);
  });

  const onHead = (request: Request, response: Head): void => {
    const seen = requests.get(request);
    if (seen === undefined) return;
    const { call, socket, h2 } = seen;
    const { statusCode, statusText } = response;
    const headers = linesOf(response.headers);
    if (statusCode < 200 && statusCode !== 101) return teller.informed(call, statusCode, headers);
    if (statusCode >= 300 && statusCode < 400) redirects.note(seen.url, headers, call.origin);
    teller.requestEnded(call);
    teller.answered(call, statusCode, statusText ?? '', h2 ? 'h2' : 'http/1.1', headers);
    if (statusCode !== 101 || request.upgrade !== 'websocket' || socket === null) return;
    observed.upgraded(call, socket, headers, seen.head ?? []);
    requests.delete(request);
  };
  listen('undici:request:headers', ({ request, response }: { request: Request; response: Head }) =>
    onHead(request, response),
  );

  listen('undici:request:trailers', ({ request, trailers }: { request: Request; trailers: unknown }) => {
    const seen = requests.get(request);
    if (seen === undefined) return;
    teller.requestEnded(seen.call);
    teller.close(seen.call, null, linesOf(trailers));
  });

  listen('undici:request:error', ({ request, error }: { request: Request; error: unknown }) => {
    const seen = requests.get(request);
    if (seen === undefined) return;
    const { call, socket } = seen;
    const failure = failureOf(error, call.answered ? 'body' : socket === null ? 'connect' : 'head');
    if (call.state === 'waiting') {
      const out = outgoing(request, linesOf(request.headers) || text(request.headers), 'unknown');
      teller.open(call, out, () => attemptFailed(failure));
    }
    teller.close(call, failure);
  });

  return {
    ownsStream(path) {
      const owns = streamOf !== null && streamOf === path;
      streamOf = null;
      return owns;
    },
  };
}

function urlOf({ origin, path }: Request): string {
  return /^https?:\/\//.test(path) ? path : `${String(origin)}${path}`;
}

function outgoing(request: Request, headers: string, protocol: Outgoing['protocol']): Outgoing {
  const absolute = request.path.charCodeAt(0) === SLASH ? null : /^(https?:\/\/[^/?#]*)(.*)$/i.exec(request.path);
  const { scheme, host, port } = placeOf(absolute?.[1] ?? String(request.origin));
  const target = absolute === null ? request.path : absolute[2]!;
  return {
    kind: request.upgrade === 'websocket' ? 'websocket' : 'http',
    method: request.method,
    scheme,
    host,
    port,
    target: target === '' ? '/' : target,
    protocol,
    headers,
    way: null,
  };
}

const SLASH = 47;
let lastOrigin = '';
let lastPlace = { scheme: 'http', host: '', port: 80 };

/** Takes an origin apart; most requests go where the one before went. */
function placeOf(origin: string): typeof lastPlace {
  if (origin === lastOrigin) return lastPlace;
  const match = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(origin);
  const scheme = match?.[1]?.toLowerCase() ?? 'http';
  const { host, port } = splitHost(match?.[2] ?? '');
  lastOrigin = origin;
  lastPlace = { scheme, host, port: port ?? (scheme === 'https' ? 443 : 80) };
  return lastPlace;
}

/** HTTP/2 gives its block as lines already, its pseudo-headers among them. */
function fields(lines: string): string[] {
  const list: string[] = [];
  for (const one of lines.split('\r\n')) {
    const colon = one.indexOf(':', 1);
    if (colon > 0 && !one.startsWith(':')) list.push(one.slice(0, colon), one.slice(colon + 2));
  }
  return list;
}

const complete = new WeakSet<object>();

/**
 * What versions have no channel for: before 7.11 the pieces of bodies, before 8 the answer that upgrades. There the
 * request's own methods say so.
 */
function completeChannels(
  prototype: object,
  take: {
    onSent(request: object, chunk: unknown): void;
    onReceived(request: object, chunk: unknown): void;
    onHead(request: Request, head: Head): void;
  },
): void {
  complete.add(prototype);
  const gaps: [string, string, (request: Request, args: unknown[]) => void][] = [
    ['onBodySent', 'bodyChunkSent', (request, [chunk]) => take.onSent(request, chunk)],
    ['onData', 'bodyChunkReceived', (request, [chunk]) => take.onReceived(request, chunk)],
    [
      'onUpgrade',
      'channels.headers',
      (request, [statusCode, headers]) => take.onHead(request, { statusCode: statusCode as number, headers }),
    ],
  ];
  for (const [name, channel, tell] of gaps) {
    const method = (prototype as Record<string, unknown>)[name];
    if (typeof method !== 'function' || Function.prototype.toString.call(method).includes(channel)) continue;
    patch(
      prototype,
      name,
      (original) =>
        function (this: Request, ...args: unknown[]) {
          quietly(() => tell(this, args));
          return Reflect.apply(original, this, args) as unknown;
        },
    );
  }
}
