// One picture made fit to be shipped: nothing in it runs or is fetched, and it says how it stands on either ground.
import type { Picture } from './logo-sets.ts';

/** `mono`: one dark or light colour, drawn in the text's. `plate`: has dark parts, and wants a light ground. */
export type Ground = 'plain' | 'mono' | 'plate';

/** A picture, and the most bytes it may have. */
const LARGEST = 9000;

/** Null when it must not or need not be shipped: it runs, fetches, is too large, or too wide for a mark. */
export function cleanLogo({ svg, colour }: Picture): { svg: string; ground: Ground } | null {
  if (/<(?:script|foreignObject|image|style|animate|set|a)\b|\son\w+=|@import|javascript:|data:/i.test(svg))
    return null;
  const box =
    /viewBox="([^"]+)"/
      .exec(svg)?.[1]
      ?.trim()
      .split(/[\s,]+/)
      .map(Number) ?? [];
  const [left = 0, top = 0, width = 0, height = 0] = box;
  if (box.length !== 4 || width === 0 || width / height > 1.75 || height / width > 1.75) return null;
  let body = svg
    .replace(/^[\s\S]*?<svg\b[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll(/<title>[^<]*<\/title>|<desc>[^<]*<\/desc>|<!--[\s\S]*?-->/g, '')
    .replaceAll('xlink:href=', 'href=')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (/(?:href="|url\(['"]?)(?!#)/.test(body)) return null;
  const ground = groundOf(body, svg, colour);
  const rootFill = /<svg\b[^>]*\sfill="([^"]+)"/.exec(svg)?.[1] ?? null;
  const fill = ground === 'mono' ? null : (colour ?? (rootFill === 'currentColor' ? null : rootFill));
  if (ground === 'mono') body = body.replaceAll(/(fill|stroke)="(?!none|#?f{3,6}"|white|url)[^"]*"/gi, '$1="#000"');
  const text = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}"${fill === null ? '' : ` fill="${fill}"`}>${body}</svg>\n`;
  return text.length > LARGEST ? null : { svg: text, ground };
}

function groundOf(body: string, svg: string, colour: string | null): Ground {
  const gradient = /url\(#/.test(body);
  const own = [...body.matchAll(/(?:fill|stroke|stop-color)[=:]\s*"?\s*(#[\da-f]{3,8}|[a-z]+)/gi)]
    .map((match) => match[1] ?? '')
    .filter((word) => !['none', 'url', 'inherit', 'evenodd', 'nonzero', 'transparent'].includes(word));
  // What no colour is said of is black.
  const bare = /<(?:path|circle|rect|polygon|ellipse)\b(?![^>]*fill=)(?![^>]*class=)[^>]*>/.test(body);
  const grouped = /<g\b[^>]*fill=/.test(body) || /<svg\b[^>]*fill="(?!none|currentColor)/.test(svg);
  const all = new Set(
    [...(colour === null ? [] : [colour]), ...own, ...(bare && colour === null && !grouped ? ['#000'] : [])].map(
      (word) => luminance(word),
    ),
  );
  const levels = [...all];
  const single = all.size <= 1 && !gradient;
  if (single) return levels.every((level) => level > 0.09 && level < 0.6) && levels.length === 1 ? 'plain' : 'mono';
  return levels.some((level) => level < 0.06) ? 'plate' : 'plain';
}

/** WCAG's relative luminance; words other than white and black, and `currentColor`, count as black. */
function luminance(colour: string): number {
  if (colour.toLowerCase() === 'white') return 1;
  const hex = /^#([\da-f]{3,8})$/i.exec(colour)?.[1];
  if (hex === undefined) return 0;
  const full = hex.length < 6 ? [...hex.slice(0, 3)].map((digit) => digit + digit).join('') : hex.slice(0, 6);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
