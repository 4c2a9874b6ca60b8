import type { Pace, Step, StepResult } from '../../shared/model/sequence.ts';
import { planSendings } from '../../shared/replay/schedule.ts';

/** What a run needs of whoever sends: a door's client, or the engine itself. */
export interface Sender {
  /** Sends a step and says what came of it; never rejects. */
  send(step: Step, place: { step: number; round: number }, signal: AbortSignal): Promise<StepResult>;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when it is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface RunOptions {
  times: number;
  pace: Pace;
  /** Sendings at once. */
  parallel: number;
  /** Goes on after a step that did not pass. */
  goOn: boolean;
}

/**
 * Sends the steps, and gives each result as it comes. Stops after the first that does not pass unless told otherwise:
 * what is under way then still ends, nothing new begins.
 */
export async function* runSequence(
  steps: readonly Step[],
  { times, pace, parallel, goOn }: RunOptions,
  sender: Sender,
  signal: AbortSignal,
): AsyncGenerator<StepResult> {
  const started = sender.now();
  const waiting = planSendings(steps, times, pace);
  const running = new Set<Promise<StepResult>>();
  let stopped = false;
  while ((!stopped && !signal.aborted && waiting.length > 0) || running.size > 0) {
    const next = stopped || signal.aborted || running.size >= parallel ? undefined : waiting[0];
    if (next !== undefined) {
      const early = next.at - (sender.now() - started);
      if (early <= 0) {
        waiting.shift();
        const step = steps[next.step];
        if (step === undefined) continue;
        const sending = sender.send(step, next, signal);
        running.add(sending);
        void sending.finally(() => running.delete(sending));
        continue;
      }
      if (running.size === 0) {
        await sender.wait(early, signal);
        continue;
      }
    }
    const done = new AbortController();
    const early = next === undefined ? null : Math.max(0, next.at - (sender.now() - started));
    const result = await Promise.race([
      ...running,
      ...(early === null ? [] : [sender.wait(early, AbortSignal.any([signal, done.signal])).then(() => null)]),
    ]);
    done.abort();
    if (result === null) continue;
    yield result;
    if (!result.passed && !goOn) stopped = true;
  }
}
