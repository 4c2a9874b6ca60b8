import type { DependencyMap, MapEdge, MapNode } from '../../shared/contract/map.ts';
import type { Figures, VendorRow } from '../../shared/contract/vendors.ts';
import type { Countries, CountryClaim } from '../../shared/model/vendor.ts';
import { addFigures, NO_FIGURES } from '../../renderer/views/map/figures.ts';
import type { World, WorldCall, WorldVendor } from './map-world.ts';

const DAY = 86_400_000_000;

/** Begin of today, in the zone of whoever looks. */
const today = (): number => new Date().setHours(0, 0, 0, 0) * 1000;

/** The map of a span, as an engine answers `map.get`. */
export function mapOf(
  world: World,
  {
    since,
    until,
    compareSince,
    compareUntil,
    app,
    vendor,
  }: {
    since: number;
    until: number;
    compareSince?: number | undefined;
    compareUntil?: number | undefined;
    app?: string | undefined;
    vendor?: string | undefined;
  },
): DependencyMap {
  const now = graphIn(world, { since, until, app, vendor });
  const before =
    compareSince === undefined || compareUntil === undefined
      ? null
      : graphIn(world, { since: compareSince, until: compareUntil, app, vendor });
  return {
    since,
    until,
    ...now,
    changes: before ? changesOf(before, now) : [],
    folded: 0,
    total: addFigures(now.edges.filter(({ to }) => to.startsWith('vendor:'))),
    coverage: 0.94,
  };
}

type Part = { nodes: MapNode[]; edges: MapEdge[] };

