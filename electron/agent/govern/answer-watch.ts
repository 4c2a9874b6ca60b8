import { answerFraming, readResponseHead, type ResponseHead } from '../../../shared/bytes/http1-head.ts';
import { createChunkedReader, type ChunkedReader } from '../../../shared/bytes/chunked.ts';

const HEAD_END = Buffer.from('\r\n\r\n');
/** What is no head after this many bytes is passed on as it is. */
const HEAD_LIMIT = 256 * 1024;

export interface AnswerSink {
  /** A complete head, 1xx ones too. Returns what is given of it; null: nothing, and nothing after it. */
  onHead(head: ResponseHead, raw: Buffer): Buffer | null;
  /** Bytes for the program, in order, heads among them. */
  give(piece: Buffer): void;
  /** The answer to the request last expected is complete. */
  onEnd(): void;
  /** No more answers can be told apart on this connection: 101, or bytes that are no HTTP. */
  onRaw(): void;
}

/** Follows the answers on one HTTP/1 connection, to know where each ends. Bytes are never changed or held, save heads until they are whole. */
export interface AnswerWatch {
  /** A request with this method was sent; answers are expected one at a time. */
  expect(method: string): void;
  read(chunk: Buffer): void;
  /** Whether nothing of the expected answer has come. */
  readonly untouched: boolean;
}

export function createAnswerWatch(sink: AnswerSink): AnswerWatch {
  let state: 'idle' | 'head' | 'length' | 'chunked' | 'until-close' | 'raw' = 'idle';
  let method = '';
  let held: Buffer | null = null;
  let left = 0;
  let chunks: ChunkedReader | null = null;
  let untouched = true;

  function toRaw(rest: Buffer): void {
    state = 'raw';
    held = null;
    sink.onRaw();
    if (rest.length > 0) sink.give(rest);
  }

  function end(): void {
    state = 'idle';
    chunks = null;
    sink.onEnd();
  }

  /** Reads a head from the start of `chunk`; returns what is behind it, or null when it is not complete. */
  function readHead(chunk: Buffer): Buffer | null {
    const bytes: Buffer = held === null ? chunk : Buffer.concat([held, chunk]);
    const at = bytes.indexOf(HEAD_END, held === null ? 0 : Math.max(0, held.length - 3));
    if (at < 0) {
      held = bytes;
      if (bytes.length > HEAD_LIMIT) toRaw(bytes);
      return null;
    }
    held = null;
    const head = readResponseHead(bytes.toString('latin1', 0, at));
    if ('fault' in head) {
      toRaw(bytes);
      return null;
    }
    const rest = bytes.subarray(at + 4);
    const given = sink.onHead(head, bytes.subarray(0, at + 4));
    if (given === null) {
      state = 'idle';
      return null;
    }
    sink.give(given);
    if (head.status === 101) {
      toRaw(rest);
      return null;
    }
    if (method === 'CONNECT' && head.status >= 200 && head.status < 300) {
      // What comes now is another conversation, and may be HTTP again.
      end();
      return rest;
    }
    if (head.status < 200) return rest;
    const framing = answerFraming(head, method);
    if (framing.kind === 'chunked') {
      state = 'chunked';
      chunks = createChunkedReader();
    } else if (framing.kind === 'length' && framing.length > 0) {
      state = 'length';
      left = framing.length;
    } else if (framing.kind === 'until-close') state = 'until-close';
    else end();
    return rest;
  }

  return {
    get untouched() {
      return untouched;
    },
    expect(asked) {
      method = asked;
      untouched = true;
      if (state === 'idle') state = 'head';
    },
    read(chunk) {
      untouched = false;
      let rest: Buffer | null = chunk;
      while (rest !== null && rest.length > 0) {
        switch (state as string) {
          case 'head':
            rest = readHead(rest);
            break;
          case 'length': {
            const piece: Buffer = rest.length <= left ? rest : rest.subarray(0, left);
            left -= piece.length;
            const after: Buffer | null = piece.length === rest.length ? null : rest.subarray(piece.length);
            sink.give(piece);
            if (left === 0) end();
            rest = after;
            break;
          }
          case 'chunked': {
            const next: number = chunks!.read(rest, 0, ignore);
            const failed = chunks!.state === 'fault';
            const piece: Buffer = failed ? rest : rest.subarray(0, next);
            const after: Buffer | null = failed || next === rest.length ? null : rest.subarray(next);
            const done = chunks!.state === 'done';
            sink.give(piece);
            if (failed) toRaw(Buffer.alloc(0));
            else if (done) end();
            rest = after;
            break;
          }
          case 'idle':
            // Nobody asked: a server's farewell (408), for the program to judge.
            sink.give(rest);
            rest = null;
            break;
          default:
            sink.give(rest);
            rest = null;
        }
      }
    },
  };
}

function ignore(): void {}
