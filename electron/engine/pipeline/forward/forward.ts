import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, AnswerHead, Control, Dispatch, OutboundRequest } from '../dispatch.ts';
import { monotonicMicroseconds } from '../clock.ts';
import { attemptOver, ConnectError } from './connect.ts';
import type { OriginHttp1 } from './origin-http1.ts';
import type { Lease, Origins } from './origins.ts';
import type { Duplex } from 'node:stream';

/** Methods that may be sent twice without changing what they mean (RFC 9110 §9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'PROPFIND', 'REPORT', 'SEARCH']);

export interface ForwardOptions {
  origins: Origins;
  /** Milliseconds without any byte from the origin: before its head, and within its body. */
  headTimeout: number;
  bodyTimeout: number;
}

/** The innermost dispatch: finds a connection to the origin and carries the call over it. */
export function createForward(options: ForwardOptions): { dispatch: Dispatch; close(): void } {
  const running = new Set<Forwarding>();
  // One clock for all calls: a timer per call would cost more than the rest of its bookkeeping.
  let watch: NodeJS.Timeout | null = null;
  const interval = Math.max(20, Math.min(1000, options.headTimeout / 4, options.bodyTimeout / 4));
  const look = (): void => {
    const now = performance.now();
    for (const call of running) call.checkTime(now, options);
    options.origins.checkAlive();
    if (running.size === 0 && watch !== null) {
      clearInterval(watch);
      watch = null;
    }
  };
  return {
    dispatch(request, answer) {
      const call = new Forwarding(request, answer, options.origins, running);
      watch ??= setInterval(look, interval).unref();
      call.begin();
      return call;
    },
    close() {
      if (watch !== null) clearInterval(watch);
    },
  };
}

class Forwarding implements Answer, Control {
  readonly #request: OutboundRequest;
  readonly #answer: Answer;
  readonly #origins: Origins;
  readonly #running: Set<Forwarding>;
  #http1: OriginHttp1 | null = null;
  #control: Control | null = null;
  #reused = false;
  #retried = false;
  #over = false;
  #answered = false;
  #paused = false;
  #waiting: Buffer[] = [];
  #finished: Fields | null = null;
  #sentBody = false;
  #connecting: AbortController | null = null;
  #active = performance.now();

  constructor(request: OutboundRequest, answer: Answer, origins: Origins, running: Set<Forwarding>) {
    this.#request = request;
    this.#answer = answer;
    this.#origins = origins;
    this.#running = running;
    running.add(this);
  }

  begin(): void {
    const lease = this.#origins.take(this.#request);
    if (lease !== null) this.#use(lease);
    else this.#open();
  }

  #open(): void {
    const started = monotonicMicroseconds();
    const connecting = (this.#connecting = new AbortController());
    this.#origins.open(this.#request, connecting.signal).then(
      (lease) => {
        this.#connecting = null;
        if (this.#over) {
          // Nobody wants it any more, but the next call may.
          if (lease.kind === 'h1') lease.connection.destroy();
          return;
        }
        this.#use(lease, started);
      },
      (error: unknown) => {
        this.#connecting = null;
        if (this.#over) return;
        const failure: Failure =
          error instanceof ConnectError
            ? error.failure
            : { kind: 'internal', detail: `A fault of ours while connecting: ${String(error)}` };
        if (error instanceof ConnectError)
          this.#answer.attempted(attemptOver(error.facts, started - this.#request.origin, false, failure));
        this.#finish();
        this.#answer.fail(failure, error instanceof ConnectError ? error.own : undefined);
      },
    );
  }

