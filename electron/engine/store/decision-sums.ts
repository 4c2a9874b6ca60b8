import type { CallRow } from './call-row.ts';
import type { Db } from './open.ts';
import type { DecisionSum, Span } from './picture-rows.ts';
import { isOpen } from './codes.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import { closedCalls, cutSpan } from './sum-span.ts';
import { uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

/** What policies said of calls, in the making: by hour, words of policies, host and app. */
interface Sum {
  start: number;
  key: [policies: number, host: number, app: number];
  calls: number;
  held: number;
  lastAt: number;
}
export type DecisionHours = Map<string, Sum>;

type DecidedRow = Pick<CallRow, 'startedAt' | 'host' | 'app' | 'policies' | 'held'>;

const HOUR = PERIODS[1];
const DAY = PERIODS[2];

/** Adds a call of which policies spoke; `calls` -1 takes it out again. */
export function addDecided(into: DecisionHours, row: DecidedRow, calls: 1 | -1): void {
  if (row.policies === null) return;
  const start = Math.floor(row.startedAt / 1_000_000 / HOUR) * HOUR;
  const key: Sum['key'] = [row.policies, row.host, row.app ?? 0];
  const text = `${start} ${key.join(' ')}`;
  let sum = into.get(text);
  if (!sum) into.set(text, (sum = { start, key, calls: 0, held: 0, lastAt: 0 }));
  sum.calls += calls;
  sum.held += calls * (row.held ?? 0);
  if (row.startedAt > sum.lastAt) sum.lastAt = row.startedAt;
}

/** Adds them to their hours and days on disk. Within the caller's transaction. */
export function createDecisionWriter(db: Db): (hours: DecisionHours) => void {
  const put = db.prepare(
    `INSERT INTO decisions (period, start, policies, host, app, calls, held, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, held = held + excluded.held, last_at = MAX(last_at, excluded.last_at)`,
  );
  const drop = db.prepare(
    'DELETE FROM decisions WHERE period = ? AND start = ? AND policies = ? AND host = ? AND app = ? AND calls <= 0',
  );
  return (hours) => {
    for (const { start, key, calls, held, lastAt } of hours.values()) {
      if (calls === 0 && held === 0) continue;
      for (const [period, length] of [
        [1, HOUR],
        [2, DAY],
      ] as const) {
        const at = Math.floor(start / length) * length;
        put.run(period, at, ...key, calls, held, lastAt);
        if (calls < 0) drop.run(period, at, ...key);
      }
    }
  };
}

/** What policies said of the calls of a span, by the hour or the day; one row for each that spoke. */
export function readDecisions(db: Db, words: WordReader, span: Span & { daily: boolean }): DecisionSum[] {
  const sums = new Map<string, DecisionSum>();
  const length = (span.daily ? DAY : HOUR) * 1_000_000;
  const add = (row: DecidedRow & { lastAt: number }, calls: number): void => {
    if (row.policies === null || calls === 0) return;
    const start = Math.floor(row.startedAt / length) * length;
    for (const said of words.text(row.policies).split('\n')) {
      const cut = said.lastIndexOf('=');
      const [policy, verdict] = [said.slice(0, cut), said.slice(cut + 1)];
      const app = row.app === null || row.app === 0 ? null : words.appName(row.app);
      const host = words.text(row.host);
      const key = JSON.stringify([start, policy, verdict, app, host]);
      let sum = sums.get(key);
      if (!sum) sums.set(key, (sum = { start, policy, verdict, app, host, calls: 0, waitUs: 0, lastAt: 0 }));
      sum.calls += calls;
      // Who only let it pass did not hold it.
      if (verdict !== 'allow') sum.waitUs += row.held ?? 0;
      if (calls > 0 && row.lastAt > sum.lastAt) sum.lastAt = row.lastAt;
    }
  };
  db.transaction(() => {
    const { sums: pieces, covered, calls } = cutSpan(db, span, span.daily ? 2 : 1);
    const read = prepared(
      db,
      'SELECT start, policies, host, app, calls, held, last_at AS lastAt FROM decisions WHERE period = ? AND start >= ? AND start < ?',
    );
    for (const piece of pieces)
      for (const row of read.iterate(...piece) as IterableIterator<
        Omit<DecidedRow, 'startedAt'> & { start: number; calls: number; lastAt: number }
      >)
        add({ ...row, startedAt: row.start * 1_000_000 }, row.calls);
    for (const { row, calls: counted } of uncounted(db)) {
      if (isOpen(row.flags) || row.started_at < covered.since || row.started_at >= covered.until) continue;
      const { started_at: startedAt, held } = row;
      add({ ...row, startedAt, held: held === null ? null : held * counted, lastAt: startedAt }, counted);
    }
    for (const { span: part, calls: counted } of calls)
      for (const row of closedCalls<DecidedRow>(
        db,
        words,
        part,
        'c.started_at AS startedAt, c.host, c.app, c.policies, c.held',
        'AND c.policies IS NOT NULL',
      ))
        add({ ...row, held: (row.held ?? 0) * counted, lastAt: row.startedAt }, counted);
  })();
  return [...sums.values()].filter(({ calls }) => calls > 0).sort((a, b) => a.start - b.start);
}
