import { amountOf } from './figures.ts';
import type { Metric } from './figures.ts';
import type { GraphNode } from './graph.ts';
import type { Paint, Tone } from './paint.ts';
import type { Drawing, PlacedNode } from './place.ts';

/** How wide a text is in pixels, in the font that pictures name. */
export type Measure = (text: string, size: number, bold?: boolean) => number;

/** The fonts a picture names: no font is fetched or packed; every text says its width, so that another font fits too. */
export const PICTURE_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

export interface PictureLegend {
  width: string;
  samples: readonly { px: number; text: string }[];
  colour: string;
  tones: readonly Tone[];
  notes: readonly string[];
}

/** What frames a picture: it is looked at where no page explains it. */
export interface PictureFrame {
  title: string;
  subtitle: string;
  foot: string;
  legend: PictureLegend | null;
  /** Colour of a token, `--page` → `#101318`. */
  colour: (token: string) => string;
  measure: Measure;
}

/** Body of a picture, placed below its title. */
export interface PictureBody {
  width: number;
  height: number;
  svg: string;
}

const PAD = 24;
const TITLE = 64;
const LINE = 20;

/** A picture as one SVG file: no script, no font, no address in it. */
export function framePicture(body: PictureBody, frame: PictureFrame): string {
  const { colour, legend } = frame;
  const lines = legend ? legendSvg(legend, frame, body.width) : { svg: '', height: 0 };
  const width = Math.ceil(body.width + 2 * PAD);
  const height = Math.ceil(TITLE + body.height + lines.height + LINE + PAD);
  const text = (x: number, y: number, said: string, size: number, token: string, bold = false): string =>
    textSvg({ x, y, said, size, fill: colour(token), bold, room: body.width, measure: frame.measure });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(frame.title)}" font-family="${escape(PICTURE_FONT)}">`,
    `<title>${escape(frame.title)}</title>`,
    `<desc>${escape(frame.subtitle)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${colour('--page')}"/>`,
    text(PAD, 32, frame.title, 18, '--text', true),
    text(PAD, 52, frame.subtitle, 12, '--text-dim'),
    `<g transform="translate(${PAD} ${TITLE})">${body.svg}</g>`,
    `<g transform="translate(${PAD} ${TITLE + body.height + 8})">${lines.svg}</g>`,
    text(PAD, height - 14, frame.foot, 10, '--text-faint'),
    '</svg>',
  ].join('\n');
}

function legendSvg(
  legend: PictureLegend,
  { colour, measure }: PictureFrame,
  width: number,
): { svg: string; height: number } {
  const parts: string[] = [];
  let x = 0;
  let y = 12;
  const put = (said: string, token: string, mark: ((x: number, y: number) => string) | null, markWidth = 0): void => {
    const wide = measure(said, 11) + (mark ? markWidth + 6 : 0);
    if (x > 0 && x + wide > width) {
      x = 0;
      y += LINE;
    }
    if (mark) parts.push(mark(x, y));
    const from = x + (mark ? markWidth + 6 : 0);
    parts.push(textSvg({ x: from, y, said, size: 11, fill: colour(token), room: width - from, measure }));
    x += wide + 16;
  };
  const next = (): void => {
    x = 0;
    y += LINE;
  };
  put(legend.width, '--text', null);
  for (const { px, text } of legend.samples)
    put(
      text,
      '--text-dim',
      (at, line) =>
        `<rect x="${r(at)}" y="${r(line - 4 - px / 2)}" width="18" height="${r(px)}" rx="1" fill="${colour('--text-faint')}"/>`,
      18,
    );
  next();
  put(legend.colour, '--text', null);
  for (const tone of legend.tones)
    put(
      tone.title,
      '--text-dim',
      (at, line) =>
        `<rect x="${r(at)}" y="${r(line - 9)}" width="10" height="10" rx="2" fill="${colour(tone.colour)}"/>`,
      10,
    );
  if (legend.notes.length > 0) {
    next();
    put(legend.notes.join(' · '), '--text-dim', null);
  }
  return { svg: parts.join(''), height: y + 12 };
}

/** What a node says in a picture; the same words as on the screen. */
export interface NodeWords {
  name: string;
  figure: string;
  bad: boolean;
  /** A shape and a word for what colour alone must not say; null: nothing. */
  badge: { shape: 'ring' | 'cross' | 'clock' | 'tick'; text: string; token: string } | null;
}

/** A graph or a Sankey as the body of a picture. */
export function drawGraph(
  drawing: Drawing,
  paint: Paint,
  {
    bars,
    metric,
    say,
    amount,
    groupTitle,
    colour,
    measure,
  }: {
    bars: boolean;
    metric: Metric;
    say: (node: GraphNode) => NodeWords;
    amount: (metric: Metric, value: number | null) => string;
    groupTitle: (key: string) => string;
    colour: (token: string) => string;
    measure: Measure;
  },
): PictureBody {
  const edges = drawing.edges.map(({ edge, path, width, filled }) => {
    const tone = colour(edge.presence === 'absent' ? '--line-strong' : paint.edge(edge).colour);
    if (filled) return `<path d="${path}" fill="${tone}" fill-opacity="0.42"/>`;
    const dashed = width === null || edge.presence === 'gone' ? ' stroke-dasharray="5 4"' : '';
    return `<path d="${path}" fill="none" stroke="${tone}" stroke-width="${r(dashed === '' ? (width ?? 1) : 1)}" stroke-opacity="0.55"${dashed}/>`;
  });
  const groups = drawing.groups.map(({ key, x, y, width }) =>
    textSvg({ x, y: y + 15, said: groupTitle(key), size: 11, fill: colour('--text-dim'), room: width, measure }),
  );
  const nodes = drawing.nodes.map((placed) =>
    bars
      ? barSvg(placed, paint, say(placed.node), amount(metric, amountOf(metric, placed.node.figures)), colour, measure)
      : boxSvg(placed, paint, say(placed.node), colour, measure),
  );
  return { width: drawing.width, height: drawing.height, svg: [...edges, ...groups, ...nodes].join('\n') };
}

