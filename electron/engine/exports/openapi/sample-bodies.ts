import { decodeText } from '../../../content/body-content.ts';
import { decodeBody } from '../../../content/decode-body.ts';
import { readPairs } from '../../../../shared/payload/pairs.ts';
import type { StoredBody } from '../../store/store-reader.ts';

/** Longer bodies are not read: a schema is in the first ones already. Decoded bytes. */
const LONGEST = 2 * 1024 * 1024;

export type BodyReader = (id: number, side: 'request' | 'response') => StoredBody | null;

/** A body as far as a schema can be told of it. */
export interface SampledBody {
  /** Without parameters, lower case. */
  mediaType: string;
  /** The value, where it is JSON or a form; else absent. */
  value?: unknown;
}

/** Reads a body; null when there is none. One that was cut, is too long or is not what it says has a type and no value. */
export function* sampleBody(
  read: BodyReader,
  id: number,
  side: 'request' | 'response',
): Generator<void, SampledBody | null> {
  const stored = read(id, side);
  if (stored === null || stored.bytes.length === 0) return null;
  const mediaType = mediaTypeOf(stored.contentType);
  const isForm = mediaType === 'application/x-www-form-urlencoded';
  if (stored.truncated !== null || stored.bytes.length > LONGEST || !(isForm || isJson(mediaType)))
    return { mediaType };
  const { bytes, left } = yield* awaited(decodeBody(stored.bytes, stored.contentEncoding, LONGEST));
  const text = left.length > 0 ? null : decodeText(bytes, stored.contentType);
  if (text === null) return { mediaType };
  if (isForm) return { mediaType, value: readForm(text) };
  try {
    return { mediaType, value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown };
  } catch {
    return { mediaType };
  }
}

/** `application/json` of `Application/JSON; charset=utf-8`; what names no type could be any. */
export function mediaTypeOf(contentType: string | null): string {
  const type = (contentType ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type) ? type : 'application/octet-stream';
}

export function isJson(mediaType: string): boolean {
  return /^(?:application|text)\/(?:[a-z0-9!#$&^_.-]+\+)?json$/.test(mediaType);
}

/** Names that come more than once are lists. */
function readForm(text: string): Record<string, string | string[]> {
  const values = Map.groupBy(readPairs(text), ({ name }) => name);
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? all[0]!.value : all.map(({ value }) => value)]),
  );
}

/** What a promise comes to; others have their turn meanwhile. */
export function* awaited<T>(promise: Promise<T>): Generator<void, T> {
  let settled: { value: T } | { error: unknown } | null = null;
  promise.then(
    (value) => (settled = { value }),
    (error: unknown) => (settled = { error }),
  );
  const look = (): typeof settled => settled;
  for (;;) {
    const now = look();
    if (now === null) {
      yield;
      continue;
    }
    if ('error' in now) throw now.error instanceof Error ? now.error : new Error(String(now.error));
    return now.value;
  }
}
