import type net from 'node:net';
import { answerFraming, readResponseHead, readTrailers, type Fields } from '../../../../shared/bytes/http1-head.ts';
import { createChunkedReader, type ChunkedReader } from '../../../../shared/bytes/chunked.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, OutboundRequest } from '../dispatch.ts';
import type { ConnectionFacts } from './connect.ts';
import { lossFailure } from './failures.ts';
import { endToEndFields } from './hop-by-hop.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');
/** An answer's head larger than this is refused: no server the field knows needs it, and it is held in memory. */
const MAX_HEAD = 256 * 1024;
/** 1xx answers before the final one; each is kept in the record. */
const MAX_INFORMED = 100;
/** Up to this size a piece of body is joined with its head into one write. */
const JOIN_LIMIT = 32 * 1024;

/** What the owner of a connection (the pool) wants to hear. */
export interface OriginHttp1Owner {
  /** The exchange is over and the connection may serve another. */
  onReusable(connection: OriginHttp1): void;
  /** The connection is gone. */
  onGone(connection: OriginHttp1): void;
}

/** Logins that hold for the connection they were made on (RFC 4559 §6). */
const LOGS_IN = /^authorization: *(?:ntlm|negotiate)\b/im;
const ASKS_LOGIN = /^www-authenticate: *(?:ntlm|negotiate)\b/im;

type State = 'idle' | 'head' | 'length' | 'chunked' | 'until-close' | 'over';

/**
 * One HTTP/1 connection to an origin, serving one call at a time. A class, because it lives as
 * long as its socket and is the other half of the hot path.
 */
export class OriginHttp1 {
  readonly socket: net.Socket;
  readonly facts: ConnectionFacts;
  readonly key: string;
  readonly absoluteForm: UpstreamProxy | null;
  /** Monotonic milliseconds after which it must not be reused; set by the pool. */
  staleAt = 0;
  /** What the origin announced in Keep-Alive: timeout=N, else null. */
  keepAliveSeconds: number | null = null;
  /** How many calls it has carried. */
  served = 0;
  /** The caller whose login this connection carries (NTLM, Negotiate authenticate connections, not requests). */
  boundTo: object | null = null;
  /** Monotonic milliseconds of the last byte either way, for the idle watch. */
  lastActive = 0;

  readonly #owner: OriginHttp1Owner;
  #state: State = 'idle';
  #held: Buffer = EMPTY;
  #left = 0;
  #chunks: ChunkedReader | null = null;
  #answer: Answer | null = null;
  #request: OutboundRequest | null = null;
  #requestHead: string | null = null;
  #requestDone = true;
  #chunkedRequest = false;
  #reusable = false;
  #gone = false;
  #error: Error | null = null;
  #wantsDrain = false;
  #sawBytes = false;
  #informed = 0;
  #halfClosed = false;
  readonly #deliver: (piece: Uint8Array) => void;

