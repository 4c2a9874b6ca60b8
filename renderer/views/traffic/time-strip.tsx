import { useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useTheme } from '../../data/appearance.ts';
import type { HistogramState } from '../../data/call-histogram.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { words } from '../../words/index.ts';
import { spanText } from './clock.ts';
import { drawStrip, totalOf } from './draw-strip.ts';
import { useRoom } from './use-room.ts';
import './time-strip.css';

const { strip: says } = words;
const HEIGHT = 35;

/** Calls over time; dragging selects a stretch, which the list then shows. Times in microseconds. */
export function TimeStrip({
  histogram,
  selected,
  onSelect,
  onZoom,
}: {
  histogram: HistogramState | null;
  selected: { since: number; until: number } | null;
  onSelect: (span: { since: number; until: number } | null) => void;
  onZoom: () => void;
}): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, { width }] = useRoom();
  const theme = useTheme();
  const [hover, setHover] = useState<number | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [moved, setCursor] = useState<{ anchor: number; at: number; step: number } | null>(null);
  const count = histogram?.steps.length ?? 0;

  const stepOf = (us: number): number =>
    histogram ? Math.max(0, Math.min(count, (us - histogram.since) / histogram.step)) : 0;
  const shown: [number, number] | null = drag
    ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to) + 1]
    : selected
      ? [Math.floor(stepOf(selected.since)), Math.ceil(stepOf(selected.until))]
      : null;
  const [from, to] = shown ?? [-1, -1];

  useLayoutEffect(() => {
    if (canvas.current && histogram && width > 0)
      drawStrip(canvas.current, histogram, width, HEIGHT, from < 0 ? null : [from, to]);
  }, [histogram, width, theme, from, to]);

  // Where the keyboard is has no meaning in steps of another length.
  const cursor = moved?.step === histogram?.step ? moved : null;

  function stepUnder(event: PointerEvent): number {
    const { left } = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(count - 1, Math.floor(((event.clientX - left) / width) * count)));
  }

  function select(a: number, b: number): void {
    if (!histogram) return;
    const { since, step } = histogram;
    onSelect({ since: since + Math.min(a, b) * step, until: since + (Math.max(a, b) + 1) * step });
  }

  function onPointerUp(event: PointerEvent): void {
    if (!drag) return;
    const to = stepUnder(event);
    setDrag(null);
    if (to !== drag.from) return select(drag.from, to);
    // A click: on the selection clears it, elsewhere takes one step.
    if (shown && selected) onSelect(null);
    else select(to, to);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step !== 0) {
      const was = cursor ?? { anchor: count - 1, at: count - 1 + (step < 0 ? 1 : 0) };
      const at = Math.max(0, Math.min(count - 1, was.at + step));
      const anchor = event.shiftKey ? was.anchor : at;
      setCursor({ anchor, at, step: histogram?.step ?? 0 });
      if (event.shiftKey) select(anchor, at);
    } else if (event.key === 'Enter' && selected) onZoom();
    else if (event.key === 'Enter' && cursor) select(cursor.at, cursor.at);
    else if (event.key === 'Escape' && selected) onSelect(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const told = drag ? drag.to : (hover ?? cursor?.at ?? null);
  const counts = told === null ? undefined : histogram?.steps[told];
  const range: [number, number] | null = drag && shown ? shown : told === null ? null : [told, told + 1];
  const tip =
    counts && range && histogram
      ? {
          when: spanText(histogram.since + range[0] * histogram.step, histogram.since + range[1] * histogram.step),
          calls: says.calls(histogram.steps.slice(range[0], range[1]).reduce((sum, one) => sum + totalOf(one), 0)),
          classes: drag
            ? ''
            : counts
                .flatMap((calls, index) => (calls > 0 ? [`${says.classes[index]} ${formatCount(calls)}`] : []))
                .join(' · '),
        }
      : null;
  const each = count === 0 ? 0 : width / count;

  return (
    <div
      ref={box}
      className="strip"
      role="slider"
      tabIndex={0}
      aria-label={says.label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, count - 1)}
      aria-valuenow={cursor?.at ?? Math.max(0, count - 1)}
      aria-valuetext={tip ? `${tip.when}: ${tip.calls}. ${tip.classes}` : ''}
      onPointerDown={(event) => {
        if (event.button !== 0 || count === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: stepUnder(event), to: stepUnder(event) });
      }}
      onPointerMove={(event) => {
        setHover(stepUnder(event));
        setDrag((was) => (was ? { ...was, to: stepUnder(event) } : was));
      }}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setDrag(null)}
      onPointerLeave={() => setHover(null)}
      onDoubleClick={() => selected && onZoom()}
      onBlur={() => setCursor(null)}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className="strip-bars" aria-hidden />
      {shown && (
        <span className="strip-selection" style={{ left: from * each, width: Math.max(2, (to - from) * each) }} />
      )}
      {told !== null && <span className="strip-cursor" style={{ left: told * each, width: Math.max(1, each) }} />}
      {histogram && !histogram.done && <span className="strip-search" role="progressbar" aria-label={says.searching} />}
      {tip && (
        <span
          className="strip-tip tip"
          style={
            (told ?? 0) * each > width / 2
              ? { right: width - (told ?? 0) * each + 6 }
              : { left: ((told ?? 0) + 1) * each + 6 }
          }
        >
          <span className="dim">{tip.when}</span> {tip.calls} <span className="dim">{tip.classes}</span>
        </span>
      )}
    </div>
  );
}
