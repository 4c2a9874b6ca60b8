import { useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';

/** The room an element has, in pixels; 0 before it is there. */
export function useRoom(): [RefObject<HTMLDivElement | null>, { width: number; height: number }] {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const one = element.current;
    if (!one) return;
    const measure = (): void =>
      setRoom((was) =>
        was.width === one.clientWidth && was.height === one.clientHeight
          ? was
          : { width: one.clientWidth, height: one.clientHeight },
      );
    const observer = new ResizeObserver(measure);
    observer.observe(one);
    measure();
    return () => observer.disconnect();
  }, []);
  return [element, room];
}
