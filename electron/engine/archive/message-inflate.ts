import { constants, inflateRawSync } from 'node:zlib';
import { headerValue } from '../../../shared/events/header-lines.ts';

/**
 * Undoes permessage-deflate (RFC 7692) message by message. With context takeover a message may
 * point back into the 32 KiB before it, so these are kept and given as dictionary; where a message
 * was not captured whole, later ones of that direction cannot be read any more.
 */
export interface MessageInflater {
  /** The message's bytes, or null when they cannot be known. `whole`: the payload is complete. */
  inflate(payload: Uint8Array, whole: boolean): Buffer | null;
}

const WINDOW = 32 * 1024;
const TAIL = Buffer.from([0, 0, 0xff, 0xff]);

/** @param takeover whether messages share their context; @param limit most bytes a message may become. */
export function createInflater(takeover: boolean, limit: number): MessageInflater {
  let window: Buffer = Buffer.alloc(0);
  let lost = false;
  return {
    inflate(payload, whole) {
      if (lost) return null;
      try {
        const plain = inflateRawSync(whole ? Buffer.concat([payload, TAIL]) : payload, {
          maxOutputLength: limit,
          finishFlush: constants.Z_SYNC_FLUSH,
          ...(window.length > 0 ? { dictionary: window } : {}),
        });
        if (takeover) {
          lost = !whole;
          window =
            plain.length >= WINDOW
              ? Buffer.from(plain.subarray(plain.length - WINDOW))
              : Buffer.concat([window, plain]).subarray(-WINDOW);
        }
        return plain;
      } catch {
        lost = takeover;
        return null;
      }
    },
  };
}

/** Whether each direction keeps its context, from the answer's Sec-WebSocket-Extensions; null without deflate. */
export function takeoverOf(responseLines: string): { sent: boolean; received: boolean } | null {
  const extensions = headerValue(responseLines, 'sec-websocket-extensions');
  const deflate = extensions?.split(',').find((extension) => /^\s*permessage-deflate\s*(?:;|$)/i.test(extension));
  if (deflate === undefined) return null;
  return {
    sent: !/;\s*client_no_context_takeover/i.test(deflate),
    received: !/;\s*server_no_context_takeover/i.test(deflate),
  };
}
