import type { ReactNode } from 'react';
import type { CostRow } from '../../../shared/contract/costs.ts';
import { formatMoney } from '../../../shared/format/money.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import type { GridColumn } from '../../ui/dense-grid.tsx';
import { words } from '../../words/index.ts';
import { linkToCalls } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import type { Shown } from './use-costs.ts';

const says = words.costs;
const nothing = <span className="dense-none">{says.none}</span>;

/** Columns of the breakdown: what it came to, how sure that is, and what was used for it. */
export function costColumns({
  rows,
  total,
  place: { by, path, range },
  now,
  names,
}: Pick<Shown, 'rows' | 'total' | 'now'> & {
  place: CostPlace;
  names: VendorNames | undefined;
}): GridColumn<CostRow>[] {
  const most = Math.max(1, ...rows.map(({ costNanoUsd }) => costNanoUsd ?? 0));
  const all = total.costNanoUsd ?? 0;
  const stepOf = (row: CostRow) => ({ dimension: by, value: row.keys[by] ?? null });
  const tokens = ({ tokenCalls }: CostRow, count: number): ReactNode =>
    tokenCalls === 0 ? nothing : <span title={formatCount(count)}>{says.short(count)}</span>;
  return [
    {
      id: 'name',
      title: says.dimension(by),
      width: 'minmax(150px, 1fr)',
      cell: (row) => {
        const { value } = stepOf(row);
        return (
          <>
            <span className="costs-bar" style={{ width: `${((row.costNanoUsd ?? 0) / most) * 100}%` }} aria-hidden />
            <span className={value === null ? 'costs-name dense-none' : 'costs-name'}>
              {nameOf(stepOf(row), names)}
            </span>
          </>
        );
      },
    },
    {
      id: 'cost',
      title: says.column.cost,
      width: '104px',
      right: true,
      cell: ({ costNanoUsd, estimatedNanoUsd, unpricedCalls, calls }) =>
        costNanoUsd === null ? (
          <span className="costs-unknown">{unpricedCalls > 0 || calls === 0 ? says.unknown : says.none}</span>
        ) : (
          says.money(costNanoUsd, estimatedNanoUsd)
        ),
    },
    {
      id: 'share',
      title: says.column.share,
      width: '62px',
      right: true,
      from: 560,
      cell: ({ costNanoUsd }) =>
        costNanoUsd === null || all === 0 ? nothing : <span className="unit">{shareText(costNanoUsd / all)}</span>,
    },
    {
      id: 'calls',
      title: says.column.calls,
      width: '76px',
      right: true,
      cell: (row) => {
        const href = linkToCalls([...path, stepOf(row)], range, now);
        const text = formatCount(row.calls);
        return href === undefined ? text : <a href={href}>{text}</a>;
      },
    },
    {
      id: 'sure',
      title: says.column.sure,
      width: 'minmax(128px, 0.5fr)',
      from: 640,
      cell: sureOf,
    },
    {
      id: 'perCall',
      title: says.column.perCall,
      width: '84px',
      right: true,
      from: 720,
      cell: ({ costNanoUsd, pricedCalls }) =>
        costNanoUsd === null || pricedCalls === 0 ? nothing : formatMoney(Math.round(costNanoUsd / pricedCalls)),
    },
    {
      id: 'input',
      title: says.column.input,
      tip: says.tokensTip.input,
      width: '76px',
      right: true,
      from: 480,
      cell: (row) => tokens(row, row.inputTokens),
    },
    {
      id: 'cached',
      title: says.column.cached,
      tip: says.tokensTip.cached,
      width: '86px',
      right: true,
      from: 820,
      cell: ({ inputTokens, cacheReadTokens }) =>
        inputTokens === 0 ? (
          nothing
        ) : (
          <span className={cacheReadTokens === 0 ? 'dense-none' : undefined}>
            {shareText(cacheReadTokens / inputTokens)}
          </span>
        ),
    },
    {
      id: 'output',
      title: says.column.output,
      tip: says.tokensTip.output,
      width: '86px',
      right: true,
      from: 480,
      cell: (row) => tokens(row, row.outputTokens),
    },
  ];
}

/** In words, so that nobody takes a part for the whole. */
function sureOf({ unpricedCalls, estimatedCalls, estimatedNanoUsd, pricedCalls }: CostRow): ReactNode {
  const parts = [
    estimatedCalls > 0 && (estimatedCalls === pricedCalls ? says.allEstimated : says.estimated(estimatedNanoUsd)),
    unpricedCalls > 0 && says.unknownShort(unpricedCalls),
  ].filter(Boolean);
  if (parts.length === 0)
    return <span className="dense-none">{pricedCalls === 0 ? says.notMetered : says.sureAll}</span>;
  return <span className="costs-unsure">{parts.join(', ')}</span>;
}

function shareText(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '< 0.1 %';
  return `${percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}
