import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { formatCount } from '../../../shared/format/quantities.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { TimeGroup } from '../../charts/time-group.tsx';
import type { TimeSeries } from '../../charts/time-option.ts';
import { fillSteps, niceCount } from '../../charts/time-scale.ts';
import type { TimeSteps } from '../../charts/time-scale.ts';
import { TimeTable } from '../../charts/time-table.tsx';
import { goTo, linkTo } from '../../data/location.ts';
import { writeBetween } from '../../data/time-range.ts';
import { words } from '../../words/index.ts';
import type { Hours } from './use-coverage.ts';

const says = words.coverage;

/** From the bottom of the stack to its top. */
const SERIES = [
  { id: 'seen', colour: '--ok' },
  { id: 'around', colour: '--client' },
  { id: 'neverCaptured', colour: '--open-bar' },
] as const;

/** Connections by the hour, seen and not, or the table behind them. */
export function ByHour({ steps, hours, table }: { steps: TimeSteps; hours: Hours; table: boolean }): ReactNode {
  const { since, until, step } = steps;
  const fixed = useMemo(() => ({ since, until, step }), [since, until, step]);
  const series = useMemo(
    () =>
      SERIES.map(({ id, colour }): TimeSeries => {
        const values = fillSteps(fixed, hours, ({ parts }) => parts[id], 0);
        return { id, colour, title: says.series[id], total: values.reduce((sum, one) => sum + one, 0), values };
      }),
    [fixed, hours],
  );
  const callsOf = (from: number, to: number): Record<string, string> => ({ range: writeBetween(from, to) });
  return (
    <div className="coverage-chart">
      {table ? (
        <TimeTable
          label={says.table}
          steps={fixed}
          columns={series.map((one) => ({ ...one, format: formatCount }))}
          hrefOf={(from, to) => linkTo('traffic', callsOf(from, to))}
        />
      ) : (
        <TimeGroup
          steps={fixed}
          onSelect={(from, to) => goTo('traffic', callsOf(from, to))}
          onOpen={(from, to) => goTo('traffic', callsOf(from, to))}
        >
          <TimeChart
            title={says.chart}
            shape="bars"
            series={series}
            format={formatCount}
            top={niceCount}
            height={88}
          />
        </TimeGroup>
      )}
    </div>
  );
}
