import { useRef } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useSignal } from '../client/signal.ts';
import { words } from '../words/index.ts';
import { PLOT } from './time-option.ts';
import type { TimeSeries } from './time-option.ts';
import { countSteps, stepAt } from './time-scale.ts';
import { useTimeGroup } from './time-group.tsx';
import { spanLabel } from './wall-clock.ts';

/** A press that moves less than this many pixels is a click. */
const CLICK = 4;

/**
 * What lies over a chart and takes the pointer and the keys: the step under the pointer, the steps being selected. To a
 * screen reader it is a slider over the steps that says the figures.
 */
export function Crosshair({
  title,
  series,
  format,
  bottom,
}: {
  title: string;
  series: readonly TimeSeries[];
  format: (value: number) => string;
  bottom: number;
}): ReactNode {
  const { steps, cursor, brush, onSelect, onOpen } = useTimeGroup();
  const count = countSteps(steps);
  const at = useSignal(cursor);
  const selected = useSignal(brush);
  const pressed = useRef<{ x: number; step: number; moved: boolean } | null>(null);
  const index = at === null || at >= count ? null : at;
  const startOf = (step: number): number => steps.since + step * steps.step;

  function stepUnder(event: PointerEvent<HTMLElement>): number {
    const box = event.currentTarget.getBoundingClientRect();
    return stepAt(steps, (event.clientX - box.left) / Math.max(1, box.width));
  }

  function finish([first, last]: readonly [number, number]): void {
    brush.set(null);
    onSelect(startOf(first), startOf(last + 1));
  }

  function onKeyDown(event: KeyboardEvent): void {
    const from = index ?? count - 1;
    const to =
      event.key === 'ArrowLeft'
        ? Math.max(0, index === null ? from : from - 1)
        : event.key === 'ArrowRight'
          ? Math.min(count - 1, from + 1)
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? count - 1
              : null;
    if (to !== null) {
      if (event.shiftKey) {
        const [first, last] = selected ?? [from, from];
        const fixed = from === first ? last : first;
        brush.set([Math.min(fixed, to), Math.max(fixed, to)]);
      } else brush.set(null);
      cursor.set(to);
    } else if (event.key === 'Enter' && selected) finish(selected);
    else if (event.key === 'Enter' && index !== null) onOpen(startOf(index), startOf(index + 1));
    else if (event.key === 'Escape' && (selected || pressed.current)) {
      brush.set(null);
      pressed.current = null;
    } else {
      // A crosshair alone is no step of its own to go back from.
      if (event.key === 'Escape') cursor.set(null);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  const shown = selected ?? (index === null ? null : ([index, index] as const));
  return (
    <div
      className="crosshair"
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom }}
      role="slider"
      tabIndex={0}
      aria-label={words.charts.overTime(title)}
      aria-valuemin={0}
      aria-valuemax={count - 1}
      aria-valuenow={index ?? count - 1}
      aria-valuetext={valueText(index ?? count - 1)}
      onKeyDown={onKeyDown}
      onBlur={() => {
        cursor.set(null);
        brush.set(null);
      }}
      onPointerMove={(event) => {
        const step = stepUnder(event);
        cursor.set(step);
        const press = pressed.current;
        if (!press) return;
        press.moved ||= Math.abs(event.clientX - press.x) >= CLICK;
        if (press.moved) brush.set([Math.min(press.step, step), Math.max(press.step, step)]);
      }}
      onPointerLeave={() => {
        if (!pressed.current) cursor.set(null);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pressed.current = { x: event.clientX, step: stepUnder(event), moved: false };
      }}
      onPointerUp={(event) => {
        const press = pressed.current;
        pressed.current = null;
        if (!press) return;
        const range = brush.get();
        if (range) finish(range);
        else if (!press.moved) {
          const step = stepUnder(event);
          onOpen(startOf(step), startOf(step + 1));
        }
      }}
      onPointerCancel={() => {
        pressed.current = null;
        brush.set(null);
      }}
    >
      {shown && (
        <div
          className={selected ? 'crosshair-brush' : 'crosshair-step'}
          style={{ left: `${(shown[0] / count) * 100}%`, width: `${((shown[1] + 1 - shown[0]) / count) * 100}%` }}
        />
      )}
    </div>
  );

  function valueText(step: number): string {
    const figures = series
      .filter(({ values }) => (values[step] ?? null) !== null)
      .map(({ title: name, values }) => `${name} ${format(values[step] ?? 0)}`);
    return `${spanLabel(startOf(step), startOf(step + 1))}: ${figures.length === 0 ? words.charts.nothing : figures.join(', ')}`;
  }
}
