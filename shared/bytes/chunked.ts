/**
 * Reads the chunked transfer coding (RFC 9112 §7.1) from pieces cut anywhere. Strict: a size is
 * hex digits only (no sign, no space, no “0x”), every line ends in CRLF, and extensions may hold no
 * control bytes: lenient readers of these bytes are how requests get smuggled.
 */
export interface ChunkedReader {
  /**
   * Reads `bytes` from `at`. Calls `onData` with sub-arrays of `bytes` (no copy). Returns the index
   * after the last byte that belongs to the body: less than `bytes.length` only when `state` is no
   * longer 'reading'.
   */
  read(bytes: Uint8Array, at: number, onData: (piece: Uint8Array) => void): number;
  readonly state: 'reading' | 'done' | 'fault';
  /** Trailer lines as received (each with CRLF), when done. */
  readonly trailers: string;
  /** One sentence, when faulty. */
  readonly fault: string;
}

const MAX_LINE = 4096;
const MAX_TRAILERS = 64 * 1024;

type Step = 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'trailer';

export function createChunkedReader(): ChunkedReader {
  let step: Step = 'size';
  let size = 0;
  let digits = 0;
  let left = 0;
  let lineLength = 0;
  let trailers = '';
  let state: ChunkedReader['state'] = 'reading';
  let why = '';

  function fail(sentence: string, at: number): number {
    state = 'fault';
    why = sentence;
    return at;
  }

  /** Trailer bytes are rare: char by char is fine. Ends at an empty line. */
  function readTrailer(bytes: Uint8Array, at: number): number {
    while (at < bytes.length) {
      const code = bytes[at++]!;
      trailers += String.fromCharCode(code);
      if (trailers.length > MAX_TRAILERS) return fail('the trailers are too long', at);
      if (code !== 10) continue;
      if (!trailers.endsWith('\r\n')) return fail('a bare LF in the trailers', at);
      if (trailers === '\r\n' || trailers.endsWith('\r\n\r\n')) {
        trailers = trailers.slice(0, -2);
        state = 'done';
        return at;
      }
    }
    return at;
  }

  return {
    get state() {
      return state;
    },
    get trailers() {
      return trailers;
    },
    get fault() {
      return why;
    },
    read(bytes, at, onData) {
      while (at < bytes.length && state === 'reading') {
        switch (step) {
          case 'data': {
            const end = Math.min(bytes.length, at + left);
            onData(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
            left -= end - at;
            at = end;
            if (left === 0) step = 'data-cr';
            break;
          }
          case 'size': {
            const code = bytes[at]!;
            const digit = hexDigit(code);
            if (digit >= 0) {
              if (++digits > 12) return fail('a chunk size has too many digits', at);
              size = size * 16 + digit;
              at++;
            } else if (digits === 0) return fail('a chunk does not start with its size in hex', at);
            else if (code === 13) {
              step = 'size-lf';
              at++;
            } else if (code === 59) {
              step = 'extension';
              lineLength = 0;
              at++;
            } else return fail('a chunk size is followed by something else than CRLF', at);
            break;
          }
          case 'extension': {
            const code = bytes[at++]!;
            if (code === 13) step = 'size-lf';
            else if ((code < 32 && code !== 9) || code === 127)
              return fail('a control character in a chunk extension', at);
            else if (++lineLength > MAX_LINE) return fail('a chunk extension is too long', at);
            break;
          }
          case 'size-lf':
            if (bytes[at++] !== 10) return fail('a bare CR after a chunk size', at);
            left = size;
            step = size === 0 ? 'trailer' : 'data';
            size = 0;
            digits = 0;
            break;
          case 'data-cr':
            if (bytes[at++] !== 13) return fail('chunk data is longer than its size', at);
            step = 'data-lf';
            break;
          case 'data-lf':
            if (bytes[at++] !== 10) return fail('a bare CR after chunk data', at);
            step = 'size';
            break;
          case 'trailer':
            at = readTrailer(bytes, at);
            break;
        }
      }
      return at;
    },
  };
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
