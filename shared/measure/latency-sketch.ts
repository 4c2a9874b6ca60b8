/**
 * A mergeable sketch of durations: counts in buckets whose borders grow by a fixed factor, so that
 * any percentile is within 2 % of the true one and two sketches add up to the sketch of both (the
 * idea of DDSketch, Masson et al., VLDB 2019). Durations are integer microseconds.
 */
export interface LatencySketch {
  /** Bucket index → how many; see `bucketOf`. */
  counts: Map<number, number>;
  total: number;
}

/** Half-width of a bucket relative to its middle. A little under the promised 2 % leaves room for rounding. */
const ACCURACY = 0.019;
const GROWTH = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GROWTH = Math.log(GROWTH);

export function createSketch(): LatencySketch {
  return { counts: new Map(), total: 0 };
}

/** 0 for durations under 1 µs; else the bucket whose upper border is the first at or above it. */
export function bucketOf(us: number): number {
  return us < 1 ? 0 : Math.max(0, Math.ceil(Math.log(us) / LOG_GROWTH)) + 1;
}

/** `count` may be negative, for a sketch that is merged into one that has these durations: it takes them out again. */
export function addDuration(sketch: LatencySketch, us: number, count = 1): void {
  const bucket = bucketOf(us);
  sketch.counts.set(bucket, (sketch.counts.get(bucket) ?? 0) + count);
  sketch.total += count;
}

/** Adds the second sketch into the first. */
export function mergeSketch(into: LatencySketch, other: LatencySketch): void {
  for (const [bucket, count] of other.counts) {
    const sum = (into.counts.get(bucket) ?? 0) + count;
    if (sum === 0) into.counts.delete(bucket);
    else into.counts.set(bucket, sum);
  }
  into.total += other.total;
}

/**
 * The duration that a share `q` (0…1) of all does not exceed, in microseconds, within 2 %; null when
 * the sketch is empty.
 */
export function quantile(sketch: LatencySketch, q: number): number | null {
  if (sketch.total === 0) return null;
  const rank = Math.max(0, Math.ceil(Math.min(1, Math.max(0, q)) * sketch.total) - 1);
  let seen = 0;
  const buckets = [...sketch.counts.keys()].sort((a, b) => a - b);
  for (const bucket of buckets) {
    seen += sketch.counts.get(bucket)!;
    if (seen > rank) return middleOf(bucket);
  }
  return middleOf(buckets.at(-1)!);
}

/** The same for counts that lie flat, one for each bucket from 0 on. */
export function quantileOfCounts(counts: ArrayLike<number>, q: number): number | null {
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) total += counts[bucket]!;
  if (total === 0) return null;
  const rank = Math.max(0, Math.ceil(Math.min(1, Math.max(0, q)) * total) - 1);
  let seen = 0;
  let last = 0;
  for (let bucket = 0; bucket < counts.length && seen <= rank; bucket += 1) {
    if (counts[bucket] === 0) continue;
    seen += counts[bucket]!;
    last = bucket;
  }
  return middleOf(last);
}

function middleOf(bucket: number): number {
  return bucket === 0 ? 0 : (2 * GROWTH ** (bucket - 1)) / (GROWTH + 1);
}

/** Packs a sketch: pairs of (distance to the bucket before, count) as LEB128 numbers, in order. */
export function packSketch(sketch: LatencySketch): Uint8Array {
  const out: number[] = [];
  let before = 0;
  for (const bucket of [...sketch.counts.keys()].sort((a, b) => a - b)) {
    packNumber(out, bucket - before);
    packNumber(out, sketch.counts.get(bucket)!);
    before = bucket;
  }
  return Uint8Array.from(out);
}

/** Reads what `packSketch` wrote; a cut or foreign blob gives what could be read. */
export function unpackSketch(bytes: Uint8Array): LatencySketch {
  const sketch = createSketch();
  eachBucket(bytes, (bucket, count) => {
    sketch.counts.set(bucket, (sketch.counts.get(bucket) ?? 0) + count);
    sketch.total += count;
  });
  return sketch;
}

/** Goes through a packed sketch without unpacking it: for adding up thousands. */
export function eachBucket(bytes: Uint8Array, take: (bucket: number, count: number) => void): void {
  let at = 0;
  let bucket = 0;
  const next = (): number => {
    let value = 0;
    let scale = 1;
    while (at < bytes.length) {
      const byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    return value;
  };
  while (at < bytes.length) {
    bucket += next();
    take(bucket, next());
  }
}

function packNumber(out: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}
