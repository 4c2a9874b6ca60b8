import type { Duplex } from 'node:stream';
import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Attempt } from '../../../../shared/model/call.ts';
import type { Tags } from '../../../../shared/model/caller.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { monotonicMicroseconds } from '../clock.ts';
import type {
  Answer,
  AnswerHead,
  ConnectionCheck,
  Control,
  Dispatch,
  LastWord,
  OutboundRequest,
  OwnAnswer,
  Refused,
  Stage,
  Who,
} from '../dispatch.ts';

/** Those who govern calls, as this stage knows them. Nothing of it throws. */
export interface Governing {
  /** No policy is in force: calls pass untouched. */
  readonly idle: boolean;
  /** Some policy asks which program it is. */
  readonly asksWho: boolean;
  /** Null: no policy has anything to say of it, and it passes untouched. */
  meet(request: OutboundRequest): Governed | null;
  /** The same of a tunnel, of which nobody knows more than where it goes. */
  meetTunnel(tunnel: GovernedTunnel): Governed | null;
}

/** A tunnel whose bytes are passed on unread. */
export interface GovernedTunnel {
  call: number;
  /** Microseconds since the epoch. */
  at: number;
  app: string | null;
  process: string | null;
  tags: Tags | null;
  scheme: 'tcp' | 'tls';
  host: string;
  port: number;
}

/** One call that policies have something to say of. Moments come in this order: `decide`, then (`check`, `heard`, `output`)*, `over` last, and always. */
export interface Governed {
  /** They want to read of the request's body before they decide. */
  readonly readsBody: boolean;
  /** They want to see how much an answer has become, while it comes. */
  readonly watchesOutput: boolean;
  /** Asked of the connection, when they want to know it. */
  readonly check: ConnectionCheck | null;
  /**
   * Says once whether it may leave, now or later. `body`: all of it, or null when it is too long, has none, or was not
   * asked for.
   */
  decide(body: readonly Buffer[] | null, settled: (refused: Refused | null) => void): void;
  heard(head: AnswerHead): void;
  /** Its caller is answered this, which `check` had given. */
  answered(own: OwnAnswer): void;
  /** A piece of the answer; not null: it ends here. */
  output(piece: Buffer): Cut | null;
  /** Its caller gave up before it was decided, or it was decided and is over now. */
  over(ending: Ending): void;
}

export interface Cut {
  failure: Failure;
  /** What can still be said inside of the answer, in its own way of speaking; null: nothing. */
  lastWords: Buffer | null;
}

export interface Ending {
  /** Something of it may have reached the origin. */
  left: boolean;
  status: number | null;
  failed: boolean;
  durationUs: number;
  timeToFirstByteUs: number | null;
  requestBytes: number;
  responseBytes: number;
}

/** Of a request's body so much is read before it is decided upon. */
export const READ_AHEAD = 1024 * 1024;
/** Of a call that is held for another reason, so much of the body is taken before its caller has to wait. */
const HELD_BYTES = 64 * 1024;
/** A body of unknown length that stops for so long waits for an answer itself. */
const SILENCE_MS = 1000;
/** A refused request this short is read to its end, so that its connection can carry the next. */
const SHORT_BODY = 64 * 1024;
/** So long a caller has for the last words of an answer before it is cut. */
const LAST_WORDS_MS = 50;
/** A look at who is calling takes a few milliseconds; on a busy machine it is waited for so long. */
const LOOK_MS = 250;

/** Holds calls, refuses them and cuts their answers, as policies say. */
export function governStage(governing: Governing): Stage {
  return (next: Dispatch): Dispatch =>
    (request, answer) => {
      if (governing.idle) return next(request, answer);
      const who = request.who ?? null;
      if (request.app === null && who !== null && governing.asksWho) {
        if (!who.looked) return meetLater(governing, next, request, answer, who);
        request = knownAs(request, who);
      }
      const governed = governing.meet(request);
      if (governed === null) return next(request, answer);
      const call = new GovernedCall(next, request, answer, governed);
      call.begin();
      return call;
    };
}

function knownAs(request: OutboundRequest, { app, process }: Who): OutboundRequest {
  return { ...request, app, process: request.process ?? process };
}

/** The first calls of a connection come before it is known whose it is. */
function meetLater(
  governing: Governing,
  next: Dispatch,
  request: OutboundRequest,
  answer: Answer,
  who: Who,
): GovernedCall {
  const call = new GovernedCall(next, request, answer, UNSPOKEN);
  let late = false;
  const meet = (): void => {
    if (late) return;
    late = true;
    clearTimeout(timer);
    const known = knownAs(request, who);
    call.met(known, () => governing.meet(known));
  };
  const timer = setTimeout(meet, LOOK_MS);
  who.whenLooked(meet);
  return call;
}

