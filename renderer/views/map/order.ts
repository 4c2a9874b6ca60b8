import type { Column, Graph, GraphNode } from './graph.ts';

/** Ids from top to bottom, column by column. */
export type Order = Readonly<Record<Column, readonly string[]>>;

/** Passes over both columns: the count of crossings falls in the first few, and then stays. */
const PASSES = 8;
/** Neighbours are tried the other way round in graphs up to so many edges: each try counts crossings again. */
const MOST_TO_SWAP = 160;

/**
 * Puts the nodes of each column in an order with few crossings (barycentre method: Sugiyama, Tagawa, Toda 1981), groups
 * together, and a vendor’s endpoints together in its place. The same graph gives the same order. What stood in
 * `before` keeps its order, and newcomers come after it in their group, so that nothing moves when the map goes on.
 */
export function orderGraph(graph: Graph, before: Order | null = null): Order {
  const byColumn = (column: Column): GraphNode[] => graph.nodes.filter(({ kind }) => kind === column);
  const apps = byColumn('app').toSorted(byWeight);
  const vendors = byColumn('vendor').toSorted(byWeight);
  const links = graph.edges.filter(({ from, to }) => has(apps, from) && has(vendors, to));
  let order = { app: grouped(apps), vendor: grouped(vendors) };
  const untangled = untangle(order, links);
  order = untangled;
  if (before) {
    const vendor = insertNewcomers(
      { app: keepOrder(order.app, before.app), vendor: keepOrder(order.vendor, before.vendor) },
      'vendor',
      before.vendor,
      links,
    );
    order = insertNewcomers(vendor, 'app', before.app, links);
  }
  const endpoints = byColumn('endpoint').toSorted(byWeight);
  const parents = new Map(graph.edges.map(({ from, to }) => [to, from]));
  const endpointIds = order.vendor.flatMap(({ id }) =>
    keepOrder(
      endpoints.filter((one) => parents.get(one.id) === id),
      before?.endpoint,
    ).map((one) => one.id),
  );
  return {
    app: order.app.map(({ id }) => id),
    vendor: order.vendor.map(({ id }) => id),
    endpoint: endpointIds,
  };
}

type Links = readonly { from: string; to: string }[];
interface Two {
  app: GraphNode[];
  vendor: GraphNode[];
}

const has = (nodes: readonly GraphNode[], id: string): boolean => nodes.some((one) => one.id === id);

