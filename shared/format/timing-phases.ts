import type { Call } from '../model/call.ts';

/** A stretch of a call's time. Microseconds since the call began. */
export interface Phase {
  kind: 'before' | 'dns' | 'connect' | 'tls' | 'wait' | 'content' | 'lost';
  /** Which attempt it belongs to, from 0; null for what is not part of one. */
  attempt: number | null;
  start: number;
  /** Null while it goes on. */
  end: number | null;
}

/**
 * A call's time in stretches, in order. What was not measured has no stretch: a reused connection has no DNS, and the
 * time until the answer's first byte is one stretch, since it is not recorded when the request's last byte went out.
 */
export function timingPhases(call: Call): Phase[] {
  const phases: Phase[] = [];
  const add = (kind: Phase['kind'], attempt: number | null, start: number, end: number | null): void => {
    if (end === null || end > start) phases.push({ kind, attempt, start, end });
  };
  const { attempts, timeToFirstByteUs: firstByte, durationUs: end } = call;
  const first = attempts[0];
  add('before', null, 0, first ? first.startedAt : end);
  for (const [index, attempt] of attempts.entries()) {
    let at = attempt.startedAt;
    for (const [kind, length] of [
      ['dns', attempt.dnsUs],
      ['connect', attempt.connectUs],
      ['tls', attempt.tlsUs],
    ] as const) {
      if (length === null) continue;
      add(kind, index, at, at + length);
      at += length;
    }
    const next = attempts[index + 1];
    if (next) add('lost', index, at, Math.max(at, next.startedAt));
    else if (firstByte === null) add(call.failure ? 'lost' : 'wait', index, at, end);
    else add('wait', index, at, Math.max(at, firstByte));
  }
  if (first && firstByte !== null) add('content', null, firstByte, end);
  return phases;
}
