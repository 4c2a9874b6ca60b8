import { STATUS_CODES } from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { createChunkedReader, type ChunkedReader } from '../../../../shared/bytes/chunked.ts';
import { readRequestHead, readTrailers, type Fields, type RequestHead } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, AnswerHead, Control, OutboundRequest } from '../../pipeline/dispatch.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../../pipeline/clock.ts';
import { endToEndFields } from '../../pipeline/forward/hop-by-hop.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import { cutConnection } from './cut.ts';
import { refusalFor } from './refusal.ts';
import { recordRefused } from './record-refused.ts';
import { readApp, readTarget, splitAuthority, type RequestTarget } from './target.ts';
import { relayUpgrade } from './upgrade.ts';
import type { Leg, Surroundings } from './surroundings.ts';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '0\r\n\r\n';
/** Requests that arrive while one is being answered are held up to this, then the socket is paused. */
const PIPELINE_LIMIT = 64 * 1024;
/** Above this much unsent, the origin is paused until the client has read it. */
const HIGH_WATER = 64 * 1024;
/** Up to this size a batch goes out in one write. */
const JOIN_LIMIT = 32 * 1024;
/** After a refusal, what the client still sends is read and dropped this long, so that it sees the answer and not a reset. */
const LINGER_MS = 2_000;

const PROXY_FIELD = /^proxy-/im;
const PROXY_LINES = /^proxy-[^\r\n]*\r\n/gim;

type State = 'head' | 'body' | 'answering' | 'refused' | 'handed-over' | 'closed';

export interface Handover {
  /** CONNECT was asked for; the 200 is still to be sent with `accept`. */
  connect(target: { host: string; port: number }, head: RequestHead, socket: Duplex, rest: Buffer, app: string | null): void;
}

/**
 * One HTTP/1 connection from a program: reads requests strictly, one at a time, hands each to the
 * pipeline and writes its answer back. A class: it lives as long as its socket, and is the hot path.
 */
export class ClientHttp1 implements Answer {
  readonly socket: net.Socket;
  readonly #leg: Leg;
  readonly #around: Surroundings;
  readonly #handover: Handover;
  #state: State = 'head';
  #held: Buffer = EMPTY;
  #searched = 0;
  #reading = false;
  #left = 0;
  #chunks: ChunkedReader | null = null;
  #control: Control | null = null;
  #head: RequestHead | null = null;
  #request: OutboundRequest | null = null;
  #clientEnded = false;

  // The running answer
  #batch: (string | Buffer)[] = [];
  #batchBytes = 0;
  #headSent = false;
  #answerChunked = false;
  #closeAfter = false;
  #bodySeen = false;
  #continued = false;
  #originPaused = false;
  #requestPaused = false;

  /** Monotonic ms of the last progress, and what is being waited for; read by the listener's watch. */
  active = performance.now();

  constructor(socket: net.Socket, leg: Leg, around: Surroundings, handover: Handover) {
    this.socket = socket;
    this.#leg = leg;
    this.#around = around;
    this.#handover = handover;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onClose);
    socket.on('drain', this.#onDrain);
    socket.on('error', ignore);
  }

  /** Bytes that were read before this connection was known to be HTTP/1. */
  begin(first: Buffer): void {
    this.#onData(first);
    this.socket.resume();
  }

  /** The first bytes are no protocol that a proxy speaks. */
  refuseUnreadable(first: Buffer): void {
    this.#refuse({ kind: 'malformed-request', detail: 'The request was refused: these bytes are no HTTP request.' }, first, 400);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.active = performance.now();
    try {
      this.#read(chunk);
    } catch (error) {
      this.#around.onBug(error);
      this.#breakOff({ kind: 'internal', detail: `A fault of ours: ${String(error)}` });
    }
  };

  #read(chunk: Buffer): void {
    // Answers can end inside a read (synchronously): the outer call then goes on with what is held.
    // And a client that asks on without reading its answers waits until it has.
    if (this.#reading || this.#state === 'answering' || (this.#state === 'head' && this.socket.writableLength > HIGH_WATER)) {
      this.#hold(chunk);
      return;
    }
    this.#reading = true;
    let at = 0;
    while (at < chunk.length) {
      // Reading changes the state, which the type checker cannot see.
      const state = this.#state as State;
      if (state === 'head') at = this.#readHead(chunk, at);
      else if (state === 'body') at = this.#readBody(chunk, at);
      else {
        if (state === 'answering') this.#hold(chunk.subarray(at));
        // refused, handed over, closed: nothing that follows is a request
        break;
      }
    }
    this.#reading = false;
    this.#control?.flush();
    // The answer may have ended meanwhile, with the next request already here.
    if (this.#state === 'head' && this.#held.length > 0 && this.#searched === 0 && this.socket.writableLength <= HIGH_WATER) this.#next();
  }

  #hold(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#held.length > PIPELINE_LIMIT) this.socket.pause();
  }

