/** What a vendor says of its limits, in one shape for every dialect. */
export interface LimitSignal {
  /** Which of the vendor's limits: `requests`, `tokens`, `core`, `graphql`, `daily` … */
  resource: string;
  unit: 'requests' | 'tokens' | 'points' | 'bytes' | 'concurrency' | 'other';
  limit: number | null;
  remaining: number | null;
  /** When all of it is there again, microseconds since the epoch, by our clock; null when not said or not believable. */
  resetAt: number | null;
  /** Length of its window in seconds; null when not said. */
  window: number | null;
  /** What it comes from: a header's name in lower case, or `body:` and a path. */
  source: string;
}

/** Who was it that said "too many", and what helps. */
export const THROTTLES = [
  /** The vendor's rate: waiting helps. */
  'vendor-rate',
  /** The vendor's quota of a day or a month: retrying does not help. */
  'vendor-quota',
  /** The vendor is overloaded: not our doing. */
  'vendor-overload',
  /** Too many at the same time, or a lock. */
  'vendor-concurrency',
  /** One of our own policies. */
  'ours',
] as const;
export type Throttle = (typeof THROTTLES)[number];

export interface LimitReading {
  signals: LimitSignal[];
  throttle: Throttle | null;
  /** When the vendor says to come back, microseconds since the epoch. */
  retryAt: number | null;
}
