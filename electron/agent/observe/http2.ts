import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Call, CallTeller, Outgoing } from '../call.ts';
import { takeOrigin } from '../call.ts';
import { failureOf } from '../failure.ts';
import { linesOf, splitHost, text } from '../header-lines.ts';
import type { Link } from '../link.ts';
import { patch } from '../patch.ts';
import { attemptFailed, attemptOn, claim, wayOf } from '../sockets.ts';
import { listen, quietly } from './listen.ts';

interface Seen {
  call: Call;
  headers: Record<string, unknown>;
}

/** node:http2 and what is built on it, @grpc/grpc-js before all; from Node 22.17 and 24.2 on, which have the channels. */
export function observeHttp2(link: Link, teller: CallTeller, undici: { ownsStream(path: unknown): boolean }): void {
  const streams = new WeakMap<object, Seen>();
  /** Streams that were begun on a session. */
  const counts = new WeakMap<object, number>();
  const ordinals = new WeakMap<object, number>();
  let patched = false;

  listen(
    'http2.client.stream.created',
    ({ stream, headers }: { stream: ClientHttp2Stream; headers: Record<string, unknown> }) => {
      if (!patched) patchStreams(Object.getPrototypeOf(stream) as object);
      // undici tells of its own; and what a server pushes is no call of the program.
      if (undici.ownsStream(headers[':path']) || (stream.id ?? 1) % 2 === 0 || link.quiet()) return;
      const seen = { call: teller.begin(takeOrigin()), headers };
      streams.set(stream, seen);
      open(stream, seen);
    },
  );

  // On a session that stands already this comes before `created`, else after it.
  listen('http2.client.stream.start', ({ stream }: { stream: ClientHttp2Stream }) => {
    const session = stream.session as ClientHttp2Session | undefined;
    if (session === undefined) return;
    const ordinal = counts.get(session) ?? 0;
    counts.set(session, ordinal + 1);
    ordinals.set(stream, ordinal);
    const seen = streams.get(stream);
    if (seen !== undefined) open(stream, seen);
  });

  function open(stream: ClientHttp2Stream, { call, headers }: Seen): void {
    const ordinal = ordinals.get(stream);
    const session = stream.session as ClientHttp2Session | undefined;
    const socket = session === undefined ? null : socketOf(session);
    if (socket === null) return;
    const connection = claim(socket);
    if (ordinal === undefined) return;
    if (headers[':method'] === 'CONNECT' && headers[':protocol'] === undefined) {
      call.state = 'left-out';
      return;
    }
    const out = outgoing(headers, socket);
    out.way = wayOf(socket, ordinal);
    const { startedAt } = call;
    teller.open(call, out, () =>
      attemptOn(socket, connection, { ...out, startedAt, protocol: 'h2', reused: ordinal > 0 }),
    );
  }

  listen(
    'http2.client.stream.bodyChunkSent',
    ({
      stream,
      writev,
      data,
      encoding,
    }: {
      stream: ClientHttp2Stream;
      writev: boolean;
      data: unknown;
      encoding: string;
    }) => {
      const seen = streams.get(stream);
      if (seen === undefined) return;
      const chunks =
        writev && Array.isArray(data)
          ? (data as { chunk?: unknown; encoding?: string }[])
          : [{ chunk: data, encoding }];
      for (const one of chunks) {
        const chunk = one instanceof Uint8Array ? one : one.chunk;
        const bytes =
          typeof chunk === 'string'
            ? Buffer.from(chunk, (one as { encoding?: string }).encoding as BufferEncoding)
            : chunk;
        if (bytes instanceof Uint8Array) teller.piece(seen.call, 'request', bytes);
      }
    },
  );

  listen('http2.client.stream.bodySent', ({ stream }: { stream: ClientHttp2Stream }) => {
    const seen = streams.get(stream);
    if (seen !== undefined) teller.requestEnded(seen.call);
  });

  listen(
    'http2.client.stream.finish',
    ({ stream, headers }: { stream: ClientHttp2Stream; headers: Record<string, unknown> }) => {
      const seen = streams.get(stream);
      if (seen !== undefined) teller.answered(seen.call, Number(headers[':status'] ?? 0), '', 'h2', linesOf(headers));
    },
  );

  listen('http2.client.stream.error', ({ stream, error }: { stream: ClientHttp2Stream; error: unknown }) => {
    const seen = streams.get(stream);
    if (seen === undefined) return;
    const { call } = seen;
    const failure = failureOf(error, call.answered ? 'body' : call.state === 'waiting' ? 'connect' : 'head');
    if (call.state === 'waiting') teller.open(call, outgoing(seen.headers, null), () => attemptFailed(failure));
    teller.close(call, failure);
  });

  function patchStreams(prototype: object): void {
    patched = true;
    patch(
      prototype,
      'push',
      (push) =>
        function (this: object, ...args: unknown[]) {
          const seen = streams.get(this);
          if (seen !== undefined && args[0] instanceof Uint8Array)
            quietly(() => teller.piece(seen.call, 'response', args[0] as Uint8Array));
          return Reflect.apply(push, this as never, args as never[]);
        },
    );
    patch(
      prototype,
      'emit',
      (emit) =>
        function (this: ClientHttp2Stream, ...args: unknown[]) {
          const seen = streams.get(this);
          if (seen !== undefined) quietly(() => onEvent(seen, this, args));
          return Reflect.apply(emit, this as never, args as never[]);
        },
    );
  }

  const trailers = new WeakMap<object, string>();

  function onEvent({ call }: Seen, stream: ClientHttp2Stream, [event, headers]: unknown[]): void {
    if (event === 'trailers') trailers.set(stream, linesOf(headers));
    else if (event === 'headers')
      teller.informed(call, Number((headers as Record<string, unknown>)[':status'] ?? 0), linesOf(headers));
    else if (event === 'close') {
      if (call.closed) return;
      const { rstCode } = stream;
      if (stream.readableEnded || (call.answered && rstCode === 0 && !stream.aborted)) {
        teller.requestEnded(call);
        teller.close(call, null, trailers.get(stream) ?? '');
      } else if (rstCode === 8)
        teller.close(call, { kind: 'client-left', detail: 'The program cancelled the stream.' });
      else
        teller.close(call, {
          kind: 'closed-early',
          detail: `The stream ended before its answer was complete (code ${rstCode}).`,
        });
    }
  }
}

/** What `session.socket` stands for: a proxy that refuses some questions is put before the real one. */
function socketOf(session: ClientHttp2Session): Socket | null {
  const socket = (session as { socket?: Socket }).socket;
  if (socket === undefined) return null;
  const hidden = Object.getOwnPropertySymbols(session).find((symbol) => symbol.description === 'socket');
  const real = hidden === undefined ? undefined : (session as unknown as Record<symbol, Socket | undefined>)[hidden];
  return real ?? socket;
}

function outgoing(headers: Record<string, unknown>, socket: Socket | null): Outgoing {
  const scheme =
    text(headers[':scheme']) || ((socket as { encrypted?: boolean } | null)?.encrypted === true ? 'https' : 'http');
  const { host, port } = splitHost(text(headers[':authority'] ?? headers['host']));
  return {
    kind: headers[':protocol'] === 'websocket' ? 'websocket' : 'http',
    method: text(headers[':method']) || 'GET',
    scheme,
    host,
    port: port ?? (scheme === 'https' ? 443 : 80),
    target: text(headers[':path']) || '/',
    protocol: 'h2',
    headers: linesOf(headers),
    way: null,
  };
}
