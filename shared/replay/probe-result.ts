/** One sending of a load probe. */
export interface ProbeSample {
  /** Milliseconds from the start: when it should have begun, and when it did. */
  planned: number;
  began: number;
  /** Milliseconds until its answer was complete; null when there was none. */
  took: number | null;
  status: number | null;
  /** The kind of failure; null when there was an answer. */
  failure: string | null;
}

export interface Percentiles {
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

export interface ProbeResult {
  sent: number;
  /** Answers by status, failures by kind; the commonest first. */
  outcomes: { outcome: string; count: number }[];
  /** Answers below 400. */
  succeeded: number;
  /** Answers that said “too many”. */
  limited: number;
  /** Milliseconds as callers would have waited: from when each should have begun. Null without answers. */
  latency: Percentiles | null;
  /** Milliseconds from when each did begin. */
  service: Percentiles | null;
  /** Sendings a second, asked for (null: as fast as answers come) and reached. */
  wantedRate: number | null;
  reachedRate: number;
  /** How long everything took, milliseconds. */
  tookMs: number;
}

/**
 * Sums a probe up. Latency counts from the moment a sending was due, so that a slow origin cannot hide the callers it
 * keeps waiting (Gil Tene, “How NOT to Measure Latency”: coordinated omission).
 */
export function sumUpProbe(samples: readonly ProbeSample[], wantedRate: number | null, tookMs: number): ProbeResult {
  const counts = new Map<string, number>();
  for (const { status, failure } of samples) {
    const outcome = failure ?? String(status ?? 'none');
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const answered = samples.filter(
    (one): one is ProbeSample & { took: number } => one.took !== null && one.failure === null,
  );
  return {
    sent: samples.length,
    outcomes: [...counts].map(([outcome, count]) => ({ outcome, count })).toSorted((a, b) => b.count - a.count),
    succeeded: answered.filter(({ status }) => status !== null && status < 400).length,
    limited: answered.filter(({ status }) => status === 429).length,
    latency: percentiles(answered.map(({ planned, began, took }) => Math.max(0, began - planned) + took)),
    service: percentiles(answered.map(({ took }) => took)),
    wantedRate,
    reachedRate: tookMs > 0 ? (samples.length * 1000) / tookMs : 0,
    tookMs,
  };
}

/** Exact, by nearest rank; null of nothing. */
function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).toSorted();
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
