import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { codingsOf } from '../store/content-coding.ts';

/**
 * Undoes a body's content coding while it goes by, at once and without waiting for it to be whole. Node undoes codings at once
 * only of what is whole; its streams have what is needed inside (as minizlib has shown for years), and where that is not
 * so any more, nothing is read and the reading says so.
 */
export interface ContentStream {
  /** What these bytes became, in pieces, one char a byte. False when nothing more can be read. */
  push(bytes: Uint8Array, take: (piece: string) => void): boolean;
  close(): void;
}

/** Most bytes that a body may become: a small one can claim to be a terabyte. */
const MOST_OUT = 256 * 1024 * 1024;
const ROOM = 64 * 1024;

interface Handle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLeft: number,
    output: Uint8Array,
    outputAt: number,
    outputLeft: number,
  ): void;
  onerror: (...args: unknown[]) => void;
}

/** Null: there is nothing to undo. `mostOut`: bytes. */
export function openContent(encoding: string | null, mostOut = MOST_OUT): ContentStream | null {
  const codings = codingsOf(encoding);
  if (codings.length === 0) return null;
  let engine: ReturnType<typeof startEngine> = null;
  let broken = codings.length > 1;
  let made = 0;
  let output: Buffer | null = null;

  return {
    push(bytes, take) {
      if (broken) return false;
      if (bytes.byteLength === 0) return true;
      engine ??= startEngine(codings[0] ?? '', bytes, () => (broken = true));
      if (engine === null) broken = true;
      else {
        output ??= Buffer.allocUnsafeSlow(ROOM);
        const { handle, state, flush } = engine;
        let at = 0;
        let left = bytes.byteLength;
        // A full buffer may mean that there is more.
        for (let full = true; (left > 0 || full) && !broken;) {
          handle.writeSync(flush, bytes, at, left, output, 0, ROOM);
          if (broken) break;
          const size = ROOM - (state[0] ?? ROOM);
          const unread = state[1] ?? 0;
          full = size === ROOM;
          // Behind its end, and rubbish: nothing moves any more.
          if (size === 0 && unread === left) break;
          at += left - unread;
          left = unread;
          made += size;
          if (made > mostOut) broken = true;
          else if (size > 0) take(output.latin1Slice(0, size));
        }
      }
      if (broken) this.close();
      return !broken;
    },
    close() {
      engine?.stream.destroy();
      engine = null;
      broken = true;
    },
  };
}

function startEngine(
  coding: string,
  first: Uint8Array,
  onError: () => void,
): { stream: Transform; handle: Handle; state: Uint32Array; flush: number } | null {
  const stream = streamOf(coding, first);
  if (stream === null) return null;
  const { _handle: handle, _writeState: state } = stream as unknown as { _handle?: Handle; _writeState?: Uint32Array };
  if (typeof handle?.writeSync !== 'function' || !(state instanceof Uint32Array)) {
    stream.destroy();
    return null;
  }
  handle.onerror = onError;
  const flush =
    coding === 'br'
      ? constants.BROTLI_OPERATION_FLUSH
      : coding === 'zstd'
        ? constants.ZSTD_e_flush
        : constants.Z_SYNC_FLUSH;
  return { stream, handle, state, flush };
}

function streamOf(coding: string, first: Uint8Array): Transform | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      // RFC 9110 means zlib; some servers send it bare.
      return ((first[0] ?? 0) & 15) === 8 ? createInflate() : createInflateRaw();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    default:
      return null;
  }
}
