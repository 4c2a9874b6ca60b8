import type { DependencyMap, MapNode } from '../../../shared/contract/map.ts';
import type { Figures } from '../../../shared/contract/vendors.ts';
import { addFigures, NO_FIGURES } from './figures.ts';

/** How nodes are put together. */
export const GROUPINGS = ['none', 'team', 'category'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Left to right: who calls, whom, what of it. */
export const COLUMNS = ['app', 'vendor', 'endpoint'] as const;
export type Column = (typeof COLUMNS)[number];

/** `absent`: not in the day looked at, though in the span around it. */
export type Presence = 'here' | 'added' | 'gone' | 'absent';

export interface GraphNode {
  id: string;
  kind: Column;
  /** What is known of it; of a closed group: of none. */
  node: MapNode | null;
  name: string;
  figures: Figures;
  /** Key of its group, `team:Payments`; null when nothing is grouped in its column. */
  group: string | null;
  /** Of a closed group: how many it stands for; else 1. */
  members: number;
  /** Endpoints that are not drawn because their vendor is closed. */
  closed: number;
  presence: Presence;
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  figures: Figures;
  presence: Presence;
}

export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

export const edgeId = (from: string, to: string): string => `${from} → ${to}`;

/** What is asked of a map to be drawn. */
export interface Shown {
  map: DependencyMap;
  /** What holds places open: the whole span while one of its days is looked at, and the span that is compared with. */
  around: readonly { map: DependencyMap; presence: 'absent' | 'gone' }[];
  grouping: Grouping;
  /** Keys of groups drawn as one node. */
  folded: ReadonlySet<string>;
  isOpen: (vendor: string) => boolean;
}

/** A map as nodes and edges to draw, in a stable order: what is there now, then what only holds its place. */
export function graphOf({ map, around, grouping, folded, isOpen }: Shown): Graph {
  const all = unite(map, around);
  const { nodes, edges } = closeVendors(all, isOpen);
  return foldGroups({ nodes: nodes.map((one) => ({ ...one, group: groupOf(one.node, grouping) })), edges }, folded);
}

function unite(map: DependencyMap, around: Shown['around']): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const added = new Set(map.changes.filter(({ change }) => change === 'added').map(({ id }) => id));
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  const put = (from: DependencyMap, presence: Presence | null): void => {
    for (const node of from.nodes) {
      if (nodes.has(node.id)) continue;
      nodes.set(node.id, {
        id: node.id,
        kind: node.kind,
        node,
        name: node.name,
        figures: presence === null ? node : NO_FIGURES,
        group: null,
        members: 1,
        closed: 0,
        presence: presence ?? (added.has(node.id) ? 'added' : 'here'),
      });
    }
    for (const edge of from.edges) {
      const id = edgeId(edge.from, edge.to);
      if (edges.has(id) || !nodes.has(edge.from) || !nodes.has(edge.to)) continue;
      edges.set(id, {
        id,
        from: edge.from,
        to: edge.to,
        figures: presence === null ? edge : NO_FIGURES,
        presence: presence ?? (added.has(id) ? 'added' : 'here'),
      });
    }
  };
  put(map, null);
  for (const one of around) put(one.map, one.presence);
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

function closeVendors(
  { nodes, edges }: { nodes: GraphNode[]; edges: GraphEdge[] },
  isOpen: (vendor: string) => boolean,
): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const kept = nodes.filter(({ kind, node }) => kind !== 'endpoint' || isOpen(node?.vendor ?? ''));
  const ids = new Set(kept.map(({ id }) => id));
  const closed = new Map<string, number>();
  for (const { from, to } of edges) if (!ids.has(to)) closed.set(from, (closed.get(from) ?? 0) + 1);
  return {
    nodes: kept.map((one) => (one.kind === 'vendor' ? { ...one, closed: closed.get(one.id) ?? 0 } : one)),
    edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  };
}

/** Key of the group that a node belongs to; endpoints stand with their vendor and have none. */
export function groupOf(node: MapNode | null, grouping: Grouping): string | null {
  if (grouping === 'team' && node?.kind === 'app') return `team:${node.team ?? ''}`;
  if (grouping === 'category' && node?.kind === 'vendor') return `category:${node.category ?? 'unknown'}`;
  return null;
}

/** `team:Payments` → `Payments`; '' for those in none. */
export const groupName = (key: string): string => key.slice(key.indexOf(':') + 1);

function foldGroups(graph: Graph, folded: ReadonlySet<string>): Graph {
  if (folded.size === 0) return graph;
  /** Id of a node → id of what is drawn for it. */
  const drawnAs = new Map<string, string>();
  const groups = new Map<string, GraphNode[]>();
  const nodes: GraphNode[] = [];
  for (const one of graph.nodes) {
    if (one.group === null || !folded.has(one.group)) continue;
    drawnAs.set(one.id, one.group);
    groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  }
  const done = new Set<string>();
  for (const one of graph.nodes) {
    const group = drawnAs.get(one.id);
    if (group === undefined) {
      // The endpoints of a vendor in a closed group are closed with it.
      if (one.kind !== 'endpoint' || !drawnAs.has(`vendor:${one.node?.vendor ?? ''}`)) nodes.push(one);
    } else if (!done.has(group)) {
      done.add(group);
      nodes.push(foldedNode(group, groups.get(group) ?? []));
    }
  }
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    const from = drawnAs.get(edge.from) ?? edge.from;
    const to = drawnAs.get(edge.to) ?? edge.to;
    if (!ids.has(from) || !ids.has(to)) continue;
    const id = edgeId(from, to);
    edges.set(id, [...(edges.get(id) ?? []), { ...edge, id, from, to }]);
  }
  return {
    nodes,
    edges: [...edges.values()].flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      return same.length === 1
        ? [first]
        : [
            {
              ...first,
              figures: addFigures(same.map(({ figures }) => figures)),
              presence: presenceOf(same),
            },
          ];
    }),
  };
}

function foldedNode(group: string, members: readonly GraphNode[]): GraphNode {
  return {
    id: group,
    kind: members[0]?.kind ?? 'app',
    node: null,
    name: groupName(group),
    figures: addFigures(members.map(({ figures }) => figures)),
    group,
    members: members.length,
    closed: 0,
    presence: presenceOf(members),
  };
}

function presenceOf(all: readonly { presence: Presence }[]): Presence {
  const [first] = all;
  return first && all.every(({ presence }) => presence === first.presence) ? first.presence : 'here';
}

/** Whether the endpoints of vendors are drawn when nobody said: as long as everything fits a screen or two. */
export function opensByItself(map: DependencyMap): boolean {
  return map.nodes.length <= 60;
}

/**
 * What is lit with a selected node (its neighbours) or edge (its ends). One step only: which app calls which endpoint of
 * a vendor is not in the map, so an app lights no endpoint.
 */
export function litBy(graph: Graph, selected: string): { nodes: ReadonlySet<string>; edges: ReadonlySet<string> } {
  const nodes = new Set<string>();
  const edges = new Set<string>();
  if (graph.nodes.some(({ id }) => id === selected)) nodes.add(selected);
  for (const { id, from, to } of graph.edges) {
    if (id !== selected && from !== selected && to !== selected) continue;
    edges.add(id);
    nodes.add(from).add(to);
  }
  return { nodes, edges };
}

/** The vendor’s own id of a vendor’s node; null of other nodes. */
export function vendorOf(node: Pick<GraphNode, 'id' | 'kind' | 'node'>): string | null {
  if (node.kind === 'vendor' && node.node) return node.id.slice('vendor:'.length);
  return node.node?.vendor ?? null;
}