function graphIn(
  world: World,
  {
    since,
    until,
    app,
    vendor,
  }: { since: number; until: number; app?: string | undefined; vendor?: string | undefined },
): Part {
  const start = today();
  const inside = world.calls.filter((call) => {
    const at = start - call.day * DAY;
    return (
      at >= since &&
      at < until &&
      (app === undefined || call.app === app) &&
      (vendor === undefined || call.vendor === vendor)
    );
  });
  const nodes = new Map<string, { all: Figures[]; node: Omit<MapNode, keyof Figures>; first: number; last: number }>();
  const edges = new Map<string, { all: Figures[]; from: string; to: string }>();
  const put = (id: string, node: () => Omit<MapNode, keyof Figures>, call: WorldCall): void => {
    const one = nodes.get(id) ?? { all: [], node: node(), first: Infinity, last: 0 };
    const at = start - call.day * DAY;
    one.all.push(call.figures);
    one.first = Math.min(one.first, at);
    one.last = Math.max(one.last, at);
    nodes.set(id, one);
  };
  const link = (from: string, to: string, call: WorldCall): void => {
    const one = edges.get(`${from} ${to}`) ?? { all: [], from, to };
    one.all.push(call.figures);
    edges.set(`${from} ${to}`, one);
  };
  const vendors = new Map(world.vendors.map((one) => [one.id, one]));
  const apps = new Map(world.apps.map((one) => [one.name, one]));
  for (const call of inside) {
    const known = vendors.get(call.vendor);
    if (!known) continue;
    const [appId, vendorId, endpointId] = [
      `app:${call.app}`,
      `vendor:${call.vendor}`,
      `endpoint:${known.host} ${call.endpoint}`,
    ];
    const empty = {
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
    put(
      appId,
      () => ({ ...empty, id: appId, kind: 'app', name: call.app, team: apps.get(call.app)?.team ?? null }),
      call,
    );
    put(
      vendorId,
      () => ({
        ...empty,
        id: vendorId,
        kind: 'vendor',
        name: known.name,
        category: known.category,
        status: known.status,
        logo: known.logo,
        data: known.data,
        countries: countriesOf(known),
      }),
      call,
    );
    put(
      endpointId,
      () => ({
        ...empty,
        id: endpointId,
        kind: 'endpoint',
        name: call.endpoint,
        vendor: call.vendor,
        host: known.host,
      }),
      call,
    );
    link(appId, vendorId, call);
    link(vendorId, endpointId, call);
  }
  return {
    nodes: [...nodes.values()].map(({ all, node, first, last }) => ({
      ...node,
      ...sumOf(all),
      firstSeen: first,
      lastSeen: last,
    })),
    edges: [...edges.values()].map(({ all, from, to }) => ({ ...sumOf(all), from, to })),
  };
}

/** Percentiles of a sum are the engine’s business; here the middle of those there are. */
function sumOf(all: readonly Figures[]): Figures {
  const middle = (key: 'p50' | 'p95'): number | null => {
    const known = all.flatMap((one) => one[key] ?? []).toSorted((a, b) => a - b);
    return known[Math.floor(known.length / 2)] ?? null;
  };
  return { ...NO_FIGURES, ...addFigures(all), p50: middle('p50'), p95: middle('p95') };
}

function changesOf(before: Part, now: Part): DependencyMap['changes'] {
  const changes: DependencyMap['changes'] = [];
  for (const [change, from, to] of [
    ['added', now, before],
    ['gone', before, now],
  ] as const) {
    const known = new Set(to.nodes.map(({ id }) => id));
    for (const { id, kind, name } of from.nodes)
      if (!known.has(id))
        changes.push({
          change,
          kind,
          id,
          name,
          says: `${name} ${change === 'added' ? 'is new' : 'is no longer called'}`,
        });
    const edges = new Set(to.edges.map((one) => `${one.from} → ${one.to}`));
    for (const one of from.edges) {
      const id = `${one.from} → ${one.to}`;
      // What is new as a whole is said once.
      if (edges.has(id) || !known.has(one.from) || !known.has(one.to)) continue;
      const name = `${one.from.slice(one.from.indexOf(':') + 1)} → ${one.to.slice(one.to.indexOf(':') + 1)}`;
      changes.push({ change, kind: 'edge', id, name, says: name });
    }
  }
  return changes;
}

function countriesOf({ country, declared, importer }: WorldVendor): Countries {
  const claim = (code: string | null, basis: CountryClaim['basis'], says: string): CountryClaim => ({
    country: code,
    region: code === 'IE' && basis === 'host' ? 'eu-west-1' : null,
    basis: code === null ? null : basis,
    confidence: code === null ? null : basis === 'address' ? 'low' : 'high',
    says: code === null ? says : `${code}.`,
  });
  return {
    endpoint: claim(
      country,
      country === 'BG' || country === 'SG' ? 'address' : country === 'IE' ? 'host' : 'address-range',
      'Edge of a content network: location unknown.',
    ),
    declared: claim(declared, 'host-promised', 'Nobody says where it processes.'),
    importer: claim(importer, 'seat', 'Its contracting entity is not known.'),
  };
}

/** A vendor’s page, as an engine answers `vendors.get`. */
export function vendorOfWorld(world: World, id: string, span: { since: number; until: number }): VendorRow | null {
  const known = world.vendors.find((one) => one.id === id);
  if (!known) return null;
  const { nodes, edges } = graphIn(world, { ...span, vendor: id });
  const node = nodes.find(({ kind }) => kind === 'vendor');
  return {
    ...(node ?? NO_FIGURES),
    id,
    name: known.name,
    company: known.category === 'unknown' ? null : `${known.name}, Inc.`,
    category: known.category,
    logo: known.logo,
    listed: known.category !== 'unknown',
    status: known.status,
    approvedBy: null,
    approvedUntil: null,
    owner: known.owner,
    purpose: null,
    criticality: null,
    contract: null,
    data: known.data,
    declaredCountry: null,
    note: null,
    shadow: known.status === 'new' || known.status === 'known',
    hosts: [{ host: known.host, service: null, calls: node?.calls ?? 0 }],
    apps: edges.filter(({ to }) => to === `vendor:${id}`).map(({ from, calls }) => ({ app: from.slice(4), calls })),
    countries: countriesOf(known),
    firstSeen: node?.firstSeen ?? null,
    lastSeen: node?.lastSeen ?? null,
    first: {
      call: 17,
      app: edges[0]?.from.slice(4) ?? null,
      package: known.category === 'unknown' ? 'left-padder' : id,
      callsite: `src/${id}.ts:42`,
    },
    urls: { docs: null, status: null, dpa: null, subprocessors: null },
  };
}
