import type { Emit } from '../../../shared/events/call-event.ts';
import { compose, type Dispatch, type Stage } from './dispatch.ts';
import { recordStage, type RecordLimits } from './stages/record.ts';

/**
 * The one ordered list of what happens to a call on its way out. First = outermost. Later
 * capabilities take their place in it: identify, inspect, access, budget, limit, redact, cache,
 * credential, route, retry.
 */
export function defaultPipeline(forward: Dispatch, given: RecordLimits & { emit: Emit }): Dispatch {
  const stages: Stage[] = [
    // Outermost, so that blocked, failed and throttled calls are rows too.
    recordStage(given.emit, given),
  ];
  return compose(stages, forward);
}
