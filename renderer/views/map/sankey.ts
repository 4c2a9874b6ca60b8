import { amountOf } from './figures.ts';
import type { Metric } from './figures.ts';
import type { Column, Graph, GraphEdge, GraphNode } from './graph.ts';
import { COLUMNS } from './graph.ts';
import type { Order } from './order.ts';
import { columnsIn } from './place.ts';
import type { Drawing, PlacedEdge, PlacedNode } from './place.ts';

const MARGIN = 20;
/** A name needs so much height, however little its node has. */
const LABEL = 16;
const GAP = 6;
export const BAR = 10;

/**
 * The same graph with heights that add up: a node is as high as what flows through it, ribbons are as wide as what they
 * carry, all on one linear scale. What has nothing of the metric, or nothing known, is left out and counted.
 */
export function placeSankey(
  graph: Graph,
  order: Order,
  metric: Metric,
  { width, height }: { width: number; height: number },
): { drawing: Drawing; left: number } {
  const byId = new Map(graph.nodes.map((one) => [one.id, one]));
  const edges = graph.edges.flatMap((edge) => {
    const amount = amountOf(metric, edge.figures);
    return amount !== null && amount > 0 ? [{ edge, amount }] : [];
  });
  const flows = new Map<string, { in: number; out: number }>();
  for (const { edge, amount } of edges) {
    for (const [id, side] of [
      [edge.from, 'out'],
      [edge.to, 'in'],
    ] as const) {
      const flow = flows.get(id) ?? { in: 0, out: 0 };
      flow[side] += amount;
      flows.set(id, flow);
    }
  }
  const amount = (id: string): number => Math.max(flows.get(id)?.in ?? 0, flows.get(id)?.out ?? 0);
  const lists = Object.fromEntries(
    COLUMNS.map((column) => [column, order[column].flatMap((id) => (flows.has(id) ? (byId.get(id) ?? []) : []))]),
  ) as Record<Column, GraphNode[]>;

  const total = Math.max(...COLUMNS.map((column) => lists[column].reduce((sum, { id }) => sum + amount(id), 0)), 1);
  const most = Math.max(...COLUMNS.map((column) => lists[column].length));
  const room = Math.max(height - 2 * MARGIN, 200);
  // Labels of thin nodes take their room from the bars, up to a point: then the drawing grows.
  const pixels = Math.max(room - most * GAP - Math.max(0, most - 4) * (LABEL * 0.7), room * 0.45) / total;
  const cell = (id: string): number => Math.max(amount(id) * pixels, LABEL);
  const highOf = (column: Column): number => lists[column].reduce((sum, { id }) => sum + cell(id) + GAP, -GAP);
  const high = Math.max(...COLUMNS.map(highOf), room * 0.5);
  const columns = columnsIn(width, lists.endpoint.length > 0);

  const nodes: PlacedNode[] = [];
  for (const column of COLUMNS) {
    let y = MARGIN + (Math.max(high, room) - highOf(column)) / 2;
    for (const node of lists[column]) {
      const tall = Math.max(1.5, amount(node.id) * pixels);
      const own = cell(node.id);
      nodes.push({
        node,
        x: column === 'app' ? columns.app.x : columns[column].x,
        y: y + (own - tall) / 2,
        width: BAR,
        height: tall,
      });
      y += own + GAP;
    }
  }
  return {
    drawing: {
      nodes,
      edges: ribbons(edges, nodes, pixels),
      groups: [],
      width: Math.max(width, 640),
      height: Math.max(high, room) + 2 * MARGIN,
    },
    left: graph.nodes.length - nodes.length,
  };
}

function ribbons(
  edges: readonly { edge: GraphEdge; amount: number }[],
  nodes: readonly PlacedNode[],
  pixels: number,
): PlacedEdge[] {
  const byId = new Map(nodes.map((one) => [one.node.id, one]));
  const drawn = edges.flatMap(({ edge, amount }) => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    return from && to ? [{ edge, from, to, tall: amount * pixels }] : [];
  });
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const same of Map.groupBy(drawn, ({ edge }) => edge.from).values()) {
    let at = same[0]?.from.y ?? 0;
    for (const one of same.toSorted((a, b) => a.to.y - b.to.y)) {
      starts.set(one.edge.id, at);
      at += one.tall;
    }
  }
  for (const same of Map.groupBy(drawn, ({ edge }) => edge.to).values()) {
    let at = same[0]?.to.y ?? 0;
    for (const one of same.toSorted((a, b) => a.from.y - b.from.y)) {
      ends.set(one.edge.id, at);
      at += one.tall;
    }
  }
  const round = (value: number): number => Math.round(value * 10) / 10;
  return drawn
    .toSorted((a, b) => b.tall - a.tall)
    .map(({ edge, from, to, tall }): PlacedEdge => {
      const thick = Math.max(1, tall);
      const [x1, x2] = [from.x + from.width, to.x];
      const [y1, y2] = [starts.get(edge.id) ?? from.y, ends.get(edge.id) ?? to.y].map(round) as [number, number];
      const bend = round((x1 + x2) / 2);
      const [b1, b2] = [round(y1 + thick), round(y2 + thick)];
      return {
        edge,
        filled: true,
        width: thick,
        path: `M${x1},${y1}C${bend},${y1} ${bend},${y2} ${x2},${y2}V${b2}C${bend},${b2} ${bend},${b1} ${x1},${b1}Z`,
        ends: { x1, y1: y1 + thick / 2, x2, y2: y2 + thick / 2 },
      };
    });
}
