import type { Drawing, PlacedEdge, PlacedNode } from './place.ts';

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * The node that an arrow key leads to: up and down its column, left and right along the widest edge; the nearest by
 * height where there is none. Null: nothing lies there.
 */
export function stepFrom(drawing: Drawing, from: string, direction: Direction): string | null {
  const here = drawing.nodes.find(({ node }) => node.id === from);
  if (!here) return drawing.nodes[0]?.node.id ?? null;
  if (direction === 'up' || direction === 'down') {
    const column = drawing.nodes.filter(({ node }) => node.kind === here.node.kind).toSorted((a, b) => a.y - b.y);
    const at = column.indexOf(here) + (direction === 'down' ? 1 : -1);
    return column[at]?.node.id ?? null;
  }
  const [side, other] = direction === 'right' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const widest = drawing.edges
    .filter(({ edge }) => edge[side] === from)
    .toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0) || (a.edge.id < b.edge.id ? -1 : 1));
  return widest[0]?.edge[other] ?? null;
}

/** The first node of a search from here on, around; null when nothing has the words. */
export function findNext(
  nodes: readonly PlacedNode[],
  words: string,
  after: string | null,
  back = false,
): string | null {
  const found = findAll(nodes, words);
  if (found.length === 0) return null;
  const at = found.findIndex((id) => id === after);
  const next = at < 0 ? (back ? found.length - 1 : 0) : (at + (back ? found.length - 1 : 1)) % found.length;
  return found[next] ?? null;
}

/** Ids of the nodes that have all the words in their name, host, team, category or country; column by column. */
export function findAll(nodes: readonly PlacedNode[], words: string): string[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  return nodes
    .filter(({ node: { name, node } }) => {
      const text = [name, node?.host, node?.team, node?.category, node?.status, node?.countries?.endpoint.country]
        .join(' ')
        .toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .toSorted((a, b) => a.x - b.x || a.y - b.y)
    .map(({ node }) => node.id);
}

/**
 * The edge at a point of the drawing, or the nearest within `slack` pixels: a hairline is hard to hit. Of those that lie
 * over one another the narrowest, which is drawn on top.
 */
export function edgeAt(drawing: Drawing, point: { x: number; y: number }, slack: number): string | null {
  let best: PlacedEdge | null = null;
  let nearest = Infinity;
  for (const placed of drawing.edges) {
    const { ends, width } = placed;
    if (point.x < ends.x1 || point.x > ends.x2) continue;
    const half = (width ?? 1) / 2;
    // From the line’s border; what is inside counts by its width.
    const away = Math.max(0, Math.abs(point.y - heightAt(placed, point.x)) - half);
    if (away > slack) continue;
    const rank = away > 0 ? 1000 + away : half;
    if (rank < nearest) [best, nearest] = [placed, rank];
  }
  return best?.edge.id ?? null;
}

/** How high an edge’s middle is at x: a cubic with both handles in the middle, which only goes to the right. */
function heightAt({ ends: { x1, y1, x2, y2 } }: PlacedEdge, x: number): number {
  const wanted = x2 === x1 ? 0 : (x - x1) / (x2 - x1);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 16; step++) {
    const t = (low + high) / 2;
    if (1.5 * t * (1 - t) + t ** 3 < wanted) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return y1 + (y2 - y1) * (3 * t * t - 2 * t ** 3);
}
