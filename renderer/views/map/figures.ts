import type { Figures } from '../../../shared/contract/vendors.ts';

/** What the width of an edge can stand for. */
export const METRICS = ['calls', 'cost', 'bytes', 'errors'] as const;
export type Metric = (typeof METRICS)[number];

export const NO_FIGURES: Figures = {
  calls: 0,
  errors: 0,
  failures: 0,
  throttled: 0,
  requestBytes: 0,
  responseBytes: 0,
  p50: null,
  p95: null,
  costNanoUsd: null,
  pricedCalls: 0,
  unpricedCalls: 0,
};

/** Calls, nano-dollars, bytes both ways, or errors; null: not known. */
export function amountOf(metric: Metric, figures: Figures): number | null {
  if (metric === 'calls') return figures.calls;
  if (metric === 'cost') return figures.costNanoUsd;
  if (metric === 'errors') return figures.errors;
  return figures.requestBytes + figures.responseBytes;
}

/** Errors per call; null without a call. */
export function errorRate({ errors, calls }: Figures): number | null {
  return calls === 0 ? null : errors / calls;
}

/** Figures added up. Percentiles of several cannot be told from theirs, so they are not; a cost is what is known of it. */
export function addFigures(all: readonly Figures[]): Figures {
  const called = all.filter(({ calls }) => calls > 0);
  const [only] = called;
  const sum = { ...NO_FIGURES };
  for (const one of all) {
    sum.calls += one.calls;
    sum.errors += one.errors;
    sum.failures += one.failures;
    sum.throttled += one.throttled;
    sum.requestBytes += one.requestBytes;
    sum.responseBytes += one.responseBytes;
    sum.pricedCalls += one.pricedCalls;
    sum.unpricedCalls += one.unpricedCalls;
    if (one.costNanoUsd !== null) sum.costNanoUsd = (sum.costNanoUsd ?? 0) + one.costNanoUsd;
  }
  if (called.length === 1 && only) return { ...sum, p50: only.p50, p95: only.p95 };
  return sum;
}