  #use(lease: Lease, openedAt?: number): void {
    const facts = lease.kind === 'h1' ? lease.connection.facts : lease.session.facts;
    this.#reused = lease.reused;
    this.#active = performance.now();
    const at = (openedAt ?? monotonicMicroseconds()) - this.#request.origin;
    const { check } = this.#request;
    if (check !== undefined) {
      const refused = check(facts.via === null ? facts.remoteAddress : null, facts.tls?.version ?? null);
      if (refused !== null) {
        // Nothing was written on it, but whose it was to be may not have it.
        if (lease.kind === 'h1') lease.connection.destroy();
        this.#answer.attempted(attemptOver(facts, at, lease.reused, refused.failure));
        this.#finish();
        this.#answer.fail(refused.failure, refused.answer);
        return;
      }
    }
    this.#answer.attempted(attemptOver(facts, at, lease.reused, null));
    if (lease.kind === 'h1') {
      this.#http1 = lease.connection;
      lease.connection.lastActive = this.#active;
      lease.connection.start(this.#request, this);
    } else {
      this.#control = lease.session.send(this.#request, this);
    }
    if (this.#paused) this.pause();
    const waiting = this.#waiting;
    if (waiting.length > 0) {
      this.#waiting = [];
      let flowing = true;
      for (const chunk of waiting) flowing = this.#pass(chunk);
      if (flowing && !this.#over) this.#answer.drained();
    }
    if (this.#finished !== null) this.#passEnd(this.#finished);
    if (openedAt !== undefined) this.flush();
  }

  #pass(chunk: Buffer): boolean {
    this.#sentBody = true;
    this.#active = performance.now();
    return this.#http1 !== null ? this.#http1.write(chunk) : this.#control!.write(chunk);
  }

  #passEnd(trailers: Fields): void {
    if (this.#http1 !== null) this.#http1.finish(trailers);
    else this.#control?.finish(trailers);
  }

  /** Called about once a second: has the origin gone silent? A paused call waits for its caller, not for the origin. */
  checkTime(now: number, { headTimeout, bodyTimeout }: ForwardOptions): void {
    if (this.#over || this.#paused || this.#connecting !== null) return;
    const active = Math.max(this.#active, this.#http1?.lastActive ?? 0);
    const limit = this.#answered ? bodyTimeout : headTimeout;
    if (now - active < limit) return;
    const host = this.#request.host;
    this.#drop();
    this.#finish();
    this.#answer.fail(
      this.#answered
        ? { kind: 'timeout-body', detail: `${host} sent no more of the answer for ${limit / 1000} s.` }
        : { kind: 'timeout-head', detail: `${host} did not answer within ${limit / 1000} s.` },
    );
  }

  #finish(): void {
    this.#over = true;
    this.#running.delete(this);
    this.#waiting = [];
  }

  #drop(): void {
    this.#connecting?.abort();
    this.#connecting = null;
    this.#http1?.destroy();
    this.#control?.abort({ kind: 'client-left', detail: '' });
  }

  // Answer: what the origin says

  attempted(): void {}

  informed(status: number, fields: Fields, headerLines: string): void {
    if (this.#over) return;
    this.#active = performance.now();
    this.#answer.informed(status, fields, headerLines);
  }

  head(head: AnswerHead): void {
    if (this.#over) return;
    this.#answered = true;
    this.#active = performance.now();
    this.#answer.head(head);
  }

  data(chunk: Buffer): boolean {
    if (this.#over) return true;
    if (this.#http1 === null) this.#active = performance.now();
    const flowing = this.#answer.data(chunk);
    if (!flowing) this.#paused = true;
    return flowing;
  }

  settle(): void {
    this.#answer.settle();
  }

  end(trailers: Fields): void {
    if (this.#over) return;
    this.#over = true;
    this.#running.delete(this);
    // From here the connection may carry somebody else's call.
    if (this.#request.body === null || this.#finished !== null) this.#http1 = null;
    this.#answer.end(trailers);
  }

  upgraded(head: AnswerHead, socket: Duplex, first: Buffer): void {
    if (this.#over) {
      socket.destroy();
      return;
    }
    this.#finish();
    this.#answer.upgraded(head, socket, first);
  }

  fail(failure: Failure): void {
    if (this.#over) return;
    // A kept-alive connection that the origin closed while our request was on its way: once more on a
    // new one, if it cannot do twice what was asked once (RFC 9110 §9.2.2).
    const lost = failure.kind === 'reset' || failure.kind === 'closed-early';
    if (lost && this.#reused && !this.#retried && !this.#answered && !this.#sentBody && this.#mayRepeat()) {
      this.#retried = true;
      this.#http1 = null;
      this.#control = null;
      this.#open();
      return;
    }
    this.#finish();
    this.#answer.fail(failure);
  }

  #mayRepeat(): boolean {
    if (this.#http1 !== null && !this.#http1.unanswered) return false;
    return this.#request.body === null && IDEMPOTENT.has(this.#request.method);
  }

  drained(): void {
    this.#active = performance.now();
    // Also after an early answer: the rest of the request still goes out.
    this.#answer.drained();
  }

  stopSending(): void {
    this.#http1 = null;
    this.#control = null;
    this.#answer.stopSending();
  }

  // Control: what the caller says

  write(chunk: Buffer): boolean {
    if (this.#http1 === null && this.#control === null) {
      if (this.#over) return true;
      this.#waiting.push(chunk);
      return false;
    }
    return this.#pass(chunk);
  }

  flush(): void {
    if (this.#http1 !== null) this.#http1.flush();
    else this.#control?.flush();
  }

  finish(trailers: Fields): void {
    this.#finished = trailers;
    if (this.#http1 !== null || this.#control !== null) this.#passEnd(trailers);
    if (this.#over) this.#http1 = null;
  }

  pause(): void {
    this.#paused = true;
    this.#http1?.pause();
    this.#control?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#active = performance.now();
    this.#http1?.resume();
    this.#control?.resume();
  }

  halfClose(): void {
    if (!this.#over) this.#http1?.halfClose();
  }

  abort(): void {
    if (this.#over) {
      // The answer is complete but the request is not: an early answer, then the caller left.
      if (this.#finished === null) this.#http1?.destroy();
      return;
    }
    this.#finish();
    this.#drop();
  }
}
