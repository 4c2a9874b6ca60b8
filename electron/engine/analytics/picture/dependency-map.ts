import type { DependencyMap, MapEdge, MapNode } from '../../../../shared/contract/map.ts';
import type { EdgeSum, PictureReader, Sighting, Span } from '../../store/picture-rows.ts';
import { addFigures, addRow, figuresOf, startFigures } from './figures.ts';
import type { FigureSum } from './figures.ts';
import { tellChanges } from './map-changes.ts';
import type { OwnedEdge } from './map-changes.ts';
import { appId, appName, endpointId, vendorId } from './map-ids.ts';
import { statusOf } from './picture.ts';
import type { DeclaredApps, Moment, Picture } from './picture.ts';
import { byText } from './vendor-rows.ts';

export interface MapQuestion extends Span, Moment {
  compare?: Span | undefined;
  app?: string | undefined;
  vendor?: string | undefined;
  /** Most endpoints of each vendor. */
  endpoints: number;
  apps: DeclaredApps;
}

interface VendorSum {
  figures: FigureSum;
  hosts: Set<string>;
  /** By app. */
  links: Map<string | null, FigureSum>;
  /** By host, and endpoint. */
  endpoints: Map<string, Map<string | null, EndpointRows>>;
}
/** Rows of an endpoint: those that are folded are added up only once, together. */
interface EndpointRows {
  host: string;
  name: string | null;
  calls: number;
  rows: EdgeSum[];
}
interface ShownEndpoint {
  id: string;
  host: string | null;
  name: string;
  figures: FigureSum;
}
interface Seen {
  first: number;
  last: number;
}

/** App → vendor → endpoint with figures on every node and edge; calls to this machine and private networks are not on it. */
export function drawMap(
  picture: Picture,
  reader: Pick<PictureReader, 'edges' | 'sightings'>,
  coverage: number | null,
  question: MapQuestion,
): DependencyMap {
  const { since, until, compare } = question;
  const edges = ofQuestion(picture, reader.edges({ since, until }), question);
  const vendors = addUp(edges);
  const apps = new Map<string | null, FigureSum>();
  const total = startFigures();
  for (const { figures, links } of vendors.values()) {
    for (const [app, link] of links) {
      let sum = apps.get(app);
      if (sum === undefined) apps.set(app, (sum = startFigures()));
      addFigures(sum, link);
      addFigures(figures, link);
    }
    addFigures(total, figures);
  }

  const seen = readSeen(picture, reader.sightings({}));
  const nodes: MapNode[] = [];
  for (const [app, figures] of byCalls([...apps], ([, sum]) => sum.calls))
    nodes.push({
      ...emptyNode('app', appId(app), appName(app)),
      ...figuresOf(figures),
      ...declaredOf(question.apps, app),
      ...times(seen.apps.get(app)),
    });
  const arrows = [...vendors]
    .flatMap(([id, { links }]) =>
      [...links].map(([app, link]): MapEdge => ({ ...figuresOf(link), from: appId(app), to: vendorId(id) })),
    )
    .sort((a, b) => b.calls - a.calls);
  let folded = 0;
  const endpointNodes: MapNode[] = [];
  for (const [id, sum] of byCalls([...vendors], ([, { figures }]) => figures.calls)) {
    nodes.push(describeVendorNode(picture, id, sum, seen.vendors.get(id), question));
    const shown = foldEndpoints(id, sum, question.endpoints);
    folded += shown.folded;
    for (const endpoint of shown.endpoints) {
      const figures = figuresOf(endpoint.figures);
      endpointNodes.push({
        ...emptyNode('endpoint', endpoint.id, endpoint.name),
        ...figures,
        vendor: id,
        host: endpoint.host,
        ...times(seen.endpoints.get(endpoint.id)),
      });
      arrows.push({ ...figures, from: vendorId(id), to: endpoint.id });
    }
  }
  return {
    since,
    until,
    nodes: [...nodes, ...endpointNodes],
    edges: arrows,
    folded,
    total: figuresOf(total),
    changes:
      compare === undefined
        ? []
        : tellChanges({
            picture,
            before: ofQuestion(picture, reader.edges(compare), question),
            now: edges,
            isNew: (id) => (seen.vendors.get(id)?.first ?? 0) >= compare.until,
          }),
    coverage,
  };
}

/** Vendors by their ids; their own figures are still to be added up of their links. */
function addUp(edges: readonly OwnedEdge[]): Map<string, VendorSum> {
  const vendors = new Map<string, VendorSum>();
  for (const { edge, vendor } of edges) {
    let sum = vendors.get(vendor);
    if (sum === undefined)
      vendors.set(
        vendor,
        (sum = { figures: startFigures(), hosts: new Set(), links: new Map(), endpoints: new Map() }),
      );
    let link = sum.links.get(edge.app);
    if (link === undefined) sum.links.set(edge.app, (link = startFigures()));
    addRow(link, edge);
    let ofHost = sum.endpoints.get(edge.host);
    if (ofHost === undefined) {
      sum.hosts.add(edge.host);
      sum.endpoints.set(edge.host, (ofHost = new Map<string | null, EndpointRows>()));
    }
    const endpoint = ofHost.get(edge.endpoint);
    if (endpoint === undefined)
      ofHost.set(edge.endpoint, { host: edge.host, name: edge.endpoint, calls: edge.calls, rows: [edge] });
    else {
      endpoint.calls += edge.calls;
      endpoint.rows.push(edge);
    }
  }
  return vendors;
}

