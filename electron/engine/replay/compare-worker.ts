import { parentPort, workerData } from 'node:worker_threads';
import type { Answered, Comparison, IgnoreRules } from '../../../shared/model/replay.ts';
import { compareHere } from './compare-calls.ts';

export interface CompareOrder {
  before: Answered;
  after: Answered;
  ignore: IgnoreRules;
  /** When the answers were complete, seconds since the epoch. */
  recorded: readonly [before: number, after: number];
}

export type FromCompare = { comparison: Comparison } | { badPath: string } | { failed: string };

/** Entry of the thread that compares one pair of answers. Given up by ending the thread. */
if (parentPort) {
  let told: FromCompare;
  try {
    told = compareHere(workerData as CompareOrder);
  } catch (error) {
    told = { failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort.postMessage(told);
}
