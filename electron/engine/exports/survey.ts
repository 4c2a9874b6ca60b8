import type { Figures } from '../../../shared/contract/vendors.ts';
import type { Countries, Service, Vendor, VendorStatus } from '../../../shared/model/vendor.ts';
import { addFigures, addRow, figuresOf, startFigures } from '../analytics/picture/figures.ts';
import type { FigureSum } from '../analytics/picture/figures.ts';
import { statusOf } from '../analytics/picture/picture.ts';
import type { Picture } from '../analytics/picture/picture.ts';
import type { DeclaredVendor } from '../vendors/declared.ts';
import type { EdgeSum, PictureReader, Sighting } from '../store/picture-rows.ts';
import type { BadExport, ExportQuestion } from './export-question.ts';

/** When something was seen first and last, ever; microseconds since the epoch. */
export interface Seen {
  firstSeen: number | null;
  lastSeen: number | null;
}

export interface SurveyedEndpoint extends Seen {
  host: string;
  /** Null: nobody told which (tunnels that were not read). */
  endpoint: string | null;
  figures: Figures;
}

/** One API of a vendor; hosts that belong to no listed service are one each. */
export interface SurveyedService extends Seen {
  /** Unique: `stripe/api`, `acme.dev/api.acme.dev`. */
  id: string;
  name: string;
  vendor: Vendor;
  service: Service | null;
  said: DeclaredVendor;
  status: VendorStatus;
  countries: Countries;
  /** By name. */
  hosts: string[];
  /** By host and name. */
  endpoints: SurveyedEndpoint[];
  /** Who calls it, by name; null: nobody known. */
  apps: { app: string | null; figures: Figures }[];
  figures: Figures;
}

/** Calls of one app to one endpoint. */
export interface SurveyedRow extends Seen {
  service: SurveyedService;
  app: string | null;
  host: string;
  endpoint: string | null;
  figures: Figures;
}

/** What an export is about, in an order that depends on nothing but what is in it. */
export interface Survey {
  since: number;
  until: number;
  services: SurveyedService[];
  rows: SurveyedRow[];
  /** By name; null: nobody known. */
  apps: (string | null)[];
  total: Figures;
}

interface Draft extends Pick<SurveyedService, 'id' | 'name' | 'vendor' | 'service'> {
  hosts: Set<string>;
  apps: Map<string | null, FigureSum>;
  endpoints: Map<string, { host: string; endpoint: string | null; figures: FigureSum }>;
  rows: Map<string, { app: string | null; host: string; endpoint: string | null; figures: FigureSum }>;
  figures: FigureSum;
}

const TURN = 2000;

/** Looks together what of the span was asked for, or says why there is nothing. Calls to nobody’s hosts are left out. */
export function* surveyCalls(
  picture: Picture,
  reader: Pick<PictureReader, 'edges' | 'sightings'>,
  question: ExportQuestion,
): Generator<void, Survey | BadExport> {
  const drafts = new Map<string, Draft>();
  const total = startFigures();
  let looked = 0;
  for (const edge of reader.edges(question)) {
    if (++looked % TURN === 0) yield;
    const draft = draftOf(picture, drafts, edge, question);
    if (draft === null) continue;
    addEdge(draft, edge);
    addRow(total, edge);
  }
  if (drafts.size === 0) return nothingFound(question);
  yield;
  const { seen, vendors } = seenOf(picture, reader.sightings({}));
  const services = [...drafts.values()]
    .map((draft) => finish(picture, draft, seen, vendors.get(draft.vendor.id) ?? null, question))
    .sort((a, b) => byText(a.service.id, b.service.id));
  return {
    since: question.since,
    until: question.until,
    services: services.map(({ service }) => service),
    rows: services.flatMap(({ rows }) => rows),
    apps: [...new Set(services.flatMap(({ service }) => service.apps.map(({ app }) => app)))].sort(byName),
    total: figuresOf(total),
  };
}

function draftOf(
  picture: Picture,
  drafts: Map<string, Draft>,
  { host, app }: EdgeSum,
  asked: ExportQuestion,
): Draft | null {
  if (asked.app !== undefined && (app ?? '') !== asked.app) return null;
  const found = picture.recognise(host);
  if (found === null || (asked.vendor !== undefined && found.vendor.id !== asked.vendor)) return null;
  const { vendor, service } = found;
  const id = `${vendor.id}/${service?.id ?? host}`;
  if (asked.service !== undefined && ![id, service?.id, host].includes(asked.service)) return null;
  let draft = drafts.get(id);
  if (draft === undefined)
    drafts.set(
      id,
      (draft = {
        id,
        name: service?.name ?? host,
        vendor,
        service,
        hosts: new Set(),
        apps: new Map(),
        endpoints: new Map(),
        rows: new Map(),
        figures: startFigures(),
      }),
    );
  return draft;
}

