import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import './windowed.css';

/** Browsers cut what is higher than about 33 million pixels; beyond this the scrollbar's way is shortened. */
const HIGHEST = 8_000_000;

/**
 * Rows of equal height, of which only those in sight exist: as many as there are, millions too. `draw` gets the first
 * row in sight and how many. Moves with the wheel, the scrollbar and the keyboard. `goTo` brings a row into sight; a new
 * object does it again.
 */
export function Windowed({
  rows,
  rowHeight,
  label,
  role = 'group',
  className = '',
  draw,
  goTo,
  stick = false,
  onKey,
  activeId,
  overlay,
}: {
  rows: number;
  rowHeight: number;
  label: string;
  role?: string;
  className?: string;
  draw: (from: number, count: number) => ReactNode;
  goTo?: { row: number } | null;
  /** Stays at the end when rows are added and the end is in sight. */
  stick?: boolean;
  onKey?: (event: KeyboardEvent) => void;
  activeId?: string;
  /** Stays at the top, over the rows: a table's head. It takes no room of its own. */
  overlay?: ReactNode;
}): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [top, setTop] = useState(0); // the first row in sight, with a fraction
  const atEnd = useRef(true);
  const wanted = useRef(0); // the newest of `top`, which may not have been drawn yet
  const whole = rows * rowHeight;
  const way = Math.min(whole, HIGHEST);
  const scaled = whole > HIGHEST;
  const fit = Math.max(1, Math.floor(height / rowHeight));
  const last = Math.max(0, rows - height / rowHeight);
  const shownTop = Math.min(top, last);
  const ownScroll = useRef(-1);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    setHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);

  const moveTo = (row: number): void => {
    const element = box.current;
    if (!element) return;
    const next = Math.max(0, Math.min(last, row));
    wanted.current = next;
    setTop(next);
    atEnd.current = next >= last - 0.5;
    const scroll = scaled ? (last === 0 ? 0 : (next / last) * (way - height)) : next * rowHeight;
    if (Math.abs(element.scrollTop - scroll) >= 1) {
      element.scrollTop = scroll;
      ownScroll.current = element.scrollTop;
    }
  };
  const bringIntoSight = useEffectEvent((row: number) => {
    if (row < shownTop || row >= shownTop + fit - 1) moveTo(row - Math.floor(fit / 3));
  });
  const moveBy = useEffectEvent((by: number) => moveTo(wanted.current + by));
  const stayAtEnd = useEffectEvent(() => {
    if (atEnd.current) moveTo(rows);
  });

  // Only a new wish moves; `goTo` is a new object then.
  useEffect(() => {
    if (goTo) bringIntoSight(goTo.row);
  }, [goTo, height]);

  useEffect(() => {
    if (stick) stayAtEnd();
  }, [rows, stick, height]);

  // React's wheel handlers cannot keep the browser from scrolling too.
  useEffect(() => {
    const element = box.current;
    if (!element || !scaled) return;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? event.deltaY : event.deltaY / rowHeight;
      moveBy(lines);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scaled, rowHeight]);

  const from = Math.floor(shownTop);
  const count = Math.min(rows - from, fit + 2);
  return (
    // What scrolls must be reachable and movable with the keyboard, whatever role it has.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={box}
      className={`windowed ${className}`}
      tabIndex={0}
      role={role}
      aria-label={label}
      aria-rowcount={role === 'grid' || role === 'table' ? rows : undefined}
      aria-activedescendant={activeId}
      onScroll={(event) => {
        const { scrollTop } = event.currentTarget;
        if (Math.abs(scrollTop - ownScroll.current) < 1) {
          ownScroll.current = -1;
          return;
        }
        ownScroll.current = -1;
        const next = scaled ? (scrollTop / Math.max(1, way - height)) * last : scrollTop / rowHeight;
        atEnd.current = next >= last - 0.5;
        wanted.current = next;
        setTop(next);
      }}
      onKeyDown={(event) => {
        onKey?.(event);
        if (event.defaultPrevented || event.target !== event.currentTarget) return;
        const to = {
          ArrowDown: shownTop + 1,
          ArrowUp: shownTop - 1,
          PageDown: shownTop + fit - 1,
          PageUp: shownTop - fit + 1,
          Home: 0,
          End: rows,
        }[event.key];
        if (to === undefined || event.altKey || event.metaKey) return;
        event.preventDefault();
        moveTo(to);
      }}
    >
      {overlay}
      <div className="windowed-way" style={{ height: way }} role="presentation">
        <div
          className="windowed-rows"
          role="presentation"
          style={{
            top: scaled
              ? (last === 0 ? 0 : (shownTop / last) * (way - height)) - (shownTop - from) * rowHeight
              : from * rowHeight,
          }}
        >
          {height > 0 && count > 0 && draw(from, count)}
        </div>
      </div>
    </div>
  );
}
