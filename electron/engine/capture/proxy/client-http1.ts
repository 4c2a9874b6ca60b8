import { STATUS_CODES } from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Fields, RequestHead } from '../../../../shared/bytes/http1-head.ts';
import type { Attempt } from '../../../../shared/model/call.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, AnswerHead, Control, LastWord, OutboundRequest, OwnAnswer } from '../../pipeline/dispatch.ts';
import { linesOf } from '../../pipeline/stages/record.ts';
import { CHANCES, CHANCE_MS, holdPass, type Pass } from './admission.ts';
import { answerHeadText } from './answer-head.ts';
import { cutConnection } from './cut.ts';
import { outboundOf, recordedLines } from './http1-request.ts';
import { keepTimeAfter } from './keep-time.ts';
import { failureLine, readAgentKey } from './agent-key.ts';
import { createOutgoing, type Outgoing } from './outgoing.ts';
import { recordRefused, recordUnproven } from './record-refused.ts';
import { refusalFor, refusalHead } from './refusal.ts';
import { RequestReader, type RequestSink } from './request-reader.ts';
import type { Leg, Surroundings, TakeTunnel } from './surroundings.ts';
import { fieldOf, nameLoop, readTarget, splitAuthority, type RequestTarget } from './target.ts';
import { relayUpgrade } from './upgrade.ts';

