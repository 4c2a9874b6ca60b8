import { useEffect, useEffectEvent, useImperativeHandle, useRef } from 'react';
import type { PointerEvent, Ref, RefObject } from 'react';
import { firstLook, fitAll, keepInSight, reveal, sameSight, sightOf, zoomAt } from './camera.ts';
import type { Box, Camera, Sight, Size } from './camera.ts';

/** What keys and buttons can do with the picture. */
export interface CameraHandle {
  zoom: (factor: number) => void;
  fit: () => void;
  pan: (x: number, y: number) => void;
  reveal: (box: Box) => void;
}

/** Below this scale the second line of a node is no longer drawn: nobody could read it. */
const FAR = 0.5;
/** A press that moved so far is a drag, not a click. */
const DRAG = 4;
const SETTLE_MS = 160;

/**
 * Moves a drawing under its frame by wheel, drag, pinch and handle. The place is kept outside React: moving redraws
 * nothing, the browser only moves what it has; `onSight` tells when another part is to be drawn. `shape`: what the
 * drawing is of; another one is looked at anew.
 */
export function useCamera(
  ref: Ref<CameraHandle>,
  frame: RefObject<HTMLElement | null>,
  world: RefObject<HTMLElement | null>,
  drawing: Size,
  screen: Size,
  shape: string,
  onSight: (sight: Sight) => void,
): {
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  /** Whether the press that ended was a drag: its click means nothing. */
  wasDrag: () => boolean;
} {
  const camera = useRef<Camera | null>(null);
  /** Nobody moved it: it goes with the size of the window. */
  const seen = useRef<Sight | null>(null);
  const untouched = useRef(true);
  const settle = useRef<ReturnType<typeof setTimeout> | null>(null);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const press = useRef<{ x: number; y: number; dragged: boolean } | null>(null);
  const dragged = useRef(false);

  function apply(next: Camera, moving = false): void {
    const kept = keepInSight(next, drawing, screen);
    camera.current = kept;
    const element = world.current;
    if (!element || !frame.current) return;
    element.style.transform = `translate(${kept.x}px, ${kept.y}px) scale(${kept.scale})`;
    frame.current.toggleAttribute('data-far', kept.scale < FAR);
    const sight = sightOf(kept, screen);
    if (!seen.current || !sameSight(seen.current, sight)) {
      seen.current = sight;
      onSight(sight);
    }
    if (!moving) return;
    untouched.current = false;
    // While it moves the picture is one layer; at rest it is drawn sharp.
    element.toggleAttribute('data-moving', true);
    if (settle.current !== null) clearTimeout(settle.current);
    settle.current = setTimeout(() => world.current?.toggleAttribute('data-moving', false), SETTLE_MS);
  }

  const look = useEffectEvent((anew: boolean) => {
    if (screen.width === 0) return;
    if (anew || untouched.current || !camera.current) {
      untouched.current = true;
      apply(firstLook(drawing, screen));
    } else apply(camera.current);
  });
  useEffect(() => look(true), [shape]);
  useEffect(() => look(false), [drawing.width, drawing.height, screen.width, screen.height]);
  useEffect(
    () => () => {
      if (settle.current !== null) clearTimeout(settle.current);
    },
    [],
  );

  useImperativeHandle(ref, () => ({
    zoom: (factor) =>
      camera.current && apply(zoomAt(camera.current, factor, { x: screen.width / 2, y: screen.height / 2 }), true),
    fit: () => apply(fitAll(drawing, screen), true),
    pan: (x, y) =>
      camera.current && apply({ ...camera.current, x: camera.current.x + x, y: camera.current.y + y }, true),
    reveal: (box) => {
      if (!camera.current) return;
      const next = reveal(camera.current, box, screen);
      if (next.x !== camera.current.x || next.y !== camera.current.y) apply(next, true);
    },
  }));

  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (!camera.current || !frame.current) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      const bounds = frame.current.getBoundingClientRect();
      const by = Math.max(-60, Math.min(60, event.deltaY * lines));
      apply(
        zoomAt(camera.current, Math.exp(-by * 0.008), { x: event.clientX - bounds.x, y: event.clientY - bounds.y }),
        true,
      );
      return;
    }
    const sideways = event.shiftKey && event.deltaX === 0;
    const [x, y] = sideways ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
    apply({ ...camera.current, x: camera.current.x - x * lines, y: camera.current.y - y * lines }, true);
  });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    // React listens passively, and a passive listener cannot keep the page from zooming.
    const listen = (event: WheelEvent): void => onWheel(event);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [frame]);

  return {
    onPointerDown(event) {
      if (event.button > 1) return;
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      press.current = { x: event.clientX, y: event.clientY, dragged: false };
      dragged.current = false;
    },
    onPointerMove(event) {
      const before = pointers.current.get(event.pointerId);
      if (!before || !press.current || !camera.current) return;
      const now = { x: event.clientX, y: event.clientY };
      if (!press.current.dragged) {
        if (Math.hypot(now.x - press.current.x, now.y - press.current.y) < DRAG) return;
        press.current.dragged = true;
        dragged.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      pointers.current.set(event.pointerId, now);
      const [other] = others;
      const bounds = event.currentTarget.getBoundingClientRect();
      if (other) {
        const grown =
          Math.hypot(now.x - other.x, now.y - other.y) /
          Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
        apply(
          zoomAt(camera.current, grown, { x: (now.x + other.x) / 2 - bounds.x, y: (now.y + other.y) / 2 - bounds.y }),
          true,
        );
        return;
      }
      apply(
        { ...camera.current, x: camera.current.x + now.x - before.x, y: camera.current.y + now.y - before.y },
        true,
      );
    },
    onPointerUp(event) {
      pointers.current.delete(event.pointerId);
      if (pointers.current.size === 0) press.current = null;
    },
    wasDrag: () => dragged.current,
  };
}