/** The most called first; what only holds its place last; equals by their name. */
function byWeight(a: GraphNode, b: GraphNode): number {
  return b.figures.calls - a.figures.calls || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Groups together, in the order of their first. */
function grouped(nodes: readonly GraphNode[]): GraphNode[] {
  return [...Map.groupBy(nodes, ({ group }) => group).values()].flat();
}

function untangle(start: Two, links: Links): Two {
  let best = start;
  let fewest = countCrossings(best, links);
  let now = start;
  for (let pass = 0; pass < PASSES && fewest > 0; pass++) {
    now = { ...now, app: byBarycentre(now.app, now.vendor, links, 'from') };
    now = { ...now, vendor: byBarycentre(now.vendor, now.app, links, 'to') };
    const crossings = countCrossings(now, links);
    if (crossings < fewest) [best, fewest] = [now, crossings];
  }
  if (links.length > MOST_TO_SWAP) return best;
  for (let changed = true; changed && fewest > 0;) {
    changed = false;
    for (const column of ['app', 'vendor'] as const) {
      for (let at = 0; at + 1 < best[column].length; at++) {
        const [upper, lower] = [best[column][at], best[column][at + 1]];
        if (!upper || !lower || upper.group !== lower.group) continue;
        const tried = { ...best, [column]: best[column].with(at, lower).with(at + 1, upper) };
        const crossings = countCrossings(tried, links);
        if (crossings >= fewest) continue;
        [best, fewest, changed] = [tried, crossings, true];
      }
    }
  }
  return best;
}

/** Each node to the middle of its neighbours, each group to the middle of its nodes; ties stay as they were. */
function byBarycentre(
  nodes: readonly GraphNode[],
  others: readonly GraphNode[],
  links: Links,
  side: 'from' | 'to',
): GraphNode[] {
  const places = new Map(others.map(({ id }, index) => [id, index]));
  const sums = new Map<string, { sum: number; count: number }>();
  for (const link of links) {
    const one = sums.get(link[side]) ?? { sum: 0, count: 0 };
    one.sum += places.get(link[side === 'from' ? 'to' : 'from']) ?? 0;
    one.count += 1;
    sums.set(link[side], one);
  }
  const middle = (node: GraphNode, index: number): number => {
    const one = sums.get(node.id);
    return one ? one.sum / one.count : (index / Math.max(1, nodes.length)) * others.length;
  };
  const placed = nodes.map((node, index) => ({ node, at: middle(node, index) }));
  return [...Map.groupBy(placed, ({ node }) => node.group).values()]
    .map((group) => ({ group, at: group.reduce((sum, one) => sum + one.at, 0) / group.length }))
    .toSorted((a, b) => a.at - b.at)
    .flatMap(({ group }) => group.toSorted((a, b) => a.at - b.at).map(({ node }) => node));
}

/** Pairs of edges between two columns that cross: inversions, counted with a Fenwick tree. */
export function countCrossings(
  { app, vendor }: { app: readonly { id: string }[]; vendor: readonly { id: string }[] },
  links: Links,
): number {
  const left = new Map(app.map(({ id }, index) => [id, index]));
  const right = new Map(vendor.map(({ id }, index) => [id, index]));
  const pairs = links
    .map(({ from, to }) => [left.get(from) ?? 0, right.get(to) ?? 0] as const)
    .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const tree = new Uint32Array(vendor.length + 1);
  let crossings = 0;
  pairs.forEach(([, to], seen) => {
    let below = 0;
    for (let at = to + 1; at > 0; at -= at & -at) below += tree[at] ?? 0;
    crossings += seen - below;
    for (let at = to + 1; at < tree.length; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  });
  return crossings;
}

/** So many newcomers are put where they cross least; more are no longer news, and stand at the end. */
const MOST_NEWCOMERS = 30;

/** Moves what was not there before from the end of its group to where it crosses least; the others keep their order. */
function insertNewcomers(order: Two, column: 'app' | 'vendor', before: readonly string[], links: Links): Two {
  const known = new Set(before);
  const newcomers = order[column].filter(({ id }) => !known.has(id));
  if (known.size === 0 || newcomers.length > MOST_NEWCOMERS) return order;
  let now = order;
  for (const one of newcomers) {
    const others = now[column].filter(({ id }) => id !== one.id);
    let best = now;
    let fewest = countCrossings(now, links);
    for (let at = 0; at <= others.length; at++) {
      const beside = [others[at - 1], others[at]];
      if (!beside.some((neighbour) => neighbour?.group === one.group)) continue;
      const tried = { ...now, [column]: others.toSpliced(at, 0, one) };
      const crossings = countCrossings(tried, links);
      if (crossings < fewest) [best, fewest] = [tried, crossings];
    }
    now = best;
  }
  return now;
}

/** What stood before in the order it had, groups too; then the others as they come. */
function keepOrder(nodes: readonly GraphNode[], before: readonly string[] | undefined): GraphNode[] {
  if (!before || before.length === 0) return [...nodes];
  const ranks = new Map(before.map((id, index) => [id, index]));
  const rank = ({ id }: GraphNode): number => ranks.get(id) ?? Number.POSITIVE_INFINITY;
  const first = (group: readonly GraphNode[]): number => Math.min(...group.map(rank));
  const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
  return [...Map.groupBy(nodes, ({ group }) => group).values()]
    .toSorted((a, b) => compare(first(a), first(b)))
    .flatMap((group) => group.toSorted((a, b) => compare(rank(a), rank(b))));
}
