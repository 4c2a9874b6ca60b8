import type { BodyForm } from '../../../shared/payload/recognise.ts';
import type { DiffLine } from '../../../shared/diff/diff-lines.ts';
import type { StreamEvent, Dialect } from '../../../shared/llm/chat.ts';
import type { Conversation } from '../../../shared/llm/read-chat.ts';
import type { Pair } from '../../../shared/payload/pairs.ts';

/** What the page and the worker that reads bodies say to each other. One worker holds one body at a time. */

export type BodySource = { url: string } | { bytes: Uint8Array<ArrayBuffer> };

export interface BodyHint {
  contentType: string | null;
  path: string;
  /** `grpc-encoding` of the side, for messages that are compressed. */
  grpcEncoding?: string | null;
}

export type Look = 'pretty' | 'raw' | 'hex';

/** How a text is coloured. */
export type Language = 'json' | 'xml' | 'html' | 'javascript' | 'css' | 'graphql' | 'fields' | 'plain';

export interface Opened {
  bytes: number;
  form: BodyForm;
  mediaType: string;
  /** What it is by its bytes: `PDF document`. */
  name: string | null;
  /** Content codings still on. */
  contentEncoding: string | null;
  truncated: 'limit' | 'shed' | 'cut' | null;
}

export interface PartFacts {
  title: string;
  headers: readonly (readonly [name: string, value: string])[];
  contentType: string | null;
  bytes: number;
  whole: boolean;
}

export interface TextFacts {
  language: Language;
  lines: number;
  /** What is wrong with it, in words; null when nothing was seen. */
  problem: string | null;
  /** Charset it was read in when that is not plain UTF-8, or why it was guessed. */
  charset: string | null;
  redacted: boolean;
}

export type Shown =
  | ({ kind: 'text'; text: string; folds: number[] } & TextFacts)
  | ({ kind: 'rows'; rows: number; characters: number } & TextFacts)
  | { kind: 'hex'; rows: number }
  | { kind: 'table'; rows: number; columns: number; head: string[]; more: boolean }
  | { kind: 'fields'; fields: Pair[] }
  | { kind: 'parts'; parts: PartFacts[] }
  | { kind: 'image'; bytes: Uint8Array<ArrayBuffer>; mediaType: string };

export interface Found {
  /** From and to of each match, in pairs. */
  matches: Uint32Array;
  /** Whether there are more than these. */
  more: boolean;
  /** Why the pattern cannot be used; null when it can. */
  problem: string | null;
}

export interface Asks {
  open: { ask: { source: BodySource; hint: BodyHint }; answer: Opened };
  show: { ask: { look: Look; form: BodyForm | null }; answer: Shown };
  rows: { ask: { from: number; count: number }; answer: { texts: string[]; starts: number[]; lines: number[] } };
  hex: { ask: { from: number; count: number }; answer: { bytes: Uint8Array<ArrayBuffer> } };
  cells: { ask: { from: number; count: number }; answer: { rows: string[][] } };
  find: { ask: { pattern: string; regex: boolean; matchCase: boolean }; answer: Found };
  row: { ask: { offset: number }; answer: { row: number } };
  path: { ask: { offset: number }; answer: { path: string } };
  part: { ask: { index: number }; answer: { bytes: Uint8Array<ArrayBuffer> } };
  /** The whole text, or its first `most` characters. */
  text: { ask: { most?: number }; answer: { text: string } };
  /** Needs no open body. A side without an address has no body; `events` are those of the stream, where they are stored. */
  chat: {
    ask: {
      dialect: Dialect;
      request: string | null;
      response: string | null;
      events: StreamEvent[] | null;
      streamed: boolean;
    };
    answer: Conversation;
  };
  /** Needs no open body. */
  compare: { ask: { before: CompareSide; after: CompareSide; whole: boolean }; answer: Compared };
}
export interface CompareSide {
  url: string;
  hint: BodyHint;
}
export type Compared =
  | { kind: 'same'; bytes: number }
  | { kind: 'json'; count: number; lines: DiffLine[] }
  | { kind: 'text'; before: string; after: string; language: Language }
  | { kind: 'bytes'; before: number; after: number; firstDifference: number };

export type AskName = keyof Asks;

export type ToWorker = { [Name in AskName]: { name: Name; number: number } & Asks[Name]['ask'] }[AskName];
export type FromWorker =
  | { number: number; answer: Asks[AskName]['answer'] }
  | { number: number; error: string }
  | { number: number; progress: { loaded: number; total: number | null } };