function boxSvg(
  placed: PlacedNode,
  paint: Paint,
  words: NodeWords,
  colour: (token: string) => string,
  measure: Measure,
): string {
  const { node, x, y, width, height } = placed;
  const thin = node.presence === 'gone' || node.presence === 'absent';
  const dashed = thin
    ? ' stroke-dasharray="2 3"'
    : words.badge && words.badge.shape === 'ring'
      ? ' stroke-dasharray="4 3"'
      : '';
  const badge = words.badge
    ? badgeSvg(words.badge, x + width - 8, y + height / 2, colour, measure)
    : { svg: '', width: 0 };
  const room = width - 20 - badge.width;
  return [
    `<rect x="${x}.5" y="${y}.5" width="${width - 1}" height="${height - 1}" rx="4" fill="${colour(thin ? '--page' : '--raised')}" stroke="${colour('--line-strong')}"${dashed}/>`,
    node.kind === 'app'
      ? ''
      : `<rect x="${x}" y="${y}" width="3" height="${height}" rx="1.5" fill="${colour(paint.node(node).colour)}"/>`,
    textSvg({
      x: x + 11,
      y: y + 16,
      said: words.name,
      size: 12.5,
      fill: colour(thin ? '--text-dim' : '--text'),
      room,
      measure,
    }),
    textSvg({
      x: x + 11,
      y: y + 30,
      said: words.figure,
      size: 10.5,
      fill: colour(words.bad ? '--client' : '--text-dim'),
      room,
      measure,
    }),
    badge.svg,
  ].join('');
}

function barSvg(
  { node, x, y, width, height }: PlacedNode,
  paint: Paint,
  words: NodeWords,
  figure: string,
  colour: (token: string) => string,
  measure: Measure,
): string {
  const tone = node.kind === 'app' ? '--cat-8' : paint.node(node).colour;
  const said = [words.name, figure, words.badge?.text].filter(Boolean).join('  ');
  return [
    `<rect x="${r(x)}" y="${r(y)}" width="${width}" height="${r(height)}" rx="1" fill="${colour(tone)}"/>`,
    textSvg({ x: x + width + 6, y: y + height / 2 + 4, said, size: 11.5, fill: colour('--text'), room: 180, measure }),
  ].join('');
}

function badgeSvg(
  { shape, text, token }: NonNullable<NodeWords['badge']>,
  right: number,
  middle: number,
  colour: (token: string) => string,
  measure: Measure,
): { svg: string; width: number } {
  const wide = measure(text, 10.5);
  const from = right - wide - 14;
  const cx = from + 5;
  const fill = colour(token);
  const line = `fill="none" stroke="${fill}" stroke-width="1.3"`;
  const marks = {
    ring: `<circle cx="${r(cx)}" cy="${r(middle)}" r="4.3" ${line} stroke-dasharray="2 1.6"/>`,
    cross: `<circle cx="${r(cx)}" cy="${r(middle)}" r="4.3" ${line}/><path d="M${r(cx - 3)},${r(middle - 3)}L${r(cx + 3)},${r(middle + 3)}" ${line}/>`,
    clock: `<path d="M${r(cx - 3.5)},${r(middle - 4)}h7l-7,8h7z" ${line}/>`,
    tick: `<path d="M${r(cx - 3.5)},${r(middle)}l2.5,3l5,-6" ${line}/>`,
  };
  return {
    svg:
      marks[shape] + textSvg({ x: from + 13, y: middle + 3.7, said: text, size: 10.5, fill, room: wide + 1, measure }),
    width: wide + 20,
  };
}

/** A text that fits its room: shortened where it must be, and held to the width it was measured with. */
export function textSvg({
  x,
  y,
  said,
  size,
  fill,
  bold = false,
  room,
  measure,
}: {
  x: number;
  y: number;
  said: string;
  size: number;
  fill: string;
  bold?: boolean;
  room: number;
  measure: Measure;
}): string {
  const text = shorten(said, room, (one) => measure(one, size, bold));
  if (text === '') return '';
  const wide = measure(text, size, bold);
  return `<text x="${r(x)}" y="${r(y)}" font-size="${size}"${bold ? ' font-weight="600"' : ''} fill="${fill}" textLength="${r(wide)}" lengthAdjust="spacingAndGlyphs">${escape(text)}</text>`;
}

/** As much of a text as fits, with `…` where something is left out. */
export function shorten(text: string, room: number, measure: (text: string) => number): string {
  if (text === '' || measure(text) <= room) return text;
  const letters = [...text];
  let low = 0;
  let high = letters.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(`${letters.slice(0, middle).join('').trimEnd()}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '…' : `${letters.slice(0, low).join('').trimEnd()}…`;
}

const r = (value: number): number => Math.round(value * 10) / 10;

/** Text for XML: names come from calls and may hold anything, also what XML cannot. */
export function escape(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(
        /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g,
        '\uFFFD',
      )
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;')
  );
}
