import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  firstLook,
  fitAll,
  keepInSight,
  overlaps,
  reveal,
  sightOf,
  zoomAt,
} from '../../../renderer/views/map/camera.ts';
import { orderGraph } from '../../../renderer/views/map/order.ts';
import { placeEdges, placeNodes } from '../../../renderer/views/map/place.ts';
import { boundsOf, comparedWith, stepsOf } from '../../../renderer/views/map/span.ts';
import { edgeAt, findAll, findNext, stepFrom } from '../../../renderer/views/map/walk.ts';
import type { Direction } from '../../../renderer/views/map/walk.ts';
import { madeMap, shown } from './graphs.ts';

const screen = { width: 1300, height: 760 };
const drawing = (() => {
  const graph = shown(madeMap({ apps: 8, vendors: 12, endpoints: 26 }));
  const placed = placeNodes(graph, orderGraph(graph), screen);
  return { ...placed, edges: placeEdges(graph.edges, placed.nodes, ({ figures }) => 1 + Math.log10(figures.calls)) };
})();

describe('moving the picture', () => {
  const anyCamera = fc.record({
    x: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
    y: fc.double({ min: -1e5, max: 1e5, noNaN: true }),
    scale: fc.double({ min: 0.08, max: 3, noNaN: true }),
  });
  const size = { width: 1300, height: 9000 };

  it('never loses it', () => {
    fc.assert(
      fc.property(anyCamera, (camera) => {
        const { x, y, scale } = keepInSight(camera, size, screen);
        expect(
          overlaps({ x, y, width: size.width * scale, height: size.height * scale }, { x: 0, y: 0, ...screen }),
        ).toBe(true);
      }),
    );
  });

  it('zooms around the point that is pointed at', () => {
    fc.assert(
      fc.property(anyCamera, fc.double({ min: 0.5, max: 2, noNaN: true }), (camera, factor) => {
        const at = { x: 400, y: 300 };
        const next = zoomAt(camera, factor, at);
        expect((at.x - next.x) / next.scale).toBeCloseTo((at.x - camera.x) / camera.scale, 3);
        expect((at.y - next.y) / next.scale).toBeCloseTo((at.y - camera.y) / camera.scale, 3);
      }),
    );
  });

  it('begins with all of it while that can be read, and else with its top', () => {
    expect(firstLook({ width: 1300, height: 900 }, screen)).toEqual(fitAll({ width: 1300, height: 900 }, screen));
    expect(firstLook(size, screen)).toMatchObject({ y: 0, scale: 1 });
  });

  it('brings a node into sight and moves no more than that', () => {
    const camera = { x: 0, y: 0, scale: 1 };
    expect(reveal(camera, { x: 100, y: 100, width: 200, height: 38 }, screen)).toEqual(camera);
    expect(reveal(camera, { x: 100, y: 2000, width: 200, height: 38 }, screen)).toEqual({
      x: 0,
      y: 760 - 24 - 2038,
      scale: 1,
    });
  });

  it('has all in the page that is in sight', () => {
    fc.assert(
      fc.property(anyCamera, (camera) => {
        const sight = sightOf(camera, screen);
        const seen = {
          x: -camera.x / camera.scale,
          y: -camera.y / camera.scale,
          width: screen.width / camera.scale,
          height: screen.height / camera.scale,
        };
        expect(sight.x).toBeLessThanOrEqual(seen.x);
        expect(sight.y).toBeLessThanOrEqual(seen.y);
        expect(sight.x + sight.width).toBeGreaterThanOrEqual(seen.x + seen.width);
        expect(sight.y + sight.height).toBeGreaterThanOrEqual(seen.y + seen.height);
      }),
    );
  });
});

