import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GROUPINGS } from '../../../renderer/views/map/graph.ts';
import type { Graph } from '../../../renderer/views/map/graph.ts';
import { countCrossings, orderGraph } from '../../../renderer/views/map/order.ts';
import { placeEdges, placeNodes, spread } from '../../../renderer/views/map/place.ts';
import { placeSankey } from '../../../renderer/views/map/sankey.ts';
import { overlaps } from '../../../renderer/views/map/camera.ts';
import { anyMap, madeMap, shown } from './graphs.ts';

const screen = { width: 1300, height: 760 };
const anyScreen = fc.record({
  width: fc.integer({ min: 300, max: 2600 }),
  height: fc.integer({ min: 200, max: 1600 }),
});
const place = (graph: Graph, size = screen) => placeNodes(graph, orderGraph(graph), size);

describe('the picture of a map', () => {
  it('has every node once, and no two over one another, whatever the map, the groups and the window', () => {
    fc.assert(
      fc.property(anyMap, fc.constantFrom(...GROUPINGS), anyScreen, (map, grouping, size) => {
        const graph = shown(map, { grouping });
        const { nodes, groups, width, height } = place(graph, size);
        expect(nodes.map(({ node }) => node.id).sort()).toEqual(graph.nodes.map(({ id }) => id).sort());
        const boxes = [...nodes, ...groups.map((one) => ({ ...one, height: 20 }))];
        const over = boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => overlaps(a, b)));
        expect(over).toEqual([]);
        expect(
          boxes.filter((box) => box.x < 0 || box.y < 0 || box.x + box.width > width || box.y + box.height > height),
        ).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  it('is the same for the same map, in whatever order the engine tells it', () => {
    fc.assert(
      fc.property(anyMap, (map) => {
        const turned = { ...map, nodes: map.nodes.toReversed(), edges: map.edges.toReversed() };
        const [a, b] = [place(shown(map)), place(shown(turned))];
        const placeOf = (one: typeof a): [string, number, number][] =>
          one.nodes
            .map(({ node, x, y }): [string, number, number] => [node.id, x, y])
            .sort((p, q) => (p[0] < q[0] ? -1 : 1));
        expect(placeOf(b)).toEqual(placeOf(a));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a vendor’s endpoints together, beside it', () => {
    const map = madeMap({ apps: 9, vendors: 14, endpoints: 50 });
    const graph = shown(map);
    const { nodes } = place(graph);
    const y = new Map(nodes.map((one) => [one.node.id, one.y]));
    for (const vendor of nodes.filter(({ node }) => node.kind === 'vendor')) {
      const own = graph.edges.filter(({ from }) => from === vendor.node.id).map(({ to }) => y.get(to) ?? 0);
      expect(vendor.y).toBeGreaterThanOrEqual(Math.min(...own));
      expect(vendor.y).toBeLessThanOrEqual(Math.max(...own));
      const foreign = nodes.filter(
        ({ node }) =>
          node.kind === 'endpoint' && !graph.edges.some(({ from, to }) => from === vendor.node.id && to === node.id),
      );
      expect(foreign.filter((one) => one.y > Math.min(...own) && one.y < Math.max(...own))).toEqual([]);
    }
  });

  it('has far fewer crossings than the order by calls', () => {
    for (const seed of [1, 2, 3, 4]) {
      const graph = shown(madeMap({ apps: 20, vendors: 40, endpoints: 60, seed }));
      const of = (kind: string) =>
        graph.nodes.filter((one) => one.kind === kind).sort((a, b) => b.figures.calls - a.figures.calls);
      const links = graph.edges.filter(({ to }) => to.startsWith('vendor:'));
      const order = orderGraph(graph);
      const ids = (list: readonly string[]) => list.map((id) => ({ id }));
      const before = countCrossings({ app: of('app'), vendor: of('vendor') }, links);
      const after = countCrossings({ app: ids(order.app), vendor: ids(order.vendor) }, links);
      expect(after).toBeLessThan(before * 0.6);
    }
  });

  it('counts crossings as two lines on paper cross', () => {
    const [app, vendor] = [
      [{ id: 'a' }, { id: 'b' }],
      [{ id: 'x' }, { id: 'y' }],
    ];
    expect(
      countCrossings({ app, vendor }, [
        { from: 'a', to: 'y' },
        { from: 'b', to: 'x' },
      ]),
    ).toBe(1);
    expect(
      countCrossings({ app, vendor }, [
        { from: 'a', to: 'x' },
        { from: 'b', to: 'y' },
      ]),
    ).toBe(0);
    expect(
      countCrossings({ app, vendor }, [
        { from: 'a', to: 'x' },
        { from: 'b', to: 'x' },
      ]),
    ).toBe(0);
  });
});

describe('a map that goes on', () => {
  it('keeps the order of what was there, however the figures change and whatever comes and goes', () => {
    fc.assert(
      fc.property(anyMap, fc.integer({ min: 0, max: 1000 }), (map, luck) => {
        const before = orderGraph(shown(map));
        // Some vendors with their endpoints are gone, the others are called as never before, and one is new.
        const stays = (id: string): boolean => (id.length * 7 + luck) % 3 !== 0;
        const vendors = new Set(map.nodes.filter((one) => one.kind !== 'vendor' || stays(one.id)).map(({ id }) => id));
        const nodes = map.nodes.filter((one) => vendors.has(one.kind === 'endpoint' ? `vendor:${one.vendor}` : one.id));
        const ids = new Set(nodes.map(({ id }) => id));
        const [like] = map.nodes.filter(({ kind }) => kind === 'vendor');
        const [app] = nodes.filter(({ kind }) => kind === 'app');
        const next = {
          ...map,
          nodes: [
            ...nodes.map((one) => ({ ...one, calls: (one.calls * 7919) % 1009 })),
            ...(like ? [{ ...like, id: 'vendor:newcomer' }] : []),
          ],
          edges: [
            ...map.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
            ...(app && like ? [{ ...like, from: app.id, to: 'vendor:newcomer' }] : []),
          ],
        };
        const after = orderGraph(shown(next), before);
        for (const column of ['app', 'vendor', 'endpoint'] as const)
          expect(after[column].filter((id) => before[column].includes(id))).toEqual(
            before[column].filter((id) => after[column].includes(id)),
          );
      }),
      { numRuns: 60 },
    );
  });

  it('holds the places of what is not there on the day looked at', () => {
    const whole = madeMap({ apps: 8, vendors: 12, endpoints: 30 });
    const gone = new Set(whole.nodes.filter(({ kind }, at) => kind === 'vendor' && at % 2 === 0).map(({ id }) => id));
    const isGone = ({ id, kind, vendor }: { id: string; kind: string; vendor: string | null }): boolean =>
      gone.has(kind === 'endpoint' ? `vendor:${vendor}` : id);
    const day = {
      ...whole,
      nodes: whole.nodes.filter((one) => !isGone(one)),
      edges: whole.edges.filter(({ from, to }) => !gone.has(from) && !gone.has(to)),
    };
    const order = orderGraph(shown(whole));
    const full = placeNodes(shown(whole), order, screen);
    const graph = shown(day, { around: [{ map: whole, presence: 'absent' }] });
    const walked = placeNodes(graph, orderGraph(graph, order), screen);
    const places = (one: typeof full, column: string) =>
      new Map(one.nodes.filter(({ node }) => node.kind === column).map(({ node, y }) => [node.id, y]));
    for (const column of ['vendor', 'endpoint']) expect(places(walked, column)).toEqual(places(full, column));
    expect(graph.nodes.filter(({ presence }) => presence === 'absent').length).toBeGreaterThan(0);
  });
});

describe('what stands in a row', () => {
  it('is as near to its place as order, distance and room let it', () => {
    expect(spread([10, 50, 90], [20, 20, 20], { top: 0, bottom: 200 })).toEqual([10, 50, 90]);
    expect(spread([50, 50], [20, 20], { top: 0, bottom: 200 })).toEqual([40, 60]);
    expect(spread([-50, 500], [20, 20], { top: 0, bottom: 200 })).toEqual([0, 200]);
  });

  it('keeps its distances, whatever is wanted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -500, max: 2000, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (wanted) => {
          const placed = spread(
            wanted,
            wanted.map(() => 40),
            { top: 0, bottom: 900 },
          );
          for (let at = 1; at < placed.length; at++)
            expect((placed[at] ?? 0) - (placed[at - 1] ?? 0)).toBeGreaterThanOrEqual(40 - 1e-6);
          expect(placed[0]).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('edges', () => {
  it('meet a node side by side in the order of where they come from, within its height', () => {
    const graph = shown(madeMap({ apps: 12, vendors: 3, endpoints: 3 }));
    const { nodes } = place(graph);
    const edges = placeEdges(graph.edges, nodes, () => 16);
    for (const { node, y, height } of nodes) {
      const into = edges.filter(({ edge }) => edge.to === node.id).sort((a, b) => a.ends.y1 - b.ends.y1);
      expect(into.map(({ ends }) => ends.y2)).toEqual(into.map(({ ends }) => ends.y2).sort((a, b) => a - b));
      for (const { ends } of into) {
        expect(ends.y2).toBeGreaterThan(y);
        expect(ends.y2).toBeLessThan(y + height);
      }
    }
  });
});

describe('the Sankey', () => {
  it('has heights in proportion, ribbons that fill their nodes, and nothing over one another', () => {
    fc.assert(
      fc.property(anyMap, fc.constantFrom('calls', 'bytes', 'errors', 'cost'), anyScreen, (map, metric, size) => {
        const graph = shown(map);
        const { drawing, left } = placeSankey(graph, orderGraph(graph), metric, size);
        expect(drawing.nodes.length + left).toBe(graph.nodes.length);
        const over = drawing.nodes.flatMap((a, at) => drawing.nodes.slice(at + 1).filter((b) => overlaps(a, b)));
        expect(over).toEqual([]);
        if (metric !== 'calls') return;
        const tall = drawing.nodes.filter(({ height }) => height > 4);
        const ratios = tall.map(
          ({ node, height }) =>
            height /
            Math.max(
              ...[
                graph.edges.filter(({ to }) => to === node.id),
                graph.edges.filter(({ from }) => from === node.id),
              ].map((side) => side.reduce((sum, { figures }) => sum + figures.calls, 0)),
            ),
        );
        for (const ratio of ratios) expect(ratio / (ratios[0] ?? 1)).toBeCloseTo(1, 3);
      }),
      { numRuns: 60 },
    );
  });
});