function ofQuestion(picture: Picture, edges: readonly EdgeSum[], { app, vendor }: MapQuestion): OwnedEdge[] {
  const wanted: OwnedEdge[] = [];
  const owners = new Map<string, string | null>();
  for (const edge of edges) {
    if (app !== undefined && (edge.app ?? '') !== app) continue;
    let owner = owners.get(edge.host);
    if (owner === undefined) owners.set(edge.host, (owner = picture.recognise(edge.host)?.vendor.id ?? null));
    if (owner === null || (vendor !== undefined && owner !== vendor)) continue;
    wanted.push({ edge, vendor: owner });
  }
  return wanted;
}

function describeVendorNode(
  picture: Picture,
  id: string,
  { figures, hosts }: VendorSum,
  seen: Seen | undefined,
  at: Moment,
): MapNode {
  const vendor = picture.vendor(id)!;
  const said = picture.said(id);
  return {
    ...emptyNode('vendor', vendorId(id), vendor.name),
    ...figuresOf(figures),
    vendor: id,
    criticality: said.criticality,
    category: vendor.category,
    logo: vendor.logo,
    status: statusOf(picture, id, seen?.first ?? null, at),
    countries: picture.countries(vendor, [...hosts]),
    data: [...said.data],
    ...times(seen),
  };
}

/** The most called endpoints, and the rest as one. */
function foldEndpoints(
  vendor: string,
  { endpoints }: VendorSum,
  most: number,
): { endpoints: ShownEndpoint[]; folded: number } {
  const sorted = [...endpoints.values()]
    .flatMap((ofHost) => [...ofHost.values()])
    .sort((a, b) => b.calls - a.calls || byText(a.name ?? '', b.name ?? '') || byText(a.host, b.host));
  // A node that stands for one other is that other.
  const keep = sorted.length <= most + 1 && most > 0 ? sorted.length : most;
  const shown = sorted.slice(0, keep).map(({ host, name, rows }): ShownEndpoint => ({
    id: endpointId(host, name),
    host,
    name: name ?? host,
    figures: sumRows(rows),
  }));
  const rest = sorted.slice(keep);
  if (rest.length > 0 && most > 0)
    shown.push({
      id: `endpoint:${vendor} …`,
      host: null,
      name: `${rest.length} more endpoints`,
      figures: sumRows(rest.flatMap(({ rows }) => rows)),
    });
  return { endpoints: shown, folded: rest.length };
}

function sumRows(rows: readonly EdgeSum[]): FigureSum {
  const figures = startFigures();
  for (const row of rows) addRow(figures, row);
  return figures;
}

/** When each node was seen first and last, ever. */
function readSeen(picture: Picture, sightings: readonly Sighting[]) {
  const apps = new Map<string | null, Seen>();
  const vendors = new Map<string, Seen>();
  const endpoints = new Map<string, Seen>();
  for (const { kind, app, host, endpoint, firstAt, lastAt } of sightings) {
    if (kind === 'endpoint') {
      endpoints.set(endpointId(host, endpoint), { first: firstAt, last: lastAt });
      continue;
    }
    if (kind === 'app-host') widen(apps, app, firstAt, lastAt);
    const id = picture.recognise(host)?.vendor.id;
    if (id !== undefined) widen(vendors, id, firstAt, lastAt);
  }
  return { apps, vendors, endpoints };
}

function widen<Key>(map: Map<Key, Seen>, key: Key, first: number, last: number): void {
  const seen = map.get(key);
  if (seen === undefined) map.set(key, { first, last });
  else {
    seen.first = Math.min(seen.first, first);
    seen.last = Math.max(seen.last, last);
  }
}

function times(seen: Seen | undefined): Pick<MapNode, 'firstSeen' | 'lastSeen'> {
  return { firstSeen: seen?.first ?? null, lastSeen: seen?.last ?? null };
}

function declaredOf(apps: DeclaredApps, app: string | null): Pick<MapNode, 'team' | 'criticality'> {
  const said = app !== null && Object.hasOwn(apps, app) ? apps[app] : undefined;
  return { team: said?.team ?? null, criticality: said?.criticality ?? null };
}

function byCalls<T>(items: T[], callsOf: (item: T) => number): T[] {
  return items.sort((a, b) => callsOf(b) - callsOf(a));
}

const NO_FIGURES = figuresOf(startFigures());

function emptyNode(kind: MapNode['kind'], id: string, name: string): MapNode {
  return {
    ...NO_FIGURES,
    id,
    kind,
    name,
    vendor: null,
    host: null,
    team: null,
    criticality: null,
    category: null,
    logo: null,
    status: null,
    countries: null,
    data: [],
    firstSeen: null,
    lastSeen: null,
  };
}
