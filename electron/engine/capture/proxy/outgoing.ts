import type { Writable } from 'node:stream';
import type { ClientConnection } from '../identity/client-connection.ts';

/** Up to this size a batch goes out in one write: a system call costs more than a copy. */
const JOIN_LIMIT = 32 * 1024;
/** A first answer waits so long (ms) for the look at who asked, and with no more than so many bytes. */
const LOOK_TIME = 100;
const LOOK_BYTES = 256 * 1024;

/** Gathers the pieces of an answer that become known together, and writes them together. Strings are Latin-1. */
export interface Outgoing {
  push(piece: string | Buffer): void;
  readonly empty: boolean;
  write(): void;
  /** Writes what there is, and ends our side. */
  end(): void;
  /** Whatever is held back goes now: somebody else writes to the socket from here on, or it is cut. */
  release(): void;
}

/**
 * The first answer on a connection leaves only when it is known who asked, if that takes a moment longer than the answer
 * itself: a program that has what it wants may be gone in a millisecond, and nobody could say any more who it was. Origins
 * that are not on this machine take longer than the look.
 */
export function createOutgoing(socket: Writable, connection: ClientConnection | null): Outgoing {
  let batch: (string | Buffer)[] = [];
  let bytes = 0;
  let held: NodeJS.Timeout | null = null;
  let free = connection === null || connection.looked;
  let ending = false;

  function send(pieces: (string | Buffer)[], size: number): void {
    if (pieces.length === 1) {
      sendOne(pieces[0]!);
    } else if (size <= JOIN_LIMIT) {
      const joined = Buffer.allocUnsafe(size);
      let at = 0;
      for (const piece of pieces)
        at += typeof piece === 'string' ? joined.write(piece, at, 'latin1') : piece.copy(joined, at);
      socket.write(joined);
    } else {
      socket.cork();
      for (const piece of pieces) sendOne(piece);
      socket.uncork();
    }
  }

  function sendOne(piece: string | Buffer): void {
    if (typeof piece === 'string') socket.write(piece, 'latin1');
    else socket.write(piece);
  }

  function write(): void {
    if (bytes === 0 || !(free || mayLeave())) return;
    const pieces = batch;
    const size = bytes;
    batch = [];
    bytes = 0;
    if (socket.writable) send(pieces, size);
  }

  function mayLeave(): boolean {
    if (connection!.looked || bytes > LOOK_BYTES) return true;
    if (held === null) {
      held = setTimeout(release, LOOK_TIME);
      connection!.whenLooked(release);
    }
    return false;
  }

  function release(): void {
    if (held !== null) clearTimeout(held);
    if (free) return;
    free = true;
    write();
    if (ending) socket.end();
  }

  return {
    push(piece) {
      batch.push(piece);
      bytes += piece.length;
    },
    get empty() {
      return bytes === 0;
    },
    write,
    end() {
      write();
      if (bytes === 0) socket.end();
      else ending = true;
    },
    release,
  };
}
