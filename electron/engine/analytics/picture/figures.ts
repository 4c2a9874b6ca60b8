import type { Figures } from '../../../../shared/contract/vendors.ts';
import { createSketch, mergeSketch, quantile } from '../../../../shared/measure/latency-sketch.ts';
import type { EdgeSum } from '../../store/picture-rows.ts';

/** Figures that are being added up. */
export type FigureSum = Pick<
  EdgeSum,
  | 'calls'
  | 'errors'
  | 'failures'
  | 'throttled'
  | 'requestBytes'
  | 'responseBytes'
  | 'sketch'
  | 'costNanoUsd'
  | 'pricedCalls'
>;

export function startFigures(): FigureSum {
  return {
    calls: 0,
    errors: 0,
    failures: 0,
    throttled: 0,
    requestBytes: 0,
    responseBytes: 0,
    sketch: createSketch(),
    costNanoUsd: 0,
    pricedCalls: 0,
  };
}

export function addFigures(into: FigureSum, other: FigureSum): void {
  into.calls += other.calls;
  into.errors += other.errors;
  into.failures += other.failures;
  into.throttled += other.throttled;
  into.requestBytes += other.requestBytes;
  into.responseBytes += other.responseBytes;
  into.costNanoUsd += other.costNanoUsd;
  into.pricedCalls += other.pricedCalls;
  mergeSketch(into.sketch, other.sketch);
}

/** As they are shown: what is not known is null. */
export function figuresOf(sum: FigureSum): Figures {
  const { calls, errors, failures, throttled, requestBytes, responseBytes, sketch, costNanoUsd, pricedCalls } = sum;
  return {
    calls,
    errors,
    failures,
    throttled,
    requestBytes,
    responseBytes,
    p50: quantile(sketch, 0.5),
    p95: quantile(sketch, 0.95),
    costNanoUsd: pricedCalls === 0 ? null : costNanoUsd,
    pricedCalls,
    unpricedCalls: calls - pricedCalls,
  };
}
