import { useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

/** Rows drawn beyond what is seen. */
const BESIDE = 10;

/**
 * Which rows of a scrolled list are in sight, all of one height: only those need to be drawn. `head`: height of what is
 * sticky at the list's top.
 */
export function useWindowedRows(
  scroller: RefObject<HTMLElement | null>,
  { total, rowHeight, head }: { total: number; rowHeight: number; head: number },
): { first: number; end: number; fitting: number; reveal: (index: number) => void } {
  const [seen, setSeen] = useState({ first: 0, height: 900 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const look = (): void => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const height = element.clientHeight;
      setSeen((before) => (before.first === first && before.height === height ? before : { first, height }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller, rowHeight]);

  const fitting = Math.max(1, Math.floor((seen.height - head) / rowHeight));
  return {
    first: Math.max(0, Math.min(seen.first, total - fitting) - BESIDE),
    end: Math.min(total, seen.first + fitting + 2 + BESIDE),
    fitting,
    reveal(index) {
      const element = scroller.current;
      if (!element) return;
      const top = index * rowHeight;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + element.clientHeight - head)
        element.scrollTop = top + rowHeight - element.clientHeight + head;
    },
  };
}
