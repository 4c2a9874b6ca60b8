import type { Fields } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import type { Answer, Control } from '../dispatch.ts';

/** What happens to a request while it does not go on. */
export interface HeldEvents {
  /** There is more of the body than room. Left out: its caller waits, and nothing happens. */
  overflow?(): void;
  /** All of it is there. */
  complete?(): void;
  /** Its caller left. */
  left(failure: Failure): void;
  /** Its caller can take no more of an answer that is made here; or can again. */
  flow?(paused: boolean): void;
}

/**
 * The caller's hold on a request that does not go on yet: takes its body up to `room` bytes, and lets the caller wait with
 * the rest. It goes on by `goOn`, or is answered here after `drop`.
 */
export class HeldRequest implements Control {
  readonly #answer: Answer;
  readonly #room: number;
  #events: HeldEvents;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #trailers: Fields | null = null;
  #control: Control | null = null;
  #dropped = false;
  #full = false;
  #paused = false;
  #halfClosed = false;

  /** `room` in bytes. */
  constructor(answer: Answer, room: number, events: HeldEvents) {
    this.#answer = answer;
    this.#room = room;
    this.#events = events;
  }

  /** Somebody else wants to know from now on. */
  listen(events: HeldEvents): void {
    this.#events = events;
  }

  /** What came of the body so far. */
  get pieces(): readonly Buffer[] {
    return this.#pieces;
  }
  get isComplete(): boolean {
    return this.#trailers !== null;
  }
  get isFull(): boolean {
    return this.#bytes > this.#room;
  }
  get paused(): boolean {
    return this.#paused;
  }

  /** The request goes on; `body` in place of what was held, when it was changed. */
  goOn(control: Control, body: readonly Buffer[] = this.#pieces): void {
    this.#control = control;
    this.#pieces = [];
    if (this.#paused) control.pause();
    let flowing = true;
    for (const piece of body) flowing = control.write(piece);
    if (this.#trailers !== null) control.finish(this.#trailers);
    if (this.#halfClosed) control.halfClose();
    control.flush();
    if (flowing) this.#makeRoom();
  }

  /** It is answered here: what still comes of it is read and let go. */
  drop(): void {
    this.#dropped = true;
    this.#pieces = [];
    this.#makeRoom();
  }

  #makeRoom(): void {
    if (!this.#full) return;
    this.#full = false;
    this.#answer.drained();
  }

  write(chunk: Buffer): boolean {
    if (this.#control !== null) return this.#control.write(chunk);
    if (this.#dropped) return true;
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#room) return true;
    this.#events.overflow?.();
    // It may have gone on, or been dropped, just now.
    if (this.#control !== null || this.#dropped) return true;
    this.#full = true;
    return false;
  }

  flush(): void {
    this.#control?.flush();
  }

  finish(trailers: Fields): void {
    this.#trailers = trailers;
    if (this.#control !== null) this.#control.finish(trailers);
    else this.#events.complete?.();
  }

  pause(): void {
    this.#paused = true;
    if (this.#control !== null) this.#control.pause();
    else this.#events.flow?.(true);
  }

  resume(): void {
    this.#paused = false;
    if (this.#control !== null) this.#control.resume();
    else this.#events.flow?.(false);
  }

  /** Programs that are done asking close their side, too: an answer is still on its way to them. */
  halfClose(): void {
    this.#halfClosed = true;
    this.#control?.halfClose();
  }

  abort(failure: Failure): void {
    if (this.#control !== null) this.#control.abort(failure);
    else {
      this.#dropped = true;
      this.#pieces = [];
      this.#events.left(failure);
    }
  }
}
