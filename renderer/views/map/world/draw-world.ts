import type { DependencyMap } from '../../../../shared/contract/map.ts';
import type { Metric } from '../figures.ts';
import type { Where } from '../paint.ts';
import { textSvg } from '../picture.ts';
import type { Measure, PictureBody } from '../picture.ts';
import { byCountry } from './by-country.ts';
import { COUNTRIES, HEIGHT, MIDDLES, OUTLINE, WIDTH } from './world-shape.ts';

/** Widths of the picture’s list. */
const LIST = 320;
const LINE = 18;

/** The world as the body of a picture: countries and circles, and beside them every country, also what is not known. */
export function drawWorld(
  map: DependencyMap,
  { where, metric }: { where: Where; metric: Metric },
  {
    say,
    colour,
    measure,
  }: {
    /** A country and its amount, in words. */
    say: (country: string | null, amount: number | null, vendors: readonly string[]) => string;
    colour: (token: string) => string;
    measure: Measure;
  },
): PictureBody {
  const rows = byCountry(map, where, metric);
  const most = Math.max(1, ...rows.map(({ amount }) => amount ?? 0));
  const shares = new Map(rows.map(({ country, amount }) => [country, Math.sqrt((amount ?? 0) / most)]));
  const lands = COUNTRIES.map(({ code, path }) => {
    const share = code === null ? undefined : shares.get(code);
    const fill =
      share === undefined
        ? `fill="${colour('--raised')}"`
        : `fill="${colour('--moved')}" fill-opacity="${(0.22 + share * 0.38).toFixed(2)}"`;
    return `<path d="${path}" ${fill} stroke="${colour('--line-strong')}" stroke-width="0.4"/>`;
  });
  const circles = rows.flatMap(({ country }) => {
    const at = country === null ? undefined : MIDDLES.get(country);
    if (!at || country === null) return [];
    const radius = 4 + 18 * (shares.get(country) ?? 0);
    const width = measure(country, 12, true);
    return [
      `<circle cx="${at.x.toFixed(1)}" cy="${at.y.toFixed(1)}" r="${radius.toFixed(1)}" fill="${colour('--moved')}" fill-opacity="0.6" stroke="${colour('--page')}"/>`,
      textSvg({
        x: at.x - width / 2,
        y: radius > 12 ? at.y + 4 : at.y - radius - 3,
        said: country,
        size: 12,
        bold: true,
        fill: colour('--text'),
        room: 40,
        measure,
      }),
    ];
  });
  const list = rows.map(({ country, amount, vendors }, index) =>
    textSvg({
      x: WIDTH + 24,
      y: 14 + index * LINE,
      said: say(
        country,
        amount,
        vendors.map(({ name }) => name),
      ),
      size: 11.5,
      fill: colour('--text'),
      room: LIST - 24,
      measure,
    }),
  );
  return {
    width: WIDTH + LIST,
    height: Math.max(HEIGHT, rows.length * LINE + 14),
    svg: [
      `<clipPath id="edge"><path d="${OUTLINE}"/></clipPath>`,
      `<path d="${OUTLINE}" fill="${colour('--panel')}" stroke="${colour('--line')}"/>`,
      // By its name in this file: nothing is fetched.
      `<g clip-path="url(#edge)">${lands.join('')}</g>`,
      ...circles,
      ...list,
    ].join('\n'),
  };
}