describe('walking with the arrow keys', () => {
  it('goes up and down a column, and along the widest edge', () => {
    const vendors = drawing.nodes.filter(({ node }) => node.kind === 'vendor').toSorted((a, b) => a.y - b.y);
    const [first, second] = vendors;
    expect(stepFrom(drawing, first?.node.id ?? '', 'down')).toBe(second?.node.id);
    expect(stepFrom(drawing, first?.node.id ?? '', 'up')).toBeNull();
    for (const { node } of vendors) {
      const next = stepFrom(drawing, node.id, 'right');
      const out = drawing.edges.filter(({ edge }) => edge.from === node.id);
      const taken = out.find(({ edge }) => edge.to === next);
      expect(taken?.width).toBe(Math.max(...out.map(({ width }) => width ?? 0)));
    }
  });

  it('reaches every node from every other', () => {
    const reached = new Set<string>([drawing.nodes[0]?.node.id ?? '']);
    const todo = [...reached];
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
      for (const direction of ['up', 'down', 'left', 'right'] satisfies Direction[]) {
        const next = stepFrom(drawing, id, direction);
        if (next !== null && !reached.has(next)) {
          reached.add(next);
          todo.push(next);
        }
      }
    }
    expect(reached.size).toBe(drawing.nodes.length);
  });
});

describe('pointing at an edge', () => {
  it('finds it at both its ends and in its middle, and nothing far from all', () => {
    for (const { edge, ends } of drawing.edges) {
      const at = (x: number, y: number) => drawing.edges.find((one) => one.edge.id === edgeAt(drawing, { x, y }, 0.6));
      const middle = at((ends.x1 + ends.x2) / 2, (ends.y1 + ends.y2) / 2);
      // Where others lie above it, the one that is found is no wider.
      const own = drawing.edges.find((one) => one.edge.id === edge.id);
      expect(middle).toBeDefined();
      expect(middle?.width ?? 0).toBeLessThanOrEqual(own?.width ?? 0);
      expect(at(ends.x1 + 0.1, ends.y1)?.edge.from).toBe(edge.from);
      expect(at(ends.x2 - 0.1, ends.y2)?.edge.to).toBe(edge.to);
    }
    expect(edgeAt(drawing, { x: -50, y: 10 }, 5)).toBeNull();
  });
});

describe('finding', () => {
  it('goes from one found node to the next and around', () => {
    const all = findAll(drawing.nodes, 'service');
    expect(all.length).toBeGreaterThan(1);
    expect(findNext(drawing.nodes, 'service', null)).toBe(all[0]);
    expect(findNext(drawing.nodes, 'service', all.at(-1) ?? null)).toBe(all[0]);
    expect(findNext(drawing.nodes, 'service', all[0] ?? null, true)).toBe(all.at(-1));
    expect(findAll(drawing.nodes, '  ')).toEqual([]);
    expect(findNext(drawing.nodes, 'no such thing', null)).toBeNull();
  });
});

describe('time', () => {
  const DAY = 86_400_000_000;
  const now = Date.UTC(2026, 10, 23, 15, 20, 31) * 1000;

  it('asks the same question for a minute', () => {
    expect(boundsOf('7d', now)).toEqual(boundsOf('7d', now + 20_000_000));
    expect(boundsOf('7d', now).until - boundsOf('7d', now).since).toBe(7 * DAY);
    expect(boundsOf('nonsense', now)).toEqual(boundsOf('30d', now));
    expect(boundsOf('all', now).since).toBe(0);
  });

  it('compares with the span before, a shifted one, or two chosen times', () => {
    const span = { since: 100 * DAY, until: 107 * DAY };
    expect(comparedWith('previous', span)).toEqual({ since: 93 * DAY, until: 100 * DAY });
    expect(comparedWith('month', span)).toEqual({ since: 70 * DAY, until: 77 * DAY });
    expect(comparedWith('1000-2000', span)).toEqual({ since: 1_000_000, until: 2_000_000 });
    expect(comparedWith('none', span)).toBeNull();
    expect(comparedWith('previous', { since: 0, until: 5 })).toBeNull();
  });

  it('walks through all of a span, day by day or hour by hour, without a gap', () => {
    for (const [range, unit] of [
      ['30d', 10],
      ['24h', 13],
    ] as const) {
      const span = boundsOf(range, now);
      const steps = stepsOf(span);
      expect(steps[0]?.since).toBeLessThanOrEqual(span.since);
      expect(steps.at(-1)?.until).toBeGreaterThanOrEqual(span.until);
      steps.slice(1).forEach((step, at) => expect(step.since).toBe(steps[at]?.until));
      expect(steps.every(({ key }) => key.length === unit)).toBe(true);
    }
    expect(stepsOf({ since: 0, until: now })).toEqual([]);
  });
});
