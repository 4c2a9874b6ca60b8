import type { Writable } from 'node:stream';

/** Up to this size a batch goes out in one write: a system call costs more than a copy. */
const JOIN_LIMIT = 32 * 1024;

/** Gathers the pieces of an answer that become known together, and writes them together. Strings are Latin-1. */
export interface Outgoing {
  push(piece: string | Buffer): void;
  readonly empty: boolean;
  write(): void;
}

export function createOutgoing(socket: Writable): Outgoing {
  let batch: (string | Buffer)[] = [];
  let bytes = 0;

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

  return {
    push(piece) {
      batch.push(piece);
      bytes += piece.length;
    },
    get empty() {
      return bytes === 0;
    },
    write() {
      if (bytes === 0) return;
      const pieces = batch;
      const size = bytes;
      batch = [];
      bytes = 0;
      if (socket.writable) send(pieces, size);
    },
  };
}
