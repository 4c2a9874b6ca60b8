import { stringify } from 'csv-stringify/sync';
import type { CostFigures, CostRow } from '../../shared/contract/costs.ts';
import { exactDollars, formatMoney } from '../../shared/format/money.ts';
import { formatCount } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { textTable } from './text-table.ts';

interface Found {
  rows: CostRow[];
  total: CostFigures;
  more: boolean;
}

const FIGURES = [
  'calls',
  'costNanoUsd',
  'pricedCalls',
  'unpricedCalls',
  'estimatedCalls',
  'estimatedNanoUsd',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'tokenCalls',
] as const satisfies readonly (keyof CostFigures)[];

/** For reading: dollars, `unknown` in words, `~` before what was worked out here; the sum last. */
export function costTableText(by: readonly string[], { rows, total }: Found): string {
  const anyTokens = total.tokenCalls > 0;
  const titles = [
    ...by.map((name) => name.toUpperCase()),
    'COST',
    'CALLS',
    'UNPRICED',
    ...(anyTokens ? ['TOKENS IN', 'CACHED', 'TOKENS OUT'] : []),
  ];
  const cells = (figures: CostFigures): string[] => [
    costText(figures),
    formatCount(figures.calls),
    figures.unpricedCalls === 0 ? '–' : formatCount(figures.unpricedCalls),
    ...(anyTokens
      ? figures.tokenCalls === 0
        ? ['–', '–', '–']
        : [figures.inputTokens, figures.cacheReadTokens, figures.outputTokens].map(formatCount)
      : []),
  ];
  return textTable(
    titles,
    [
      ...rows.map((row) => [...by.map((name) => keyText(name, row.keys[name] ?? null)), ...cells(row)]),
      ['total', ...by.slice(1).map(() => ''), ...cells(total)],
    ],
    titles.slice(by.length),
  );
}

/** What is known of a sum: `~$1.20`, when some of it was worked out here. */
export function costText({ costNanoUsd, estimatedCalls }: Pick<CostFigures, 'costNanoUsd' | 'estimatedCalls'>): string {
  return `${estimatedCalls > 0 && costNanoUsd !== null ? '~' : ''}${formatMoney(costNanoUsd)}`;
}

function keyText(dimension: string, value: string | null): string {
  return value ?? (dimension.startsWith('tag:') ? '(not tagged)' : '(not known)');
}

/** For programs; names and units are a promise. A cost that is not known is null. */
export function costJson(span: { since: number; until: number }, by: readonly string[], found: Found): string {
  const answer = {
    since: isoTimestamp(span.since),
    until: isoTimestamp(span.until),
    by,
    rows: found.rows.map((row) => ({ ...keysOf(by, row), ...figuresOf(row) })),
    total: figuresOf(found.total),
    more: found.more,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

/** RFC 4180, with a line of names; a cost that is not known is empty. `costUsd` is the exact decimal. */
export function costCsv(by: readonly string[], rows: readonly CostRow[]): string {
  return stringify(
    rows.map((row) => [
      ...by.map((name) => row.keys[name] ?? ''),
      row.costNanoUsd === null ? '' : exactDollars(row.costNanoUsd),
      ...FIGURES.map((name) => row[name] ?? ''),
    ]),
    { header: true, columns: [...by, 'costUsd', ...FIGURES], escape_formulas: true },
  );
}

function keysOf(by: readonly string[], { keys }: CostRow): Record<string, string | null> {
  return Object.fromEntries(by.map((name) => [name, keys[name] ?? null]));
}

function figuresOf(figures: CostFigures): CostFigures {
  return Object.fromEntries(FIGURES.map((name) => [name, figures[name]])) as unknown as CostFigures;
}
