import type { Comparison, Draft } from './replay.ts';

/** One request of a sequence: what is sent, what it was, and what is expected of it. */
export interface Step {
  name: string;
  draft: Draft;
  /** The recorded call that its answer is held against; null when there is none. */
  origin: number | null;
  /** When it was recorded, microseconds since the epoch; null when it was not. */
  recordedAt: number | null;
  /** One line each, as `--assert` takes them. */
  assertions: readonly string[];
  /** Variables for later steps, and where in the answer they are found: `$.path`, `header NAME`, `cookie NAME`. */
  extract: Readonly<Record<string, string>>;
}

/** What came of an expectation. */
export interface AssertionResult {
  /** As it was written. */
  text: string;
  passed: boolean;
  /** What was expected, and what was there. */
  says: string;
}

/** What came of sending one step once. */
export interface StepResult {
  /** From 0, in the order of the sequence. */
  step: number;
  /** From 1: how often it was sent so far. */
  round: number;
  name: string;
  method: string;
  /** Redacted. */
  url: string;
  /** Id of the call it became; 0 when nothing was recorded, null when it was not sent. */
  call: number | null;
  origin: number | null;
  status: number | null;
  recordedStatus: number | null;
  /** Microseconds; null when there is no answer. */
  tookUs: number | null;
  comparison: Comparison | null;
  assertions: readonly AssertionResult[];
  passed: boolean;
  /** Why it did not pass, or was not sent; null when it passed. */
  says: string | null;
}

/** When the steps of a sequence are sent. */
export type Pace =
  /** With the gaps they were recorded with, divided by `speed`. */
  | { kind: 'recorded'; speed: number }
  /** So many in a second at most. */
  | { kind: 'paced'; perSecond: number }
  /** One after the other, as fast as answers come. */
  | { kind: 'free' };
