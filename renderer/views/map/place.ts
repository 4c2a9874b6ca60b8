import type { Column, Graph, GraphEdge, GraphNode } from './graph.ts';
import type { Order } from './order.ts';

/** A node with its box, in pixels of the drawing. */
export interface PlacedNode {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** An edge with its line. */
export interface PlacedEdge {
  edge: GraphEdge;
  /** SVG path data: along its middle, or around it when `filled`. */
  path: string;
  /** Null: its amount is not known; drawn as a dashed hairline. */
  width: number | null;
  filled: boolean;
  /** Where it begins and ends. */
  ends: { x1: number; y1: number; x2: number; y2: number };
}

/** What heads a group. */
export interface PlacedGroup {
  key: string;
  kind: Column;
  x: number;
  y: number;
  width: number;
  members: number;
}

export interface Drawing {
  nodes: readonly PlacedNode[];
  edges: readonly PlacedEdge[];
  groups: readonly PlacedGroup[];
  width: number;
  height: number;
}

export const NODE_HEIGHT = 38;
const GAP = 8;
/** Between the endpoints of one vendor and those of the next. */
const BAND_GAP = 14;
const HEAD = 26;
const MARGIN = 20;
/** Below the last node: what floats over the picture’s foot does not hide it. */
const FOOT = 48;
/** Room that is over goes between nodes up to this factor: further apart they would not be one picture. */
const WIDEST_SPREAD = 1.7;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Left edges and widths of the columns; edges get what is left. Without endpoints there are two. */
export function columnsIn(width: number, withEndpoints: boolean): Record<Column, { x: number; width: number }> {
  const room = Math.max(width, 640) - 2 * MARGIN;
  const app = Math.round(clamp(room * 0.17, 140, 200));
  const vendor = Math.round(clamp(room * 0.19, 160, 220));
  const endpoint = Math.round(clamp(room * 0.25, 190, 300));
  if (!withEndpoints) {
    // Two columns a whole wide screen apart are hard to follow.
    const between = Math.min(room - app - vendor, 520);
    const left = MARGIN + Math.max(0, (room - app - vendor - between) / 2);
    return {
      app: { x: left, width: app },
      vendor: { x: left + app + between, width: vendor },
      endpoint: { x: left + app + between + vendor, width: endpoint },
    };
  }
  const between = (room - app - vendor - endpoint) / 2;
  return {
    app: { x: MARGIN, width: app },
    vendor: { x: MARGIN + app + between, width: vendor },
    endpoint: { x: MARGIN + room - endpoint, width: endpoint },
  };
}

/**
 * Boxes for an ordered graph. Every vendor has a band as high as its endpoints, so that they stand beside it and nothing
 * overlaps; apps stand as near to the middle of their vendors as their order lets them. `width`, `height`: of the
 * screen; the drawing is as high as it must be.
 */
export function placeNodes(
  graph: Graph,
  order: Order,
  { width, height }: { width: number; height: number },
): Omit<Drawing, 'edges'> {
  const byId = new Map(graph.nodes.map((one) => [one.id, one]));
  const get = (column: Column): GraphNode[] => order[column].flatMap((id) => byId.get(id) ?? []);
  const columns = columnsIn(width, order.endpoint.length > 0);
  const parents = new Map(graph.edges.map(({ from, to }) => [to, from]));
  const children = Map.groupBy(get('endpoint'), ({ id }) => parents.get(id) ?? '');

  const bands = headed(get('vendor')).map(({ node, head }) => {
    const endpoints = children.get(node.id) ?? [];
    const rows = Math.max(1, endpoints.length);
    return {
      node,
      head,
      endpoints,
      height: rows * (NODE_HEIGHT + GAP) - GAP,
      gap: endpoints.length > 1 ? BAND_GAP : GAP,
    };
  });
  const bandsHigh = bands.reduce((sum, { height: high, gap, head }) => sum + high + gap + head, 0);
  const apps = headed(get('app'));
  const appsHigh = apps.reduce((sum, { head }) => sum + NODE_HEIGHT + GAP + head, 0);
  const needed = Math.max(bandsHigh, appsHigh, NODE_HEIGHT);
  const room = height - MARGIN - FOOT;
  const high = Math.max(needed, Math.min(room, needed * WIDEST_SPREAD));
  const top = MARGIN + Math.max(0, (room - high) / 2);

  const nodes: PlacedNode[] = [];
  const groups: PlacedGroup[] = [];
  const put = (node: GraphNode, y: number): void => {
    nodes.push({ node, ...columns[node.kind], y: Math.round(y), height: NODE_HEIGHT });
  };
  const putHead = (node: GraphNode, y: number, all: readonly { node: GraphNode }[]): void => {
    if (node.group === null) return;
    const members = all.filter((one) => one.node.group === node.group).length;
    groups.push({
      key: node.group,
      kind: node.kind,
      ...columns[node.kind],
      y: Math.round(y),
      members: node.members > 1 ? node.members : members,
    });
  };

  // What is over goes between the bands, evenly.
  const more = bands.length === 0 ? 0 : Math.max(0, high - bandsHigh) / bands.length;
  const middles = new Map<string, number>();
  let y = top;
  for (const { node, head, endpoints, height: band, gap } of bands) {
    y += more / 2;
    if (head > 0) putHead(node, y, bands);
    y += head;
    const middle = y + band / 2;
    middles.set(node.id, middle);
    put(node, middle - NODE_HEIGHT / 2);
    endpoints.forEach((endpoint, index) => put(endpoint, y + index * (NODE_HEIGHT + GAP)));
    y += band + gap + more / 2;
  }

  const wanted = apps.map(({ node }, index) => {
    let sum = 0;
    let weights = 0;
    for (const { from, to, figures } of graph.edges) {
      const middle = middles.get(to);
      if (from !== node.id || middle === undefined) continue;
      const weight = Math.sqrt(figures.calls) + 1;
      sum += middle * weight;
      weights += weight;
    }
    return weights > 0 ? sum / weights - NODE_HEIGHT / 2 : top + (index / Math.max(1, apps.length)) * high;
  });
  const roomy = GAP + clamp(((high - appsHigh) / Math.max(1, apps.length)) * 0.5, 0, 28);
  const placed = spread(
    wanted,
    apps.map(({ head }) => NODE_HEIGHT + roomy + head),
    { top: top + (apps[0]?.head ?? 0), bottom: top + high - NODE_HEIGHT },
  );
  apps.forEach(({ node, head }, index) => {
    const at = placed[index] ?? top;
    if (head > 0) putHead(node, at - head, apps);
    put(node, at);
  });
  const bottom = nodes.reduce((low, one) => Math.max(low, one.y + one.height), 0);
  return {
    nodes,
    groups,
    width: Math.max(width, 640),
    height: Math.max(bottom + FOOT, Math.min(height, high + 2 * MARGIN)),
  };
}

/** Nodes with the room that a heading before them takes. */
function headed(nodes: readonly GraphNode[]): { node: GraphNode; head: number }[] {
  return nodes.map((node, index) => ({
    node,
    head: node.group !== null && node.group !== nodes[index - 1]?.group ? HEAD : 0,
  }));
}

/**
 * Places as near to the wanted ones as their order and distances let them (pool adjacent violators). `needs[i]`: distance
 * that i wants from the one before it.
 */
export function spread(
  wanted: readonly number[],
  needs: readonly number[],
  { top, bottom }: { top: number; bottom: number },
): number[] {
  // Where each would be if all before it stood as close as they may: what is left to choose is a growing shift.
  const offsets: number[] = [];
  needs.forEach((need, index) => offsets.push(index === 0 ? 0 : (offsets[index - 1] ?? 0) + need));
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((want, index) => {
    pools.push({ sum: want - (offsets[index] ?? 0), count: 1 });
    for (;;) {
      const last = pools.at(-1);
      const before = pools.at(-2);
      if (!last || !before || before.sum / before.count <= last.sum / last.count) break;
      pools.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  });
  const shifts = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  const last = offsets.at(-1) ?? 0;
  const most = Math.max(top, bottom - last);
  return offsets.map((offset, index) => offset + clamp(shifts[index] ?? top, top, most));
}

/** Curves between placed nodes, side by side where they meet a node, in the order of where they come from. */
export function placeEdges(
  edges: readonly GraphEdge[],
  nodes: readonly PlacedNode[],
  widthOf: (edge: GraphEdge) => number | null,
): PlacedEdge[] {
  const byId = new Map(nodes.map((one) => [one.node.id, one]));
  const drawn = edges.flatMap((edge) => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    return from && to ? [{ edge, from, to, width: widthOf(edge) }] : [];
  });
  const starts = ports(drawn, 'from', 'to');
  const ends = ports(drawn, 'to', 'from');
  return drawn
    .map(({ edge, from, to, width }): PlacedEdge => {
      const x1 = from.x + from.width;
      const y1 = starts.get(edge.id) ?? middleOf(from);
      const x2 = to.x;
      const y2 = ends.get(edge.id) ?? middleOf(to);
      return { edge, width, filled: false, path: curve(x1, y1, x2, y2), ends: { x1, y1, x2, y2 } };
    })
    .toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0));
}

