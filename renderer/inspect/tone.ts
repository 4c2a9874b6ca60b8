import '../ui/tone.css';
import type { Call } from '../../shared/model/call.ts';

export type Tone = 'ok' | 'moved' | 'client' | 'server' | 'blocked' | 'throttled' | 'open';

/** The colour of how a call went: a class `tone-…`. The word or the number beside it says the same. */
export function toneOf(call: Pick<Call, 'status' | 'state'> & { failure: unknown }): Tone {
  const { status, failure } = call;
  if (failure !== null) return 'server';
  if (status === null) return 'open';
  if (status === 429) return 'throttled';
  if (status >= 500) return 'server';
  if (status >= 400) return 'client';
  if (status >= 300) return 'moved';
  return status >= 200 || status === 101 ? 'ok' : 'open';
}

/** The colour of a status alone; null: there is no answer. */
export function toneOfStatus(status: number | null): Tone {
  return toneOf({ status, state: 'closed', failure: null });
}