  #next(): void {
    const held = this.#held;
    this.#held = EMPTY;
    this.#searched = 0;
    this.#read(held);
  }

  /** Reads a head from `chunk` at `at`; returns where the rest starts. */
  #readHead(chunk: Buffer, at: number): number {
    let bytes: Buffer;
    if (this.#held.length === 0) {
      // RFC 9112 §2.2: empty lines before a request line are skipped.
      while (chunk[at] === 13 && chunk[at + 1] === 10) at += 2;
      if (at >= chunk.length) return chunk.length;
      bytes = at === 0 ? chunk : chunk.subarray(at);
    } else bytes = Buffer.concat([this.#held, at === 0 ? chunk : chunk.subarray(at)]);
    const before = this.#held.length;
    const end = bytes.indexOf(HEAD_END, Math.max(0, this.#searched - 3));
    const length = end < 0 ? bytes.length : end;
    if (length > this.#around.limits.headBytes) {
      this.#refuse({ kind: 'request-too-large', detail: `The request’s head is larger than ${this.#around.limits.headBytes / 1024} KiB.` }, bytes.subarray(0, 4096), 431);
      return chunk.length;
    }
    if (end < 0) {
      // A head that ends in bare LFs would never be complete for us, but might be for the next one.
      const lf = bytes.indexOf(10, this.#searched);
      if (lf === 0 || (lf > 0 && bytes[lf - 1] !== 13)) {
        this.#refuse({ kind: 'malformed-request', detail: 'The request was refused: a bare LF inside the head.' }, bytes, 400);
        return chunk.length;
      }
      this.#held = bytes === chunk ? Buffer.from(bytes) : bytes;
      this.#searched = bytes.length;
      return chunk.length;
    }
    this.#held = EMPTY;
    this.#searched = 0;
    const text = bytes.toString('latin1', 0, end);
    const next = at + end + 4 - before;
    const head = readRequestHead(text);
    if ('fault' in head) {
      this.#refuse({ kind: 'malformed-request', detail: `The request was refused: ${head.fault}.` }, bytes.subarray(0, end + 4), head.status);
      return chunk.length;
    }
    if (head.method === 'CONNECT') {
      this.#connect(head, bytes.subarray(0, end + 4), next < chunk.length ? chunk.subarray(next) : EMPTY);
      return chunk.length;
    }
    const target = readTarget(head, this.#leg);
    if ('kind' in target) {
      this.#refuse(this.#nameLoop(head, target), bytes.subarray(0, end + 4));
      return chunk.length;
    }
    this.#start(head, target, text);
    return next;
  }

  /** An origin-form request whose Host is this very port is somebody (or we) talking to the proxy as if it were an origin. */
  #nameLoop(head: RequestHead, failure: Failure): Failure {
    if (failure.kind !== 'unsupported' || head.host === null) return failure;
    return splitAuthority(head.host)?.port === this.#around.ownPort() ? { kind: 'loop', detail: failure.detail } : failure;
  }

  #connect(head: RequestHead, bytes: Buffer, rest: Buffer): void {
    const authority = splitAuthority(head.target);
    if (authority === null || authority.port === 0) {
      this.#refuse({ kind: 'malformed-request', detail: `CONNECT wants host:port, not “${head.target.slice(0, 100)}”.` }, bytes, 400);
      return;
    }
    if (head.framing.kind !== 'none' && !(head.framing.kind === 'length' && head.framing.length === 0)) {
      this.#refuse({ kind: 'malformed-request', detail: 'A CONNECT request with a body.' }, bytes, 400);
      return;
    }
    this.#detach();
    const app = this.#leg.app ?? readApp(fieldOf(head.fields, 'proxy-authorization'));
    this.#handover.connect(authority, head, this.socket, rest, app);
  }

  #start(head: RequestHead, target: RequestTarget, text: string): void {
    const { framing } = head;
    this.#head = head;
    this.#headSent = false;
    this.#bodySeen = false;
    this.#continued = false;
    this.#originPaused = false;
    this.#requestPaused = false;
    this.#answerChunked = false;
    this.#closeAfter = head.minor === 0 || head.connection.includes('close');
    let headerLines = `${text.slice(text.indexOf('\r\n') + 2)}\r\n`;
    // What is said to a proxy is no part of the call.
    const proxied = PROXY_FIELD.test(headerLines);
    if (proxied) headerLines = headerLines.replace(PROXY_LINES, '');
    const body = framing.kind === 'chunked' ? 'stream' : framing.kind === 'length' && framing.length > 0 ? framing.length : null;
    if (body === null) this.#state = 'answering';
    else {
      this.#state = 'body';
      if (framing.kind === 'chunked') this.#chunks = createChunkedReader();
      else this.#left = body as number;
    }
    const fields = endToEndFields(head.fields, head.connection);
    // Only HTTP/1.0 can lack it, and an origin behind a shared address needs it (RFC 9112 §3.2.2).
    if (head.host === null && this.#leg.fixed === null) fields.unshift('Host', target.authority);
    const request: OutboundRequest = {
      call: this.#around.nextCallId(), source: 'proxy', app: this.#leg.app ?? (proxied ? readApp(fieldOf(head.fields, 'proxy-authorization')) : null),
      clientAddress: this.#leg.clientAddress, startedAt: wallMicroseconds(), origin: monotonicMicroseconds(), method: head.method,
      scheme: target.scheme, host: target.host, port: target.port, target: target.target, protocol: head.minor === 0 ? 'http/1.0' : 'http/1.1',
      headerLines, fields, authority: target.authority, body,
      upgrade: upgradeOf(head), expectsContinue: head.expectsContinue,
    };
    this.#request = request;
    this.#control = this.#around.dispatch(request, this);
    // It may have failed before we had it in hand.
    if (this.#head === null) this.#control = null;
  }

  #readBody(chunk: Buffer, at: number): number {
    this.#bodySeen = true;
    const chunks = this.#chunks;
    if (chunks === null) {
      const piece = at === 0 && chunk.length <= this.#left ? chunk : chunk.subarray(at, at + Math.min(this.#left, chunk.length - at));
      this.#left -= piece.length;
      this.#pass(piece);
      if (this.#left === 0) this.#bodyDone([]);
      return at + piece.length;
    }
    const next = chunks.read(chunk, at, (piece) => this.#pass(piece as Buffer));
    if (chunks.state === 'done') {
      const trailers = readTrailers(chunks.trailers);
      if ('fault' in trailers) this.#breakRequest(`The request’s trailers are not valid: ${trailers.fault}.`);
      else this.#bodyDone(trailers);
    } else if (chunks.state === 'fault') this.#breakRequest(`The request’s chunked coding is broken: ${chunks.fault}.`);
    return this.#state === 'refused' || this.#state === 'closed' ? chunk.length : next;
  }

  #pass(piece: Buffer): void {
    if (this.#control !== null && !this.#control.write(piece)) {
      this.#requestPaused = true;
      this.socket.pause();
    }
  }

  #bodyDone(trailers: Fields): void {
    this.#chunks = null;
    this.#control?.finish(trailers);
    if (this.#state !== 'body') return;
    if (this.#head === null) this.#ready(); // the answer came first and is complete
    else this.#state = 'answering';
  }

  /** A body that stops being valid half-way: the origin must not take what came for the whole. */
  #breakRequest(detail: string): void {
    const failure: Failure = { kind: 'malformed-request', detail };
    const control = this.#control;
    this.#control = null;
    control?.abort(failure);
    if (this.#headSent || this.#head === null) this.#cut();
    else this.#answerRefusal(failure, 400);
  }

  // Answer

  attempted(): void {}

  informed(status: number, fields: Fields): void {
    if (this.#head === null || this.#head.minor === 0 || this.#headSent) return;
    if (status === 100) this.#continued = true;
    this.#push(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${linesOf(fields)}\r\n`);
    this.settle();
  }

  head(head: AnswerHead): void {
    const request = this.#head;
    if (request === null) return;
    this.#headSent = true;
    let text = `HTTP/1.1 ${head.status} ${head.reason}\r\n`;
    const { fields } = head;
    const old = request.minor === 0;
    let framed = false;
    for (let i = 0; i < fields.length; i += 2) {
      const name = fields[i]!;
      if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
        if (old) continue;
        framed = true;
      }
      text += `${name}: ${fields[i + 1]!}\r\n`;
    }
    if (head.body === 'stream') {
      if (old) this.#closeAfter = true;
      else {
        this.#answerChunked = true;
        if (!framed) text += 'Transfer-Encoding: chunked\r\n';
      }
    } else if (head.body === 'until-close') this.#closeAfter = true;
    // RFC 9110 §10.1.1: whether the body of an unanswered Expect will still come is unknowable.
    if (request.expectsContinue && !this.#continued && !this.#bodySeen) this.#closeAfter = true;
    if (this.#closeAfter) text += 'Connection: close\r\n';
    this.#push(`${text}\r\n`);
  }

  data(chunk: Buffer): boolean {
    if (this.#head === null) return true;
    if (this.#answerChunked) {
      this.#push(`${chunk.length.toString(16)}\r\n`);
      this.#push(chunk);
      this.#push('\r\n');
    } else this.#push(chunk);
    // Decided when the batch is written: see settle.
    return true;
  }

  settle(): void {
    if (this.#batchBytes === 0) return;
    this.active = performance.now();
    this.#writeBatch();
    if (this.socket.writableLength > HIGH_WATER && !this.#originPaused && this.#control !== null) {
      this.#originPaused = true;
      this.#control.pause();
    }
  }

  end(trailers: Fields): void {
    if (this.#head === null) return;
    if (this.#answerChunked) this.#push(trailers.length === 0 ? LAST_CHUNK : `0\r\n${linesOf(trailers)}\r\n`);
    this.#writeBatch();
    this.#head = null;
    if (this.#closeAfter || this.#clientEnded) {
      this.#control = null;
      this.#finish();
    } else if (this.#state === 'answering') this.#ready();
    // else: the rest of the request is still coming, and is passed on to the origin while it listens
  }

  upgraded(head: AnswerHead, origin: Duplex, first: Buffer): void {
    const rest = this.#held;
    this.#held = EMPTY;
    this.#head = null;
    this.#control = null;
    this.#detach();
    const { call, origin: instant, host } = this.#request!;
    relayUpgrade(this.#around, this.#leg, {
      call, origin: instant, host, client: this.socket, clientFirst: rest, head, upstream: origin, upstreamFirst: first,
    }).catch(this.#around.onBug);
  }

  fail(failure: Failure): void {
    const request = this.#head;
    if (request === null) return;
    this.#control = null;
    if (this.#headSent) {
      // It must look cut, never like a clean end: no last chunk, no FIN after a short body.
      this.#head = null;
      this.#writeBatch();
      this.#cut();
      return;
    }
    this.#answerRefusal(failure);
  }

  drained(): void {
    if (!this.#requestPaused) return;
    this.#requestPaused = false;
    if (this.#held.length <= PIPELINE_LIMIT) this.socket.resume();
  }

  // Ends

  #ready(): void {
    this.#state = 'head';
    this.#control = null;
    this.#head = null;
    if (this.#requestPaused || this.socket.isPaused()) {
      this.#requestPaused = false;
      this.socket.resume();
    }
    if (this.#held.length > 0 && !this.#reading && this.socket.writableLength <= HIGH_WATER) this.#next();
    else if (this.#clientEnded) this.#finish();
  }

  /** Our answer to a request that went, or may have gone, to the pipeline. */
  #answerRefusal(failure: Failure, status?: number): void {
    const refusal = refusalFor(failure, status);
    const unfinished = this.#state === 'body';
    const close = this.#closeAfter || unfinished || refusal.status === 400;
    this.#push(`HTTP/1.1 ${refusal.status} ${refusal.reason}\r\n${linesOf(refusal.fields)}${close ? 'Connection: close\r\n' : ''}\r\n`);
    if (this.#head?.method !== 'HEAD') this.#push(refusal.body);
    this.#head = null;
    this.#writeBatch();
    if (close) this.#linger();
    else if (this.#state === 'answering') this.#ready();
  }

  /** A request that is not passed on at all: recorded, answered, and nothing after it is believed. */
  #refuse(failure: Failure, bytes: Buffer, status?: number): void {
    const refusal = refusalFor(failure, status);
    recordRefused(this.#around, this.#leg, failure, refusal.status, bytes);
    this.#push(`HTTP/1.1 ${refusal.status} ${refusal.reason}\r\n${linesOf(refusal.fields)}Connection: close\r\n\r\n`);
    this.#push(refusal.body);
    this.#writeBatch();
    this.#linger();
  }

  #linger(): void {
    this.#state = 'refused';
    this.#control = null;
    this.#held = EMPTY;
    this.socket.end();
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  #finish(): void {
    this.#state = 'refused';
    this.socket.end();
    this.socket.resume();
    // A client that never closes its side does not keep the socket.
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  #cut(): void {
    this.#state = 'closed';
    cutConnection(this.socket, this.#leg.bottom);
  }

  #breakOff(failure: Failure): void {
    this.#reading = false;
    const control = this.#control;
    this.#control = null;
    control?.abort(failure);
    if (this.#headSent || this.#head === null) this.#cut();
    else this.#answerRefusal(failure);
  }

  /** The engine is stopping: no further request on this connection. */
  closeWhenIdle(): void {
    this.#closeAfter = true;
    if (this.#state === 'head') this.#finish();
  }

  /** Asked by the listener about once a second. */
  checkTime(now: number): void {
    const idle = now - this.active;
    const { limits } = this.#around;
    if (this.#state === 'head') {
      if (this.#held.length > 0 ? idle > limits.headTime || now - this.#headStarted(now) > limits.headTime : idle > limits.idleTime) {
        if (this.#held.length === 0) this.socket.destroy();
        else this.#refuse({ kind: 'timeout-request', detail: `The request’s head was not complete after ${limits.headTime / 1000} s.` }, this.#held, 408);
      }
    } else {
      this.#headSince = 0;
      if (this.#state === 'body' && !this.#requestPaused && idle > limits.bodyTime) {
        this.#breakOff({ kind: 'timeout-request', detail: `The request’s body stopped for ${limits.bodyTime / 1000} s.` });
      } else if (this.#state === 'answering' && this.#originPaused && idle > limits.bodyTime) {
        // A client that has stopped reading for this long will not read again.
        this.#breakOff({ kind: 'client-left', detail: `The caller read nothing of the answer for ${limits.bodyTime / 1000} s.` });
      }
    }
  }

  #headSince = 0;
  #headStarted(now: number): number {
    if (this.#headSince === 0) this.#headSince = now;
    return this.#headSince;
  }

  readonly #onEnd = (): void => {
    this.#clientEnded = true;
    if (this.#state === 'head') {
      if (this.#held.length > 0) this.#refuse({ kind: 'malformed-request', detail: 'The connection ended in the middle of a request’s head.' }, this.#held, 400);
      else this.socket.end();
    } else if (this.#state === 'body') {
      const failure: Failure = { kind: 'client-left', detail: 'The caller ended its connection in the middle of the request’s body.' };
      const control = this.#control;
      this.#control = null;
      this.#head = null;
      control?.abort(failure);
      this.#cut();
    }
    // 'answering': a half-closed client still gets its answer.
  };

  readonly #onClose = (): void => {
    const control = this.#control;
    const running = this.#head !== null || this.#state === 'body';
    this.#state = 'closed';
    this.#control = null;
    this.#head = null;
    this.#held = EMPTY;
    if (running) control?.abort({ kind: 'client-left', detail: 'The caller closed its connection before the answer was complete.' });
  };

  readonly #onDrain = (): void => {
    this.active = performance.now();
    if (this.#originPaused) {
      this.#originPaused = false;
      this.#control?.resume();
    } else if (this.#state === 'head' && this.#held.length > 0 && this.#searched === 0) {
      this.socket.resume();
      this.#next();
    }
  };

  #detach(): void {
    this.#state = 'handed-over';
    this.socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose).off('drain', this.#onDrain);
    this.socket.pause();
  }

  #push(piece: string | Buffer): void {
    this.#batch.push(piece);
    this.#batchBytes += piece.length;
  }

  #writeBatch(): void {
    const batch = this.#batch;
    const bytes = this.#batchBytes;
    if (bytes === 0) return;
    this.#batch = [];
    this.#batchBytes = 0;
    if (this.socket.destroyed || !this.socket.writable) return;
    if (batch.length === 1) {
      const only = batch[0]!;
      if (typeof only === 'string') this.socket.write(only, 'latin1');
      else this.socket.write(only);
    } else if (bytes <= JOIN_LIMIT) {
      const joined = Buffer.allocUnsafe(bytes);
      let at = 0;
      for (const piece of batch) at += typeof piece === 'string' ? joined.write(piece, at, 'latin1') : piece.copy(joined, at);
      this.socket.write(joined);
    } else {
      this.socket.cork();
      for (const piece of batch) {
        if (typeof piece === 'string') this.socket.write(piece, 'latin1');
        else this.socket.write(piece);
      }
      this.socket.uncork();
    }
  }
}

function ignore(): void {}

function fieldOf(fields: Fields, name: string): string | null {
  for (let i = 0; i < fields.length; i += 2) if (fields[i]!.length === name.length && fields[i]!.toLowerCase() === name) return fields[i + 1]!;
  return null;
}

/** Upgrades we pass on. h2c is not: it would turn the connection into one we no longer read. */
function upgradeOf(head: RequestHead): string | null {
  if (head.upgrade === null || head.minor === 0 || !head.connection.includes('upgrade')) return null;
  const wanted = head.upgrade.split(',').map((token) => token.trim()).filter((token) => token !== '' && !/^(h2c|http\/)/i.test(token));
  return wanted.length === 0 ? null : wanted.join(', ');
}
