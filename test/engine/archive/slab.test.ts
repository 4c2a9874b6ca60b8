import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gap } from '../../../electron/engine/archive/slab.ts';
import { readFacts, roomFor, writeFact } from '../../../electron/engine/archive/slab.ts';
import { ByteWriter } from '../../../electron/engine/store/byte-writer.ts';
import type { CallEvent } from '../../../shared/events/call-event.ts';
import { anyEvent } from '../../shared/events/call-facts.ts';

const write = (events: readonly (CallEvent | Gap)[]): ByteWriter => {
  const out = new ByteWriter(Buffer.alloc(0));
  for (const event of events) {
    const room = roomFor(event);
    out.reserve(room);
    const before = out.at;
    writeFact(out, event);
    expect(out.at - before).toBeLessThanOrEqual(room);
  }
  return out;
};
const read = (slab: Buffer, length: number) => {
  const events: (CallEvent | Gap)[] = [];
  const problems: string[] = [];
  readFacts(
    slab,
    length,
    (event) => events.push('data' in event ? { ...event, data: new Uint8Array(event.data) } : event),
    (problem) => problems.push(problem),
  );
  return { events, problems };
};
const anyCall = fc.oneof(fc.nat(100), fc.integer({ min: 2 ** 31 - 2, max: Number.MAX_SAFE_INTEGER })).chain(anyEvent);

describe('slab', () => {
  it('gives back every fact as it was written, in the room it asked for', () => {
    fc.assert(
      fc.property(fc.array(anyCall, { maxLength: 12 }), (events) => {
        const out = write(events);
        expect(read(out.bytes, out.at)).toEqual({ events, problems: [] });
      }),
    );
  });

  it('carries gaps', () => {
    const gap: Gap = { type: 'gap', reason: 'paused', from: 1.7e15, to: 1.7e15 + 5, calls: 12 };
    const out = write([gap]);
    expect(read(out.bytes, out.at).events).toEqual([gap]);
  });

  it('skips a fact that cannot be read and goes on with the next', () => {
    const shed: CallEvent = { type: 'body-shed', call: 3 };
    const out = write([shed, shed, shed]);
    out.bytes[out.at / 3 + 4] = 99;
    const { events, problems } = read(out.bytes, out.at);
    expect(events).toEqual([shed, shed]);
    expect(problems).toHaveLength(1);
  });

  it('never throws on damaged bytes', () => {
    fc.assert(
      fc.property(
        fc.array(anyCall, { maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 5 }),
        (events, damage) => {
          const out = write(events);
          for (const [place, value] of damage) if (out.at > 0) out.bytes[place % out.at] = value;
          read(out.bytes, out.at);
        },
      ),
    );
  });
});
