import atlas from 'world-atlas/countries-110m.json';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { ALPHA_2, SMALL } from './country-codes.ts';
import { middleOf, NORTH, project, SOUTH, unwrap, WORLD } from './project.ts';
import type { Place } from './project.ts';

/** A country as it is drawn, in a picture `WIDTH` wide. */
export interface CountryShape {
  /** ISO 3166-1 alpha-2; null where there is none. */
  code: string | null;
  name: string;
  /** SVG path data. */
  path: string;
}

export const WIDTH = 1000;
const SCALE = WIDTH / WORLD.width;
export const HEIGHT = Math.round(WORLD.height * SCALE);

const pixel = (place: Place): [number, number] => {
  const [x, y] = project(place);
  return [(x - WORLD.x) * SCALE, (y - WORLD.y) * SCALE];
};

/** Natural Earth’s countries, 1:110 million (public domain), by way of world-atlas. */
const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;

function read(): { shapes: CountryShape[]; middles: Map<string, { x: number; y: number }> } {
  const middles = new Map<string, { x: number; y: number }>();
  const shapes: CountryShape[] = [];
  for (const { id, properties, geometry } of feature(topology, topology.objects.countries).features) {
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const code = ALPHA_2.get(String(id)) ?? null;
    let path = '';
    let largest = 0;
    for (const polygon of polygons) {
      for (const ring of polygon as unknown as Place[][]) {
        const whole = unwrap(ring);
        if (!whole) continue;
        const east = Math.max(...whole.map(([longitude]) => longitude));
        const west = Math.min(...whole.map(([longitude]) => longitude));
        // What reaches over 180° is drawn at both edges; the outline cuts off what lies beyond them.
        const shifts = [0, ...(east > 180 ? [-360] : []), ...(west < -180 ? [360] : [])];
        for (const shift of shifts) {
          const points = whole.map(([longitude, latitude]) => pixel([longitude + shift, latitude]));
          path += `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`;
          const middle = middleOf(points);
          if (code !== null && shift === 0 && middle.area > largest) {
            largest = middle.area;
            middles.set(code, middle);
          }
        }
      }
    }
    if (path !== '') shapes.push({ code, name: properties.name, path });
  }
  for (const [code, place] of Object.entries(SMALL)) {
    const [x, y] = pixel(place);
    middles.set(code, { x, y });
  }
  return { shapes, middles };
}

/** Every country’s outline, and where its circle stands. */
export const { shapes: COUNTRIES, middles: MIDDLES } = read();

/** The edge of the drawn world. */
export const OUTLINE = (() => {
  const points: [number, number][] = [];
  for (let latitude = SOUTH; latitude <= NORTH; latitude += 3) points.push(pixel([180, latitude]));
  for (let latitude = NORTH; latitude >= SOUTH; latitude -= 3) points.push(pixel([-180, latitude]));
  return `M${points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L')}Z`;
})();
