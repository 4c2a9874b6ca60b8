import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

export interface VirtualRows {
  scroller: RefObject<HTMLDivElement | null>;
  /** Indexes drawn, the last one excluded. */
  first: number;
  end: number;
  /** Rows that fit wholly in sight. */
  fitting: number;
  /** Brings a row into sight. */
  reveal: (index: number) => void;
}

/** Rows drawn beyond what is seen, for fast scrolling. */
const BESIDE = 12;
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
  const anchor = useRef<{ id: number; offset: number } | null>(null);
  const [height, setHeight] = useState(600);
  const [scrolled, setScrolled] = useState(0);
  const room = Math.max(rowHeight, height - head);
  const most = Math.max(0, total * rowHeight - room);

  let top = Math.min(scrolled, most);
  if (attached) top = edge === 'bottom' ? most : 0;
  else if (anchor.current) {
    const index = indexOf(anchor.current.id);
    if (index >= 0) top = Math.min(most, index * rowHeight + anchor.current.offset);
  }

  // What the scroll listener needs of the latest drawing.
  const latest = useRef({ rowHeight, edge, attached, onAttached, idAt, most });
  latest.current = { rowHeight, edge, attached, onAttached, idAt, most };

  const dropAnchor = useCallback((at: number) => {
    const { rowHeight: each, idAt: id } = latest.current;
    const index = Math.floor(at / each);
    const there = id(index);
    anchor.current = there === undefined ? null : { id: there, offset: at - index * each };
  }, []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
  });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onScroll = (): void => {
      const at = element.scrollTop;
      const { rowHeight: each, edge: side, attached: was, onAttached: tell, most: bottom } = latest.current;
      const atEdge = side === 'bottom' ? at >= bottom - STICKY_PX : at <= STICKY_PX;
      dropAnchor(at);
      if (atEdge !== was) tell(atEdge);
      setScrolled(Math.floor(at / each) * each + (at % each > 0 ? 1 : 0));
    };
    // Turning the wheel away from the edge lets go at once: the first steps of a smooth scroll are within its reach.
    const onWheel = ({ deltaY }: WheelEvent): void => {
      const { edge: side, attached: was, onAttached: tell, most: bottom } = latest.current;
      if (was && bottom > 0 && (side === 'bottom' ? deltaY < 0 : deltaY > 0)) {
        dropAnchor(element.scrollTop);
        tell(false);
      }
    };
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: true });
    setHeight(element.clientHeight);
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
    };
  }, [dropAnchor]);

  const wasAttached = useRef(attached);
  useLayoutEffect(() => {
    // Let go without scrolling: what is in sight now is what stays.
    if (wasAttached.current && !attached && scroller.current) dropAnchor(scroller.current.scrollTop);
    wasAttached.current = attached;
  }, [attached, dropAnchor]);

  const reveal = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (!element) return;
      const each = latest.current.rowHeight;
      const inside = element.clientHeight - head;
      const above = index * each;
      let to = element.scrollTop;
      if (above < to) to = above;
      else if (above + each > to + inside) to = above + each - inside;
      else return;
      element.scrollTop = to;
      dropAnchor(to);
      setScrolled(to);
    },
    [dropAnchor, head],
  );

  const seen = Math.floor(top / rowHeight);
  const fitting = Math.max(1, Math.floor(room / rowHeight));
  return {
    scroller,
    first: Math.max(0, seen - BESIDE),
    end: Math.min(total, seen + fitting + 2 + BESIDE),
    fitting,
    reveal,
  };
}
