/**
 * How an algorithm counts, for one key at a time. Moments are steady microseconds (`steady-clock.ts`), costs are in the
 * limit's unit. Nothing here allocates but `fresh`, `save` and `load`.
 */
export interface Meter<Count> {
  /** What can be used at once. A call that costs more never fits. */
  readonly most: number;
  /** It is held while the call runs, and given back when it is over. */
  readonly holds: boolean;
  fresh(at: number): Count;
  /**
   * From when on `cost` fits after `ahead` has gone: `at` or earlier when it does now; Infinity when no clock can say.
   */
  readyAt(count: Count, cost: number, ahead: number, at: number): number;
  take(count: Count, cost: number, at: number): void;
  /** What was taken at `takenAt` was so much more (or less) than thought. Never makes more room than there would be had that been known. */
  amend(count: Count, by: number, takenAt: number, at: number): void;
  /** How much can be used at once, for this key. */
  limit(count: Count): number;
  used(count: Count, at: number): number;
  /** When all of it is there again; Infinity when no clock can say. */
  resetAt(count: Count, at: number): number;
  /** Nothing is used of it: it may be forgotten. */
  idle(count: Count, at: number): boolean;
  /** As numbers; moments among them by the wall. Null: nothing to keep. */
  save(count: Count, at: number): number[] | null;
  /** Takes back what `save` gave, maybe under another limit; null for what it cannot be. */
  load(numbers: readonly number[], at: number): Count | null;
  /** A call is over, for those who learn from that. */
  learn?(count: Count, outcome: LearnedOutcome, at: number): void;
  /** How long a call holds what it took, on average; NaN while not known. */
  heldFor?(count: Count): number;
}

export interface LearnedOutcome {
  failed: boolean;
  /** To the answer's first byte where there was one. */
  latencyUs: number;
  durationUs: number;
  /** Its vendor refused it for want of room. */
  throttled: boolean;
}
