import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { formatMoney } from '../../../shared/format/money.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { TimeGroup } from '../../charts/time-group.tsx';
import type { TimeSeries } from '../../charts/time-option.ts';
import { niceTop } from '../../charts/time-scale.ts';
import { TimeTable } from '../../charts/time-table.tsx';
import { changePlace, goTo, linkTo } from '../../data/location.ts';
import { writeBetween } from '../../data/time-range.ts';
import { words } from '../../words/index.ts';
import { callsOf } from './cost-place.ts';
import type { CostPlace } from './cost-place.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import type { Shown } from './use-costs.ts';

const says = words.costs;
const COLOURS = ['--cat-1', '--cat-2', '--cat-3', '--cat-4', '--cat-5', '--cat-6', '--cat-7'] as const;

/** Known costs over time, the largest values of the dimension on one another, or the table behind them. */
export function OverTime({
  shown: { steps, lines, now },
  place,
  table,
  names,
}: {
  shown: Shown;
  place: CostPlace;
  table: boolean;
  names: VendorNames | undefined;
}): ReactNode {
  const { by, path } = place;
  const series = useMemo(
    () =>
      lines.map(({ value, others, nanoUsd }, index): TimeSeries => {
        const alone = by === 'day' && path.length > 0;
        return {
          id: others ? 'others' : `value ${value ?? ''}`,
          title: others
            ? says.others
            : alone
              ? says.chart
              : nameOf({ dimension: by === 'day' ? 'vendor' : by, value }, names),
          colour: others ? '--open-bar' : (COLOURS[index % COLOURS.length] ?? '--cat-1'),
          values: nanoUsd,
          total: nanoUsd.reduce((sum, one) => sum + one, 0),
        };
      }),
    [lines, by, path.length, names],
  );
  if (!steps) return null;
  /** The calls of a stretch of the chart, narrowed as the breakdown is where the filter can say it. */
  const callsBetween = (from: number, to: number): Record<string, string> =>
    callsOf(path, writeBetween(from, to), now) ?? { range: writeBetween(from, to) };
  return (
    <div className="costs-chart">
      {table ? (
        <TimeTable
          label={says.table}
          steps={steps}
          columns={series.map((one) => ({ ...one, format: formatMoney }))}
          hrefOf={(from, to) => linkTo('traffic', callsBetween(from, to))}
        />
      ) : (
        <TimeGroup
          steps={steps}
          onSelect={(from, to) => changePlace({ range: writeBetween(from, to) }, true)}
          onOpen={(from, to) => goTo('traffic', callsBetween(from, to))}
        >
          <TimeChart title={says.chart} shape="bars" series={series} format={formatMoney} top={niceTop} height={150} />
        </TimeGroup>
      )}
    </div>
  );
}
