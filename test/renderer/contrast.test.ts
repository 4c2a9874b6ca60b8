import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../renderer/ui/tokens.css', import.meta.url), 'utf8');

/** Surfaces that text stands on: at rest, pointed at, selected. */
const SURFACES = ['page', 'panel', 'raised', 'overlay', 'hover', 'selected', 'selected-dim'];
const TEXTS = [
  ...['text', 'text-dim', 'text-faint', 'accent'],
  ...['ok', 'moved', 'client', 'server', 'blocked', 'throttled', 'cached', 'open'],
  ...['code-key', 'code-string', 'code-number', 'code-atom', 'code-note'],
];
const CATEGORIES = Array.from({ length: 8 }, (_, index) => `cat-${index + 1}`);
const SLOW = [1, 2, 3, 4].map((step) => `map-slow-${step}`);
const MARKS = [
  ...CATEGORIES,
  'ok',
  'moved',
  'client',
  'server',
  'blocked',
  'throttled',
  'cached',
  'cut',
  'asked',
  'would-block',
  'would-cut',
  'would-throttle',
  'would-ask',
  'open-bar',
  'focus',
  ...SLOW,
];

type Rgb = [number, number, number];

function tokensOf(theme: 'dark' | 'light'): Map<string, Rgb> {
  const [, block = ''] = new RegExp(`data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css) ?? [];
  return new Map(
    [...block.matchAll(/--([\w-]+): #([0-9a-f]{6});/gi)].map(([, name = '', hex = '']) => [
      name,
      [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as Rgb,
    ]),
  );
}

const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** WCAG 2.2, relative luminance. */
const luminance = ([r, g, b]: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** What people without one kind of cone see; Machado, Oliveira, Fernandes (2009), severity 1, in linear light. */
const BLIND: Readonly<Record<string, readonly Rgb[]>> = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE Lab of a colour as somebody sees it; nobody's blindness when `matrix` is left out. */
function lab(colour: Rgb, matrix?: readonly Rgb[]): Rgb {
  const light = colour.map(linear) as Rgb;
  const seen = (matrix ? matrix.map((row) => row.reduce((sum, factor, i) => sum + factor * light[i]!, 0)) : light).map(
    (value) => Math.min(1, Math.max(0, value)),
  ) as Rgb;
  const [r, g, b] = seen;
  const f = (t: number): number => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(...a.map((value, i) => value - b[i]!));

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const token = (name: string): Rgb => {
    const colour = tokens.get(name);
    if (!colour) throw new Error(`There is no --${name} in the ${theme} theme.`);
    return colour;
  };

  it('has text that can be read on every surface, 4.5 to 1', () => {
    const weak = SURFACES.flatMap((surface) =>
      TEXTS.map((text) => ({ pair: `${text} on ${surface}`, ratio: contrast(token(text), token(surface)) })),
    ).filter(({ ratio }) => ratio < 4.5);
    expect(weak).toEqual([]);
    expect(contrast(token('accent-text'), token('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('text'), token('mark'))).toBeGreaterThanOrEqual(4.5);
  });

  it('has marks that can be seen on every surface they are drawn on, 3 to 1', () => {
    const weak = ['page', 'panel', 'raised', 'selected']
      .flatMap((surface) =>
        MARKS.map((mark) => ({ pair: `${mark} on ${surface}`, ratio: contrast(token(mark), token(surface)) })),
      )
      .filter(({ ratio }) => ratio < 3);
    expect(weak).toEqual([]);
  });

  it.each(['', ...Object.keys(BLIND)])('has categories that can be told apart %s', (blindness) => {
    const seen = CATEGORIES.map((name) => lab(token(name), BLIND[blindness]));
    const close = seen
      .flatMap((a, i) =>
        seen.slice(i + 1).map((b, j) => ({ pair: `${i + 1} and ${i + j + 2}`, distance: distance(a, b) })),
      )
      .filter((one) => one.distance < 12);
    expect(close).toEqual([]);
  });
});

it('both themes name the same colours', () => {
  expect([...tokensOf('dark').keys()].sort()).toEqual([...tokensOf('light').keys()].sort());
});
