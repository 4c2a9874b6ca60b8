import type { CallRow } from './call-row.ts';
import { readTags, tagsText } from './caller-columns.ts';
import { WORD, throttleCodeOf } from './codes.ts';
import { addDecided, createDecisionWriter, type DecisionHours } from './decision-sums.ts';
import type { EdgeHours } from './edge-sums.ts';
import { addToEdge, createEdgeWriter, edgeIn } from './edge-sums.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import { createSightings } from './sightings.ts';
import type { RecentSpendings, Spendings } from './spending-sums.ts';
import { addSpending, createSpendingWriter } from './spending-sums.ts';
import type { Words } from './words.ts';

/**
 * What pictures are made of: edges, spending, sightings and refusals. Kept as rollups are: closing a call adds to sums in
 * memory, `flush` adds these to hours and days on disk, `meta.rollup_seq` says up to which change they count.
 */
export interface PictureSums {
  /** `calls` -1 takes a call out again, as it was when it was added. */
  add(row: CallRow, calls?: 1 | -1): void;
  flush(): void;
  /** Forgets what was not written: after an undone transaction. */
  reset(): void;
}

const HOUR = PERIODS[1];
const DAY = PERIODS[2];

export function createPictureSums(db: Db, words: Words): PictureSums {
  const edgeWriter = createEdgeWriter(db);
  const writeSpending = createSpendingWriter(db);
  const putThrottles = db.prepare(
    'INSERT INTO throttles (period, start, host, credential, kind, calls) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET calls = calls + excluded.calls',
  );
  const dropThrottles = db.prepare(
    'DELETE FROM throttles WHERE period = ? AND start = ? AND host = ? AND credential = ? AND kind = ? AND calls <= 0',
  );
  const sightings = createSightings(db);
  const writeDecisions = createDecisionWriter(db);
  const decided: DecisionHours = new Map();
  const edges: EdgeHours = new Map();
  const spendings: Spendings = new Map();
  const recent: RecentSpendings = new Map();
  const throttles = new Map<string, { start: number; key: [number, number, number]; calls: number }>();
  /** Word of tags → word of the same without the run's. */
  const labels = new Map<number, number>();

  function labelsOf(tags: number): number {
    let word = labels.get(tags);
    if (word === undefined) {
      const row = prepared(db, 'SELECT text FROM words WHERE id = ?').get(tags) as { text: string } | undefined;
      const { run: _, ...others } = readTags(row?.text ?? null);
      word = Object.keys(others).length === 0 ? 0 : words.idOf(WORD.labels, tagsText(others), 0);
      if (labels.size >= 50_000) labels.clear();
      labels.set(tags, word);
    }
    return word;
  }

  function addThrottle(row: CallRow, start: number, calls: number): void {
    const key: [number, number, number] = [row.host, row.credential ?? 0, throttleCodeOf(row.flags)];
    const text = `${start} ${key.join(' ')}`;
    const sum = throttles.get(text);
    if (sum) sum.calls += calls;
    else throttles.set(text, { start, key, calls });
  }

  function flushThrottles(): void {
    for (const { start, key, calls } of throttles.values()) {
      if (calls === 0) continue;
      for (const [period, length] of [
        [1, HOUR],
        [2, DAY],
      ] as const) {
        const at = Math.floor(start / length) * length;
        putThrottles.run(period, at, ...key, calls);
        if (calls < 0) dropThrottles.run(period, at, ...key);
      }
    }
  }

  return {
    add(row, calls = 1) {
      const start = Math.floor(row.startedAt / 1_000_000 / HOUR) * HOUR;
      addToEdge(edgeIn(edges, start, row.host, row.app ?? 0, row.endpoint ?? 0), row, calls);
      if (row.provenance !== null)
        addSpending(spendings, row, row.tags === null ? 0 : labelsOf(row.tags), start, calls, recent);
      if (throttleCodeOf(row.flags) !== 0) addThrottle(row, start, calls);
      addDecided(decided, row, calls);
      sightings.add(row, calls);
    },
    flush() {
      edgeWriter.add(edges);
      writeSpending(spendings);
      flushThrottles();
      writeDecisions(decided);
      sightings.flush();
    },
    reset() {
      edges.clear();
      spendings.clear();
      recent.clear();
      throttles.clear();
      decided.clear();
      labels.clear();
      sightings.reset();
    },
  };
}
