import { createChunkedReader, type ChunkedReader } from '../../../../shared/bytes/chunked.ts';
import { readRequestHead, readTrailers, type Fields, type RequestHead } from '../../../../shared/bytes/http1-head.ts';
import type { Failure } from '../../../../shared/model/failure.ts';

const EMPTY = Buffer.alloc(0);
const HEAD_END = Buffer.from('\r\n\r\n');

/** What the reader tells the connection it reads for. */
export interface RequestSink {
  /**
   * A complete, valid head. `text` is the head without its last empty line, `raw` the bytes with it.
   * Answer 'stop' when no further byte is a request (refused, or the connection is another's now).
   */
  onHead(head: RequestHead, text: string, raw: Buffer): 'go-on' | 'stop';
  onBody(piece: Buffer): void;
  /** The request is complete; the next one is read after `goOn`. */
  onComplete(trailers: Fields): void;
  /** The body stopped being valid half-way; nothing more is read. */
  onBroken(detail: string): void;
  /** No valid request; nothing more is read. `raw` is what there was of it. */
  onRefused(failure: Failure, status: 400 | 408 | 431 | 501 | 505, raw: Buffer): void;
}

/**
 * Reads the requests of one HTTP/1 connection, one at a time, from chunks cut anywhere. What
 * comes while a request is being answered is held (pipelining) and read after `goOn`.
 */
export class RequestReader {
  /** 'waiting': the request is complete, its answer is not. */
  state: 'head' | 'body' | 'waiting' | 'stopped' = 'head';
  readonly #sink: RequestSink;
  readonly #headLimit: number;
  #held: Buffer = EMPTY;
  #searched = 0;
  #busy = false;
  #left = 0;
  #chunks: ChunkedReader | null = null;

  constructor(sink: RequestSink, headLimit: number) {
    this.#sink = sink;
    this.#headLimit = headLimit;
  }

  /** Bytes of a head that is not complete, or of requests that wait for their turn. */
  get heldBytes(): number {
    return this.#held.length;
  }

  /** `wait`: take the bytes, but read no new request yet. */
  push(chunk: Buffer, wait: boolean): void {
    if (this.state === 'stopped') return;
    if (this.#busy || this.state === 'waiting' || (wait && this.state === 'head')) {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      this.#searched = 0;
      return;
    }
    this.#busy = true;
    let at = 0;
    while (at < chunk.length) {
      // Reading changes the state, which the type checker cannot see.
      const state = this.state as RequestReader['state'];
      if (state === 'head') at = this.#readHead(chunk, at);
      else if (state === 'body') at = this.#readBody(chunk, at);
      else {
        if (state === 'waiting') this.#held = chunk.subarray(at);
        break;
      }
    }
    this.#busy = false;
  }

  /** The answer is over: the next request may be read, with what is held of it. */
  goOn(): void {
    if (this.state === 'waiting') this.state = 'head';
  }

  /** Reads what is held, if it is a new request's turn. */
  readHeld(): void {
    if (this.#busy || this.state !== 'head' || this.#held.length === 0 || this.#searched > 0) return;
    const held = this.#held;
    this.#held = EMPTY;
    this.push(held, false);
  }

  /** Reads nothing more; returns what was read too far. */
  stop(): Buffer {
    this.state = 'stopped';
    const held = this.#held;
    this.#held = EMPTY;
    return held;
  }

  /** The head did not become complete, in time or at all. */
  refuseUnfinished(kind: 'timeout-request' | 'malformed-request', detail: string): void {
    const held = this.stop();
    this.#sink.onRefused({ kind, detail }, kind === 'timeout-request' ? 408 : 400, held);
  }

  #refuse(detail: string, status: 400 | 431 | 501 | 505, raw: Buffer, chunk: Buffer): number {
    this.stop();
    const kind = status === 431 ? 'request-too-large' : 'malformed-request';
    this.#sink.onRefused({ kind, detail }, status, raw);
    return chunk.length;
  }

  /** Reads a head from `chunk` at `at`; returns where the rest starts. */
  #readHead(chunk: Buffer, at: number): number {
    const fresh = at === 0 ? chunk : chunk.subarray(at);
    const before = this.#held.length;
    let bytes = before === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    // RFC 9112 §2.2: empty lines before a request line are skipped.
    let skipped = 0;
    while (bytes[skipped] === 13 && bytes[skipped + 1] === 10) skipped += 2;
    if (skipped > 0) bytes = bytes.subarray(skipped);
    if (bytes.length === 0) {
      this.#held = EMPTY;
      this.#searched = 0;
      return chunk.length;
    }
    const end = bytes.indexOf(HEAD_END, Math.max(0, this.#searched - 3));
    if ((end < 0 ? bytes.length : end) > this.#headLimit) {
      const limit = `${this.#headLimit / 1024} KiB`;
      return this.#refuse(`The request’s head is larger than ${limit}.`, 431, bytes.subarray(0, 4096), chunk);
    }
    if (end < 0) {
      // A head that ends in bare LFs would never be complete for us, but might be for the next one.
      const lf = bytes.indexOf(10, this.#searched);
      if (lf === 0 || (lf > 0 && bytes[lf - 1] !== 13)) {
        return this.#refuse('The request was refused: a bare LF inside the head.', 400, bytes, chunk);
      }
      this.#held = bytes;
      this.#searched = bytes.length;
      return chunk.length;
    }
    this.#held = EMPTY;
    this.#searched = 0;
    const raw = bytes.subarray(0, end + 4);
    const text = bytes.toString('latin1', 0, end);
    const head = readRequestHead(text);
    if ('fault' in head) return this.#refuse(`The request was refused: ${head.fault}.`, head.status, raw, chunk);
    // The state first: an answer may come before `onHead` returns.
    const { framing } = head;
    if (framing.kind === 'chunked') {
      this.state = 'body';
      this.#chunks = createChunkedReader();
    } else if (framing.kind === 'length' && framing.length > 0) {
      this.state = 'body';
      this.#left = framing.length;
    } else this.state = 'waiting';
    const next = at + skipped + end + 4 - before;
    if (this.#sink.onHead(head, text, raw) === 'stop') {
      this.state = 'stopped';
      this.#held = next < chunk.length ? chunk.subarray(next) : EMPTY;
      return chunk.length;
    }
    return next;
  }

  #readBody(chunk: Buffer, at: number): number {
    const chunks = this.#chunks;
    if (chunks === null) {
      const size = Math.min(this.#left, chunk.length - at);
      this.#left -= size;
      this.#sink.onBody(size === chunk.length ? chunk : chunk.subarray(at, at + size));
      if (this.#left === 0) this.#complete([]);
      return at + size;
    }
    const next = chunks.read(chunk, at, (piece) => this.#sink.onBody(piece as Buffer));
    if (chunks.state === 'done') {
      const trailers = readTrailers(chunks.trailers);
      if ('fault' in trailers) this.#break(`The request’s trailers are not valid: ${trailers.fault}.`);
      else this.#complete(trailers);
    } else if (chunks.state === 'fault') this.#break(`The request’s chunked coding is broken: ${chunks.fault}.`);
    return next;
  }

  #complete(trailers: Fields): void {
    this.#chunks = null;
    if (this.state !== 'body') return;
    this.state = 'waiting';
    this.#sink.onComplete(trailers);
  }

  #break(detail: string): void {
    this.stop();
    this.#sink.onBroken(detail);
  }
}
