import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEAST_SIZE, placeWindow, readWindowState } from '../../electron/shell/window-state.ts';

const main = { x: 0, y: 25, width: 1920, height: 1055 };
const right = { x: 1920, y: 0, width: 2560, height: 1440 };
const kept = { x: 2000, y: 100, width: 1500, height: 900, maximized: true };

test('the window opens where it was', () => {
  expect(placeWindow(kept, [main, right], main)).toEqual({
    bounds: { x: 2000, y: 100, width: 1500, height: 900 },
    maximized: true,
  });
});

test('on a screen that is gone it opens in the middle of the main one, still as large', () => {
  expect(placeWindow(kept, [main], main)).toEqual({ bounds: { width: 1500, height: 900 }, maximized: true });
});

test('the first time it has a size that fits', () => {
  expect(placeWindow(null, [main], main).bounds).toEqual({ width: 1440, height: 900 });
  const small = { x: 0, y: 0, width: 1024, height: 700 };
  expect(placeWindow(null, [small], small).bounds).toEqual({ width: 1024, height: 700 });
});

test('its title bar can always be taken hold of', () => {
  const screen = fc.record({
    x: fc.integer({ min: -5000, max: 5000 }),
    y: fc.integer({ min: -3000, max: 3000 }),
    width: fc.integer({ min: 800, max: 5000 }),
    height: fc.integer({ min: 600, max: 3000 }),
  });
  const state = fc.record({
    x: fc.integer({ min: -9000, max: 9000 }),
    y: fc.integer({ min: -9000, max: 9000 }),
    width: fc.integer({ min: LEAST_SIZE.width, max: 6000 }),
    height: fc.integer({ min: LEAST_SIZE.height, max: 4000 }),
    maximized: fc.boolean(),
  });
  fc.assert(
    fc.property(state, fc.array(screen, { minLength: 1, maxLength: 3 }), (before, screens) => {
      const [first = main] = screens;
      const { bounds } = placeWindow(before, screens, first);
      if (bounds.x === undefined || bounds.y === undefined) return; // the system centres it
      const [x, y] = [bounds.x, bounds.y];
      expect(
        screens.some(
          (one) => x + bounds.width > one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height,
        ),
      ).toBe(true);
    }),
  );
});

test.each([
  null,
  'x',
  {},
  { ...kept, x: 1.5 },
  { ...kept, width: 10 },
  { ...kept, maximized: 'yes' },
  { ...kept, y: null },
])('a file that makes no sense counts as none: %j', (value) => expect(readWindowState(value)).toBe(null));
test('what was kept is read back', () => expect(readWindowState(JSON.parse(JSON.stringify(kept)))).toEqual(kept));
