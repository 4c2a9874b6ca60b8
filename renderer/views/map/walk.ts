import type { Drawing, PlacedNode } from './place.ts';

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
