/** Degrees east and north. */
export type Place = readonly [longitude: number, latitude: number];

/** Equal Earth (Šavrič, Patterson, Jenny 2018): areas are true, so that no country looks larger than it is. */
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;
const RADIANS = Math.PI / 180;

/** Lands without people’s servers are cut off: all between these latitudes is drawn. */
export const SOUTH = -57;
export const NORTH = 84;

/** A place on the plane, in radii of the earth; y goes down. */
export function project([longitude, latitude]: Place): [number, number] {
  const theta = Math.asin(M * Math.sin(latitude * RADIANS));
  const square = theta * theta;
  const sixth = square ** 3;
  const x = (longitude * RADIANS * Math.cos(theta)) / (M * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square)));
  const y = theta * (A1 + A2 * square + sixth * (A3 + A4 * square));
  return [x, -y];
}

/** Width and height of the whole, in radii of the earth, and where its top left is. */
export const WORLD = (() => {
  const [east] = project([180, 0]);
  const [, top] = project([0, NORTH]);
  const [, bottom] = project([0, SOUTH]);
  return { x: -east, y: top, width: 2 * east, height: bottom - top };
})();

/**
 * A ring as it goes on, without jumps where it crosses 180°: longitudes may leave −180…180. Null for one that goes
 * around a pole, which has no inside on a plane.
 */
export function unwrap(ring: readonly Place[]): Place[] | null {
  let shift = 0;
  let before = ring[0]?.[0] ?? 0;
  const places = ring.map(([longitude, latitude]): Place => {
    if (longitude - before > 180) shift -= 360;
    else if (before - longitude > 180) shift += 360;
    before = longitude;
    return [longitude + shift, latitude];
  });
  return Math.abs((places[0]?.[0] ?? 0) - (places.at(-1)?.[0] ?? 0)) > 180 ? null : places;
}

/** The middle of a ring’s area on the plane, and that area. */
export function middleOf(ring: readonly (readonly [number, number])[]): { x: number; y: number; area: number } {
  let [sum, x, y] = [0, 0, 0];
  ring.forEach(([x1, y1], index) => {
    const [x2, y2] = ring[(index + 1) % ring.length] ?? [x1, y1];
    const cross = x1 * y2 - x2 * y1;
    sum += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  });
  return sum === 0
    ? { x: ring[0]?.[0] ?? 0, y: ring[0]?.[1] ?? 0, area: 0 }
    : { x: x / (3 * sum), y: y / (3 * sum), area: Math.abs(sum / 2) };
}