  constructor(
    socket: net.Socket,
    facts: ConnectionFacts,
    key: string,
    absoluteForm: UpstreamProxy | null,
    owner: OriginHttp1Owner,
  ) {
    this.socket = socket;
    this.facts = facts;
    this.key = key;
    this.absoluteForm = absoluteForm;
    this.#owner = owner;
    this.#deliver = (piece) => this.#give(piece as Buffer);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.on('close', () => this.#onClose());
    socket.on('drain', () => {
      if (!this.#wantsDrain) return;
      this.#wantsDrain = false;
      this.#answer?.drained();
    });
    // It may come paused from a chained proxy's answer.
    socket.resume();
  }

  get idle(): boolean {
    return this.#state === 'idle' && !this.#gone;
  }

  /** Whether the running call may be sent again on a new connection: nothing of an answer has come. */
  get unanswered(): boolean {
    return !this.#sawBytes;
  }

  /** Sends the head of `request`; body pieces follow with `write`. The caller calls `flush` when its batch is over. */
  start(request: OutboundRequest, answer: Answer): void {
    this.#request = request;
    this.#answer = answer;
    this.#state = 'head';
    this.#held = EMPTY;
    this.#reusable = false;
    this.#sawBytes = false;
    this.#informed = 0;
    this.#chunkedRequest = request.body === 'stream';
    this.#requestDone = request.body === null;
    this.#requestHead = requestHeadText(request, this.absoluteForm);
    if (LOGS_IN.test(this.#requestHead)) this.boundTo = request.caller;
    this.served++;
  }

  write(chunk: Buffer): boolean {
    if (this.#gone) return true;
    if (chunk.length === 0) return true;
    let flowing: boolean;
    if (this.#chunkedRequest) {
      const size = `${this.#takeHead()}${chunk.length.toString(16)}\r\n`;
      flowing = this.#send(size, chunk, '\r\n');
    } else flowing = this.#send(this.#takeHead(), chunk, '');
    if (!flowing) this.#wantsDrain = true;
    return flowing;
  }

  flush(): void {
    if (this.#requestHead === null || this.#gone) return;
    this.socket.write(this.#takeHead(), 'latin1');
  }

  finish(trailers: Fields): void {
    if (this.#requestDone) return;
    this.#requestDone = true;
    if (this.#chunkedRequest && !this.#gone) {
      let text = `${this.#takeHead()}0\r\n`;
      for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]!}: ${trailers[i + 1]!}\r\n`;
      this.socket.write(`${text}\r\n`, 'latin1');
    }
    if (this.#state === 'over') this.#release();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Shows the origin that the caller ended its side: it answers or gives up, as it would without us. */
  halfClose(): void {
    if (this.#gone || this.#state === 'idle') return;
    this.flush();
    this.#halfClosed = true;
    this.socket.end();
  }

  /** Drops the connection; the call hears nothing more. */
  destroy(): void {
    this.#answer = null;
    this.#gone = true;
    this.socket.destroy();
    this.#owner.onGone(this);
  }

  #takeHead(): string {
    const head = this.#requestHead;
    this.#requestHead = null;
    return head ?? '';
  }

  /** One write for small pieces: a system call costs more than a copy. */
  #send(before: string, chunk: Buffer, after: string): boolean {
    if (before === '' && after === '') return this.socket.write(chunk);
    if (chunk.length <= JOIN_LIMIT) {
      const joined = Buffer.allocUnsafe(before.length + chunk.length + after.length);
      joined.write(before, 0, 'latin1');
      chunk.copy(joined, before.length);
      if (after !== '') joined.write(after, before.length + chunk.length, 'latin1');
      return this.socket.write(joined);
    }
    this.socket.cork();
    this.socket.write(before, 'latin1');
    let flowing = this.socket.write(chunk);
    if (after !== '') flowing = this.socket.write(after, 'latin1');
    this.socket.uncork();
    return flowing && this.socket.writableLength < this.socket.writableHighWaterMark;
  }

  #onData(chunk: Buffer): void {
    this.lastActive = performance.now();
    let at = 0;
    while (at < chunk.length) {
      switch (this.#state) {
        case 'idle':
          // Bytes that nobody asked for (a late 408, a desynchronised origin): never hand them to the next call.
          this.destroy();
          return;
        case 'over':
          // Bytes after the end of the answer: it is over for the caller, and this connection cannot be trusted again.
          this.#reusable = false;
          return;
        case 'head': {
          this.#sawBytes = true;
          const bytes =
            this.#held.length === 0
              ? at === 0
                ? chunk
                : chunk.subarray(at)
              : Buffer.concat([this.#held, at === 0 ? chunk : chunk.subarray(at)]);
          const end = findHeadEnd(bytes);
          if (end === null) {
            if (bytes.length > MAX_HEAD)
              this.#fail({
                kind: 'malformed-answer',
                detail: `The head of the answer is larger than ${MAX_HEAD / 1024} KiB.`,
              });
            this.#held = bytes;
            return;
          }
          const before = this.#held.length;
          this.#held = EMPTY;
          at += end.next - before;
          const text = bytes.toString('latin1', 0, end.length);
          if (!this.#readHead(text, at < chunk.length ? chunk.subarray(at) : EMPTY)) return;
          break;
        }
        case 'length': {
          const piece =
            at === 0 && chunk.length <= this.#left
              ? chunk
              : chunk.subarray(at, at + Math.min(this.#left, chunk.length - at));
          at += piece.length;
          this.#left -= piece.length;
          this.#give(piece);
          if (this.#left === 0) this.#finishAnswer([], at === chunk.length);
          break;
        }
        case 'chunked': {
          const chunks = this.#chunks!;
          at = chunks.read(chunk, at, this.#deliver);
          if (this.#answer === null) return;
          if (chunks.state === 'done') {
            const trailers = readTrailers(chunks.trailers);
            if ('fault' in trailers)
              this.#fail({
                kind: 'malformed-answer',
                detail: `The answer's trailers are not valid: ${trailers.fault}.`,
              });
            else this.#finishAnswer(trailers, at === chunk.length);
          } else if (chunks.state === 'fault')
            this.#fail({ kind: 'malformed-answer', detail: `The answer's chunked coding is broken: ${chunks.fault}.` });
          break;
        }
        case 'until-close':
          this.#give(at === 0 ? chunk : chunk.subarray(at));
          at = chunk.length;
          break;
      }
      if (this.#gone) return;
    }
    this.#answer?.settle();
  }

  #give(piece: Buffer): void {
    if (this.#answer !== null && !this.#answer.data(piece)) this.socket.pause();
  }

  /** Returns false when reading must stop: failed or handed over. */
  #readHead(text: string, rest: Buffer): boolean {
    const request = this.#request!;
    const answer = this.#answer!;
    const head = readResponseHead(text);
    if ('fault' in head) {
      this.#fail({
        kind: 'malformed-answer',
        detail: `${request.host} sent an answer that is not valid HTTP: ${head.fault}.`,
      });
      return false;
    }
    const headerLines = text.slice(text.indexOf('\n') + 1);
    const lines = headerLines === '' || headerLines.endsWith('\r\n') ? headerLines : `${headerLines}\r\n`;
    if (head.status === 101) {
      if (request.upgrade === null) {
        this.#fail({
          kind: 'malformed-answer',
          detail: `${request.host} switched protocols (101) although nobody asked it to.`,
        });
        return false;
      }
      const { socket } = this;
      this.#answer = null;
      this.#gone = true;
      this.#owner.onGone(this);
      socket
        .removeAllListeners('data')
        .removeAllListeners('end')
        .removeAllListeners('close')
        .removeAllListeners('drain');
      socket.pause();
      answer.upgraded(
        { status: 101, reason: head.reason, protocol: 'http/1.1', fields: head.fields, headerLines: lines, body: null },
        socket,
        rest,
      );
      return false;
    }
    if (head.status < 200) {
      if (++this.#informed > MAX_INFORMED) {
        this.#fail({ kind: 'malformed-answer', detail: `${request.host} sends 1xx answers without end.` });
        return false;
      }
      answer.informed(head.status, endToEndFields(head.fields, head.connection), lines);
      return !this.#gone;
    }
    if (head.status === 401 && ASKS_LOGIN.test(lines)) this.boundTo = request.caller;
    const framing = answerFraming(head, request.method);
    this.#reusable =
      framing.kind !== 'until-close' &&
      !head.repaired &&
      !head.connection.includes('close') &&
      (head.minor === 1 || head.connection.includes('keep-alive')) &&
      request.protocol !== 'http/1.0';
    this.keepAliveSeconds = head.keepAliveSeconds;
    const body =
      framing.kind === 'none'
        ? null
        : framing.kind === 'length'
          ? framing.length
          : framing.kind === 'chunked'
            ? 'stream'
            : 'until-close';
    answer.head({
      status: head.status,
      reason: head.reason,
      protocol: head.minor === 1 ? 'http/1.1' : 'http/1.0',
      fields: endToEndFields(head.fields, head.connection),
      headerLines: lines,
      body,
      keepAliveSeconds: head.keepAliveSeconds,
    });
    if (this.#gone) return false;
    switch (framing.kind) {
      case 'none':
        this.#finishAnswer([], rest.length === 0);
        break;
      case 'length':
        this.#left = framing.length;
        this.#state = 'length';
        if (framing.length === 0) this.#finishAnswer([], rest.length === 0);
        break;
      case 'chunked':
        this.#chunks = createChunkedReader();
        this.#state = 'chunked';
        break;
      case 'until-close':
        this.#state = 'until-close';
        break;
    }
    return true;
  }

  /** `clean`: nothing follows in what was read. What does was asked for by nobody, and taints the connection. */
  #finishAnswer(trailers: Fields, clean: boolean): void {
    const answer = this.#answer;
    this.#state = 'over';
    this.#chunks = null;
    if (!clean) this.#reusable = false;
    // Freed first, so that the caller's next request finds it. With an early answer the request is
    // still being sent, and only then is it free.
    if (this.#requestDone) this.#release();
    answer?.end(trailers);
  }

  #release(): void {
    this.#answer = null;
    this.#request = null;
    if (this.#reusable && !this.#gone && !this.socket.writableEnded) {
      this.#state = 'idle';
      // The caller may have paused it for its last piece; the next one must hear, and a FIN be seen.
      if (this.socket.isPaused()) this.socket.resume();
      this.#owner.onReusable(this);
    } else this.destroy();
  }

  #fail(failure: Failure): void {
    const answer = this.#answer;
    this.destroy();
    answer?.fail(failure);
  }

  #onEnd(): void {
    if (this.#state === 'until-close' && this.#answer !== null) {
      const answer = this.#answer;
      this.#answer = null;
      this.#state = 'over';
      answer.end([]);
      this.destroy();
      return;
    }
    // A clean end in the wrong place; 'close' tells the caller. Ours must be ended for it to come.
    this.socket.destroy();
  }

  #onClose(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#owner.onGone(this);
    const answer = this.#answer;
    this.#answer = null;
    if (answer === null) return;
    if (this.#state === 'over') {
      answer.stopSending();
      return;
    }
    if (this.#halfClosed) {
      const detail = 'The caller ended its connection, and the origin gave up the answer.';
      answer.fail({ kind: 'client-left', detail });
      return;
    }
    const host = this.#request?.host ?? 'the origin';
    const when =
      this.#state === 'head'
        ? this.#held.length === 0
          ? 'before it answered'
          : 'in the middle of the answer’s head'
        : 'in the middle of the answer’s body';
    answer.fail(lossFailure(this.#error, host, when));
  }
}

