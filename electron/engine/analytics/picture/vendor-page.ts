import type { VendorPage } from '../../../../shared/contract/vendors.ts';
import type { CallSummary } from '../../../../shared/model/call-summary.ts';
import type { QueryTree } from '../../../../shared/query/tree.ts';
import type { EdgeSum, PictureReader, Span } from '../../store/picture-rows.ts';
import type { Search } from '../../store/read-calls.ts';
import { addRow, figuresOf, startFigures } from './figures.ts';
import type { FigureSum } from './figures.ts';
import type { Moment, Picture } from './picture.ts';
import { seeVendors, startSeen } from './seen-vendors.ts';
import { byText, describeVendors } from './vendor-rows.ts';
import type { NamedCalls } from './vendor-rows.ts';

export interface VendorQuestion extends Span, Moment {
  id: string;
}

/** Finds calls by age; each pause lets quick questions in. */
export type SearchCalls = (search: Search) => Generator<void, { calls: CallSummary[] }>;

const MOST_ENDPOINTS = 500;
/** The newest calls that are looked at for who made them. */
const LOOKED_AT = 2000;
/** Of a vendor with more hosts, the most called ones are searched. */
const SEARCHED_HOSTS = 200;
const MOST_CALLSITES = 100;
const MOST_FEATURES = 100;
const MOST_ALTERNATIVES = 20;

/** Everything that is known of a vendor; null when nobody called it, and neither the catalogue nor people here know it. */
export function* describeVendor(
  picture: Picture,
  reader: Pick<PictureReader, 'edges' | 'sightings' | 'versions' | 'deprecations'>,
  named: NamedCalls,
  search: SearchCalls,
  question: VendorQuestion,
): Generator<void, VendorPage | null> {
  const { id, since, until } = question;
  const edges = reader.edges(question);
  const sightings = reader.sightings({});
  const { vendors } = seeVendors(picture, edges, sightings);
  const known = picture.vendor(id);
  if (!vendors.has(id) && (known === null || !(known.listed || picture.isDeclared(id)))) return null;
  const seen = vendors.get(id) ?? startSeen(known!);
  const [row] = describeVendors(picture, [seen], named, question);
  yield;
  const isOwn = ({ host }: { host: string }): boolean => seen.hosts.has(host);
  const lastSeen = new Map(
    sightings
      .filter((sighting) => sighting.kind === 'endpoint' && isOwn(sighting))
      .map(({ host, endpoint, lastAt }) => [`${host} ${endpoint}`, lastAt]),
  );
  const calls = yield* newestCalls(search, row!.hosts, { since, until });
  return {
    ...row!,
    endpoints: sumEndpoints(edges.filter(isOwn))
      .slice(0, MOST_ENDPOINTS)
      .map(({ host, endpoint, figures }) => ({
        ...figuresOf(figures),
        endpoint,
        host,
        service: seen.hosts.get(host)?.service ?? null,
        learned: isLearned(picture, host, endpoint),
        lastSeen: lastSeen.get(`${host} ${endpoint}`) ?? null,
      })),
    versions: reader
      .versions()
      .filter(isOwn)
      .map(({ host, version, calls: count, firstAt, lastAt }) => ({
        host,
        version,
        calls: count,
        firstSeen: firstAt,
        lastSeen: lastAt,
      }))
      .sort((a, b) => b.calls - a.calls || byText(a.version, b.version)),
    deprecations: reader
      .deprecations()
      .filter(isOwn)
      .map(({ lastAt, ...rest }) => ({ ...rest, lastSeen: lastAt }))
      .sort((a, b) => (a.sunsetAt ?? Infinity) - (b.sunsetAt ?? Infinity) || b.calls - a.calls),
    callsites: countCallsites(calls),
    features: countFeatures(calls),
    alternatives: findAlternatives(picture, row!, vendors),
  };
}

/** Endpoints of edges, the most called first. */
function sumEndpoints(edges: readonly EdgeSum[]): { host: string; endpoint: string; figures: FigureSum }[] {
  const sums = new Map<string, { host: string; endpoint: string; figures: FigureSum }>();
  for (const edge of edges) {
    if (edge.endpoint === null) continue;
    const key = `${edge.host} ${edge.endpoint}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { host: edge.host, endpoint: edge.endpoint, figures: startFigures() }));
    addRow(sum.figures, edge);
  }
  return [...sums.values()].sort(
    (a, b) => b.figures.calls - a.figures.calls || byText(a.endpoint, b.endpoint) || byText(a.host, b.host),
  );
}

function isLearned({ declared }: Picture, host: string, endpoint: string): boolean {
  if (!endpoint.includes('{')) return false;
  const written = declared.endpoints.find((correction) => correction.host === host);
  const path = /\/\S*/.exec(endpoint)?.[0] ?? '';
  return written === undefined || ![...written.merge, ...written.keep].includes(path);
}

function* newestCalls(
  search: SearchCalls,
  hosts: readonly { host: string }[],
  { since, until }: Span,
): Generator<void, CallSummary[]> {
  if (hosts.length === 0) return [];
  const parts = hosts
    .slice(0, SEARCHED_HOSTS)
    .map(({ host }): QueryTree => ({ op: 'text', field: 'host', pattern: host }));
  const tree: QueryTree = {
    op: 'and',
    parts: [
      { op: 'time', bound: 'since', at: since },
      { op: 'time', bound: 'until', at: until },
      parts.length === 1 ? parts[0]! : { op: 'or', parts },
    ],
  };
  return (yield* search({ tree, limit: LOOKED_AT })).calls;
}

function countCallsites(calls: readonly CallSummary[]): VendorPage['callsites'] {
  const found = new Map<string, VendorPage['callsites'][number]>();
  for (const { app, package: from, callsite, startedAt } of calls) {
    const key = JSON.stringify([app, from, callsite]);
    const site = found.get(key);
    if (site === undefined) found.set(key, { app, package: from, callsite, calls: 1, lastSeen: startedAt });
    else {
      site.calls += 1;
      site.lastSeen = Math.max(site.lastSeen, startedAt);
    }
  }
  return [...found.values()].sort((a, b) => b.calls - a.calls || b.lastSeen - a.lastSeen).slice(0, MOST_CALLSITES);
}

/** `run` is each start’s own, and says nothing of what would break. */
function countFeatures(calls: readonly CallSummary[]): VendorPage['features'] {
  const found = new Map<string, VendorPage['features'][number]>();
  for (const { tags } of calls)
    for (const [tag, value] of Object.entries(tags)) {
      if (tag === 'run') continue;
      const key = JSON.stringify([tag, value]);
      const feature = found.get(key);
      if (feature === undefined) found.set(key, { tag, value, calls: 1 });
      else feature.calls += 1;
    }
  return [...found.values()].sort((a, b) => b.calls - a.calls || byText(a.value, b.value)).slice(0, MOST_FEATURES);
}

/** Others of its category, those in use first. Of what nobody sorted there is no alternative. */
function findAlternatives(
  picture: Picture,
  { id, category }: { id: string; category: string },
  inUse: ReadonlyMap<string, unknown>,
): VendorPage['alternatives'] {
  if (category === 'unknown' || category === 'other') return [];
  return picture.catalogue
    .all()
    .filter((vendor) => vendor.category === category && vendor.id !== id)
    .map((vendor) => ({ id: vendor.id, name: vendor.name, inUse: inUse.has(vendor.id) }))
    .sort((a, b) => Number(b.inUse) - Number(a.inUse) || byText(a.name.toLowerCase(), b.name.toLowerCase()))
    .slice(0, MOST_ALTERNATIVES);
}
