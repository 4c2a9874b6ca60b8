import type { DependencyMap, MapNode } from '../../../shared/contract/map.ts';
import type { Figures } from '../../../shared/contract/vendors.ts';

/** A line of the table: a vendor, and beneath it the apps that call it and its endpoints. */
export interface TableRow {
  key: string;
  level: 1 | 2;
  kind: 'vendor' | 'caller' | 'endpoint';
  /** What choosing the line selects: a node, or the edge from an app. */
  selects: string;
  node: MapNode;
  figures: Figures;
  change: 'added' | 'gone' | null;
  /** Of a vendor: lines beneath it. */
  beneath: number;
}

export const SORTS = ['name', 'calls', 'errors', 'p95', 'bytes', 'cost'] as const;
export type Sort = (typeof SORTS)[number];

const VALUE: Readonly<Record<Exclude<Sort, 'name'>, (figures: Figures) => number>> = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  p95: ({ p95 }) => p95 ?? -1,
  bytes: ({ requestBytes, responseBytes }) => requestBytes + responseBytes,
  cost: ({ costNanoUsd }) => costNanoUsd ?? -1,
};

/** The map as lines, vendors in the order asked for, with what is beneath those that are open. */
export function tableRows(
  map: DependencyMap,
  { sort, open, find }: { sort: Sort; open: (vendor: string) => boolean; find: string },
  edgeId: (from: string, to: string) => string,
): TableRow[] {
  const nodes = new Map(map.nodes.map((one) => [one.id, one]));
  const changes = new Map(map.changes.map((one) => [one.id, one.change]));
  const compare = (a: TableRow, b: TableRow): number =>
    (sort === 'name' ? 0 : VALUE[sort](b.figures) - VALUE[sort](a.figures)) ||
    (a.node.name.toLowerCase() < b.node.name.toLowerCase() ? -1 : 1);
  const into = Map.groupBy(map.edges, ({ to }) => to);
  const outOf = Map.groupBy(map.edges, ({ from }) => from);
  const wanted = find.toLowerCase();
  const has = ({ node }: TableRow): boolean => `${node.name} ${node.host ?? ''}`.toLowerCase().includes(wanted);

  const vendors: { row: TableRow; beneath: TableRow[] }[] = [];
  for (const node of map.nodes) {
    if (node.kind !== 'vendor') continue;
    const callers = (into.get(node.id) ?? []).flatMap((edge): TableRow[] => {
      const app = nodes.get(edge.from);
      const id = edgeId(edge.from, edge.to);
      return app
        ? [
            {
              key: id,
              level: 2,
              kind: 'caller',
              selects: id,
              node: app,
              figures: edge,
              change: changes.get(id) ?? null,
              beneath: 0,
            },
          ]
        : [];
    });
    const endpoints = (outOf.get(node.id) ?? []).flatMap((edge): TableRow[] => {
      const endpoint = nodes.get(edge.to);
      return endpoint
        ? [
            {
              key: endpoint.id,
              level: 2,
              kind: 'endpoint',
              selects: endpoint.id,
              node: endpoint,
              figures: edge,
              change: changes.get(endpoint.id) ?? null,
              beneath: 0,
            },
          ]
        : [];
    });
    const beneath = [...callers.toSorted(compare), ...endpoints.toSorted(compare)];
    const row: TableRow = {
      key: node.id,
      level: 1,
      kind: 'vendor',
      selects: node.id,
      node,
      figures: node,
      change: changes.get(node.id) ?? null,
      beneath: beneath.length,
    };
    if (wanted === '' || has(row) || beneath.some(has)) vendors.push({ row, beneath });
  }
  return vendors
    .toSorted((a, b) => compare(a.row, b.row))
    .flatMap(({ row, beneath }) => [row, ...(open(row.key) ? beneath : [])]);
}
