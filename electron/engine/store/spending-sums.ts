import type { CallRow } from './call-row.ts';
import type { Db } from './open.ts';
import { PERIODS } from './rollups.ts';

/** What tells spending apart: words by id, 0 for none. */
export const SPENDING_KEYS = ['host', 'app', 'endpoint', 'model', 'credential', 'tags', 'provenance'] as const;
/** What is added up. */
export const SPENDING_FIGURES = [
  'calls',
  'cost',
  'priced',
  'token_calls',
  'input',
  'cache_read',
  'cache_write',
  'output',
  'reasoning',
] as const;

/** What metered calls alike in everything add up to: a number for each of the two lists above, and when it begins (seconds). */
export type Spending = { start: number } & Record<
  (typeof SPENDING_KEYS)[number] | (typeof SPENDING_FIGURES)[number],
  number
>;

export type SpendingRow = Pick<
  CallRow,
  | 'startedAt'
  | 'host'
  | 'app'
  | 'endpoint'
  | 'model'
  | 'credential'
  | 'provenance'
  | 'cost'
  | 'input'
  | 'cacheRead'
  | 'cacheWrite'
  | 'output'
  | 'reasoning'
>;

/** Spending in the making, by its key. */
export type Spendings = Map<string, Spending>;

/** The sum that was added to last, by endpoint and app: most calls go on where the one before left off. */
export type RecentSpendings = Map<number, Spending>;

/** Words' ids stay below this. */
const WORDS = 2 ** 26;

/** Adds a metered call; `labels`: the word of its tags without the run's. `calls` -1 takes it out again. */
export function addSpending(
  into: Spendings,
  row: SpendingRow,
  labels: number,
  start: number,
  calls: 1 | -1,
  recent: RecentSpendings | null = null,
): void {
  const place = (row.endpoint ?? 0) * WORDS + (row.app ?? 0);
  let sum = recent?.get(place);
  if (sum === undefined || !isOf(sum, row, labels, start)) {
    sum = spendingIn(into, {
      start,
      host: row.host,
      app: row.app ?? 0,
      endpoint: row.endpoint ?? 0,
      model: row.model ?? 0,
      credential: row.credential ?? 0,
      tags: labels,
      provenance: row.provenance ?? 0,
    });
    recent?.set(place, sum);
  }
  sum.calls += calls;
  if (row.cost !== null) {
    sum.cost += calls * row.cost;
    sum.priced += calls;
  }
  if (row.input !== null || row.output !== null) sum.token_calls += calls;
  sum.input += calls * (row.input ?? 0);
  sum.cache_read += calls * (row.cacheRead ?? 0);
  sum.cache_write += calls * (row.cacheWrite ?? 0);
  sum.output += calls * (row.output ?? 0);
  sum.reasoning += calls * (row.reasoning ?? 0);
}

/** Whether a row of its endpoint and app belongs to a sum. */
function isOf(sum: Spending, row: SpendingRow, labels: number, start: number): boolean {
  return (
    sum.start === start &&
    sum.host === row.host &&
    sum.model === (row.model ?? 0) &&
    sum.credential === (row.credential ?? 0) &&
    sum.tags === labels &&
    sum.provenance === (row.provenance ?? 0)
  );
}

/** A key as text. */
export function spendingKey(key: Pick<Spending, 'start' | (typeof SPENDING_KEYS)[number]>): string {
  return `${key.start} ${key.host} ${key.app} ${key.endpoint} ${key.model} ${key.credential} ${key.tags} ${key.provenance}`;
}

/** The sum of a key, made when it is new. */
function spendingIn(into: Spendings, key: Pick<Spending, 'start' | (typeof SPENDING_KEYS)[number]>): Spending {
  const text = spendingKey(key);
  let sum = into.get(text);
  if (!sum) {
    sum = {
      ...key,
      calls: 0,
      cost: 0,
      priced: 0,
      token_calls: 0,
      input: 0,
      cache_read: 0,
      cache_write: 0,
      output: 0,
      reasoning: 0,
    };
    into.set(text, sum);
  }
  return sum;
}

export function mergeSpending(into: Spending, other: Spending): void {
  for (const figure of SPENDING_FIGURES) into[figure] += other[figure];
}

/** Adds spending to its hours and days on disk. Within the caller's transaction. */
export function createSpendingWriter(db: Db): (hours: Spendings) => void {
  const columns = ['period', 'start', ...SPENDING_KEYS, ...SPENDING_FIGURES];
  const put = db.prepare(
    `INSERT INTO spending (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT DO UPDATE SET ${SPENDING_FIGURES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  );
  const drop = db.prepare(
    `DELETE FROM spending WHERE period = ? AND start = ? AND ${SPENDING_KEYS.map((name) => `${name} = ?`).join(' AND ')} AND calls <= 0`,
  );

  function write(period: number, sum: Spending): void {
    const key = [period, sum.start, ...SPENDING_KEYS.map((name) => sum[name])];
    if (SPENDING_FIGURES.every((name) => sum[name] === 0)) return;
    put.run(...key, ...SPENDING_FIGURES.map((name) => sum[name]));
    if (sum.calls < 0) drop.run(...key);
  }

  return (hours) => {
    const days: Spendings = new Map();
    for (const sum of hours.values()) {
      write(1, sum);
      mergeSpending(spendingIn(days, { ...sum, start: Math.floor(sum.start / PERIODS[2]) * PERIODS[2] }), sum);
    }
    for (const sum of days.values()) write(2, sum);
  };
}
