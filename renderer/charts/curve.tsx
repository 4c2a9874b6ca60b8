import { useCallback } from 'react';
import type { ReactNode } from 'react';
import { words } from '../words/index.ts';
import type { Canvas } from './canvas.ts';
import { useChart } from './use-chart.ts';
import { niceCount } from './time-scale.ts';
import './curve.css';

/** One figure against another one’s settings, low to high, with a point that stands out. */
export function Curve({
  title,
  points,
  marked,
  markSays,
  current,
  height,
  formatX,
  formatY,
}: {
  title: string;
  points: readonly { x: number; y: number }[];
  /** Index of the point that stands out. */
  marked: number | null;
  markSays: string;
  /** Where things stand now, on the x axis. */
  current: number | null;
  height: number;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
}): ReactNode {
  const element = useChart(
    useCallback(
      ({ colour, font }: Canvas) => {
        const label = { color: colour('--text-faint'), fontSize: 11, fontFamily: font };
        const first = points[0]?.x ?? 0;
        const last = points.at(-1)?.x ?? 1;
        const knee = marked === null ? undefined : points[marked];
        const max = niceCount(Math.max(1, ...points.map(({ y }) => y)));
        const line = { type: 'line', silent: true, symbol: 'none', animation: false };
        return {
          grid: { left: 44, right: 14, top: 14, bottom: 22 },
          xAxis: {
            type: 'value',
            min: first,
            max: last,
            axisLabel: { ...label, customValues: [first, last], formatter: formatX },
            axisTick: { show: false },
            axisLine: { lineStyle: { color: colour('--line-strong') } },
            splitLine: { show: false },
          },
          yAxis: {
            type: 'value',
            min: 0,
            max,
            interval: max / 2,
            axisLabel: { ...label, formatter: (value: number) => (value === 0 ? '0' : formatY(value)) },
            axisLine: { show: false },
            splitLine: { lineStyle: { color: colour('--line') } },
          },
          series: [
            {
              ...line,
              id: 'curve',
              lineStyle: { color: colour('--cat-1'), width: 2 },
              data: points.map(({ x, y }) => [x, y]),
            },
            ...(current === null || current < first || current > last
              ? []
              : [
                  {
                    ...line,
                    id: 'now',
                    lineStyle: { color: colour('--text-faint'), width: 1, type: 'dashed' },
                    data: [
                      [current, 0],
                      [current, max],
                    ],
                  },
                ]),
            ...(knee === undefined
              ? []
              : [
                  {
                    ...line,
                    id: 'knee',
                    symbol: 'circle',
                    symbolSize: 9,
                    itemStyle: { color: colour('--cat-2') },
                    label: {
                      show: true,
                      formatter: markSays,
                      color: colour('--text'),
                      fontSize: 12,
                      fontFamily: font,
                      position: marked! > points.length / 2 ? 'left' : 'right',
                      distance: 8,
                    },
                    data: [[knee.x, knee.y]],
                  },
                ]),
          ],
        };
      },
      [points, marked, markSays, current, formatX, formatY],
    ),
  );
  return (
    <figure className="curve" aria-label={title}>
      <figcaption>
        <h2>{title}</h2>
      </figcaption>
      <div className="curve-plot" style={{ height }}>
        <div ref={element} className="curve-canvas" aria-hidden />
        {points.length < 2 && <p className="curve-nothing">{words.charts.notEnough}</p>}
      </div>
      <table className="unseen">
        <caption>{title}</caption>
        <tbody>
          {points.map(({ x, y }, index) => (
            <tr key={x}>
              <th scope="row">{formatX(x)}</th>
              <td>
                {formatY(y)}
                {index === marked ? ` (${markSays})` : ''}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
