import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Call, CallTeller, Outgoing } from '../call.ts';
import { takeOrigin } from '../call.ts';
import { failureOf, timeoutAt } from '../failure.ts';
import { linesOf, linesOfHead, splitHost } from '../header-lines.ts';
import type { Link } from '../link.ts';
import { patch } from '../patch.ts';
import { attemptFailed, attemptOn, claim, isReady, wayOf, type Connection } from '../sockets.ts';
import { hasEnded, type Observed } from './observed.ts';
import { listen, quietly } from './listen.ts';

interface Seen {
  call: Call;
  request: ClientRequest;
  socket: Socket | null;
  connection: Connection | null;
  ordinal: number;
  reused: boolean;
  timedOut: boolean;
  response: IncomingMessage | null;
}

/**
 * node:http and node:https, and all that is built on them. The channel says that a request is made; everything
 * else is heard where the client's own events pass (`emit`), and where pieces of bodies go in (`write`, `end`) and
 * come out of the parser (`push`). No listener is added: one for 'error' would swallow errors, one for 'response' or
 * 'data' would change what happens to the answer.
 */
export function observeHttp(
  link: Link,
  teller: CallTeller,
  observed: Observed,
  loadHttp: () => typeof import('node:http'),
): void {
  const requests = new WeakMap<object, Seen>();
  const responses = new WeakMap<object, Seen>();
  let requestsPatched = false;
  let responsesPatched = false;

  const begin = (request: ClientRequest): void => {
    if (!requestsPatched) patchRequests(Object.getPrototypeOf(request) as object);
    if (requests.has(request) || link.quiet()) return;
    const seen: Seen = {
      call: teller.begin(takeOrigin()),
      request,
      socket: null,
      connection: null,
      ordinal: 0,
      reused: false,
      timedOut: false,
      response: null,
    };
    if (request.method === 'CONNECT') seen.call.state = 'left-out';
    requests.set(request, seen);
  };

  listen('http.client.request.created', ({ request }: { request: ClientRequest }) => begin(request));
  if (!hasCreatedChannel()) {
    // Before Node 22.12: the first thing that a request does is to ask its agent for a connection.
    const http = loadHttp();
    patchRequests(http.ClientRequest.prototype);
    patch(
      http.Agent.prototype,
      'addRequest',
      (addRequest) =>
        function (this: unknown, ...args: unknown[]) {
          quietly(() => begin(args[0] as ClientRequest));
          return Reflect.apply(addRequest, this as never, args as never[]);
        },
    );
    patch(
      http.ClientRequest.prototype,
      'onSocket',
      (onSocket) =>
        function (this: ClientRequest, ...args: unknown[]) {
          quietly(() => begin(this));
          return Reflect.apply(onSocket, this as never, args as never[]);
        },
    );
  }

  function patchRequests(found: object): void {
    requestsPatched = true;
    // A class of the program's own may stand before the one that all share.
    let prototype = found;
    while (!Object.hasOwn(prototype, 'onSocket')) {
      const next = Object.getPrototypeOf(prototype) as object | null;
      if (next === null) return;
      prototype = next;
    }
    patch(
      prototype,
      'emit',
      (emit) =>
        function (this: ClientRequest, ...args: unknown[]) {
          const seen = requests.get(this);
          if (seen !== undefined) quietly(() => onEvent(seen, args));
          return Reflect.apply(emit, this as never, args as never[]);
        },
    );
    patch(
      prototype,
      'write',
      (write) =>
        function (this: ClientRequest, ...args: unknown[]) {
          const seen = requests.get(this);
          if (seen !== undefined) quietly(() => onWrite(seen, args[0], args[1]));
          const result = Reflect.apply(write, this as never, args as never[]);
          if (seen !== undefined) quietly(() => openIfReady(seen));
          return result;
        },
    );
    patch(
      prototype,
      'end',
      (end) =>
        function (this: ClientRequest, ...args: unknown[]) {
          const seen = requests.get(this);
          const first = seen !== undefined && !this.writableEnded;
          if (first) quietly(() => onWrite(seen, args[0], args[1]));
          const result = Reflect.apply(end, this as never, args as never[]);
          if (first) {
            quietly(() => {
              openIfReady(seen);
              if (this.writableEnded) teller.requestEnded(seen.call);
            });
          }
          return result;
        },
    );
  }

  function patchResponses(found: object): void {
    responsesPatched = true;
    let prototype = found;
    while (!Object.hasOwn(prototype, '_addHeaderLines')) {
      const next = Object.getPrototypeOf(prototype) as object | null;
      if (next === null) return;
      prototype = next;
    }
    patch(
      prototype,
      'push',
      (push) =>
        function (this: IncomingMessage, ...args: unknown[]) {
          const seen = responses.get(this);
          if (seen !== undefined) quietly(() => onPush(seen, this, args[0]));
          return Reflect.apply(push, this as never, args as never[]);
        },
    );
  }

  function onEvent(seen: Seen, [event, first, second, third]: unknown[]): void {
    switch (event) {
      case 'socket':
        return onSocket(seen, first as Socket);
      case 'information':
        openNow(seen);
        return teller.informed(
          seen.call,
          (first as IncomingMessage).statusCode ?? 0,
          linesOf((first as IncomingMessage).rawHeaders),
        );
      case 'response':
        return onResponse(seen, first as IncomingMessage);
      case 'upgrade':
        return onUpgrade(seen, first as IncomingMessage, second as Socket, third as Uint8Array | undefined);
      case 'timeout':
        seen.timedOut = true;
        return undefined;
      case 'error':
        return onError(seen, first);
      case 'close':
        return onClose(seen);
      default:
        return undefined;
    }
  }

  function onSocket(seen: Seen, socket: Socket): void {
    const connection = claim(socket);
    seen.socket = socket;
    seen.connection = connection;
    if (seen.request.method === 'CONNECT') return;
    seen.reused = connection.requests > 0 || seen.request.reusedSocket;
    seen.ordinal = connection.requests++;
    if (isReady(socket)) return openIfReady(seen);
    const encrypted = (socket as { encrypted?: boolean }).encrypted === true;
    socket.once(encrypted ? 'secureConnect' : 'connect', () => quietly(() => openIfReady(seen)));
  }

  /** Tells the request once its head is written and its connection stands. */
  function openIfReady(seen: Seen): void {
    if (seen.call.state === 'waiting' && seen.socket !== null && headOf(seen.request) !== null && isReady(seen.socket))
      openNow(seen);
  }

  function openNow(seen: Seen): void {
    const { call, request, socket, connection, ordinal, reused } = seen;
    if (call.state !== 'waiting' || socket === null || connection === null) return;
    const way = wayOf(socket, ordinal);
    const out = outgoing(request, connection);
    out.way = way;
    const { startedAt } = call;
    const protocol = 'http/1.1';
    teller.open(call, out, () => attemptOn(socket, connection, { ...out, startedAt, protocol, reused }));
  }

  function onWrite(seen: Seen, chunk: unknown, encoding: unknown): void {
    const data =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : chunk;
    if (data instanceof Uint8Array && data.length > 0) teller.piece(seen.call, 'request', data);
  }

  function onResponse(seen: Seen, response: IncomingMessage): void {
    openNow(seen);
    if (!responsesPatched) patchResponses(Object.getPrototypeOf(response) as object);
    seen.response = response;
    responses.set(response, seen);
    const { statusCode, statusMessage, httpVersion, rawHeaders } = response;
    const protocol = httpVersion === '1.0' ? 'http/1.0' : 'http/1.1';
    teller.answered(seen.call, statusCode ?? 0, statusMessage ?? '', protocol, linesOf(rawHeaders));
  }

  function onUpgrade(seen: Seen, response: IncomingMessage, socket: Socket, head: Uint8Array | undefined): void {
    onResponse(seen, response);
    requests.delete(seen.request);
    responses.delete(response);
    teller.requestEnded(seen.call);
    const pieces = head === undefined || head.length === 0 ? [] : [head];
    observed.upgraded(seen.call, socket, linesOf(response.rawHeaders), pieces);
  }

  function onPush(seen: Seen, response: IncomingMessage, chunk: unknown): void {
    if (chunk instanceof Uint8Array) return teller.piece(seen.call, 'response', chunk);
    if (chunk !== null || !response.complete) return;
    const { call } = seen;
    // An answer that nobody took is read past, and its pieces do not come by here.
    const length = Number(response.headers['content-length']);
    if (call.responseBytes === 0 && length > 0 && (response as { _dumped?: boolean })._dumped === true)
      call.responseBytes = length;
    teller.requestEnded(call);
    teller.close(call, null, linesOf(response.rawTrailers));
  }

  function onError(seen: Seen, error: unknown): void {
    const { call, socket, request } = seen;
    const stage = call.answered ? 'body' : socket !== null && isReady(socket) ? 'head' : 'connect';
    // The program's own `destroy()` and a server that hangs up come as the same error.
    const hungUp = (error as { message?: unknown } | null)?.message === 'socket hang up';
    const left = hungUp && (socket === null || !hasEnded(socket)) && !socket?.errored;
    let failure = failureOf(error, stage, left);
    if (seen.timedOut && left)
      failure = { kind: timeoutAt(stage), detail: 'The program gave up: its time limit had passed.' };
    else if (left) failure.detail = 'The program ended the call.';
    else if (hungUp) failure = { kind: 'closed-early', detail: 'The server closed the connection without an answer.' };
    if (call.state === 'waiting') {
      if (socket !== null && isReady(socket)) openNow(seen);
      else teller.open(call, outgoing(request, null), () => attemptFailed(failure));
    }
    teller.close(call, failure);
  }

  function onClose(seen: Seen): void {
    const { call, socket, response } = seen;
    if (call.closed) return;
    if (call.answered && response?.complete === true) return teller.close(call, null, linesOf(response.rawTrailers));
    const stage = call.answered ? 'body' : 'head';
    if (seen.timedOut)
      return teller.close(call, { kind: timeoutAt(stage), detail: 'The program gave up: its time limit had passed.' });
    if (socket !== null && hasEnded(socket))
      return teller.close(call, {
        kind: 'closed-early',
        detail: 'The server closed the connection before the answer was complete.',
      });
    teller.close(call, { kind: 'client-left', detail: 'The program ended the call before the answer was complete.' });
  }
}

