import { createChunkedReader, type ChunkedReader } from '../../../shared/bytes/chunked.ts';
import { readRequestHead, type RequestHead } from '../../../shared/bytes/http1-head.ts';
import type { Decided } from './ask.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
const HEAD_LIMIT = 256 * 1024;
const EMPTY: Buffer = Buffer.alloc(0);

/** What a gate stands before: the way out, and the way back to the program. */
export interface GateSides {
  /** Asks whether the call may leave; never throws, always settles. */
  ask(head: RequestHead): Promise<Decided>;
  /** The call leaves: gives the bytes of its head as they go out. */
  begin(head: RequestHead, raw: Buffer, direct: boolean): Buffer;
  /** Sends bytes; `done` when more may come. */
  send(pieces: Buffer[], done: (error?: Error | null) => void): void;
  /** Our own answer, for the program; it is the connection's last. */
  answer(bytes: Buffer): void;
}

/**
 * Stands in the way of what a program writes on one HTTP/1 connection: each request waits, from its complete
 * head on, until it is decided. One request at a time: what is pipelined waits for the answer before it.
 */
export interface Gate {
  /** As a stream's write: `done` is called once. The next write comes after it. */
  write(bytes: Buffer, done: (error?: Error | null) => void): void;
  /** The answer to the request that left is complete. */
  answered(): void;
  /** What comes from now on is no request (101), or nobody can tell (an answer that is none). */
  toRaw(): void;
  /** Nobody reads or writes here any more. */
  close(): void;
}

export function createGate(sides: GateSides): Gate {
  let state: 'head' | 'asking' | 'body' | 'raw' | 'swallow' | 'closed' = 'head';
  /** Of the running request: our answer to it, how much of its body is still to come. */
  let reply: Buffer | null = null;
  let left = 0;
  let chunks: ChunkedReader | null = null;
  /** A request has left, and its answer is not complete. */
  let outstanding = false;
  /** The write that is being worked on. */
  let pending = EMPTY;
  let held = EMPTY;
  let done: ((error?: Error | null) => void) | null = null;
  let sending = false;
  let out: Buffer[] = [];

  function pump(): void {
    while (!sending && pending.length > 0 && state !== 'asking') {
      if (state === 'head') {
        if (outstanding) break;
        readHead();
      } else if (state === 'body') readBody();
      else {
        if (state === 'raw') out.push(pending);
        pending = EMPTY;
      }
    }
    flush();
  }

  function flush(): void {
    if (sending) return;
    if (out.length > 0) {
      const pieces = out;
      out = [];
      sending = true;
      sides.send(pieces, (error) => {
        sending = false;
        if (error) finish(error);
        else pump();
      });
      return;
    }
    if (pending.length === 0 && state !== 'asking') finish(null);
  }

  function finish(error: Error | null): void {
    const tell = done;
    done = null;
    tell?.(error);
  }

  function readHead(): void {
    let bytes = held.length === 0 ? pending : Buffer.concat([held, pending]);
    let skipped = 0;
    while (bytes[skipped] === 13 && bytes[skipped + 1] === 10) skipped += 2;
    if (skipped > 0) bytes = bytes.subarray(skipped);
    const end = bytes.indexOf(HEAD_END, Math.max(0, held.length - 3));
    pending = EMPTY;
    held = EMPTY;
    if (end < 0) {
      if (bytes.length > HEAD_LIMIT || !mayBeHead(bytes)) turnRaw(bytes);
      else held = bytes;
      return;
    }
    const head = readRequestHead(bytes.toString('latin1', 0, end));
    if ('fault' in head) {
      // Whoever it goes to will say what is wrong with it.
      turnRaw(bytes);
      return;
    }
    const raw = bytes.subarray(0, end + 4);
    pending = bytes.subarray(end + 4);
    state = 'asking';
    void sides.ask(head).then((decided) => settle(head, raw, decided));
  }

  function settle(head: RequestHead, raw: Buffer, decided: Decided): void {
    // The program may have given up meanwhile.
    if (state !== 'asking') return;
    const { framing } = head;
    chunks = framing.kind === 'chunked' ? createChunkedReader() : null;
    left = framing.kind === 'length' ? framing.length : 0;
    state = 'body';
    outstanding = true;
    if (decided.verdict === 'allow') out.push(sides.begin(head, raw, decided.direct));
    else if (head.expectsContinue) {
      // It waits for our word before it sends its body, and we do not want that.
      state = 'swallow';
      sides.answer(decided.bytes);
    } else reply = decided.bytes;
    if (state === 'body' && chunks === null && left === 0) endOfRequest();
    pump();
  }

  function readBody(): void {
    let piece = pending;
    if (chunks === null) piece = pending.subarray(0, left);
    else {
      const next = chunks.read(pending, 0, ignore);
      // A broken coding goes out as it is.
      if (chunks.state !== 'fault') piece = pending.subarray(0, next);
    }
    pending = pending.subarray(piece.length);
    left -= piece.length;
    if (reply === null) out.push(piece);
    if (chunks === null ? left === 0 : chunks.state !== 'reading') endOfRequest();
  }

  function endOfRequest(): void {
    chunks = null;
    state = reply === null ? 'head' : 'swallow';
    if (reply === null) return;
    const bytes = reply;
    reply = null;
    // After the program has heard that its request is written, as with a server.
    process.nextTick(() => {
      if (state !== 'closed') sides.answer(bytes);
    });
  }

  function turnRaw(bytes: Buffer): void {
    state = 'raw';
    if (bytes.length > 0) out.push(bytes);
  }

  return {
    write(bytes, tell) {
      pending = bytes;
      done = tell;
      pump();
    },
    answered() {
      outstanding = false;
      if (pending.length > 0) pump();
    },
    toRaw() {
      outstanding = false;
      if (state !== 'head') return;
      state = 'raw';
      if (pending.length > 0) pump();
    },
    close() {
      state = 'closed';
      pending = EMPTY;
      held = EMPTY;
      out = [];
      finish(null);
    },
  };
}

/** A method is a token of letters; what begins otherwise is no HTTP/1. */
function mayBeHead(bytes: Buffer): boolean {
  const first = bytes[0]! | 32;
  return first >= 97 && first <= 122;
}

function ignore(): void {}
