import { FRAME, FRAME_HEAD, writeFrameHead } from '../../shared/agent/frames.ts';
import type { FromAgent } from '../../shared/agent/link.ts';

/** Puts messages and frames behind each other into one piece of memory, which it uses again and again. */
export interface Packer {
  clear(): void;
  message(message: FromAgent): void;
  frame(frame: Uint8Array): void;
  /** What was put in; null when nothing was. Good until the next `clear`. */
  bytes(): Buffer | null;
}

const FIRST_SIZE = 16_384;
/** A batch that needed more than this was an exception, and its memory is given back. */
const USUAL_SIZE = 262_144;

export function createPacker(): Packer {
  let bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  let end = 0;
  /** Where the frame of JSON that is being written began; -1 when none is. */
  let began = -1;

  function need(more: number): void {
    if (end + more <= bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, end + more));
    bytes.copy(grown, 0, 0, end);
    bytes = grown;
  }

  function endMessages(): void {
    if (began < 0) return;
    need(1);
    bytes[end++] = 0x5d; // ]
    writeFrameHead(bytes, began, FRAME.json, end - began - FRAME_HEAD);
    began = -1;
  }

  return {
    clear() {
      if (bytes.length > USUAL_SIZE) bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
      end = 0;
      began = -1;
    },
    message(message) {
      const text = JSON.stringify(message);
      // A char is three bytes of UTF-8 at most.
      need(FRAME_HEAD + 1 + text.length * 3);
      if (began < 0) {
        began = end;
        end += FRAME_HEAD;
        bytes[end++] = 0x5b; // [
      } else bytes[end++] = 0x2c; // ,
      end += bytes.write(text, end, 'utf8');
    },
    frame(frame) {
      endMessages();
      need(frame.length);
      bytes.set(frame, end);
      end += frame.length;
    },
    bytes() {
      endMessages();
      return end === 0 ? null : bytes.subarray(0, end);
    },
  };
}
