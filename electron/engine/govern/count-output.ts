/** Counts what a streamed answer has become so far, in tokens, rather too many than too few. */
export interface OutputCount {
  /** Tokens so far, with this piece. */
  add(piece: Buffer): number;
  /** What can be said inside of the stream before it is cut; null: nothing that its reader would understand. */
  lastWords(sentence: string, policy: string): Buffer | null;
}

/** A token of text has seldom fewer bytes than this. */
const BYTES_PER_TOKEN = 3;
/** Compressed text has fewer bytes for a token. */
const PACKED_BYTES_PER_TOKEN = 1.5;
const LF = 10;

/**
 * Null for answers that are not streamed: what they cost is spent when they begin. An event of a stream (SSE, or a line of
 * NDJSON) is a token at least, and one more for every three bytes that it is longer than the shortest event so far: what all
 * have in common is no output. Streams of other forms, and compressed ones, are counted by their bytes.
 */
export function countOutput(contentType: string, contentEncoding: string): OutputCount | null {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const packed = contentEncoding !== '' && contentEncoding.toLowerCase() !== 'identity';
  const sse = type === 'text/event-stream';
  const lines = sse || type === 'application/x-ndjson' || type === 'application/jsonl';
  if (!lines && type !== 'application/vnd.amazon.eventstream') return null;
  if (packed || !lines) return countBytes(packed);

  let tokens = 0;
  let length = 0;
  let shortest = Infinity;
  let begin = '';
  /** A line is complete: of SSE only what lies in `data`. */
  const close = (): void => {
    const counts = length > 0 && (!sse || begin.startsWith('data:'));
    if (counts) {
      if (length < shortest) shortest = length;
      tokens += 1 + Math.ceil((length - shortest) / BYTES_PER_TOKEN);
    }
    length = 0;
    begin = '';
  };
  return {
    add(piece) {
      let from = 0;
      while (from < piece.length) {
        const end = piece.indexOf(LF, from);
        const to = end < 0 ? piece.length : end;
        if (begin.length < 5) begin += piece.latin1Slice(from, Math.min(to, from + 5 - begin.length));
        length += to - from;
        if (begin.startsWith('\r')) length = 0;
        if (end < 0) break;
        close();
        from = end + 1;
      }
      return tokens;
    },
    lastWords(sentence, policy) {
      const said = JSON.stringify({ type: 'error', error: { type: 'budget_exceeded', message: sentence, policy } });
      return Buffer.from(sse ? `\n\nevent: error\ndata: ${said}\n\n` : `\n${said}\n`);
    },
  };
}

function countBytes(packed: boolean): OutputCount {
  let bytes = 0;
  return {
    add(piece) {
      bytes += piece.length;
      return Math.ceil(bytes / (packed ? PACKED_BYTES_PER_TOKEN : BYTES_PER_TOKEN));
    },
    lastWords: () => null,
  };
}
