import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

export interface VirtualRows {
  scroller: RefObject<HTMLDivElement | null>;
  /** Indexes drawn, the last one excluded. */
  first: number;
  end: number;
  /** Rows that fit wholly in sight. */
  fitting: number;
  /** Rows drawn at most: does not change while one scrolls. */
  slots: number;
  /** Brings a row into sight. */
  reveal: (index: number) => void;
}

/** Rows drawn beyond what is seen, for fast scrolling. */
const BESIDE = 8;
/** So near the edge the list still keeps to it. */
const STICKY_PX = 5;

/**
 * Draws only the rows in sight, all of one height. While `attached` the list keeps to its edge, where new rows come in;
 * otherwise the first row in sight stays where it is, whatever is inserted before it.
 */
export function useVirtualRows({
  total,
  rowHeight,
  head,
  edge,
  attached,
  onAttached,
  idAt,
  indexOf,
}: {
  total: number;
  rowHeight: number;
  /** Height of the sticky header inside the scroller. */
  head: number;
  edge: 'top' | 'bottom';
  attached: boolean;
  onAttached: (attached: boolean) => void;
  idAt: (index: number) => number | undefined;
  indexOf: (id: number) => number;
}): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(600);
  /** Where the reader scrolled to, and which row was first in sight there. */
  const [place, setPlace] = useState<{ top: number; id: number | undefined; offset: number }>({
    top: 0,
    id: undefined,
    offset: 0,
  });
  const room = Math.max(rowHeight, height - head);
  const most = Math.max(0, total * rowHeight - room);

  let top = Math.min(place.top, most);
  if (attached) top = edge === 'bottom' ? most : 0;
  else if (place.id !== undefined) {
    const index = indexOf(place.id);
    if (index >= 0) top = Math.min(most, index * rowHeight + place.offset);
  }

  function stayAt(to: number): void {
    const index = Math.floor(to / rowHeight);
    setPlace({ top: to, id: idAt(index), offset: to - index * rowHeight });
  }

  // Once let go, what was in sight last is what stays.
  if (attached && (place.top !== top || place.id !== idAt(Math.floor(top / rowHeight)))) stayAt(top);

  const pinned = useRef(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    // We are there already: looking would cost a layout.
    if (pinned.current === top) return;
    // Somebody scrolled since, and its event is still to come: that counts, not our edge.
    const left = attached && Math.abs(element.scrollTop - pinned.current) > STICKY_PX;
    if (!left && Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
    if (!left) pinned.current = element.scrollTop;
  });

  const onScroll = useEffectEvent((at: number) => {
    pinned.current = at;
    const atEdge = edge === 'bottom' ? at >= most - STICKY_PX : at <= STICKY_PX;
    if (!attached || !atEdge) stayAt(at);
    if (atEdge !== attached) onAttached(atEdge);
  });
  // Turning the wheel away from the edge lets go at once: the first steps of a smooth scroll are within its reach.
  const onWheel = useEffectEvent((deltaY: number, at: number) => {
    if (!attached || most === 0 || !(edge === 'bottom' ? deltaY < 0 : deltaY > 0)) return;
    stayAt(at);
    onAttached(false);
  });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const scrolled = (): void => onScroll(element.scrollTop);
    const wheeled = ({ deltaY }: WheelEvent): void => onWheel(deltaY, element.scrollTop);
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    element.addEventListener('scroll', scrolled, { passive: true });
    element.addEventListener('wheel', wheeled, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', scrolled);
      element.removeEventListener('wheel', wheeled);
    };
  }, []);

  function reveal(index: number): void {
    const inside = room;
    const above = index * rowHeight;
    let to = top;
    if (above < to) to = above;
    else if (above + rowHeight > to + inside) to = above + rowHeight - inside;
    stayAt(to);
    if (scroller.current) scroller.current.scrollTop = to;
  }

  const seen = Math.floor(top / rowHeight);
  const fitting = Math.max(1, Math.floor(room / rowHeight));
  return {
    scroller,
    first: Math.max(0, seen - BESIDE),
    end: Math.min(total, seen + fitting + 2 + BESIDE),
    fitting,
    slots: fitting + 2 + 2 * BESIDE,
    reveal,
  };
}
