import { useCallback, useMemo } from 'react';
import type { ReactNode } from 'react';
import { useSignal } from '../client/signal.ts';
import { words } from '../words/index.ts';
import type { Canvas } from './canvas.ts';
import { Crosshair } from './crosshair.tsx';
import { PLOT, timeOption } from './time-option.ts';
import type { Shape, TimeSeries } from './time-option.ts';
import { countSteps } from './time-scale.ts';
import { useTimeGroup } from './time-group.tsx';
import { useChart } from './use-chart.ts';
import { spanLabel } from './wall-clock.ts';
import './time-chart.css';

export interface TimeChartProps {
  title: string;
  shape: Shape;
  series: readonly TimeSeries[];
  /** A value as people read it. */
  format: (value: number) => string;
  /** The axis' top for the highest value. */
  top: (highest: number) => number;
  height: number;
  /** Whether the times stand below; charts that lie above one another need them once. */
  times?: boolean;
  /** Whether the time under the crosshair stands above; one chart of a group says it. */
  dated?: boolean;
}

/** Values over time, in a TimeGroup. */
export function TimeChart({
  title,
  shape,
  series,
  format,
  top,
  height,
  times = true,
  dated = true,
}: TimeChartProps): ReactNode {
  const { steps } = useTimeGroup();
  const enough = series.some(({ values }) => values.some((value) => value !== null && value > 0));
  const element = useChart(
    useCallback(
      (canvas: Canvas) => timeOption({ canvas, steps, shape, series, format, top, times }),
      [steps, shape, series, format, top, times],
    ),
  );
  return (
    <figure className="time-chart" aria-label={title}>
      <Readout title={title} series={series} format={format} dated={dated} />
      <div className="time-chart-plot" style={{ height: height + (times ? PLOT.times : 0) }}>
        <div ref={element} className="time-chart-canvas" aria-hidden />
        {enough ? (
          <Crosshair title={title} series={series} format={format} bottom={times ? PLOT.times : PLOT.bottom} />
        ) : (
          <p className="time-chart-nothing">{words.charts.notEnough}</p>
        )}
      </div>
    </figure>
  );
}

/** The figures above a chart: of the span, or of the step under the crosshair. */
function Readout({
  title,
  series,
  format,
  dated,
}: Pick<TimeChartProps, 'title' | 'series' | 'format'> & { dated: boolean }): ReactNode {
  const { steps, cursor, brush } = useTimeGroup();
  const at = useSignal(cursor);
  const selected = useSignal(brush);
  const index = at === null || at >= countSteps(steps) ? null : at;
  const when = useMemo(() => {
    if (selected)
      return spanLabel(steps.since + selected[0] * steps.step, steps.since + (selected[1] + 1) * steps.step);
    return index === null ? '' : spanLabel(steps.since + index * steps.step, steps.since + (index + 1) * steps.step);
  }, [index, selected, steps]);
  return (
    <figcaption className="time-chart-head">
      <h2>{title}</h2>
      <ul>
        {series.map(({ id, title: name, colour, values, total, href }) => {
          const value = index === null ? total : (values[index] ?? null);
          const figure = value === null ? '–' : format(value);
          return (
            <li key={id}>
              <span className="time-chart-swatch" style={{ background: `var(${colour})` }} />
              <span className="dim">{name}</span>{' '}
              {href !== undefined && index === null ? <a href={href}>{figure}</a> : <span>{figure}</span>}
            </li>
          );
        })}
      </ul>
      {dated && <span className="time-chart-when">{when}</span>}
    </figcaption>
  );
}
