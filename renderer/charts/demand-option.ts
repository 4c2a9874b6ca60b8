import type { Canvas } from './canvas.ts';
import type { EChartsCoreOption } from './echarts.ts';
import type { TimeSteps } from './time-scale.ts';
import { countSteps, timeTicks } from './time-scale.ts';
import { offsetAt, tickLabel } from './wall-clock.ts';

/** Pixels around the plot; the lines that are drawn over the canvas use the same. */
export const DEMAND_PLOT = { left: 56, right: 12, top: 12, bottom: 22 } as const;
const TICK_WIDTH = 90;

/** How ECharts draws demand over time: what fits under a limit, and what is above it. */
export function demandOption(given: {
  canvas: Canvas;
  steps: TimeSteps;
  /** Of the busiest window in each step; null: nothing was asked for. */
  values: readonly (number | null)[];
  limit: number | null;
  max: number;
  format: (value: number) => string;
}): EChartsCoreOption {
  const { canvas, steps, values, limit, max, format } = given;
  const { colour, width, font } = canvas;
  const plotWidth = Math.max(1, width - DEMAND_PLOT.left - DEMAND_PLOT.right);
  const { ticks, distance } = timeTicks(steps, Math.max(2, Math.floor(plotWidth / TICK_WIDTH)), offsetAt);
  const label = { color: colour('--text-faint'), fontSize: 11, fontFamily: font };
  const band = plotWidth / Math.max(1, countSteps(steps));
  const middle = (index: number): number => steps.since + (index + 0.5) * steps.step;
  const bars = (id: string, shade: string, read: (value: number) => number) => ({
    id,
    type: 'bar',
    stack: 'demand',
    silent: true,
    barWidth: Math.max(1, band > 4 ? Math.floor(band) - 1 : band),
    itemStyle: { color: shade },
    data: values.map((value, index) => [middle(index), value === null ? null : read(value)]),
  });
  const top = limit ?? Infinity;
  return {
    grid: {
      left: DEMAND_PLOT.left,
      right: DEMAND_PLOT.right,
      top: DEMAND_PLOT.top,
      bottom: DEMAND_PLOT.bottom,
    },
    xAxis: {
      type: 'value',
      min: steps.since,
      max: steps.until,
      containShape: false,
      axisLine: { lineStyle: { color: colour('--line-strong') } },
      axisTick: { customValues: ticks, lineStyle: { color: colour('--line-strong') } },
      splitLine: { show: false },
      axisLabel: {
        ...label,
        customValues: ticks,
        hideOverlap: true,
        formatter: (us: number) => tickLabel(us, distance),
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max,
      interval: max / 2,
      axisLabel: { ...label, showMinLabel: true, formatter: (value: number) => (value === 0 ? '0' : format(value)) },
      axisTick: { show: false },
      axisLine: { show: false },
      splitLine: { lineStyle: { color: colour('--line') } },
    },
    series: [
      bars('within', colour('--cat-1'), (value) => Math.min(value, top)),
      bars('above', colour('--throttled'), (value) => Math.max(0, value - top)),
    ],
  };
}
