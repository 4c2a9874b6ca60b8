import type { Emit } from '../../../shared/events/call-event.ts';
import { compose, type Dispatch, type Stage } from './dispatch.ts';
import { governStage, type Governing } from './stages/govern.ts';
import { mockStage, type Mocking } from './stages/answer-from-mock.ts';
import { recordStage, type RecordLimits } from './stages/record.ts';

/**
 * The one ordered list of what happens to a call on its way out. First = outermost. Later
 * capabilities take their place in it: identify, inspect, redact, cache,
 * credential, route, retry.
 */
export function defaultPipeline(
  forward: Dispatch,
  given: RecordLimits & { emit: Emit; governing: Governing; mocking: Mocking },
): Dispatch {
  const stages: Stage[] = [
    // Outermost, so that blocked, failed and throttled calls are rows too.
    recordStage(given.emit, given),
    // Before anything is looked up or connected to: what is refused or has to wait costs nothing.
    governStage(given.governing),
    // In the origin's place, and nowhere else: everything around a call is as it would be.
    mockStage(given.mocking, given.emit),
  ];
  return compose(stages, forward);
}
