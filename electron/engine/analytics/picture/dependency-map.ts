import type { DependencyMap, MapEdge, MapNode } from '../../../../shared/contract/map.ts';
import type { EdgeSum, PictureReader, Sighting, Span } from '../../store/picture-rows.ts';
import { addFigures, figuresOf, startFigures } from './figures.ts';
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
  endpoints: Map<string, EndpointSum>;
}
interface EndpointSum {
  id: string;
  host: string;
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
  const vendors = new Map<string, VendorSum>();
  const links = new Map<string, { from: string; to: string; figures: FigureSum }>();
  const apps = new Map<string | null, FigureSum>();
  // Each row is added twice, to its link and its endpoint; everything else is sums of these.
  for (const { edge, vendor } of edges) {
    let sum = vendors.get(vendor);
    if (sum === undefined)
      vendors.set(vendor, (sum = { figures: startFigures(), hosts: new Set(), endpoints: new Map() }));
    sum.hosts.add(edge.host);
    const from = appId(edge.app);
    const to = vendorId(vendor);
    const key = `${from}\n${to}`;
    let link = links.get(key);
    if (link === undefined) {
      links.set(key, (link = { from, to, figures: startFigures() }));
      if (!apps.has(edge.app)) apps.set(edge.app, startFigures());
    }
    addFigures(link.figures, edge);
    const id = endpointId(edge.host, edge.endpoint);
    let endpoint = sum.endpoints.get(id);
    if (endpoint === undefined)
      sum.endpoints.set(
        id,
        (endpoint = { id, host: edge.host, name: edge.endpoint ?? edge.host, figures: startFigures() }),
      );
    addFigures(endpoint.figures, edge);
  }
  const appsById = new Map([...apps].map(([app, figures]) => [appId(app), figures]));
  for (const { from, figures } of links.values()) addFigures(appsById.get(from)!, figures);
  const total = startFigures();
  for (const { figures, endpoints } of vendors.values()) {
    for (const endpoint of endpoints.values()) addFigures(figures, endpoint.figures);
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
  const arrows: MapEdge[] = byCalls([...links.values()], ({ figures }) => figures.calls).map(
    ({ from, to, figures }) => ({ ...figuresOf(figures), from, to }),
  );
  let folded = 0;
  const endpointNodes: MapNode[] = [];
  for (const [id, sum] of byCalls([...vendors], ([, { figures }]) => figures.calls)) {
    nodes.push(describeVendorNode(picture, id, sum, seen.vendors.get(id), question));
    const shown = foldEndpoints(id, [...sum.endpoints.values()], question.endpoints);
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

function ofQuestion(picture: Picture, edges: readonly EdgeSum[], { app, vendor }: MapQuestion): OwnedEdge[] {
  const wanted: OwnedEdge[] = [];
  for (const edge of edges) {
    if (app !== undefined && (edge.app ?? '') !== app) continue;
    const found = picture.recognise(edge.host);
    if (found === null || (vendor !== undefined && found.vendor.id !== vendor)) continue;
    wanted.push({ edge, vendor: found.vendor.id });
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
  endpoints: readonly EndpointSum[],
  most: number,
): { endpoints: (Omit<EndpointSum, 'host'> & { host: string | null })[]; folded: number } {
  const sorted = endpoints.toSorted((a, b) => b.figures.calls - a.figures.calls || byText(a.id, b.id));
  // A node that stands for one other is that other.
  const keep = sorted.length <= most + 1 && most > 0 ? sorted.length : most;
  const rest = sorted.slice(keep);
  if (rest.length === 0 || most === 0) return { endpoints: sorted.slice(0, keep), folded: rest.length };
  const figures = startFigures();
  for (const endpoint of rest) addFigures(figures, endpoint.figures);
  const fold = { id: `endpoint:${vendor} …`, host: null, name: `${rest.length} more endpoints`, figures };
  return { endpoints: [...sorted.slice(0, keep), fold], folded: rest.length };
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
