import { STATUS_CODES } from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Fields, RequestHead } from '../../../../shared/bytes/http1-head.ts';
import type { Attempt } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { monotonicMicroseconds, wallMicroseconds } from '../../pipeline/clock.ts';
import type { Answer, AnswerHead, Control, OutboundRequest } from '../../pipeline/dispatch.ts';
import { endToEndFields } from '../../pipeline/forward/hop-by-hop.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import { answerHeadText } from './answer-head.ts';
import { cutConnection } from './cut.ts';
import { keepTimeAfter } from './keep-time.ts';
import { failureLine, readAgentKey } from './agent-key.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { recordRefused } from './record-refused.ts';
import { refusalFor } from './refusal.ts';
import { RequestReader, type RequestSink } from './request-reader.ts';
import type { Leg, Surroundings } from './surroundings.ts';
import { NOBODY, readClaim, type Claim } from './claim.ts';
import { fieldOf, readTarget, splitAuthority, upgradeOf, type RequestTarget } from './target.ts';
import { relayUpgrade } from './upgrade.ts';

const LAST_CHUNK = '0\r\n\r\n';
/** Requests that arrive while one is being answered are held up to this, then the socket is paused. */
const PIPELINE_LIMIT = 64 * 1024;
/** Above this much unsent, the origin is paused until the client has read it. */
const HIGH_WATER = 64 * 1024;
/** After our last word, what the client still sends is read and dropped this long, so that it sees the answer and not a reset. */
const LINGER_MS = 2_000;

const PROXY_FIELD = /^proxy-/im;
const PROXY_LINES = /^proxy-[^\r\n]*\r\n/gim;

/** CONNECT was asked for: the socket, and what was read too far, are the taker's from now on. */
export type TakeTunnel = (target: { host: string; port: number }, socket: Duplex, rest: Buffer, claim: Claim) => void;

/**
 * One HTTP/1 connection from a program: hands each request to the pipeline and writes its answer
 * back. A class: it lives as long as its socket, and is the hot path.
 */
export class ClientHttp1 implements Answer, RequestSink {
  readonly socket: net.Socket;
  readonly #leg: Leg;
  readonly #around: Surroundings;
  readonly #takeTunnel: TakeTunnel;
  readonly #out: Outgoing;
  readonly #reader: RequestReader;
  /** Monotonic ms of the last progress, and since when an incomplete head has been waited for. */
  #active = performance.now();
  #headSince = 0;
  #clientEnded = false;
  /** We have said our last word, or handed the connection over. */
  #over = false;

  // The running call; `#head` is null when none is being answered.
  #head: RequestHead | null = null;
  #request: OutboundRequest | null = null;
  #control: Control | null = null;
  #headSent = false;
  #answerChunked = false;
  #closeAfter = false;
  #bodySeen = false;
  #continued = false;
  #originPaused = false;
  #requestPaused = false;
  /** How long the client may say nothing between two requests; -1 until there was an answer. */
  #keepTime = -1;
  /** Of our agent: with it we say of a call that failed what failed, as no origin can. */
  #agentKey: string | null = null;
  #lastAddress: string | null = null;

  constructor(socket: net.Socket, leg: Leg, around: Surroundings, takeTunnel: TakeTunnel) {
    this.socket = socket;
    this.#leg = leg;
    this.#around = around;
    this.#takeTunnel = takeTunnel;
    this.#out = createOutgoing(socket);
    this.#reader = new RequestReader(this, around.limits.headBytes);
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
    this.#reader.stop();
    this.onRefused(
      { kind: 'malformed-request', detail: 'The request was refused: these bytes are no HTTP request.' },
      400,
      first,
    );
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#active = performance.now();
    try {
      // A client that asks on without reading its answers waits until it has.
      this.#reader.push(chunk, this.socket.writableLength > HIGH_WATER);
      this.#afterReading();
    } catch (error) {
      this.#around.onBug(error);
      this.#breakOff({ kind: 'internal', detail: `A fault of ours: ${String(error)}` });
    }
  };

