import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { formatCount, formatDuration } from '../../../shared/format/quantities.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { TimeChart } from '../../charts/time-chart.tsx';
import { TimeGroup } from '../../charts/time-group.tsx';
import type { TimeSeries } from '../../charts/time-option.ts';
import { fillSteps, niceCount, niceDuration } from '../../charts/time-scale.ts';
import { TimeTable } from '../../charts/time-table.tsx';
import { changePlace, goTo, linkTo } from '../../data/location.ts';
import { words } from '../../words/index.ts';
import { callsOf } from './span.ts';
import type { Span } from './span.ts';
import type { Overview } from './use-overview.ts';

const says = words.overview;

/** Status classes from the bottom of the stack to its top. */
const CLASSES = [
  { id: '2', colour: '--ok' },
  { id: '1', colour: '--cat-6' },
  { id: '3', colour: '--moved' },
  { id: '4', colour: '--client' },
  { id: '5', colour: '--server' },
  { id: '0', colour: '--open-bar' },
] as const;
const PERCENTILES = [
  { id: 'p50', colour: '--cat-6' },
  { id: 'p95', colour: '--cat-1' },
  { id: 'p99', colour: '--cat-4' },
] as const;

const micros = (us: number): string => formatDuration(Math.round(us));

/** Calls by status class and latency over the span: two charts with one crosshair, or the table behind them. */
export function OverTime({ overview, span, table }: { overview: Overview; span: Span; table: boolean }): ReactNode {
  const { since, until, step, totals, series } = overview;
  const steps = useMemo(() => ({ since, until, step }), [since, until, step]);
  const calls = useMemo(
    () =>
      CLASSES.filter(({ id }) => id === '2' || totals.statuses[id] > 0).map(({ id, colour }): TimeSeries => ({
        id,
        colour,
        title: says.statuses[id],
        total: totals.statuses[id],
        values: fillSteps(steps, series, ({ statuses }) => statuses[id], 0),
        href: linkTo('traffic', callsOf(span, classFilter(id))),
      })),
    [steps, series, totals, span],
  );
  const latency = useMemo(
    () =>
      PERCENTILES.map(({ id, colour }): TimeSeries => ({
        id,
        colour,
        title: says[id],
        total: totals.latency[id],
        values: fillSteps<(typeof series)[number], number | null>(steps, series, (one) => one.latency[id], null),
      })),
    [steps, series, totals],
  );
  const hrefOf = (from: number, to: number): string => linkTo('traffic', callsOf({ since: from, until: to }));

  if (table) {
    return (
      <div className="overview-charts">
        <TimeTable
          label={says.table}
          steps={steps}
          columns={[
            ...calls.map((one) => ({ ...one, format: formatCount })),
            ...latency.map((one) => ({ ...one, format: micros })),
          ]}
          hrefOf={hrefOf}
        />
      </div>
    );
  }
  return (
    <div className="overview-charts">
      <TimeGroup
        steps={steps}
        onSelect={(from, to) => changePlace({ since: String(from), until: String(to) }, true)}
        onOpen={(from, to) => goTo('traffic', callsOf({ since: from, until: to }))}
      >
        <TimeChart
          title={says.calls}
          shape="bars"
          series={calls}
          format={formatCount}
          top={niceCount}
          height={128}
          times={false}
        />
        <TimeChart
          title={says.latency}
          dated={false}
          shape="lines"
          series={latency}
          format={micros}
          top={niceDuration}
          height={104}
        />
      </TimeGroup>
    </div>
  );
}

function classFilter(id: '0' | '1' | '2' | '3' | '4' | '5'): QueryTree {
  if (id === '0') {
    const answered: QueryTree = { op: 'number', field: 'status', comparison: '>=', value: 100 };
    return {
      op: 'and',
      parts: [
        { op: 'not', part: answered },
        { op: 'text', field: 'state', pattern: 'closed' },
      ],
    };
  }
  const low = Number(id) * 100;
  return {
    op: 'and',
    parts: [
      { op: 'number', field: 'status', comparison: '>=', value: low },
      { op: 'number', field: 'status', comparison: '<', value: low + 100 },
    ],
  };
}
