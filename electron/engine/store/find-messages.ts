import { asciiLower, containsText } from '../../../shared/query/match.ts';
import { gramsOf, mayHold } from './grams.ts';
import { TEXT_LIMIT } from './index-pages.ts';
import { messageData } from './messages-codec.ts';
import type { Db } from './open.ts';
import { decompress } from './packing.ts';
import { prepared } from './read-rows.ts';

/** Rows read in one go, and bytes after which others get their turn. */
const ROWS_AT_ONCE = 200;
const FILTERS_AT_ONCE = 32;
const TURN_BYTES = 4 * 1024 * 1024;

/**
 * Calls with a WebSocket message or server-sent event that holds `text`, newest first; null as soon
 * as they are more than `most`. `about` is a first look at the bytes of many messages that may say
 * yes too often.
 */
export function* findMessages(
  bodies: Db,
  text: string,
  about: RegExp | null,
  most: number,
): Generator<void, number[] | null> {
  const lower = asciiLower(text);
  const calls = new Set<number>();
  const read = prepared(
    bodies,
    'SELECT id, call, codec, data FROM messages WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT ?',
  );
  let size = 0;
  for (const [first, last] of candidates(bodies, gramsOf(Buffer.from(text, 'utf8')))) {
    for (let high = last; high >= first;) {
      const rows = read.all(first, high, ROWS_AT_ONCE) as { id: number; call: number; codec: number; data: Buffer }[];
      for (const { call, codec, data } of rows) {
        if (calls.has(call)) continue;
        const bytes = decompress(codec, data);
        size += bytes.length;
        if ((about === null || about.test(bytes.latin1Slice(0, bytes.length))) && holds(bytes, lower)) calls.add(call);
        if (calls.size > most) return null;
        if (size < TURN_BYTES) continue;
        size = 0;
        yield;
      }
      if (rows.length < ROWS_AT_ONCE) break;
      high = rows.at(-1)!.id - 1;
      yield;
    }
    yield;
  }
  return [...calls];
}

/** Runs of rows that may hold a text, newest first; those without a filter yet may. */
function* candidates(bodies: Db, grams: readonly number[]): Generator<[first: number, last: number]> {
  const indexed =
    (prepared(bodies, 'SELECT MAX(last) AS last FROM message_terms').get() as { last: number | null }).last ?? 0;
  yield [indexed + 1, Number.MAX_SAFE_INTEGER];
  const read = prepared(
    bodies,
    'SELECT first, last, terms FROM message_terms WHERE last < ? ORDER BY last DESC LIMIT ?',
  );
  for (let before = indexed + 1; ;) {
    const runs = read.all(before, FILTERS_AT_ONCE) as { first: number; last: number; terms: Buffer }[];
    for (const { first, last, terms } of runs) if (mayHold(terms, grams)) yield [first, last];
    if (runs.length < FILTERS_AT_ONCE) return;
    before = runs.at(-1)!.last;
  }
}

/** Whether the text of one of a call's messages in these bytes holds `lower`. */
function holds(bytes: Buffer, lower: string): boolean {
  for (const text of messageTexts(bytes)) if (containsText(text, lower)) return true;
  return false;
}

/** What filters compare with `body`: the kept data of each message, read as text. */
export function* messageTexts(bytes: Buffer): Generator<string> {
  for (const data of messageData(bytes))
    if (data !== null) yield data.toString('utf8', 0, Math.min(data.length, TEXT_LIMIT));
}
