import type { DependencyMap, MapEdge, MapNode } from '../../../shared/contract/map.ts';
import { countOf, formatCount, formatSize } from '../../../shared/format/quantities.ts';
import type { VendorStatus } from '../../../shared/model/vendor.ts';
import { escapeXml, FONT, shorten } from './svg-text.ts';

/** The light theme’s colours, as renderer/ui/tokens.css has them (a test holds them together). */
export const LIGHT = {
  page: '#fdfcfa',
  box: '#f0ede8',
  line: '#c9c2b7',
  text: '#1f2226',
  dim: '#545b64',
  edge: '#777e88',
  bad: '#c0322d',
} as const;
export const STATUS_COLOURS: Readonly<Record<VendorStatus, string>> = {
  approved: '#177547',
  known: '#1c67b5',
  new: '#8f5c00',
  deprecated: '#ad4a0c',
  blocked: '#a5309f',
};

const BOX = { width: 230, height: 40, gap: 10 } as const;
const BAND = 14;
const MARGIN = 24;
const HEAD = 72;
const BETWEEN = 130;
const FOOT = 52;
const X = {
  app: MARGIN,
  vendor: MARGIN + BOX.width + BETWEEN,
  endpoint: MARGIN + 2 * (BOX.width + BETWEEN),
} as const;
const ENDPOINT_WIDTH = 320;
const WIDTH = X.endpoint + ENDPOINT_WIDTH + MARGIN;

/**
 * The map as one SVG file, without script, font or address in it: apps, vendors and endpoints in three columns, lines as
 * wide as calls are many. Drawn without a browser; the same map is the same picture.
 */
export function drawSvg(map: DependencyMap): string {
  const { places, height } = placeNodes(map);
  const most = Math.max(1, ...map.edges.map(({ calls }) => calls));
  const title = `What depends on what, ${dayOf(map.since)} to ${dayOf(map.until)}`;
  const kinds = (kind: MapNode['kind']): number => map.nodes.filter((node) => node.kind === kind).length;
  const subtitle = [
    countOf(kinds('app'), 'app'),
    countOf(kinds('vendor'), 'vendor'),
    countOf(map.total.calls, 'call'),
    map.coverage === null ? 'coverage not known' : `${Math.floor(map.coverage * 100)} % of connections seen`,
  ].join(' · ');
  const present = [...new Set(map.nodes.flatMap(({ status }) => (status === null ? [] : [status])))].sort();
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="${escapeXml(FONT)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<desc>${escapeXml(subtitle)}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="${LIGHT.page}"/>`,
    textAt(MARGIN, 34, title, 18, LIGHT.text, WIDTH, true),
    textAt(MARGIN, 54, subtitle, 12, LIGHT.dim, WIDTH),
    ...map.edges.toSorted((a, b) => b.calls - a.calls).map((edge) => drawEdge(edge, places, most)),
    ...map.nodes.map((node) => drawNode(node, places)),
    ...present.map((status, index) => {
      const x = MARGIN + index * 120;
      return `<rect x="${x}" y="${height - 34}" width="10" height="10" rx="2" fill="${STATUS_COLOURS[status]}"/>${textAt(x + 16, height - 25, status, 11, LIGHT.dim, 100)}`;
    }),
    textAt(MARGIN, height - 8, 'Drawn by Sallyport. The wider a line, the more calls.', 10, LIGHT.dim, WIDTH),
    '</svg>',
    '',
  ].join('\n');
}

type Places = ReadonlyMap<string, { x: number; y: number; width: number }>;

/** Endpoints beside their vendor, vendors by calls; apps near the middle of what they call. */
function placeNodes({ nodes, edges }: DependencyMap): { places: Places; height: number } {
  const places = new Map<string, { x: number; y: number; width: number }>();
  const below = Map.groupBy(
    nodes.filter(({ kind }) => kind === 'endpoint'),
    ({ vendor }) => `vendor:${vendor}`,
  );
  let y = HEAD;
  for (const { id } of nodes.filter(({ kind }) => kind === 'vendor')) {
    const endpoints = below.get(id) ?? [];
    const high = Math.max(1, endpoints.length) * (BOX.height + BOX.gap) - BOX.gap;
    places.set(id, { x: X.vendor, y: y + (high - BOX.height) / 2, width: BOX.width });
    endpoints.forEach((endpoint, index) =>
      places.set(endpoint.id, { x: X.endpoint, y: y + index * (BOX.height + BOX.gap), width: ENDPOINT_WIDTH }),
    );
    y += high + BAND;
  }
  const wanted = nodes
    .filter(({ kind }) => kind === 'app')
    .map(({ id }, index) => {
      const calls = edges.filter(({ from }) => from === id);
      const weight = calls.reduce((sum, edge) => sum + edge.calls, 0);
      const at = calls.reduce((sum, edge) => sum + edge.calls * (places.get(edge.to)?.y ?? HEAD), 0);
      return { id, at: weight === 0 ? HEAD : at / weight, index };
    })
    .sort((a, b) => a.at - b.at || a.index - b.index);
  const step = BOX.height + BOX.gap;
  let free = HEAD;
  wanted.forEach(({ id, at }, index) => {
    // Those below it must find room, too.
    const latest = Math.max(free, y - BAND - (wanted.length - index) * step + BOX.gap);
    const top = Math.min(Math.max(free, at), latest);
    places.set(id, { x: X.app, y: top, width: BOX.width });
    free = top + step;
  });
  return { places, height: Math.ceil(Math.max(y, free) + FOOT) };
}

function drawEdge({ from, to, calls, errors }: MapEdge, places: Places, most: number): string {
  const [start, end] = [places.get(from), places.get(to)];
  if (start === undefined || end === undefined) return '';
  const [x1, x2] = [start.x + start.width, end.x];
  const [y1, y2] = [round(start.y + BOX.height / 2), round(end.y + BOX.height / 2)];
  const bend = (x2 - x1) / 2;
  const width = round(1 + 7 * Math.sqrt(calls / most));
  const colour = errors * 20 > calls ? LIGHT.bad : LIGHT.edge;
  return `<path d="M${x1},${y1}C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="0.5"/>`;
}

function drawNode(node: MapNode, places: Places): string {
  const place = places.get(node.id);
  if (place === undefined) return '';
  const { x, y: top, width } = place;
  const y = round(top);
  const says = [
    countOf(node.calls, 'call'),
    ...(node.errors > 0 ? [`${formatCount(node.errors)} failed`] : []),
    formatSize(node.requestBytes + node.responseBytes),
    ...(node.status === null ? [] : [node.status]),
    ...(node.countries?.endpoint.country == null ? [] : [node.countries.endpoint.country]),
  ].join(' · ');
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${BOX.height}" rx="4" fill="${LIGHT.box}" stroke="${LIGHT.line}"/>`,
    node.status === null
      ? ''
      : `<rect x="${x}" y="${y}" width="4" height="${BOX.height}" rx="2" fill="${STATUS_COLOURS[node.status]}"/>`,
    textAt(x + 12, y + 17, node.name, 12.5, LIGHT.text, width - 20),
    textAt(x + 12, y + 32, says, 10.5, LIGHT.dim, width - 20),
  ].join('');
}

function textAt(x: number, y: number, said: string, size: number, fill: string, room: number, bold = false): string {
  return `<text x="${x}" y="${y}" font-size="${size}"${bold ? ' font-weight="600"' : ''} fill="${fill}">${escapeXml(shorten(said, room, size))}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
const dayOf = (at: number): string => new Date(at / 1000).toISOString().slice(0, 10);
