import type { Canvas } from './canvas.ts';
import type { EChartsCoreOption } from './echarts.ts';
import type { TimeSteps } from './time-scale.ts';
import { countSteps, timeTicks } from './time-scale.ts';
import { offsetAt, tickLabel } from './wall-clock.ts';

export type Shape = 'bars' | 'lines';

export interface TimeSeries {
  id: string;
  title: string;
  /** A token: `--ok`. */
  colour: string;
  /** One per step; null where there is nothing to say. */
  values: readonly (number | null)[];
  /** Of the whole span. */
  total: number | null;
  /** The calls behind the total. */
  href?: string;
}

/** Pixels around the plot; the layers above the canvas use the same. */
export const PLOT = { left: 56, right: 40, top: 6, bottom: 6, times: 22 } as const;
/** Labels of times need about this much room. */
const TICK_WIDTH = 76;

/** How ECharts draws one time chart. */
export function timeOption({
  canvas,
  steps,
  shape,
  series,
  format,
  top,
  times,
}: {
  canvas: Canvas;
  steps: TimeSteps;
  shape: Shape;
  series: readonly TimeSeries[];
  format: (value: number) => string;
  top: (highest: number) => number;
  times: boolean;
}): EChartsCoreOption {
  const { colour, width, font } = canvas;
  const plotWidth = Math.max(1, width - PLOT.left - PLOT.right);
  const { ticks, distance } = timeTicks(steps, Math.max(2, Math.floor(plotWidth / TICK_WIDTH)), offsetAt);
  const label = { color: colour('--text-faint'), fontSize: 11, fontFamily: font };
  const highest = highestOf(series, shape);
  const max = top(highest);
  const middle = (index: number): number => steps.since + (index + 0.5) * steps.step;
  const band = plotWidth / Math.max(1, countSteps(steps));
  const ends = spread(
    series.map(({ values }) => values.findLast((value) => value !== null) ?? null),
    (max / Math.max(1, canvas.height - PLOT.top - PLOT.bottom)) * 12,
  );
  return {
    grid: { left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: times ? PLOT.times : PLOT.bottom },
    xAxis: {
      type: 'value',
      min: steps.since,
      max: steps.until,
      // Otherwise the axis grows by half a bar at each end, and the charts no longer lie over one another.
      containShape: false,
      axisLine: { show: true, lineStyle: { color: colour('--line-strong') } },
      axisTick: { show: times, customValues: ticks, lineStyle: { color: colour('--line-strong') } },
      splitLine: { show: false },
      axisLabel: {
        ...label,
        show: times,
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
    series: series.map((one, place) => {
      const data = one.values.map((value, index) => [middle(index), value]);
      const shade = colour(one.colour);
      if (shape === 'bars')
        return {
          id: one.id,
          type: 'bar',
          stack: 'all',
          silent: true,
          barWidth: Math.max(1, band > 4 ? Math.floor(band) - 1 : band),
          itemStyle: { color: shade },
          data,
        };
      return {
        id: one.id,
        type: 'line',
        silent: true,
        lineStyle: { color: shade, width: 1.5 },
        itemStyle: { color: shade },
        symbol: 'circle',
        // A point between two silences would not be seen as a line.
        symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) => (isAlone(one.values, dataIndex) ? 4 : 0),
        showAllSymbol: true,
        connectNulls: false,
        z: 3 + place,
        data,
        endLabel: {
          show: ends[place] !== null,
          formatter: one.title,
          color: shade,
          fontSize: 11,
          fontFamily: font,
          distance: 4,
          offset: [
            0,
            -((ends[place]?.by ?? 0) / max) * (canvas.height - PLOT.top - (times ? PLOT.times : PLOT.bottom)),
          ],
        },
      };
    }),
  };
}

function isAlone(values: readonly (number | null)[], index: number): boolean {
  return (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null;
}

function highestOf(series: readonly TimeSeries[], shape: Shape): number {
  let highest = 0;
  const length = series[0]?.values.length ?? 0;
  for (let index = 0; index < length; index += 1) {
    let sum = 0;
    for (const { values } of series) {
      const value = values[index] ?? 0;
      sum = shape === 'bars' ? sum + value : Math.max(sum, value);
    }
    highest = Math.max(highest, sum);
  }
  return highest;
}

/** How far labels at these heights are moved up so that none lies on another. */
export function spread(heights: readonly (number | null)[], apart: number): ({ by: number } | null)[] {
  const order = heights
    .map((height, index) => ({ height, index }))
    .filter((one): one is { height: number; index: number } => one.height !== null)
    .sort((a, b) => a.height - b.height);
  const moved: ({ by: number } | null)[] = heights.map(() => null);
  let lowest = -Infinity;
  for (const { height, index } of order) {
    const at = Math.max(height, lowest + apart);
    moved[index] = { by: at - height };
    lowest = at;
  }
  return moved;
}
