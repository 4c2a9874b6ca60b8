import { headLines, LINE, lineValue } from '../head-lines.ts';
import { readClock } from './said-time.ts';
import type { Clock } from './said-time.ts';

/** The fields of an answer that have to do with limits, by their lower-case names, and the clock to read their times by. */
export interface LimitFields {
  of: ReadonlyMap<string, string>;
  clock: Clock;
}

const MOST = 100;

/** Reads them out of a raw header block; fields that come several times are joined as lists (RFC 9110 §5.3). */
export function limitFields(lines: string, now: number, always: boolean): LimitFields | null {
  const found = headLines(lines);
  if (!always && (found.all & LINE.limit) === 0) return null;
  const of = new Map<string, string>();
  for (let index = 0; index < found.count && of.size < MOST; index += 1) {
    if ((found.kinds[index]! & (LINE.limit | LINE.beside)) === 0) continue;
    const name = found.names[index]!;
    const value = lineValue(lines, found, index);
    const before = of.get(name);
    of.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { of, clock: readClock(now, of.get('date') ?? null, of.get('age') ?? null) };
}