function addEdge(draft: Draft, edge: EdgeSum): void {
  const { host, endpoint, app } = edge;
  draft.hosts.add(host);
  addRow(draft.figures, edge);
  const byApp = draft.apps.get(app) ?? startFigures();
  draft.apps.set(app, byApp);
  addRow(byApp, edge);
  const row = entry(draft.rows, JSON.stringify([host, endpoint, app]), () => ({
    app,
    host,
    endpoint,
    figures: startFigures(),
  }));
  addRow(row.figures, edge);
}

function finish(
  picture: Picture,
  draft: Draft,
  seen: ReadonlyMap<string, Seen>,
  vendorSince: number | null,
  question: ExportQuestion,
): { service: SurveyedService; rows: SurveyedRow[] } {
  const { id, name, vendor, service } = draft;
  for (const { host, endpoint, figures } of draft.rows.values())
    addFigures(
      entry(draft.endpoints, JSON.stringify([host, endpoint]), () => ({ host, endpoint, figures: startFigures() }))
        .figures,
      figures,
    );
  const hosts = [...draft.hosts].sort(byText);
  const times = hosts.map((host) => seen.get(keyOf(host)) ?? NEVER);
  const surveyed: SurveyedService = {
    id,
    name,
    vendor,
    service,
    said: picture.said(vendor.id),
    status: statusOf(picture, vendor.id, vendorSince, question),
    countries: picture.countries(vendor, hosts),
    hosts,
    endpoints: [...draft.endpoints.values()]
      .map(({ host, endpoint, figures }) => ({
        host,
        endpoint,
        figures: figuresOf(figures),
        ...(seen.get(keyOf(host, endpoint)) ?? NEVER),
      }))
      .sort((a, b) => byText(a.host, b.host) || byText(a.endpoint ?? '', b.endpoint ?? '')),
    apps: [...draft.apps]
      .map(([app, figures]) => ({ app, figures: figuresOf(figures) }))
      .sort((a, b) => byName(a.app, b.app)),
    figures: figuresOf(draft.figures),
    firstSeen: least(times.map(({ firstSeen }) => firstSeen)),
    lastSeen: most(times.map(({ lastSeen }) => lastSeen)),
  };
  const rows = [...draft.rows.values()]
    .map(({ app, host, endpoint, figures }): SurveyedRow => ({
      service: surveyed,
      app,
      host,
      endpoint,
      figures: figuresOf(figures),
      ...(seen.get(keyOf(host, endpoint)) ?? NEVER),
    }))
    .sort((a, b) => byText(a.host, b.host) || byText(a.endpoint ?? '', b.endpoint ?? '') || byName(a.app, b.app));
  return { service: surveyed, rows };
}

const NEVER: Seen = Object.freeze({ firstSeen: null, lastSeen: null });
const keyOf = (host: string, endpoint?: string | null): string => JSON.stringify([host, endpoint]);

/** By host, and by host and endpoint; and when vendors were seen first, by whichever of their hosts. */
function seenOf(
  picture: Picture,
  sightings: readonly Sighting[],
): { seen: Map<string, Seen>; vendors: Map<string, number> } {
  const seen = new Map<string, Seen>();
  const vendors = new Map<string, number>();
  for (const { kind, host, endpoint, firstAt, lastAt } of sightings) {
    const key = kind === 'endpoint' ? keyOf(host, endpoint) : keyOf(host);
    const before = seen.get(key) ?? NEVER;
    seen.set(key, { firstSeen: least([before.firstSeen, firstAt]), lastSeen: most([before.lastSeen, lastAt]) });
    const vendor = picture.recognise(host)?.vendor.id;
    if (vendor !== undefined) vendors.set(vendor, Math.min(vendors.get(vendor) ?? Infinity, firstAt));
  }
  return { seen, vendors };
}

function least(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : known.reduce((a, b) => Math.min(a, b));
}

function most(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b));
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function nothingFound({ vendor, service, app }: ExportQuestion): BadExport {
  const asked = [
    vendor === undefined ? '' : ` to the vendor “${vendor}”`,
    service === undefined ? '' : ` to the service “${service}”`,
    app === undefined ? '' : app === '' ? ' of nobody known' : ` of the app “${app}”`,
  ].join('');
  return {
    problem: 'bad',
    why: `No call${asked} is recorded in that time.`,
    remedy: 'Ask for a longer time, or see who was called with: sallyport vendors',
  };
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Nobody known comes last. */
function byName(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return byText(a, b);
}