  #afterReading(): void {
    this.#control?.flush();
    if (this.#reader.heldBytes === 0) return;
    // The answer may have come while its request was being read, with the next one already here.
    if (this.socket.writableLength <= HIGH_WATER) this.#reader.readHeld();
    const stuck = this.#reader.state === 'waiting' || this.socket.writableLength > HIGH_WATER;
    if (stuck && this.#reader.heldBytes > PIPELINE_LIMIT) this.socket.pause();
  }

  // RequestSink

  onHead(head: RequestHead, text: string, raw: Buffer): 'go-on' | 'stop' {
    this.#headSince = 0;
    if (head.method === 'CONNECT') return this.#connect(head, raw);
    const target = readTarget(head, this.#leg);
    if ('kind' in target) {
      this.onRefused(this.#nameLoop(head, target), undefined, raw);
      return 'stop';
    }
    this.#start(head, target, text);
    return 'go-on';
  }

  onBody(piece: Buffer): void {
    this.#bodySeen = true;
    if (this.#control !== null && !this.#control.write(piece)) {
      this.#requestPaused = true;
      this.socket.pause();
    }
  }

  onComplete(trailers: Fields): void {
    const control = this.#control;
    control?.finish(trailers);
    // The answer came first and is complete already.
    if (this.#head === null && !this.#over) this.#ready();
  }

  /** A body that stops being valid half-way: the origin must not take what came for the whole. */
  onBroken(detail: string): void {
    this.#breakOff({ kind: 'malformed-request', detail });
  }

  /** A request that is not passed on at all: recorded, answered, and nothing after it is believed. */
  onRefused(failure: Failure, status: number | undefined, raw: Buffer): void {
    const refusal = refusalFor(failure, status);
    recordRefused(this.#around, this.#leg, failure, refusal.status, raw);
    this.#out.push(
      `HTTP/1.1 ${refusal.status} ${refusal.reason}\r\n${linesOf(refusal.fields)}Connection: close\r\n\r\n`,
    );
    this.#out.push(refusal.body);
    this.#finish();
  }

  /** An origin-form request whose Host is this very port is somebody (or we) talking to the proxy as if it were an origin. */
  #nameLoop(head: RequestHead, failure: Failure): Failure {
    if (failure.kind !== 'unsupported' || head.host === null) return failure;
    return this.#around.isOwnPort(splitAuthority(head.host)?.port ?? 0)
      ? { kind: 'loop', detail: failure.detail }
      : failure;
  }

  #connect(head: RequestHead, raw: Buffer): 'stop' {
    const authority = splitAuthority(head.target);
    if (authority === null || authority.port === 0) {
      const detail = `CONNECT wants host:port, not “${head.target.slice(0, 100)}”.`;
      this.onRefused({ kind: 'malformed-request', detail }, 400, raw);
    } else if (this.#reader.state === 'body') {
      this.onRefused({ kind: 'malformed-request', detail: 'A CONNECT request with a body.' }, 400, raw);
    } else {
      const claim = readClaim(fieldOf(head.fields, 'proxy-authorization'));
      this.#detach();
      // After the reader has let go of the bytes behind the head.
      queueMicrotask(() => this.#takeTunnel(authority, this.socket, this.#reader.stop(), claim));
    }
    return 'stop';
  }

  #start(head: RequestHead, target: RequestTarget, text: string): void {
    this.#head = head;
    this.#headSent = false;
    this.#answerChunked = false;
    this.#bodySeen = false;
    this.#continued = false;
    this.#originPaused = false;
    this.#requestPaused = false;
    this.#closeAfter = this.#closeAfter || head.minor === 0 || head.connection.includes('close');
    let headerLines = `${text.slice(text.indexOf('\r\n') + 2)}\r\n`;
    // What is said to a proxy is no part of the call.
    const proxied = PROXY_FIELD.test(headerLines);
    if (proxied) headerLines = headerLines.replace(PROXY_LINES, '');
    const fields = endToEndFields(head.fields, head.connection);
    // Only HTTP/1.0 can lack it, and an origin behind a shared address needs it (RFC 9112 §3.2.2).
    if (head.host === null && this.#leg.fixed === null) fields.unshift('Host', target.authority);
    const { framing } = head;
    const claim = proxied ? readClaim(fieldOf(head.fields, 'proxy-authorization')) : NOBODY;
    this.#agentKey = proxied ? readAgentKey(head.fields) : null;
    this.#lastAddress = null;
    const { connection } = this.#leg;
    const call = this.#around.nextCallId();
    connection?.began(call, head.method, target.target);
    const request: OutboundRequest = {
      call,
      source: 'proxy',
      app: this.#leg.app ?? claim.app ?? connection?.app ?? null,
      process: connection?.process ?? null,
      tags: this.#leg.tags ?? claim.tags,
      clientAddress: this.#leg.clientAddress,
      startedAt: wallMicroseconds(),
      origin: monotonicMicroseconds(),
      method: head.method,
      scheme: target.scheme,
      host: target.host,
      port: target.port,
      target: target.target,
      protocol: head.minor === 0 ? 'http/1.0' : 'http/1.1',
      headerLines,
      fields,
      authority: target.authority,
      body: this.#reader.state !== 'body' ? null : framing.kind === 'length' ? framing.length : 'stream',
      upgrade: upgradeOf(head),
      expectsContinue: head.expectsContinue,
      caller: this,
      pseudoOrder: null,
    };
    this.#request = request;
    const control = this.#around.dispatch(request, this);
    // It may have failed before we had it in hand.
    this.#control = this.#head === null ? null : control;
  }

  // Answer

  attempted(attempt: Attempt): void {
    if (this.#agentKey !== null) this.#lastAddress = attempt.remoteAddress;
  }

  informed(status: number, fields: Fields): void {
    if (this.#head === null || this.#head.minor === 0 || this.#headSent) return;
    if (status === 100) this.#continued = true;
    this.#out.push(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${linesOf(fields)}\r\n`);
    this.settle();
  }

  head(head: AnswerHead): void {
    const request = this.#head;
    if (request === null) return;
    this.#headSent = true;
    const old = request.minor === 0;
    this.#answerChunked = head.body === 'stream' && !old;
    if (head.body === 'until-close' || (head.body === 'stream' && old)) this.#closeAfter = true;
    // RFC 9110 §10.1.1: whether the body of an unanswered Expect will still come is unknowable.
    if (request.expectsContinue && !this.#continued && !this.#bodySeen) this.#closeAfter = true;
    this.#keepTime = keepTimeAfter(head);
    this.#out.push(answerHeadText(head, this.#answerChunked, old, this.#closeAfter));
  }

  data(chunk: Buffer): boolean {
    if (this.#head === null) return true;
    if (this.#answerChunked) {
      this.#out.push(`${chunk.length.toString(16)}\r\n`);
      this.#out.push(chunk);
      this.#out.push('\r\n');
    } else this.#out.push(chunk);
    // Decided when the batch is written: see settle.
    return true;
  }

  settle(): void {
    if (this.#out.empty) return;
    this.#active = performance.now();
    this.#out.write();
    if (this.socket.writableLength > HIGH_WATER && !this.#originPaused && this.#control !== null) {
      this.#originPaused = true;
      this.#control.pause();
    }
  }

  end(trailers: Fields): void {
    if (this.#head === null) return;
    if (this.#answerChunked) this.#out.push(trailers.length === 0 ? LAST_CHUNK : `0\r\n${linesOf(trailers)}\r\n`);
    this.#out.write();
    this.#head = null;
    if (this.#closeAfter || this.#clientEnded) {
      const unfinished = this.#reader.state === 'body' ? this.#control : null;
      this.#control = null;
      unfinished?.abort({ kind: 'client-left', detail: '' });
      this.#finish();
    } else if (this.#reader.state === 'waiting') this.#ready();
    // else: the rest of the request is still coming, and is passed on to the origin while it listens
  }

  upgraded(head: AnswerHead, upstream: Duplex, upstreamFirst: Buffer): void {
    const { call, origin, host } = this.#request!;
    const clientFirst = this.#reader.stop();
    this.#head = null;
    this.#control = null;
    this.#detach();
    relayUpgrade(this.#around, this.#leg, {
      call,
      origin,
      host,
      client: this.socket,
      clientFirst,
      head,
      upstream,
      upstreamFirst,
    }).catch(this.#around.onBug);
  }

  fail(failure: Failure): void {
    if (this.#head === null) return;
    this.#control = null;
    if (!this.#headSent) this.#answerRefusal(failure);
    else {
      // It must look cut, never like a clean end: no last chunk, no FIN after a short body.
      this.#out.write();
      this.#cut();
    }
  }

  drained(): void {
    if (!this.#requestPaused) return;
    this.#requestPaused = false;
    this.socket.resume();
  }

  stopSending(): void {
    this.#control = null;
    if (this.#head === null && !this.#over) this.#finish();
  }

  // Ends

  #ready(): void {
    this.#head = null;
    this.#control = null;
    this.#requestPaused = false;
    this.#reader.goOn();
    if (this.#clientEnded && this.#reader.heldBytes === 0) this.#finish();
    else {
      if (this.socket.isPaused()) this.socket.resume();
      // Inside a read its own loop goes on; else what is held is read now.
      if (this.#reader.heldBytes > 0 && this.socket.writableLength <= HIGH_WATER) {
        this.#reader.readHeld();
        this.#flush();
      }
    }
  }

  /** Our answer to a request that went, or may have gone, to the pipeline. */
  #answerRefusal(failure: Failure): void {
    const refusal = refusalFor(failure);
    const close = this.#closeAfter || this.#reader.state !== 'waiting' || refusal.status === 400;
    const connection = close ? 'Connection: close\r\n' : '';
    const forAgent = this.#agentKey === null ? '' : failureLine(this.#agentKey, failure, this.#lastAddress);
    this.#out.push(
      `HTTP/1.1 ${refusal.status} ${refusal.reason}\r\n${linesOf(refusal.fields)}${forAgent}${connection}\r\n`,
    );
    if (this.#head?.method !== 'HEAD') this.#out.push(refusal.body);
    this.#head = null;
    if (close) this.#finish();
    else {
      this.#out.write();
      this.#ready();
    }
  }

  /** Our last word is said: nothing that still comes is a request. */
  #finish(): void {
    this.#out.write();
    this.#over = true;
    this.#head = null;
    this.#control = null;
    this.#reader.stop();
    this.socket.end();
    this.socket.resume();
    // A client that never closes its side does not keep the socket.
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  #cut(): void {
    this.#over = true;
    this.#head = null;
    this.#control = null;
    this.#reader.stop();
    cutConnection(this.socket, this.#leg.bottom);
  }

  /** Ends the running call from our side, and the connection with it. */
  #breakOff(failure: Failure): void {
    const control = this.#control;
    const answerable = this.#head !== null && !this.#headSent;
    this.#control = null;
    this.#reader.stop();
    if (!answerable) this.#head = null;
    control?.abort(failure);
    if (answerable) this.#answerRefusal(failure);
    else this.#cut();
  }

  /** The engine is stopping: no further request on this connection. */
  closeWhenIdle(): void {
    this.#closeAfter = true;
    if (this.#head === null && this.#reader.state === 'head') this.#finish();
  }

  /** Asked by the listener about once a second; `now` in monotonic ms. */
  checkTime(now: number): void {
    const idle = now - this.#active;
    const { limits } = this.#around;
    const seconds = (ms: number): string => `${ms / 1000} s`;
    if (this.#over) return;
    if (this.#reader.state === 'head') {
      if (this.#reader.heldBytes === 0) {
        if (idle > limits.idleTime) this.socket.destroy();
        // Programs that leave an answer unread end only when this connection does, as without us.
        else if (this.#keepTime >= 0 && idle > this.#keepTime && this.socket.writableLength === 0)
          this.socket.destroySoon();
        return;
      }
      // Counted from when it was first seen, however steadily single bytes trickle in.
      if (this.#headSince === 0) this.#headSince = this.#active;
      if (now - this.#headSince > limits.headTime) {
        const detail = `The request’s head was not complete after ${seconds(limits.headTime)}.`;
        this.#reader.refuseUnfinished('timeout-request', detail);
      }
    } else if (this.#reader.state === 'body' && !this.#requestPaused && idle > limits.bodyTime) {
      const detail = `The request’s body stopped for ${seconds(limits.bodyTime)}.`;
      this.#breakOff({ kind: 'timeout-request', detail });
    } else if (this.#originPaused && idle > limits.bodyTime) {
      // A client that has stopped reading for this long will not read again.
      const detail = `The caller read nothing of the answer for ${seconds(limits.bodyTime)}.`;
      this.#breakOff({ kind: 'client-left', detail });
    }
  }

  readonly #onEnd = (): void => {
    this.#clientEnded = true;
    if (this.#over) return;
    if (this.#reader.state === 'body') {
      const detail = 'The caller ended its connection in the middle of the request’s body.';
      const control = this.#control;
      this.#control = null;
      this.#head = null;
      control?.abort({ kind: 'client-left', detail });
      this.#cut();
    } else if (this.#reader.state === 'head') {
      const detail = 'The connection ended in the middle of a request’s head.';
      if (this.#reader.heldBytes > 0) this.#reader.refuseUnfinished('malformed-request', detail);
      else this.socket.end();
    }
    // 'waiting': a half-closed client still gets its answer, if the origin gives one to such a client.
    else this.#control?.halfClose();
  };

  readonly #onClose = (): void => {
    const control = this.#control;
    this.#over = true;
    this.#head = null;
    this.#control = null;
    this.#reader.stop();
    const detail = 'The caller closed its connection before the answer was complete.';
    control?.abort({ kind: 'client-left', detail });
  };

  readonly #onDrain = (): void => {
    this.#active = performance.now();
    if (this.#originPaused) {
      this.#originPaused = false;
      this.#control?.resume();
    } else if (this.#reader.heldBytes > 0 && !this.#over) {
      if (this.socket.isPaused() && !this.#requestPaused) this.socket.resume();
      this.#reader.readHeld();
      this.#flush();
    }
  };

  #flush(): void {
    this.#control?.flush();
  }

  #detach(): void {
    this.#over = true;
    this.socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.socket.off('drain', this.#onDrain);
    this.socket.pause();
  }
}

function ignore(): void {}
