import { z } from 'zod';
import { patience, type Hold, type Holds } from './holds.ts';
import type { Tallies, Tally } from './tallies.ts';

/** How tallies and reservations are kept over a restart: lists, because they are written every second. */
const savedSchema = z.object({
  tallies: z.array(
    z.tuple([
      z.string(),
      z.number().nullable(),
      z.number().nullable(),
      z.number(),
      z.number(),
      z.number(),
      z.array(z.number()),
    ]),
  ),
  holds: z.array(z.tuple([z.number(), z.string(), z.number().nullable(), z.number(), z.number(), z.number()])),
});

export type SavedTallies = z.input<typeof savedSchema>;

export function saveTallies(tallies: Tallies, holds: Holds): SavedTallies {
  return {
    tallies: [...tallies.all()].map(({ key, start, end, used, unknown, told, parts }) => [
      key,
      finite(start),
      finite(end),
      used,
      unknown,
      told,
      parts,
    ]),
    holds: [...holds.all].map(({ call, tally, amount, part, at }) => [
      call,
      tally.key,
      finite(tally.start),
      amount,
      part,
      at,
    ]),
  };
}

/**
 * Takes them back, as far as their periods are periods still. Reservations of calls that were under way go on until what
 * they used is told, or nobody told it in time; they ended with the run before.
 */
export function restoreTallies(saved: unknown, tallies: Tallies, holds: Holds, parts: number, now: number): void {
  const read = savedSchema.safeParse(saved);
  if (!read.success) return;
  for (const [key, start, end, used, unknown, told, shares] of read.data.tallies)
    tallies.put({ key, start: start ?? -Infinity, end: end ?? Infinity, used, unknown, told, parts: shares });
  const found: Hold[] = [];
  for (const [call, key, start, amount, part, at] of read.data.holds) {
    const tally: Tally | null = tallies.kept(key, start ?? -Infinity);
    if (tally !== null && Number.isFinite(amount))
      found.push({ call, tally, amount, part: part < parts ? part : -1, at, until: patience(now) });
  }
  for (const hold of found) holds.add(hold, true);
}

function finite(time: number): number | null {
  return Number.isFinite(time) ? time : null;
}
