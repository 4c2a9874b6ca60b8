import type { CallRow } from './call-row.ts';
import type { Db } from './open.ts';

/** Writes what lies beside a call's row: what it used and cost. */
export function createUsageWriter(db: Db): (row: CallRow) => void {
  const put = db.prepare(
    'INSERT OR REPLACE INTO usages (call, provenance, cost, model, price, price_version, input, cache_read, cache_write, output, reasoning) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return (row) =>
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
}
