import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { CostRow } from '../../../shared/contract/costs.ts';
import { formatMoney } from '../../../shared/format/money.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { changePlace, goTo, useParam } from '../../data/location.ts';
import { DenseGrid } from '../../ui/dense-grid.tsx';
import type { GridColumn } from '../../ui/dense-grid.tsx';
import { words } from '../../words/index.ts';
import { callsOf, linkToCalls, nextDimension, paramOf } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import { nameOf } from './names.ts';
import type { Shown } from './use-costs.ts';

const says = words.costs;
const nothing = <span className="dense-none">{says.none}</span>;

const VALUE: Readonly<Record<string, (row: CostRow) => number | null>> = {
  cost: ({ costNanoUsd }) => costNanoUsd,
  share: ({ costNanoUsd }) => costNanoUsd,
  calls: ({ calls }) => calls,
  sure: ({ unpricedCalls }) => unpricedCalls,
  perCall: ({ costNanoUsd, pricedCalls }) => (costNanoUsd === null ? null : costNanoUsd / Math.max(1, pricedCalls)),
  input: ({ inputTokens, tokenCalls }) => (tokenCalls === 0 ? null : inputTokens),
  cached: ({ inputTokens, cacheReadTokens }) => (inputTokens === 0 ? null : cacheReadTokens / inputTokens),
  output: ({ outputTokens, tokenCalls }) => (tokenCalls === 0 ? null : outputTokens),
};

/** What the costs are made of: a row leads to what it is made of itself, its calls to Traffic. */
export function Breakdown({
  shown: { rows, total, now },
  place,
  names,
}: {
  shown: Shown;
  place: CostPlace;
  names: ReadonlyMap<string, string>;
}): ReactNode {
  const { by, path, range } = place;
  const sort = useParam('sort');
  const [density] = useDensity();
  const sortedBy = sort.replace(/^-/, '');
  const order = { by: sort === '' ? 'cost' : sortedBy, descending: sort === '' || sort.startsWith('-') };
  const next = nextDimension(by, path);
  const sorted = useMemo(() => {
    const value = VALUE[order.by];
    const named = (row: CostRow): string => nameOf({ dimension: by, value: row.keys[by] ?? null }, names);
    const sign = order.descending ? -1 : 1;
    return rows.toSorted((a, b) => {
      const byName = named(a) < named(b) ? -1 : 1;
      if (!value) return byName * sign;
      const [x, y] = [value(a), value(b)];
      // What is not known comes last, whichever way round.
      if (x === null || y === null) return x === y ? byName : x === null ? 1 : -1;
      return x === y ? byName : (x - y) * sign;
    });
  }, [rows, order.by, order.descending, by, names]);

  const columns = useMemo((): GridColumn<CostRow>[] => {
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
  }, [rows, total.costNanoUsd, by, path, range, now, names]);

  return (
    <DenseGrid
      label={says.breakdown}
      rows={sorted}
      columns={columns}
      keyOf={(row) => row.keys[by] ?? ''}
      spoken={(row) =>
        says.spoken(
          nameOf({ dimension: by, value: row.keys[by] ?? null }, names),
          says.money(row.costNanoUsd, row.estimatedNanoUsd),
          row.calls,
        )
      }
      rowHeight={ROW_HEIGHT[density]}
      order={order}
      onOrder={(id) => {
        const descending = order.by === id ? !order.descending : id !== 'name';
        changePlace({ sort: id === 'cost' && descending ? undefined : `${descending ? '-' : ''}${id}` });
      }}
      onOpen={(row) => {
        const step = { dimension: by, value: row.keys[by] ?? null };
        if (next !== null) changePlace({ ...paramOf(step), by: next, sort: undefined }, true);
        else {
          const calls = callsOf([...path, step], range, now);
          if (calls) goTo('traffic', calls);
        }
      }}
    />
  );
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
