import type { CallRow } from './call-row.ts';
import { CALL_COLUMNS } from './call-row.ts';
import { codeOf } from './open.ts';
import type { Db } from './open.ts';

/** Ways of rows to be full and empty for which a statement is kept; rows of other ways are written whole. */
const MOST_SHAPES = 64;

/** Writes a call's row. `known`: it is there already, from when the call was open. */
export function createRowWriter(db: Db): (row: CallRow, page: number | null, known: boolean) => void {
  const insert = (columns: readonly string[]): string =>
    `INTO calls (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  const putCall = db.prepare(`INSERT OR REPLACE ${insert(CALL_COLUMNS)}`);
  const addCall = db.prepare(`INSERT ${insert(CALL_COLUMNS)}`);
  /** By which columns hold something: handing SQLite a value costs more than storing it, and a third of them are null. */
  const adders = new Map<number, typeof addCall>();

  const held: unknown[] = [];

  function add(values: readonly unknown[]): void {
    let shape = 0;
    let bit = 1;
    let filled = 0;
    for (const value of values) {
      if (value !== null) {
        shape += bit;
        held[filled] = value;
        filled += 1;
      }
      bit *= 2;
    }
    held.length = filled;
    let adder = adders.get(shape);
    if (adder === undefined && adders.size < MOST_SHAPES) {
      adder = db.prepare(`INSERT ${insert(CALL_COLUMNS.filter((_, index) => values[index] !== null))}`);
      adders.set(shape, adder);
    }
    if (adder === undefined) addCall.run(...values);
    else adder.run(...held);
  }

  return (row, page, known) => {
    const values = [
      row.id,
      row.startedAt,
      row.flags,
      row.status,
      row.host,
      // A number would be bound as a float, and this column keeps what it is given.
      typeof row.path === 'number' ? BigInt(row.path) : row.path,
      row.duration,
      row.ttfb,
      row.requestBytes,
      row.responseBytes,
      row.app,
      row.method,
      row.scheme,
      row.client,
      row.remote,
      row.type,
      row.tls,
      row.failure,
      row.decision,
      row.port,
      row.query,
      row.messages,
      row.requestBody,
      row.responseBody,
      page,
      row.process,
      row.site,
      row.tags,
      row.trace,
      row.endpoint,
      row.credential,
      row.policies,
      row.held,
    ];
    if (known) {
      putCall.run(...values);
      return;
    }
    try {
      add(values);
    } catch (error) {
      // It is there: a batch that was written in part is being written again.
      if (codeOf(error) !== 'SQLITE_CONSTRAINT_PRIMARYKEY') throw error;
      putCall.run(...values);
    }
  };
}

/** Writes what lies beside a call's row: what it used and cost. */
export function createUsageWriter(db: Db): (row: CallRow) => void {
  const put = db.prepare(
    'INSERT OR REPLACE INTO usages (call, provenance, cost, model, price, price_version, input, cache_read, cache_write, output, reasoning) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  // Most of what is known to cost nothing says no more than that.
  const putPlain = db.prepare(
    'INSERT OR REPLACE INTO usages (call, provenance, cost, price, price_version) VALUES (?, ?, ?, ?, ?)',
  );
  return (row) => {
    const { model, input, output, cacheRead, cacheWrite, reasoning } = row;
    if ((model ?? input ?? output ?? cacheRead ?? cacheWrite ?? reasoning) === null) {
      putPlain.run(row.id, row.provenance, row.cost, row.price, row.priceVersion);
      return;
    }
    put.run(
      row.id,
      row.provenance,
      row.cost,
      row.model,
      row.price,
      row.priceVersion,
      row.input,
      row.cacheRead,
      row.cacheWrite,
      row.output,
      row.reasoning,
    );
  };
}
