import http2 from 'node:http2';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, AnswerHead, Control, LastWord, OutboundRequest, OwnAnswer } from '../../pipeline/dispatch.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../../pipeline/clock.ts';
import { CHANCES, CHANCE_MS, holdPass, type Pass } from './admission.ts';
import { endToEndFields } from '../../pipeline/forward/hop-by-hop.ts';
import { headersOf, isForbiddenInHttp2 } from '../../pipeline/forward/origin-http2.ts';
import { peerOf } from '../../pipeline/forward/peer-address.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import { keepTimeAfter } from './keep-time.ts';
import { recordRefused, recordUnproven } from './record-refused.ts';
import { refusalFor } from './refusal.ts';
import { authorityOf, splitAuthority } from './target.ts';
import type { Leg, Surroundings } from './surroundings.ts';

const WINDOW = 4 * 1024 * 1024;
const HIGH_WATER = 256 * 1024;

export interface ClientHttp2 {
  /** Takes no new streams, and closes when the running ones are over. */
  close(): void;
  /** Called about once a second: is the connection still one, and still used? `now` in monotonic ms. */
  checkTime(now: number): void;
}

/** What a connection knows of the calls it carries. */
interface Use {
  socket: Duplex;
  streams: number;
  /** Monotonic ms at which the last stream ended. */
  idleSince: number;
  /** How long (ms) it is kept without a stream; -1 until there was an answer. */
  keepTime: number;
  /** What its last stream came in by. */
  pass: Pass | null;
  /** Streams that came in by nothing. */
  refusals: number;
}

/** A client that does not close its side after our GOAWAY does not keep the socket. */
const LINGER_MS = 2_000;

/** Serves an HTTP/2 connection from a program: each stream is a call (or, for CONNECT, a tunnel). */
export function serveHttp2(
  socket: Duplex,
  leg: Leg,
  around: Surroundings,
  onConnect: (target: { host: string; port: number }, stream: Duplex, leg: Leg) => void,
): ClientHttp2 {
  const session = http2.performServerHandshake(socket, {
    settings: { initialWindowSize: WINDOW, maxConcurrentStreams: 1000, enableConnectProtocol: false },
    maxHeaderListPairs: 2000,
    maxSettings: 128,
  });
  const use: Use = { socket, streams: 0, idleSince: performance.now(), keepTime: -1, pass: null, refusals: 0 };
  session.once('remoteSettings', () => session.setLocalWindowSize(WINDOW * 4));
  session.on('error', ignore);
  session.setTimeout(around.limits.idleTime, () => session.close());
  // The listener keeps sockets half open for HTTP/1; a client that ended its half of an HTTP/2
  // connection can neither open windows nor cancel, so it is gone and so are its calls.
  socket.once('end', () => session.destroy());
  // Before node's own listener, which only closes the streams: one with an unfinished write would wait for ever.
  socket.prependOnceListener('close', () => session.destroy());
  session.on(
    'stream',
    (stream: http2.ServerHttp2Stream, _headers: http2.IncomingHttpHeaders, flags: number, raw: string[]) => {
      stream.on('error', ignore);
      use.streams++;
      stream.on('close', () => {
        use.streams--;
        use.idleSince = performance.now();
      });
      try {
        serveStream(stream, raw, (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0, leg, around, use, onConnect);
      } catch (error) {
        around.onBug(error);
        stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      }
    },
  );
  return {
    close: () => session.close(),
    // When a write to a client that left fails, node's http2 over TLS says nothing, stops reading and
    // tries the next write, which never ends (seen in 24.21): nobody would ever hear of the end.
    checkTime: (now) => {
      if (leg.bottom instanceof net.Socket && peerOf(leg.bottom) === null) session.destroy();
      else if (use.streams === 0 && use.keepTime >= 0 && now - use.idleSince > use.keepTime && !session.closed) {
        // GOAWAY and a FIN: a request that is on its way meanwhile is told that nobody saw it, and can be sent again.
        session.close();
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      }
    },
  };
}

interface Pseudo {
  method: string;
  scheme: string;
  authority: string | null;
  path: string;
}

function serveStream(
  stream: http2.ServerHttp2Stream,
  raw: string[],
  ended: boolean,
  leg: Leg,
  around: Surroundings,
  use: Use,
  onConnect: (target: { host: string; port: number }, stream: Duplex, leg: Leg) => void,
): void {
  const pseudo: Pseudo = { method: '', scheme: '', authority: null, path: '' };
  const received: Fields = [];
  let host: string | null = null;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    const value = raw[i + 1]!;
    if (name === ':method') pseudo.method = value;
    else if (name === ':scheme') pseudo.scheme = value;
    else if (name === ':authority') pseudo.authority = value;
    else if (name === ':path') pseudo.path = value;
    else if (!name.startsWith(':')) {
      if (name === 'host') host = value;
      received.push(name, value);
    }
  }
  const credentials = received.findIndex((text, index) => index % 2 === 0 && text === 'proxy-authorization');
  const verdict = around.admission.admit(leg, credentials < 0 ? null : received[credentials + 1]!);
  if ('kind' in verdict) {
    refuseUnproven(stream, verdict, leg, around, pseudo, use);
    return;
  }
  const { pass } = verdict;
  if (pass !== null && pass !== use.pass) {
    use.pass = pass;
    holdPass(pass, use.socket, leg.bottom);
  }
  const app = leg.app ?? verdict.app;
  const tags = leg.tags ?? verdict.tags;
  if (pseudo.method === 'CONNECT') {
    const target = splitAuthority(pseudo.authority ?? '');
    if (target === null || target.port === 0) {
      refuse(
        stream,
        { kind: 'malformed-request', detail: 'CONNECT wants host:port as its :authority.' },
        leg,
        around,
        pseudo,
        400,
      );
      return;
    }
    stream.respond({ ':status': 200 }, { sendDate: false } as http2.ServerStreamResponseOptions);
    onConnect(target, stream, { ...leg, app, tags, pass: pass ?? leg.pass, bottom: stream });
    return;
  }
  const place = placeOf(pseudo, host, leg);
  if ('kind' in place) {
    refuse(stream, place, leg, around, pseudo);
    return;
  }
  const end2end = endToEndFields(received, []);
  const fields: Fields = [];
  for (let i = 0; i < end2end.length; i += 2)
    if (!isForbiddenInHttp2(end2end[i]!)) fields.push(end2end[i]!, end2end[i + 1]!);
  const length = lengthOf(fields);
  const { connection } = leg;
  const call = around.nextCallId();
  connection?.began(call, pseudo.method, pseudo.path, app);
  const request: OutboundRequest = {
    call,
    source: 'proxy',
    app: app ?? connection?.app ?? null,
    process: connection?.process ?? null,
    tags,
    clientAddress: leg.clientAddress,
    startedAt: wallMicroseconds(),
    origin: monotonicMicroseconds(),
    method: pseudo.method,
    scheme: place.scheme,
    host: place.host,
    port: place.port,
    target: pseudo.path,
    protocol: 'h2',
    headerLines: linesOf([
      'host',
      place.authority,
      ...received.filter((_, index) => !received[index - (index % 2)]!.startsWith('proxy-')),
    ]),
    fields,
    authority: place.authority,
    body: ended ? null : (length ?? 'stream'),
    upgrade: null,
    expectsContinue: false,
    caller: stream.session ?? stream,
    who: connection,
    pseudoOrder: raw.filter((text, index) => index % 2 === 0 && text.startsWith(':')),
  };
  carry(stream, request, around, use, pass ?? leg.pass);
}

