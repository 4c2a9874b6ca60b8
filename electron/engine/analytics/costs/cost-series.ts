import type { Span } from '../../store/picture-rows.ts';
import { DAY, HOUR, spendingCells, type CellSource } from './cost-cells.ts';
import { apartFor, readDimensions } from './dimensions.ts';

export interface SeriesQuestion extends Span {
  by?: string | undefined;
  /** At most so many; a longer span has longer ones. */
  steps: number;
  values: number;
}

export interface CostSeries {
  step: number;
  starts: number[];
  series: { value: string | null; others: boolean; nanoUsd: number[] }[];
}

const STEPS = [1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR);

/**
 * Known costs over time: the largest values of a dimension, the largest first, and the rest together. Steps are hours or
 * whole days and begin on their boundaries in UTC, so the first begins at or before the span, and the last may end after it;
 * only what is in the span is counted. Without a dimension it is one line.
 */
export function* costSeries(
  source: CellSource,
  question: SeriesQuestion,
): Generator<void, CostSeries | { problem: 'bad'; why: string; remedy: string }> {
  const read = question.by === undefined ? { keys: [] } : readDimensions([question.by]);
  if (!('keys' in read)) return { problem: 'bad', ...read };
  const [key] = read.keys;
  const apart = apartFor(question.by === undefined ? [] : [question.by]);
  const span = { since: yield* firstSpending(source, question), until: question.until };
  const { start, step, count } = stepsOf(span, question.steps);
  // Few of many values (of a user's tag, say) have a cost in every step.
  const lines = new Map<string | null, { sum: number; at: Map<number, number> }>();
  for (const cell of spendingCells(source, span, { ...apart, time: step < DAY ? 'hour' : 'day' })) {
    if (!cell) {
      yield;
      continue;
    }
    const value = key?.(cell) ?? null;
    let line = lines.get(value);
    if (!line) lines.set(value, (line = { sum: 0, at: new Map() }));
    line.sum += cell.costNanoUsd;
    const index = Math.min(count - 1, Math.max(0, Math.floor((cell.start - start) / step)));
    line.at.set(index, (line.at.get(index) ?? 0) + cell.costNanoUsd);
  }
  const sorted = [...lines].sort(
    ([a, { sum: sumA }], [b, { sum: sumB }]) => sumB - sumA || ((a ?? '') < (b ?? '') ? -1 : 1),
  );
  const filled = (parts: readonly ReadonlyMap<number, number>[]): number[] => {
    const nanoUsd = Array.from({ length: count }, () => 0);
    for (const part of parts) for (const [index, cost] of part) nanoUsd[index] = (nanoUsd[index] ?? 0) + cost;
    return nanoUsd;
  };
  const series = sorted
    .slice(0, question.values)
    .map(([value, { at }]) => ({ value, others: false, nanoUsd: filled([at]) }));
  const rest = sorted.slice(question.values).map(([, { at }]) => at);
  if (rest.length > 0) series.push({ value: null, others: true, nanoUsd: filled(rest) });
  return { step, starts: Array.from({ length: count }, (_, index) => start + index * step), series };
}

/** A span “from the beginning” would be steps of months; it begins where the first cost is. */
function* firstSpending(source: CellSource, { since, until }: Span): Generator<void, number> {
  if (until - since <= 400 * DAY) return since;
  let first = until;
  for (const cell of spendingCells(source, { since, until }, { time: 'day' })) {
    if (cell) first = Math.min(first, cell.start);
    else yield;
  }
  return Math.max(since, Math.min(first, until));
}

/** Steps that cover the span, at most `most`. */
export function stepsOf({ since, until }: Span, most: number): { start: number; step: number; count: number } {
  const wide = Math.max(1, until - since);
  for (const step of STEPS) {
    const start = Math.floor(since / step) * step;
    const count = Math.ceil((since + wide - start) / step);
    if (count <= most) return { start, step, count };
  }
  const start = Math.floor(since / DAY) * DAY;
  const days = Math.ceil((since + wide - start) / DAY);
  const step = Math.ceil(days / most) * DAY;
  return { start, step, count: Math.ceil((days * DAY) / step) };
}