/** Of whom no policy speaks. */
const UNSPOKEN: Governed = {
  readsBody: false,
  watchesOutput: false,
  check: null,
  decide: (_body, settled) => settled(null),
  heard() {},
  answered() {},
  output: () => null,
  over() {},
};

class GovernedCall implements Answer, Control {
  readonly #next: Dispatch;
  #request: OutboundRequest;
  readonly #answer: Answer;
  #governed: Governed;
  #state: 'reading' | 'held' | 'refusing' | 'going' | 'over' = 'held';
  #control: Control | null = null;
  /** What came of the body while the call did not go on. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #finished: Fields | null = null;
  #full = false;
  #paused = false;
  #silence: NodeJS.Timeout | null = null;
  #toldToContinue = false;
  #refused: Refused | null = null;
  #left = false;
  #status: number | null = null;
  #firstByteUs: number | null = null;
  #requestBytes = 0;
  #responseBytes = 0;

  constructor(next: Dispatch, request: OutboundRequest, answer: Answer, governed: Governed) {
    this.#next = next;
    this.#request = request;
    this.#answer = answer;
    this.#governed = governed;
  }

  /** It is known who asks, or nobody will find out in time; unless the caller has left meanwhile. */
  met(request: OutboundRequest, meet: () => Governed | null): void {
    if (this.#state !== 'held') return;
    this.#request = request;
    this.#governed = meet() ?? UNSPOKEN;
    this.begin();
    // What came of the body meanwhile may be all of it, or more than is read ahead.
    // The state is another by now, which the type checker cannot see.
    if ((this.#state as string) === 'reading' && (this.#finished !== null || this.#heldBytes > READ_AHEAD))
      this.#decide(this.#finished === null ? null : this.#held);
    else this.#control?.flush();
  }

  begin(): void {
    const { body, expectsContinue } = this.#request;
    if (this.#governed.readsBody && body !== null && !(typeof body === 'number' && body > READ_AHEAD)) {
      this.#state = 'reading';
      if (expectsContinue) {
        // The caller sends nothing before somebody says so, and the origin is not asked yet (RFC 9110 §10.1.1).
        this.#toldToContinue = true;
        queueMicrotask(() => {
          if (this.#state === 'reading') this.#answer.informed(100, [], '');
        });
      }
      this.#hearSilence();
      return;
    }
    this.#decide(null);
  }

  #hearSilence(): void {
    if (typeof this.#request.body === 'number') return;
    if (this.#silence === null)
      this.#silence = setTimeout(() => {
        if (this.#state === 'reading') this.#decide(null);
      }, SILENCE_MS);
    else this.#silence.refresh();
  }

  #decide(body: readonly Buffer[] | null): void {
    this.#state = 'held';
    if (this.#silence !== null) clearTimeout(this.#silence);
    let now = true;
    this.#governed.decide(body, (refused) => {
      if (this.#state !== 'held') return;
      if (refused === null) this.#go(now && body === null);
      else if (now) {
        // Whoever asked has to have us in hand before it is answered.
        this.#state = 'refusing';
        this.#refused = refused;
        queueMicrotask(() => this.#refuse());
      } else {
        this.#state = 'refusing';
        this.#refused = refused;
        this.#refuse();
      }
    });
    now = false;
  }

  /** `atOnce`: while its caller is still handing it over, who says himself when what is held back should leave. */
  #go(atOnce: boolean): void {
    this.#state = 'going';
    const { check } = this.#governed;
    this.#control = this.#next(check === null ? this.#request : { ...this.#request, check }, this);
    // It may be over already.
    const control = this.#control;
    if (this.#paused) control.pause();
    const held = this.#held;
    this.#held = [];
    let flowing = true;
    for (const piece of held) flowing = control.write(piece);
    if (this.#finished !== null) control.finish(this.#finished);
    if (!atOnce) control.flush();
    if (flowing && this.#full) {
      this.#full = false;
      this.#answer.drained();
    }
  }

  /** Answers in the origin's place; a short body is read to its end first, as far as it comes by itself. */
  #refuse(): void {
    if (this.#state !== 'refusing' || this.#refused === null) return;
    this.#held = [];
    const { body, expectsContinue } = this.#request;
    const willEnd = typeof body === 'number' && body <= SHORT_BODY && (!expectsContinue || this.#toldToContinue);
    if (this.#finished === null && willEnd) {
      if (this.#full) {
        this.#full = false;
        this.#answer.drained();
      }
      return;
    }
    const { failure, answer } = this.#refused;
    this.#responseBytes = answer.body.length;
    this.#over(true);
    this.#answer.fail(failure, answer);
  }

  #over(failed: boolean): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    if (this.#silence !== null) clearTimeout(this.#silence);
    this.#held = [];
    this.#governed.over({
      left: this.#left,
      status: this.#status,
      failed,
      durationUs: monotonicMicroseconds() - this.#request.origin,
      timeToFirstByteUs: this.#firstByteUs,
      requestBytes: this.#requestBytes,
      responseBytes: this.#responseBytes,
    });
  }

  /** The answer ends here, and is seen to be cut. */
  #cut({ failure, lastWords }: Cut): void {
    this.#over(true);
    this.#control?.abort(failure);
    if (lastWords !== null) this.#answer.data(lastWords);
    this.#answer.settle();
    setTimeout(() => this.#answer.fail(failure), lastWords === null ? 0 : LAST_WORDS_MS);
  }

  // Answer: what the origin says

  attempted(attempt: Attempt): void {
    if (attempt.failure === null) this.#left = true;
    if (this.#state === 'going') this.#answer.attempted(attempt);
  }

  informed(status: number, fields: Fields, headerLines: string): void {
    if (this.#state !== 'going' || (status === 100 && this.#toldToContinue)) return;
    this.#answer.informed(status, fields, headerLines);
  }

  head(head: AnswerHead): void {
    if (this.#state !== 'going') return;
    this.#status = head.status;
    this.#firstByteUs = monotonicMicroseconds() - this.#request.origin;
    if (head.mocked !== true) this.#governed.heard(head);
    this.#answer.head(head);
  }

  data(chunk: Buffer): boolean {
    if (this.#state !== 'going') return true;
    this.#responseBytes += chunk.length;
    const cut = this.#governed.watchesOutput ? this.#governed.output(chunk) : null;
    const flowing = this.#answer.data(chunk);
    if (cut === null) return flowing;
    this.#cut(cut);
    return true;
  }

  settle(): void {
    if (this.#state === 'going') this.#answer.settle();
  }

  end(trailers: Fields): void {
    if (this.#state !== 'going') return;
    // The answer may come before the request is whole: what is left of that goes on.
    this.#over(false);
    this.#answer.end(trailers);
  }

  upgraded(head: AnswerHead, socket: Duplex, first: Buffer): void {
    if (this.#state !== 'going') {
      socket.destroy();
      return;
    }
    this.#status = head.status;
    this.#firstByteUs = monotonicMicroseconds() - this.#request.origin;
    this.#governed.heard(head);
    // It runs as long as its connection does.
    socket.once('close', () => this.#over(false));
    this.#answer.upgraded(head, socket, first);
  }

  fail(failure: Failure, own?: LastWord): void {
    if (this.#state !== 'going') return;
    if (own !== undefined && own !== 'reset') this.#governed.answered(own);
    this.#over(true);
    this.#answer.fail(failure, own);
  }

  drained(): void {
    this.#answer.drained();
  }

  stopSending(): void {
    this.#answer.stopSending();
  }

  // Control: what the caller says

  write(chunk: Buffer): boolean {
    this.#requestBytes += chunk.length;
    if (this.#control !== null) return this.#control.write(chunk);
    if (this.#state === 'over' || this.#state === 'refusing') return true;
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#state === 'reading') {
      if (this.#heldBytes <= READ_AHEAD) {
        this.#hearSilence();
        return true;
      }
      this.#decide(null);
      // It may have gone on at once, with all that was held.
      if (this.#control !== null) return true;
    } else if (this.#heldBytes <= HELD_BYTES) return true;
    this.#full = true;
    return false;
  }

  flush(): void {
    this.#control?.flush();
  }

  finish(trailers: Fields): void {
    this.#finished = trailers;
    if (this.#control !== null) this.#control.finish(trailers);
    else if (this.#state === 'reading') this.#decide(this.#held);
    // Whoever is reading the request is done with it before it is answered.
    else if (this.#state === 'refusing') queueMicrotask(() => this.#refuse());
  }

  pause(): void {
    this.#paused = true;
    this.#control?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#control?.resume();
  }

  halfClose(): void {
    if (this.#control !== null) this.#control.halfClose();
    else if (this.#state !== 'over') {
      // Programs that go away close their side like those that are done asking: a place is not kept for either.
      const detail = 'The caller closed its side of the connection while the call was held.';
      this.#over(true);
      this.#answer.fail({ kind: 'client-left', detail });
    }
  }

  abort(failure: Failure): void {
    this.#over(true);
    this.#control?.abort(failure);
  }
}