function carry(
  stream: http2.ServerHttp2Stream,
  request: OutboundRequest,
  around: Surroundings,
  use: Use,
  pass: Pass | null,
): ClientStream {
  return new ClientStream(stream, request, around, use, pass);
}

/** Inside a tunnel its authority is where the call goes; the stream's `:authority` is what the origin is told. */
function placeOf(
  pseudo: Pseudo,
  host: string | null,
  leg: Leg,
): { scheme: 'http' | 'https'; host: string; port: number; authority: string } | Failure {
  if (pseudo.method === '' || (!pseudo.path.startsWith('/') && pseudo.path !== '*'))
    return { kind: 'malformed-request', detail: `The :path “${pseudo.path.slice(0, 100)}” is not one.` };
  if (pseudo.authority !== null && host !== null && pseudo.authority.toLowerCase() !== host.toLowerCase()) {
    return { kind: 'malformed-request', detail: 'The host header names another host than :authority.' };
  }
  const authority = pseudo.authority ?? host;
  if (leg.fixed !== null)
    return { ...leg.fixed, authority: authority ?? authorityOf(leg.fixed.scheme, leg.fixed.host, leg.fixed.port) };
  if (pseudo.scheme !== 'http' && pseudo.scheme !== 'https')
    return {
      kind: 'unsupported',
      detail: `Sallyport cannot forward “${pseudo.scheme}” addresses; http and https only.`,
    };
  const target = splitAuthority(authority ?? '');
  if (target === null) return { kind: 'malformed-request', detail: 'The request says no host (:authority).' };
  const port = target.port === 0 ? (pseudo.scheme === 'https' ? 443 : 80) : target.port;
  return { scheme: pseudo.scheme, host: target.host, port, authority: authority! };
}

class ClientStream implements Answer {
  readonly #stream: http2.ServerHttp2Stream;
  readonly #use: Use;
  readonly #control: Control;
  #trailers: Fields = [];
  #requestTrailers: Fields = [];
  #answered = false;
  #over = false;
  #paused = false;

