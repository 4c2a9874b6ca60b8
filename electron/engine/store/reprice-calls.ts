import type { Cost } from '../../../shared/model/money.ts';
import type { CallRow } from './call-row.ts';
import { packCost } from './metering-codec.ts';
import { costColumns } from './metering-columns.ts';
import type { Db } from './open.ts';
import { readRow } from './read-rows.ts';
import type { Words } from './words.ts';

/**
 * Changes what a stored call cost; the cost as it was recorded stays with its details, the new one counts. Gives the row as it
 * was and as it is; null when there is no such call. Within the caller's transaction.
 */
export function createRepricer(
  db: Db,
  words: Words,
): (call: number, cost: Cost | null, day: number) => { before: CallRow; after: CallRow } | null {
  const change = db.prepare(
    `INSERT INTO usages (provenance, cost, price, price_version, repriced, call) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       provenance = excluded.provenance, cost = excluded.cost, price = excluded.price, price_version = excluded.price_version, repriced = excluded.repriced`,
  );
  return (call, cost, day) => {
    const before = readRow(db, call);
    if (!before || (cost === null && before.provenance === null)) return null;
    const columns = costColumns(cost, words, day);
    const { provenance, cost: nanoUsd, price, priceVersion } = columns;
    change.run(provenance, nanoUsd, price, priceVersion, cost === null ? 'null' : packCost(cost), call);
    return { before, after: { ...before, ...columns } };
  };
}