const LAST_CHUNK = '0\r\n\r\n';
/** Requests that arrive while one is being answered are held up to this, then the socket is paused. */
const PIPELINE_LIMIT = 64 * 1024;
/** Above this much unsent, the origin is paused until the client has read it. */
const HIGH_WATER = 64 * 1024;
/** After our last word, what the client still sends is read and dropped this long, so that it sees the answer and not a reset. */
const LINGER_MS = 2_000;

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
  /** What the last request came in by, and how many came in by nothing. */
  #pass: Pass | null = null;
  #refusals = 0;
  /** Of our agent: with it we say of a call that failed what failed, as no origin can. */
  #agentKey: string | null = null;
  #lastAddress: string | null = null;

  constructor(socket: net.Socket, leg: Leg, around: Surroundings, takeTunnel: TakeTunnel) {
    this.socket = socket;
    this.#leg = leg;
    this.#around = around;
    this.#takeTunnel = takeTunnel;
    this.#out = createOutgoing(socket, leg.connection);
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
      this.onRefused(nameLoop(head, target, this.#around.isOwnPort), undefined, raw);
      return 'stop';
    }
    return this.#start(head, target, text, raw);
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
    this.#out.push(refusalHead(refusal, true));
    this.#out.push(refusal.body);
    this.#finish();
  }

  #connect(head: RequestHead, raw: Buffer): 'go-on' | 'stop' {
    const authority = splitAuthority(head.target);
    if (authority === null || authority.port === 0) {
      const detail = `CONNECT wants host:port, not “${head.target.slice(0, 100)}”.`;
      this.onRefused({ kind: 'malformed-request', detail }, 400, raw);
    } else if (this.#reader.state === 'body') {
      this.onRefused({ kind: 'malformed-request', detail: 'A CONNECT request with a body.' }, 400, raw);
    } else {
      const verdict = this.#around.admission.admit(this.#leg, fieldOf(head.fields, 'proxy-authorization'));
      if ('kind' in verdict) return this.#refuseUnproven(head, verdict, raw);
      this.#detach();
      // After the reader has let go of the bytes behind the head.
      queueMicrotask(() => this.#takeTunnel(authority, this.socket, this.#reader.stop(), verdict));
    }
    return 'stop';
  }

  /**
   * Says 407 and lets the client ask again: many send their credentials only when asked, and on this connection. Not
   * behind a body that nobody reads (RFC 9110 §15.5.8), and not for ever.
   */
  #refuseUnproven(head: RequestHead, failure: Failure, raw: Buffer): 'go-on' | 'stop' {
    const refusal = refusalFor(failure);
    recordUnproven(this.#around, this.#leg, failure, refusal.status, raw);
    const close =
      this.#closeAfter ||
      head.minor === 0 ||
      head.connection.includes('close') ||
      this.#reader.state !== 'waiting' ||
      this.#leg.fixed !== null ||
      ++this.#refusals >= CHANCES;
    this.#out.push(refusalHead(refusal, close));
    if (head.method !== 'HEAD') this.#out.push(refusal.body);
    if (close) {
      this.#finish();
      return 'stop';
    }
    this.#keepTime = CHANCE_MS;
    this.#out.write();
    this.#ready();
    return 'go-on';
  }

  #start(head: RequestHead, target: RequestTarget, text: string, raw: Buffer): 'go-on' | 'stop' {
    const verdict = this.#around.admission.admit(this.#leg, fieldOf(head.fields, 'proxy-authorization'));
    if ('kind' in verdict) return this.#refuseUnproven(head, verdict, raw);
    if (verdict.pass !== null && verdict.pass !== this.#pass) {
      this.#pass = verdict.pass;
      holdPass(verdict.pass, this.socket, this.#leg.bottom);
    }
    this.#head = head;
    this.#headSent = false;
    this.#answerChunked = false;
    this.#bodySeen = false;
    this.#continued = false;
    this.#originPaused = false;
    this.#requestPaused = false;
    this.#closeAfter = this.#closeAfter || head.minor === 0 || head.connection.includes('close');
    this.#agentKey = readAgentKey(head.fields);
    this.#lastAddress = null;
    const call = this.#around.nextCallId();
    this.#leg.connection?.began(call, head.method, target.target, this.#leg.app ?? verdict.app);
    const request = outboundOf({
      call,
      head,
      headerLines: recordedLines(text),
      target,
      leg: this.#leg,
      verdict,
      hasBody: this.#reader.state === 'body',
      caller: this,
    });
    this.#request = request;
    const control = this.#around.dispatch(request, this);
    // It may have failed before we had it in hand.
    this.#control = this.#head === null ? null : control;
    return 'go-on';
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
    relayUpgrade(this.#around, this.#pass === null ? this.#leg : { ...this.#leg, pass: this.#pass }, {
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

  fail(failure: Failure, own?: LastWord): void {
    if (this.#head === null) return;
    this.#control = null;
    if (!this.#headSent && own !== 'reset') this.#answerRefusal(failure, own);
    else {
      // It must look cut, never like a clean end: no last chunk, no FIN after a short body.
      this.#out.release();
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
  #answerRefusal(failure: Failure, own?: OwnAnswer): void {
    const refusal = own ?? refusalFor(failure);
    const close = this.#closeAfter || this.#reader.state !== 'waiting' || refusal.status === 400;
    const forAgent = this.#agentKey === null ? '' : failureLine(this.#agentKey, failure, this.#lastAddress);
    this.#out.push(refusalHead(refusal, close, forAgent));
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
    this.#over = true;
    this.#head = null;
    this.#control = null;
    this.#reader.stop();
    this.#out.end();
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
      else this.#out.end();
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
    control?.abort((this.#pass ?? this.#leg.pass)?.ended ?? { kind: 'client-left', detail });
  };

  readonly #onDrain = (): void => {
    this.#active = performance.now();
    if (this.#originPaused) {
      this.#originPaused = false;
      this.#control?.resume();
    } else if (this.#reader.heldBytes > 0 && !this.#over) {
      if (this.socket.isPaused() && !this.#requestPaused) this.socket.resume();
      this.#reader.readHeld();
      this.#control?.flush();
    }
  };

  #flush(): void {
    this.#control?.flush();
  }

  #detach(): void {
    this.#over = true;
    this.#out.release();
    this.socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.socket.off('drain', this.#onDrain);
    this.socket.pause();
  }
}

function ignore(): void {}
