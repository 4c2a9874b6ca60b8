import type { CountryClaim } from '../../../shared/model/vendor.ts';
import { VENDOR_STATUSES } from '../../../shared/model/vendor.ts';
import { words } from '../../words/index.ts';
import { errorRate } from './figures.ts';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';

const says = words.map;

/** What colour can stand for. */
export const COLOURINGS = ['status', 'errors', 'latency', 'data', 'country'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** Which of the three questions about countries. */
export const WHERES = ['endpoint', 'declared', 'importer'] as const;
export type Where = (typeof WHERES)[number];

/** One line of the legend. */
export interface Tone {
  key: string;
  title: string;
  /** Name of its token: `--ok`. */
  colour: string;
}

export interface Paint {
  node: (node: GraphNode) => Tone;
  edge: (edge: GraphEdge) => Tone;
  /** The tones that are on screen, in their order. */
  legend: readonly Tone[];
}

const UNKNOWN: Tone = { key: 'unknown', title: says.unknownTone, colour: '--open-bar' };

const STATUS: Readonly<Record<string, string>> = {
  approved: '--ok',
  known: '--moved',
  new: '--client',
  deprecated: '--throttled',
  blocked: '--blocked',
};
const statusTones = VENDOR_STATUSES.map((status): Tone => ({
  key: status,
  title: says.status[status],
  colour: STATUS[status] ?? UNKNOWN.colour,
}));

const RATES: readonly { below: number; tone: Tone }[] = [
  { below: 0.000_001, tone: { key: '0', title: says.rate.none, colour: '--ok' } },
  { below: 0.01, tone: { key: '1', title: says.rate.few, colour: '--moved' } },
  { below: 0.05, tone: { key: '2', title: says.rate.some, colour: '--client' } },
  { below: Infinity, tone: { key: '3', title: says.rate.many, colour: '--server' } },
];
const SECOND = 1_000_000;
const LATENCIES: readonly { below: number; tone: Tone }[] = [
  { below: 0.3 * SECOND, tone: { key: '0', title: says.slow.quick, colour: '--map-slow-1' } },
  { below: SECOND, tone: { key: '1', title: says.slow.fair, colour: '--map-slow-2' } },
  { below: 3 * SECOND, tone: { key: '2', title: says.slow.slow, colour: '--map-slow-3' } },
  { below: Infinity, tone: { key: '3', title: says.slow.verySlow, colour: '--map-slow-4' } },
];
/** The most delicate first: of several the first one colours. */
const DATA: readonly Tone[] = (
  ['credentials', 'health', 'payment', 'personal', 'confidential', 'public', 'none'] as const
).map((one, index) => ({ key: one, title: says.data[one], colour: `--cat-${[7, 4, 2, 5, 1, 3, 6][index] ?? 8}` }));

const bin = (value: number | null, bins: typeof RATES): Tone =>
  value === null ? UNKNOWN : (bins.find(({ below }) => value < below)?.tone ?? UNKNOWN);

/** Colours for what is drawn, and the legend of those that are. */
export function paintOf(graph: Graph, by: Colouring): Paint {
  const byId = new Map(graph.nodes.map((one) => [one.id, one]));
  const countries = by === 'country' ? countryTones(graph) : new Map<string, Tone>();
  /** Countries, data and status are the vendor’s: an edge has those of its vendor. */
  const vendorAt = (edge: GraphEdge): GraphNode | undefined => {
    const to = byId.get(edge.to);
    return to?.kind === 'vendor' ? to : byId.get(edge.from);
  };
  const ofVendor = (one: GraphNode | undefined): Tone => {
    const node = one?.node;
    if (!node) return UNKNOWN;
    if (by === 'status') return statusTones.find(({ key }) => key === node.status) ?? UNKNOWN;
    if (by === 'data') return DATA.find(({ key }) => node.data.includes(key)) ?? undeclared;
    return countries.get(node.countries?.endpoint.country ?? '') ?? unknownCountry;
  };
  const parents = new Map(graph.edges.map(({ from, to }) => [to, from]));
  const paint = {
    node(one: GraphNode): Tone {
      if (by === 'errors') return bin(errorRate(one.figures), RATES);
      if (by === 'latency') return bin(one.figures.p95, LATENCIES);
      if (one.kind === 'app') return NO_TONE;
      return ofVendor(one.kind === 'endpoint' ? byId.get(parents.get(one.id) ?? '') : one);
    },
    edge(edge: GraphEdge): Tone {
      if (by === 'errors') return bin(errorRate(edge.figures), RATES);
      if (by === 'latency') return bin(edge.figures.p95, LATENCIES);
      return ofVendor(vendorAt(edge));
    },
  };
  const seen = new Map<string, Tone>();
  const drawn = graph.edges.filter(({ presence }) => presence === 'here' || presence === 'added');
  for (const edge of drawn) seen.set(paint.edge(edge).key, paint.edge(edge));
  const order = [...statusTones, ...RATES.map(({ tone }) => tone), ...DATA, ...countries.values()].map(
    ({ key }) => key,
  );
  const rank = ({ key }: Tone): number => {
    const at = order.indexOf(key);
    return at < 0 ? order.length : at;
  };
  return { ...paint, legend: [...seen.values()].toSorted((a, b) => rank(a) - rank(b)) };
}

/** Apps have no status, data or country of their own. */
export const NO_TONE: Tone = { key: '', title: '', colour: '--line-strong' };
const undeclared: Tone = { ...UNKNOWN, key: 'undeclared', title: says.undeclared };
const unknownCountry: Tone = { ...UNKNOWN, key: 'country?', title: says.countryUnknown };
const MOST_COUNTRIES = 7;

/** The most called countries have a colour of their own, the others share one. */
function countryTones(graph: Graph): Map<string, Tone> {
  const calls = new Map<string, number>();
  for (const { kind, node, figures } of graph.nodes) {
    const country = node?.countries?.endpoint.country;
    if (kind === 'vendor' && country) calls.set(country, (calls.get(country) ?? 0) + figures.calls);
  }
  const sorted = [...calls].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([country]) => country);
  const others: Tone = { key: 'others', title: says.otherCountries, colour: '--cat-8' };
  return new Map(
    sorted.map((country, index) => [
      country,
      index < MOST_COUNTRIES || sorted.length === MOST_COUNTRIES + 1
        ? { key: `in ${country}`, title: countryName(country), colour: `--cat-${index + 1}` }
        : others,
    ]),
  );
}

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** `DE` → `Germany`. */
export function countryName(code: string): string {
  if (code === 'EU') return says.union;
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}

/** How sure a country is, in a word, and what it rests on. */
export function basisText({ basis, confidence }: CountryClaim): string {
  if (basis === null) return says.noBasis;
  return says.basisOf(says.basis[basis], confidence === null ? null : says.confidence[confidence]);
}
