import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../../electron/engine/archive/admission.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import { factsOf } from '../../harness/recorder.ts';

const factOf = (type: CallEvent['type'], call = 1): CallEvent =>
  factsOf(call, { responseBody: 'x' }).find((fact) => fact.type === type)!;

describe('what is let go', () => {
  it('is nothing while less than half of the queue is used', () => {
    const admission = createAdmission(1000);
    for (const fact of factsOf(1, { requestBody: 'a', responseBody: 'b' }))
      expect(admission.admit(fact, 500)).toBe(fact);
    expect(admission.before()).toBeNull();
  });

  it('is first the bytes of bodies: the call is marked, once, and keeps all other facts', () => {
    const admission = createAdmission(1000);
    expect(admission.admit(factOf('opened'), 600)).not.toBeNull();
    expect(admission.admit(factOf('response-data'), 600)).toBeNull();
    expect(admission.before()).toEqual({ type: 'body-shed', call: 1 });
    expect(admission.admit(factOf('response-data'), 600)).toBeNull();
    expect(admission.before()).toBeNull();
    for (const type of ['attempted', 'answered', 'request-ended', 'closed'] as const)
      expect(admission.admit(factOf(type), 999)).not.toBeNull();
    expect(admission.shedBodies).toBe(1);
  });

  it('is then whole new calls, counted in one gap that is given when there is room; calls under way still close', () => {
    const admission = createAdmission(1000);
    admission.admit(factOf('opened', 1), 100);
    for (const call of [2, 3])
      for (const fact of factsOf(call, { responseBody: 'x' })) expect(admission.admit(fact, 950)).toBeNull();
    expect(admission.admit(factOf('closed', 1), 5000)).not.toBeNull();
    expect(admission.takeGap(950)).toBeNull();
    const [first, last] = [2, 3].map((call) => factOf('opened', call) as Extract<CallEvent, { type: 'opened' }>);
    expect(admission.takeGap(100)).toEqual({
      type: 'gap',
      reason: 'overload',
      from: first!.startedAt,
      to: last!.startedAt,
      calls: 2,
    });
    expect(admission.takeGap(100)).toBeNull();
    expect(admission.admit(factOf('opened', 4), 100)).not.toBeNull();
  });

  it('of a message is its data, then the message', () => {
    const admission = createAdmission(1000);
    const message: CallEvent = {
      type: 'message',
      call: 1,
      at: 5,
      direction: 'sent',
      opcode: 1,
      size: 3,
      deflated: false,
      data: Buffer.from('abc'),
    };
    expect(admission.admit(message, 600)).toMatchObject({ type: 'message', size: 3, data: new Uint8Array(0) });
    expect(admission.admit(message, 950)).toBeNull();
  });
});
