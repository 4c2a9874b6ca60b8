import type { Figures } from '../../../../shared/contract/vendors.ts';
import { quantileOfCounts } from '../../../../shared/measure/latency-sketch.ts';
import type { EdgeSum } from '../../store/picture-rows.ts';

type Sums = Pick<
  EdgeSum,
  'calls' | 'errors' | 'failures' | 'throttled' | 'requestBytes' | 'responseBytes' | 'costNanoUsd' | 'pricedCalls'
>;

/** Figures that are being added up. */
export interface FigureSum extends Sums {
  /** A latency sketch’s counts by bucket, flat: thousands of rows are added into one. */
  buckets: Uint32Array;
}

/** Bucket of some twenty minutes; the rare longer one makes room for itself. */
const USUAL_BUCKETS = 560;

export function startFigures(): FigureSum {
  return {
    calls: 0,
    errors: 0,
    failures: 0,
    throttled: 0,
    requestBytes: 0,
    responseBytes: 0,
    costNanoUsd: 0,
    pricedCalls: 0,
    buckets: new Uint32Array(USUAL_BUCKETS),
  };
}

/** Adds a row of the store. */
export function addRow(into: FigureSum, row: EdgeSum): void {
  addSums(into, row);
  row.sketch.counts.forEach((count, bucket) => {
    if (bucket >= into.buckets.length) widen(into, bucket + 1);
    into.buckets[bucket]! += count;
  });
}

/** Adds figures that were added up before. */
export function addFigures(into: FigureSum, other: FigureSum): void {
  addSums(into, other);
  const { buckets } = other;
  if (buckets.length > into.buckets.length) widen(into, buckets.length);
  for (let bucket = 0; bucket < buckets.length; bucket += 1) into.buckets[bucket]! += buckets[bucket]!;
}

function addSums(into: Sums, other: Sums): void {
  into.calls += other.calls;
  into.errors += other.errors;
  into.failures += other.failures;
  into.throttled += other.throttled;
  into.requestBytes += other.requestBytes;
  into.responseBytes += other.responseBytes;
  into.costNanoUsd += other.costNanoUsd;
  into.pricedCalls += other.pricedCalls;
}

function widen(into: FigureSum, length: number): void {
  const wider = new Uint32Array(length);
  wider.set(into.buckets);
  into.buckets = wider;
}

/** As they are shown: what is not known is null. */
export function figuresOf(sum: FigureSum): Figures {
  const { calls, errors, failures, throttled, requestBytes, responseBytes, costNanoUsd, pricedCalls, buckets } = sum;
  return {
    calls,
    errors,
    failures,
    throttled,
    requestBytes,
    responseBytes,
    p50: quantileOfCounts(buckets, 0.5),
    p95: quantileOfCounts(buckets, 0.95),
    costNanoUsd: pricedCalls === 0 ? null : costNanoUsd,
    pricedCalls,
    unpricedCalls: calls - pricedCalls,
  };
}