  constructor(
    stream: http2.ServerHttp2Stream,
    request: OutboundRequest,
    around: Surroundings,
    use: Use,
    pass: Pass | null,
  ) {
    this.#stream = stream;
    this.#use = use;
    this.#control = around.dispatch(request, this);
    stream.on('close', () => {
      if (this.#over) return;
      this.#over = true;
      const detail = 'The caller reset the stream or closed its connection before the answer was complete.';
      this.#control.abort(pass?.ended ?? { kind: 'client-left', detail });
    });
    stream.on('wantTrailers', () => {
      stream.sendTrailers(headersOf(this.#trailers));
    });
    stream.on('drain', () => {
      if (!this.#paused) return;
      this.#paused = false;
      this.#control.resume();
    });
    if (request.body !== null) {
      stream.on('trailers', (_headers: http2.IncomingHttpHeaders, _flags: number, raw: string[]) => {
        this.#requestTrailers = raw;
      });
      stream.on('data', (chunk: Buffer) => {
        if (!this.#control.write(chunk)) stream.pause();
        this.#control.flush();
      });
      stream.on('end', () => {
        // 'end' also follows a reset: only a clean end completes the request.
        if (stream.aborted || stream.rstCode !== 0) return;
        this.#control.finish(this.#requestTrailers);
        this.#control.flush();
      });
    } else stream.resume();
    this.#control.flush();
  }

  attempted(): void {}

  informed(status: number, fields: Fields): void {
    // node sends 100 by itself for an Expect header, and refuses 101.
    if (this.#answered || this.#stream.destroyed || status === 101) return;
    this.#stream.additionalHeaders({ ':status': status, ...headersOf(fields) });
  }

  head(head: AnswerHead): void {
    if (this.#over || this.#stream.destroyed) return;
    this.#answered = true;
    this.#use.keepTime = keepTimeAfter(head);
    const headers: string[] = [':status', String(head.status)];
    for (let i = 0; i < head.fields.length; i += 2) {
      const name = head.fields[i]!.toLowerCase();
      if (!isForbiddenInHttp2(name)) headers.push(name, head.fields[i + 1]!);
    }
    const endStream = head.body === null || head.body === 0;
    this.#stream.respond(headers, {
      endStream,
      waitForTrailers: !endStream,
      sendDate: false,
    } as http2.ServerStreamResponseOptions);
  }

  data(chunk: Buffer): boolean {
    if (this.#over || this.#stream.destroyed) return true;
    this.#stream.write(chunk);
    return true;
  }

  settle(): void {
    if (this.#over || this.#paused || this.#stream.writableLength <= HIGH_WATER) return;
    this.#paused = true;
    this.#control.pause();
  }

  end(trailers: Fields): void {
    if (this.#over) return;
    this.#over = true;
    this.#trailers = trailers;
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.end();
  }

  upgraded(_head: AnswerHead, socket: Duplex): void {
    // Never asked for over HTTP/2.
    socket.destroy();
    this.fail({ kind: 'malformed-answer', detail: 'The origin switched protocols although nobody asked it to.' });
  }

  fail(failure: Failure, own?: LastWord): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#stream.destroyed) return;
    if (this.#answered || own === 'reset')
      this.#stream.close(
        failure.kind === 'client-left' ? http2.constants.NGHTTP2_CANCEL : http2.constants.NGHTTP2_INTERNAL_ERROR,
      );
    else answerRefusal(this.#stream, own ?? refusalFor(failure));
  }

  drained(): void {
    this.#stream.resume();
  }

  stopSending(): void {
    // The answer is complete; what is still being sent of the request nobody reads.
    if (!this.#stream.destroyed) this.#stream.close(http2.constants.NGHTTP2_NO_ERROR);
  }
}

function refuse(
  stream: http2.ServerHttp2Stream,
  failure: Failure,
  leg: Leg,
  around: Surroundings,
  pseudo: Pseudo,
  status?: number,
): void {
  recordRefused(around, leg, failure, refusalFor(failure, status).status, requestLine(pseudo));
  answerRefusal(stream, refusalFor(failure, status));
}

function refuseUnproven(
  stream: http2.ServerHttp2Stream,
  failure: Failure,
  leg: Leg,
  around: Surroundings,
  pseudo: Pseudo,
  use: Use,
): void {
  recordUnproven(around, leg, failure, refusalFor(failure).status, requestLine(pseudo));
  use.keepTime = CHANCE_MS;
  if (++use.refusals >= CHANCES) stream.session?.close();
  answerRefusal(stream, refusalFor(failure));
  // The client need not send on what nobody reads (RFC 9113 §8.1).
  stream.once('finish', () => stream.close(http2.constants.NGHTTP2_NO_ERROR));
}

function requestLine({ method, scheme, authority, path }: Pseudo): Buffer {
  const place =
    method === 'CONNECT' ? (authority ?? '') : `${scheme === '' ? '' : `${scheme}://${authority ?? ''}`}${path}`;
  return Buffer.from(`${method} ${place} HTTP/2\r\n`, 'latin1');
}

function answerRefusal(stream: http2.ServerHttp2Stream, refusal: OwnAnswer): void {
  const headers = [
    ':status',
    String(refusal.status),
    ...refusal.fields.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text)),
  ];
  stream.respond(headers, { sendDate: false } as http2.ServerStreamResponseOptions);
  stream.end(refusal.body);
  // What the client still sends of its request is of no use to anybody.
  stream.resume();
}

function lengthOf(fields: Fields): number | null {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'content-length') {
      const length = /^\d{1,15}$/.test(fields[i + 1]!) ? Number(fields[i + 1]) : null;
      return length;
    }
  }
  return null;
}

function ignore(): void {}