/** HTTP/2 splits cookies into several fields; HTTP/1 has one (RFC 9113 §8.2.3). */
function joinCookies(fields: Fields): Fields {
  const cookies: string[] = [];
  const others: Fields = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'cookie') cookies.push(fields[i + 1]!);
    else others.push(fields[i]!, fields[i + 1]!);
  }
  return cookies.length === 0 ? fields : [...others, 'cookie', cookies.join('; ')];
}

/** Finds the empty line that ends a head; `length` is the head's text, `next` where the body starts. */
function findHeadEnd(bytes: Buffer): { length: number; next: number } | null {
  const firstLf = bytes.indexOf(10);
  // Only an answer whose first line already ends in a bare LF is searched for the lenient ending.
  if (firstLf > 0 && bytes[firstLf - 1] !== 13) {
    for (let lf = firstLf; lf >= 0; lf = bytes.indexOf(10, lf + 1)) {
      if (bytes[lf + 1] === 10) return { length: lf + 1, next: lf + 2 };
      if (bytes[lf + 1] === 13 && bytes[lf + 2] === 10) return { length: lf + 1, next: lf + 3 };
    }
    return null;
  }
  const end = bytes.indexOf(HEAD_END);
  return end < 0 ? null : { length: end + 2, next: end + 4 };
}

