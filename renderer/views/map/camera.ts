/** Where a drawing lies on the screen: a point p of it is at p × scale + (x, y). */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Box extends Size {
  x: number;
  y: number;
}

const SMALLEST = 0.08;
const LARGEST = 3;
/** So much of a drawing stays in sight, whatever is dragged. */
const KEEP = 80;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The camera nearest to the wanted one that still shows something. */
export function keepInSight({ x, y, scale }: Camera, drawing: Size, screen: Size): Camera {
  const keep = (at: number, size: number, room: number): number =>
    clamp(at, Math.min(KEEP, room) - size * scale, room - Math.min(KEEP, size * scale));
  return { x: keep(x, drawing.width, screen.width), y: keep(y, drawing.height, screen.height), scale };
}

/** All of it, in the middle, never larger than it is drawn. */
export function fitAll(drawing: Size, screen: Size): Camera {
  const scale = clamp(Math.min(screen.width / drawing.width, screen.height / drawing.height), SMALLEST, 1);
  return {
    x: (screen.width - drawing.width * scale) / 2,
    y: (screen.height - drawing.height * scale) / 2,
    scale,
  };
}

/** What a drawing is opened with: all of it while that can be read, else its top at full size. */
export function firstLook(drawing: Size, screen: Size): Camera {
  const all = fitAll(drawing, screen);
  if (all.scale >= 0.72) return all;
  const scale = clamp(screen.width / drawing.width, 0.72, 1);
  return { x: (screen.width - drawing.width * scale) / 2, y: 0, scale };
}

/** Closer or further by a factor; the point of the screen stays where it is. */
export function zoomAt({ x, y, scale }: Camera, factor: number, at: { x: number; y: number }): Camera {
  const next = clamp(scale * factor, SMALLEST, LARGEST);
  const by = next / scale;
  return { x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by, scale: next };
}

/** What of a drawing is drawn: the part in sight and some around it. */
export interface Sight extends Box {
  /** Too small to read: only boxes are drawn. */
  tiny: boolean;
}

/** Below this scale a name is no longer one. */
const TINY = 0.3;
const CELL = 512;

/**
 * The part in sight with a cell around it, in whole cells: it stays the same while the picture moves a little, so that
 * moving draws nothing most of the time.
 */
export function sightOf({ x, y, scale }: Camera, screen: Size): Sight {
  const cell = CELL / scale;
  const left = (Math.floor(-x / scale / cell) - 1) * cell;
  const top = (Math.floor(-y / scale / cell) - 1) * cell;
  return {
    x: left,
    y: top,
    width: (Math.ceil(screen.width / CELL) + 3) * cell,
    height: (Math.ceil(screen.height / CELL) + 3) * cell,
    tiny: scale < TINY,
  };
}

export const sameSight = (a: Sight, b: Sight): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height && a.tiny === b.tiny;

/** Whether boxes overlap. */
export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Moved no further than it must be for a box to be in sight, with some room around it. */
export function reveal(camera: Camera, box: Box, screen: Size): Camera {
  const room = 24;
  const shift = (from: number, size: number, whole: number): number => {
    if (size + 2 * room > whole || from < room) return room - from;
    return from + size > whole - room ? whole - room - from - size : 0;
  };
  const { x, y, scale } = camera;
  return {
    x: x + shift(x + box.x * scale, box.width * scale, screen.width),
    y: y + shift(y + box.y * scale, box.height * scale, screen.height),
    scale,
  };
}
