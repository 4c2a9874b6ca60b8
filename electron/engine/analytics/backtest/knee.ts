/**
 * Where a trade-off bends: the point furthest from the straight line between its ends, both axes scaled to 0…1 (the idea of
 * Kneedle: Satopää, Albrecht, Irwin, Raghavan, “Finding a ‘Kneedle’ in a Haystack”, ICDCSW 2011). Null for a curve that is
 * a line or nearly one, that is flat, or has fewer than three points. `x` ascending.
 */
export function kneeOf(x: readonly number[], y: readonly number[]): number | null {
  const last = x.length - 1;
  const width = x[last]! - x[0]!;
  const low = Math.min(...y);
  const height = Math.max(...y) - low;
  if (last < 2 || width <= 0 || height <= 0) return null;
  const scaled = (index: number): [number, number] => [(x[index]! - x[0]!) / width, (y[index]! - low) / height];
  const [, first] = scaled(0);
  const [, end] = scaled(last);
  let best = -1;
  let furthest = LEAST_BEND;
  for (let index = 1; index < last; index += 1) {
    const [across, up] = scaled(index);
    const away = Math.abs(up - (first + (end - first) * across));
    if (away > furthest) {
      furthest = away;
      best = index;
    }
  }
  return best < 0 ? null : best;
}

/** Nearer to the line than this it is no bend, but how the calls fell. */
const LEAST_BEND = 0.05;
