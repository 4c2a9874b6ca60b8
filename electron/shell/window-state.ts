import type { Rectangle } from 'electron';
import { isRecord } from './keep-json.ts';

/** Where the window was. */
export interface WindowState extends Rectangle {
  maximized: boolean;
}

export const FIRST_SIZE = { width: 1440, height: 900 };
export const LEAST_SIZE = { width: 800, height: 560 };

/** So much of the title bar has to be on a screen for the window to be taken hold of. */
const GRIP = { width: 120, height: 24 };

/** Reads what was kept; null when it is not a state. */
export function readWindowState(value: unknown): WindowState | null {
  if (!isRecord(value)) return null;
  const { x, y, width, height, maximized } = value;
  const numbers = [x, y, width, height];
  if (!numbers.every((number): number is number => Number.isInteger(number)) || typeof maximized !== 'boolean')
    return null;
  const [left = 0, top = 0, wide = 0, high = 0] = numbers;
  if (wide < LEAST_SIZE.width || height === undefined || high < LEAST_SIZE.height) return null;
  return { x: left, y: top, width: wide, height: high, maximized };
}

/**
 * Where to open the window: where it was, when its title bar is still on a screen that exists (screens are unplugged),
 * else in the middle of the main one, never larger than that.
 */
export function placeWindow(
  kept: WindowState | null,
  screens: readonly Rectangle[],
  main: Rectangle,
): { bounds: { width: number; height: number; x?: number; y?: number }; maximized: boolean } {
  const { width, height, maximized } = kept ?? { ...FIRST_SIZE, maximized: false };
  for (const screen of kept ? screens : []) {
    const bounds = {
      x: kept?.x ?? 0,
      y: kept?.y ?? 0,
      width: Math.min(width, screen.width),
      height: Math.min(height, screen.height),
    };
    if (hasGrip(bounds, screen)) return { bounds, maximized };
  }
  return { bounds: { width: Math.min(width, main.width), height: Math.min(height, main.height) }, maximized };
}

function hasGrip(window: Rectangle, screen: Rectangle): boolean {
  const seen = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  return seen >= GRIP.width && window.y >= screen.y && window.y + GRIP.height <= screen.y + screen.height;
}