/** The head as it is written to the socket; null until it is. */
function headOf(request: ClientRequest): string | null {
  const head = (request as unknown as { _header?: unknown })._header;
  return typeof head === 'string' ? head : null;
}

function outgoing(request: ClientRequest, connection: Connection | null): Outgoing {
  const head = headOf(request);
  const headers = head === null ? linesOf(request.getHeaders()) : linesOfHead(head);
  // As the request line has it: an agent may have rewritten it for a proxy.
  const path = head?.split(' ', 2)[1] ?? request.path;
  const absolute = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]*)(.*)$/i.exec(path);
  const scheme = absolute?.[1]?.toLowerCase() ?? request.protocol.replace(':', '');
  const usual = scheme === 'https' ? 443 : 80;
  const said = request.getHeader('host');
  const authority = splitHost(absolute?.[2] ?? (typeof said === 'string' ? said : request.host));
  const dialled =
    absolute === null && connection !== null && connection.host === request.host ? connection.port : usual;
  return {
    kind: /^websocket$/i.test(String(request.getHeader('upgrade') ?? '')) ? 'websocket' : 'http',
    method: request.method,
    scheme,
    host: authority.host || request.host,
    port: authority.port ?? dialled,
    target: absolute === null ? path : absolute[3] || '/',
    protocol: 'http/1.1',
    headers,
    way: null,
  };
}

function hasCreatedChannel(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}
