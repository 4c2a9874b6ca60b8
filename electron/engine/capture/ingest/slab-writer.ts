import type { CallEvent } from '../../../../shared/events/call-event.ts';
import { roomFor, writeFact } from '../../archive/slab.ts';
import { ByteWriter } from '../../store/byte-writer.ts';

const SLAB = 256 * 1024;

/** Facts written down for the archive, on a thread of their own. */
export interface SlabWriter {
  write(event: CallEvent): void;
  /** Sends what there is. */
  send(): void;
}

/** `give` gets bytes of its own; the writer goes on with its buffer. `onFirst`: something waits to be sent. */
export function createSlabWriter(given: {
  give: (slab: ArrayBuffer, length: number, calls: number, from: number) => void;
  onFirst: () => void;
}): SlabWriter {
  const out = new ByteWriter(Buffer.from(new ArrayBuffer(SLAB)));
  let calls = 0;
  let from = 0;

  function send(): void {
    if (out.at === 0) return;
    const length = out.at;
    const slab = new ArrayBuffer(length);
    new Uint8Array(slab).set(out.bytes.subarray(0, length));
    given.give(slab, length, calls, from);
    out.at = 0;
    calls = 0;
    from = 0;
  }

  return {
    write(event) {
      const room = roomFor(event);
      if (out.at > 0 && out.at + room > out.bytes.length) send();
      // A fact bigger than a slab (a head of many names, say).
      out.reserve(room);
      const start = out.at;
      if (start === 0) given.onFirst();
      try {
        writeFact(out, event);
      } catch (error) {
        out.at = start;
        throw error;
      }
      if (event.type === 'opened') {
        calls += 1;
        if (from === 0) from = event.startedAt;
      }
    },
    send,
  };
}
