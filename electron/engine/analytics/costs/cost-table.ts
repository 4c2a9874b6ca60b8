import type { CostFigures, CostRow } from '../../../../shared/contract/costs.ts';
import type { Span } from '../../store/picture-rows.ts';
import { allCells, type CellSource, type CostFilter } from './cost-cells.ts';
import { addTo, figuresOf, startTally, type Tally } from './cost-figures.ts';
import { apartFor, readDimensions } from './dimensions.ts';

export interface TableQuestion extends Span, CostFilter {
  by: readonly string[];
  limit: number;
}

export type CostTable =
  | { rows: CostRow[]; total: CostFigures; more: boolean }
  | { problem: 'bad'; why: string; remedy: string };

/**
 * Costs by one to four dimensions, the dearest first, rows of unknown cost last. `total` is of all rows, also of those that
 * `limit` cuts off. A generator: each `yield` lets quick questions in.
 */
export function* costTable(source: CellSource, question: TableQuestion): Generator<void, CostTable> {
  const read = readDimensions(question.by);
  if (!('keys' in read)) return { problem: 'bad', ...read };
  const total = startTally();
  const rows = new Map<string, { keys: (string | null)[]; tally: Tally }>();
  const apart = apartFor(question.by);
  for (const cell of allCells(
    source,
    question,
    { ...apart, ...(question.by.includes('day') && { time: 'day' }) },
    question,
  )) {
    if (!cell) {
      yield;
      continue;
    }
    const keys = read.keys.map((key) => key(cell));
    const name = JSON.stringify(keys);
    let row = rows.get(name);
    if (!row) rows.set(name, (row = { keys, tally: startTally() }));
    addTo(row.tally, cell);
    addTo(total, cell);
  }
  const sorted = [...rows].sort(
    ([nameA, { tally: a }], [nameB, { tally: b }]) =>
      Number(b.pricedCalls > 0) - Number(a.pricedCalls > 0) ||
      b.costNanoUsd - a.costNanoUsd ||
      b.calls - a.calls ||
      (nameA < nameB ? -1 : 1),
  );
  return {
    rows: sorted.slice(0, question.limit).map(([, { keys, tally }]) => ({
      keys: Object.fromEntries(question.by.map((name, index) => [name, keys[index] ?? null])),
      ...figuresOf(tally),
    })),
    total: figuresOf(total),
    more: rows.size > question.limit,
  };
}