const middleOf = ({ y, height }: PlacedNode): number => y + height / 2;
const round = (value: number): number => Math.round(value * 10) / 10;

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const bend = round((x1 + x2) / 2);
  return `M${round(x1)},${round(y1)}C${bend},${round(y1)} ${bend},${round(y2)} ${round(x2)},${round(y2)}`;
}

/** Where edges meet their nodes: side by side over the node’s height, closer together when they are too many. */
function ports(
  drawn: readonly { edge: GraphEdge; from: PlacedNode; to: PlacedNode; width: number | null }[],
  at: 'from' | 'to',
  other: 'from' | 'to',
): Map<string, number> {
  const places = new Map<string, number>();
  for (const same of Map.groupBy(drawn, (one) => one[at].node.id).values()) {
    const [first] = same;
    if (!first) continue;
    const sorted = same.toSorted((a, b) => a[other].y - b[other].y || (a.edge.id < b.edge.id ? -1 : 1));
    const gap = 2;
    const total = sorted.reduce((sum, { width }) => sum + (width ?? 1) + gap, -gap);
    const room = first[at].height - 8;
    const scale = Math.min(1, room / total);
    let y = middleOf(first[at]) - (total * scale) / 2;
    for (const { edge, width } of sorted) {
      places.set(edge.id, y + ((width ?? 1) * scale) / 2);
      y += ((width ?? 1) + gap) * scale;
    }
  }
  return places;
}
