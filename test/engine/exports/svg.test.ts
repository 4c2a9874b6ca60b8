// The picture: in the theme's colours, nothing over anything else, whatever names hold.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawMap } from '../../../electron/engine/analytics/picture/dependency-map.ts';
import { drawSvg, LIGHT, STATUS_COLOURS } from '../../../electron/engine/exports/svg.ts';
import { AT, DAY, edge, NOW, pictureOf } from '../analytics/picture/rows.ts';

function draw(rows: [app: string | null, host: string, endpoint: string | null][]): string {
  const edges = rows.map(([app, host, endpoint], at) => edge(app, host, endpoint, [1000 * (at + 1)]));
  const map = drawMap(pictureOf(), { edges: () => edges, sightings: () => [] }, null, {
    ...{ since: NOW - DAY, until: NOW, ...AT, endpoints: 12, apps: {} },
  });
  return drawSvg(map);
}

test('its colours are those of the light theme', () => {
  const css = readFileSync(new URL('../../../renderer/ui/tokens.css', import.meta.url), 'utf8');
  const light = css.slice(css.indexOf("[data-theme='light']"));
  const token = (name: string): string | undefined => new RegExp(`--${name}: (#\\w+);`).exec(light)?.[1];
  expect(LIGHT).toEqual({
    page: token('page'),
    box: token('raised'),
    line: token('line-strong'),
    text: token('text'),
    dim: token('text-dim'),
    edge: token('open-bar'),
    bad: token('server'),
  });
  expect(STATUS_COLOURS).toEqual({
    approved: token('ok'),
    known: token('moved'),
    new: token('client'),
    deprecated: token('throttled'),
    blocked: token('blocked'),
  });
});

test('boxes never lie on each other, and stay inside', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name, name), { minLength: 1, maxLength: 60 }), (rows) => {
      const svg = draw(rows.map(([app, host, endpoint]) => [app, `api.${host}-inc.dev`, `GET /${endpoint}`]));
      const height = Number(/height="(\d+)"/.exec(svg)?.[1]);
      const boxes = [...svg.matchAll(/<rect x="(\d+)" y="([\d.]+)" width="\d+" height="40" rx="4"/g)].map(
        ([, x, y]) => ({ x: Number(x), y: Number(y) }),
      );
      for (const one of boxes) {
        expect(one.y + 40).toBeLessThan(height - 40);
        for (const other of boxes)
          if (one !== other && one.x === other.x) expect(Math.abs(one.y - other.y)).toBeGreaterThanOrEqual(49.9);
      }
    }),
    { numRuns: 25 },
  );
});

test('names are text, whatever they hold', () => {
  const svg = draw([['<script>alert(1)</script>', 'api.a-inc.dev', 'GET /"&\u0000\ud800']]);
  expect(svg).not.toMatch(/<script|"&[^#]|[\u0000\ud800]/);
  expect(svg).toContain('&#60;script&#62;');
});
