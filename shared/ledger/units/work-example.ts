import type { Cost } from '../../model/money.ts';
import { nanoOf } from '../amounts.ts';
import { createPriceBook } from '../create-price-book.ts';
import type { PricesFile } from '../prices-file.ts';
import { accessWhole } from './call-access.ts';
import { readUnits } from './read-units.ts';
import type { UnitExample, UnitPrice } from './unit-price.ts';

/** Reads and prices a row's example as if it were a call; `expected` is what the row says it comes to. */
export function workExample(
  row: UnitPrice,
  example: UnitExample,
  own: PricesFile,
): { cost: Cost | null; expected: number | null } {
  const { units, problem } = readUnits(row.uses ?? [], accessWhole(example));
  const cost = createPriceBook({ own }).price({
    vendor: row.vendor,
    service: row.service ?? null,
    host: (row.hosts?.[0] ?? 'api.example.com').replaceAll('*', 'x'),
    method: row.methods?.[0] ?? 'GET',
    path: example.path ?? (row.paths?.[0] ?? '/').replaceAll('**', 'x').replaceAll('*', 'x'),
    endpoint: null,
    status: row.statuses?.[0] ?? 200,
    app: row.app ?? null,
    credential: row.credential ?? null,
    startedAt: Date.parse(row.from ?? '2026-11-01') * 1000,
    usage: row.free
      ? null
      : {
          reader: row.id,
          model: null,
          requestModel: null,
          tier: null,
          region: null,
          tokens: null,
          units,
          maxOutput: null,
          streamed: false,
          cut: false,
          provenance: problem ? 'partial' : 'reported',
          vendorNanoUsd: null,
          raw: null,
          problem,
        },
  });
  return { cost, expected: example.usd === null ? null : nanoOf(example.usd) };
}
