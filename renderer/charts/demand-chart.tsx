import { useCallback, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { words } from '../words/index.ts';
import type { Canvas } from './canvas.ts';
import { DEMAND_PLOT, demandOption } from './demand-option.ts';
import type { TimeSteps } from './time-scale.ts';
import { niceCount } from './time-scale.ts';
import { useChart } from './use-chart.ts';
import './demand-chart.css';

export interface DemandChartProps {
  title: string;
  steps: TimeSteps;
  values: readonly (number | null)[];
  /** The line that is dragged; null: there is none. */
  limit: number | null;
  limitName: string;
  /** What others say the limit is, dashed. */
  others: readonly { value: number; says: string }[];
  format: (value: number) => string;
  height: number;
  onLimit: (limit: number) => void;
}

/** Demand over time with a limit that is dragged: with the mouse, a finger, or the arrow keys (with Shift by tens). */
export function DemandChart(props: DemandChartProps): ReactNode {
  const { title, steps, values, limit, limitName, others, format, height, onLimit } = props;
  const highest = Math.max(1, ...values.map((value) => value ?? 0), ...others.map(({ value }) => value));
  const fits = niceCount(Math.max(highest * 1.05, (limit ?? 0) * 1.1));
  // While it is dragged the axis stands still, or the line would run away under the pointer.
  const [held, setHeld] = useState<number | null>(null);
  const max = held ?? fits;
  const box = useRef<HTMLDivElement>(null);
  const element = useChart(
    useCallback(
      (canvas: Canvas) => demandOption({ canvas, steps, values, limit, max, format }),
      [steps, values, limit, max, format],
    ),
  );
  const room = height - DEMAND_PLOT.top - DEMAND_PLOT.bottom;
  const topOf = (value: number): number => DEMAND_PLOT.top + room * (1 - Math.min(1, value / max));
  const enough = values.some((value) => value !== null && value > 0);

  function valueAt(clientY: number): number {
    const top = box.current?.getBoundingClientRect().top ?? 0;
    const share = 1 - (clientY - top - DEMAND_PLOT.top) / room;
    return Math.max(1, Math.round(Math.min(1, Math.max(0, share)) * max));
  }
  function grab(event: PointerEvent<HTMLDivElement>): void {
    if (event.button !== 0 || limit === null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus();
    setHeld(max);
  }
  function move(event: PointerEvent<HTMLDivElement>): void {
    if (held !== null) onLimit(valueAt(event.clientY));
  }
  function step(event: KeyboardEvent): void {
    if (limit === null) return;
    const by = event.shiftKey || event.key.startsWith('Page') ? Math.max(10, Math.round(max / 20)) : 1;
    const up = event.key === 'ArrowUp' || event.key === 'ArrowRight' || event.key === 'PageUp';
    const down = event.key === 'ArrowDown' || event.key === 'ArrowLeft' || event.key === 'PageDown';
    if (!up && !down) return;
    event.preventDefault();
    onLimit(Math.max(1, limit + (up ? by : -by)));
  }

  return (
    <figure className="demand-chart" aria-label={title}>
      <div ref={box} className="demand-chart-plot" style={{ height }}>
        <div ref={element} className="demand-chart-canvas" aria-hidden />
        {!enough && <p className="demand-chart-nothing">{words.charts.notEnough}</p>}
        {others.map(({ value, says }) => (
          <div key={says} className="demand-chart-other" style={{ top: topOf(value) }}>
            <span>{says}</span>
          </div>
        ))}
        {limit !== null && (
          <div
            role="slider"
            tabIndex={0}
            aria-label={limitName}
            aria-orientation="vertical"
            aria-valuemin={1}
            aria-valuemax={max}
            aria-valuenow={limit}
            aria-valuetext={format(limit)}
            className="demand-chart-limit"
            data-held={held !== null || undefined}
            style={{ top: topOf(limit) }}
            onPointerDown={grab}
            onPointerMove={move}
            onPointerUp={() => setHeld(null)}
            onPointerCancel={() => setHeld(null)}
            onKeyDown={step}
          >
            <span>{format(limit)}</span>
          </div>
        )}
      </div>
    </figure>
  );
}
