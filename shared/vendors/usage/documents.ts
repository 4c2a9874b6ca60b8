import { createAwsEventStream } from '../../bytes/aws-event-stream.ts';
import type { JsonPaths, WantedPaths } from '../../bytes/json-scan.ts';
import { compileJsonPaths, createJsonScan } from '../../bytes/json-scan.ts';
import { createSsePieces } from '../../bytes/sse-pieces.ts';

/** What was found in one JSON text: a whole answer, an event of a stream, a line, an element of a list. */
export interface Found {
  /** The last value at a wanted path; undefined when there is none. */
  at(path: string): unknown;
  /** All of them. */
  all(path: string): readonly unknown[];
  /** The text came to its last bracket. */
  readonly whole: boolean;
}

export interface DocumentSink {
  /** `event`: the stream's name of it, where it has one. */
  take(found: Found, event: string | null): void;
  text(path: string, key: string, text: string, size: number): void;
  /** `data: [DONE]` and its like: an event that is no JSON object. */
  mark?(): void;
  /** The stream says that it failed. */
  failed?(): void;
}

/** Takes an answer apart into JSON texts, however they are put into it. */
export interface Documents {
  push(piece: string): void;
  end(): void;
  /** Events follow one another in it. */
  readonly streamed: boolean;
}

export type Wanted = JsonPaths;
export const wanted = (paths: WantedPaths): Wanted => compileJsonPaths(paths);

/** `contentType`: as the answer has it. What it does not tell, the first char does. Null: nothing of it can be read. */
export function readDocuments(contentType: string | null, paths: Wanted, sink: DocumentSink): Documents | null {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (type === 'text/event-stream') return readEvents(paths, sink);
  if (type === 'application/vnd.amazon.eventstream') return readFrames(paths, sink);
  if (/^(?:image|audio|video|font)\//.test(type)) return null;
  if (type.includes('json')) return readTexts(paths, sink);
  let documents: Documents | null = null;
  return {
    push(piece) {
      if (documents === null) {
        const first = /[^\s\xef\xbb\xbf]/.exec(piece)?.[0];
        if (first === undefined) return;
        documents = first === '{' || first === '[' ? readTexts(paths, sink) : readEvents(paths, sink);
      }
      documents.push(piece);
    },
    end: () => documents?.end(),
    get streamed() {
      return documents?.streamed ?? false;
    },
  };
}

function readTexts(paths: Wanted, sink: DocumentSink): Documents {
  const texts = readText(paths, sink);
  let ended = 0;
  return {
    push(piece) {
      ended += texts.push(piece, null);
    },
    end: texts.end,
    get streamed() {
      return ended > 1;
    },
  };
}

function readEvents(paths: Wanted, sink: DocumentSink): Documents {
  const texts = readText(paths, sink);
  let beginning = '';
  const pieces = createSsePieces({
    data(piece, name) {
      if (beginning.length < DONE.length) beginning += piece.slice(0, DONE.length);
      texts.push(piece, name);
    },
    event(name) {
      texts.end();
      if (beginning.startsWith(DONE)) sink.mark?.();
      beginning = '';
      if (name === 'error') sink.failed?.();
    },
  });
  return { push: pieces.push, end: pieces.end, streamed: true };
}

/** What ends streams of OpenAI and those who copied them. */
const DONE = '[DONE]';

function readFrames(paths: Wanted, sink: DocumentSink): Documents {
  const texts = readText(paths, sink);
  const frames = createAwsEventStream({
    data: (piece, type) => void texts.push(piece, type),
    event(_type, error) {
      texts.end();
      if (error) sink.failed?.();
    },
  });
  return { push: frames.push, end: texts.end, streamed: true };
}

/** One text after another through one scan; `push` gives how many it ended. */
function readText(
  paths: Wanted,
  sink: DocumentSink,
): { push(piece: string, event: string | null): number; end(): void } {
  let values: Map<string, unknown[]> | null = null;
  let name: string | null = null;
  let count = 0;
  const scan = createJsonScan(paths, {
    value(path, value) {
      values ??= new Map();
      const list = values.get(path);
      if (list === undefined) values.set(path, [value]);
      else if (list.length < MOST_VALUES) list.push(value);
      else list[MOST_VALUES - 1] = value;
    },
    text: sink.text,
    ended(whole) {
      count += 1;
      const found = values ?? NOTHING;
      values = null;
      sink.take({ at: (path) => found.get(path)?.at(-1), all: (path) => found.get(path) ?? [], whole }, name);
    },
  });
  return {
    push(piece, event) {
      name = event;
      count = 0;
      scan.push(piece);
      return count;
    },
    end: scan.end,
  };
}

/** Values kept of one path of one text. */
const MOST_VALUES = 2048;
const NOTHING: ReadonlyMap<string, unknown[]> = new Map();
