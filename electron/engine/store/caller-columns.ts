import { createHash } from 'node:crypto';
import type { CallRecord } from '../../../shared/events/fold.ts';
import type { CallSite, Frame, Tags, TraceContext } from '../../../shared/model/caller.ts';
import { WORD, withCaller } from './codes.ts';
import type { Words } from './words.ts';

/** What a row says of its caller. `app`, `process`, `site`, `tags`: words. */
export interface CallerColumns {
  app: number | null;
  flags: number;
  process: number | null;
  site: number | null;
  tags: number | null;
  trace: Buffer | null;
}

/** The columns of a record's caller; new words are added to the dictionary. `flags`: all others stay. */
export function callerColumns(call: CallRecord, flags: number, words: Words, day: number): CallerColumns {
  return {
    app: call.app === null ? null : words.idOf(WORD.app, call.app, day),
    flags: withCaller(flags, call.byAgent, call.processUnknown),
    process: call.process === null ? null : words.idOf(WORD.process, call.process, day),
    site: call.site === null ? null : words.siteOf(call.site, day),
    tags: call.tags === null ? null : words.idOf(WORD.tags, tagsText(call.tags), day),
    trace: packTrace(call.trace),
  };
}

/** Trace id, and span id where there is one. */
export function packTrace(trace: TraceContext | null): Buffer | null {
  if (trace === null) return null;
  const bytes = Buffer.from(trace.traceId + (trace.spanId ?? ''), 'hex');
  return bytes.length === 16 || bytes.length === 24 ? bytes : null;
}

export function readTrace(bytes: Buffer | null): TraceContext | null {
  if (bytes === null) return null;
  return { traceId: bytes.toString('hex', 0, 16), spanId: bytes.length > 16 ? bytes.toString('hex', 16, 24) : null };
}

/** Tags as a word: names in order, so that the same tags are the same word. */
export function tagsText(tags: Tags): string {
  return JSON.stringify(Object.fromEntries(Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function readTags(text: string | null): Tags {
  return text === null ? NO_TAGS : (JSON.parse(text) as Tags);
}

const NO_TAGS: Tags = Object.freeze({});

/** A place as a word: what filters ask for, one a line, and a digest of the stack, which is kept behind it. */
export function siteText({ package: name, callsite }: CallSite, frames: string): string {
  return `${name ?? ''}\n${callsite ?? ''}\n${createHash('sha256').update(frames).digest('base64url').slice(0, 12)}`;
}

export function readSite(text: string): { package: string | null; callsite: string | null } {
  const [name = '', callsite = ''] = text.split('\n', 2);
  return { package: name === '' ? null : name, callsite: callsite === '' ? null : callsite };
}

export function readFrames(json: string | undefined): Frame[] {
  return json === undefined ? [] : (JSON.parse(json) as Frame[]);
}
