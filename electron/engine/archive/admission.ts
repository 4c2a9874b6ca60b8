import type { CallEvent } from '../../../shared/events/call-event.ts';
import type { Gap } from './slab.ts';

/**
 * What is let go when the archive cannot keep up, in this order: above half of the queue the bytes
 * of bodies and messages (their calls are marked), above 90 % new calls as a whole (counted in a
 * gap). Calls already recorded keep their small facts, so that every row is closed.
 */
export interface Admission {
  /** The facts to write for this one: itself, another in its place, one more before it, or none. */
  admit(event: CallEvent, queuedBytes: number): CallEvent | null;
  /** A fact that must be written before the admitted one: that a body was shed. */
  before(): CallEvent | null;
  /** The gap that has built up, once there is room for it again. */
  takeGap(queuedBytes: number): Gap | null;
  shedBodies: number;
  shedCalls: number;
}

const NO_BYTES = new Uint8Array(0);

export function createAdmission(limit: number): Admission {
  const bodiesAbove = limit * 0.5;
  const callsAbove = limit * 0.9;
  /** Calls let go as a whole, until their last fact. */
  const gone = new Set<number>();
  /** Calls already marked as having lost body bytes. */
  const marked = new Set<number>();
  let gap: Gap | null = null;
  let mark: CallEvent | null = null;

  function shedBody(admission: Admission, call: number): void {
    if (marked.has(call)) return;
    marked.add(call);
    admission.shedBodies += 1;
    mark = { type: 'body-shed', call };
  }

  return {
    shedBodies: 0,
    shedCalls: 0,
    admit(event, queuedBytes) {
      const { type, call } = event;
      if (type === 'opened') {
        if (queuedBytes <= callsAbove) return event;
        gone.add(call);
        this.shedCalls += 1;
        if (gap === null)
          gap = { type: 'gap', reason: 'overload', from: event.startedAt, to: event.startedAt, calls: 1 };
        else
          gap = {
            type: 'gap',
            reason: 'overload',
            from: Math.min(gap.from, event.startedAt),
            to: Math.max(gap.to, event.startedAt),
            calls: gap.calls + 1,
          };
        return null;
      }
      if (gone.size > 0 && gone.has(call)) {
        if (type === 'closed') gone.delete(call);
        return null;
      }
      if (type === 'closed') {
        if (marked.size > 0) marked.delete(call);
        return event;
      }
      if (queuedBytes <= bodiesAbove) return event;
      if (type === 'request-data' || type === 'response-data') {
        shedBody(this, call);
        return null;
      }
      if (type === 'message') {
        if (event.data.byteLength > 0) shedBody(this, call);
        return queuedBytes <= callsAbove ? { ...event, data: NO_BYTES } : null;
      }
      return event;
    },
    before() {
      const taken = mark;
      mark = null;
      return taken;
    },
    takeGap(queuedBytes) {
      if (gap === null || queuedBytes > callsAbove) return null;
      const taken = gap;
      gap = null;
      return taken;
    },
  };
}