/** The request head as sent to the origin: the caller's own lines, plus what framing needs. */
function requestHeadText(request: OutboundRequest, absoluteForm: UpstreamProxy | null): string {
  const version = request.protocol === 'http/1.0' ? 'HTTP/1.0' : 'HTTP/1.1';
  const target =
    absoluteForm === null
      ? request.target
      : `${request.scheme}://${request.authority}${request.target === '*' ? '' : request.target}`;
  let text = `${request.method} ${target} ${version}\r\n`;
  let { fields } = request;
  if (request.protocol === 'h2') {
    text += `Host: ${request.authority}\r\n`;
    fields = joinCookies(fields);
  }
  let framed = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    if (name.length === 14 || name.length === 17) {
      const lower = name.toLowerCase();
      if (lower === 'content-length' || lower === 'transfer-encoding') framed = true;
    }
    text += `${name}: ${fields[i + 1]!}\r\n`;
  }
  if (!framed && request.body !== null)
    text += request.body === 'stream' ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${request.body}\r\n`;
  if (request.upgrade !== null) text += `Connection: Upgrade\r\nUpgrade: ${request.upgrade}\r\n`;
  if (absoluteForm?.authorization) text += `Proxy-Authorization: ${absoluteForm.authorization}\r\n`;
  return `${text}\r\n`;
}
