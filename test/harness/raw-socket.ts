import type { Socket } from 'node:net';

/** How the other side ended its half: in order (FIN), by reset (RST or a broken TLS record), or because we closed first. */
export type Ending = 'fin' | 'reset' | 'closed';

/**
 * A socket whose bytes are waited for, not listened to. Text is Latin-1, a char a byte. Everything
 * is event-driven: a read that can never be satisfied fails with what has come so far instead of
 * hanging until the test's own time limit.
 */
export interface RawSocket {
  readonly socket: Socket;
  /** Every byte received so far, also those already read. */
  received(): Buffer;
  /** Bytes received but not read yet. */
  pending(): number;
  /** Resolves when the bytes are handed to the kernel (which means: the other side reads). */
  send(bytes: string | Uint8Array): Promise<void>;
  read(length: number): Promise<Buffer>;
  /** Up to and including `marker`. */
  readUntil(marker: string): Promise<string>;
  /** A message head, through its empty line. */
  readHead(): Promise<string>;
  /** Whatever came next, at least one byte. */
  readSome(): Promise<Buffer>;
  /** All the rest, and how it ended. */
  readToEnd(): Promise<{ bytes: Buffer; ending: Ending }>;
  /** Half-close: FIN after what was sent. */
  end(): void;
  /** RST. */
  reset(): void;
  close(): void;
  readonly ending: Promise<Ending>;
  /** Stops and restarts taking bytes from the kernel, so that the sender feels it. */
  pause(): void;
  resume(): void;
}

export class EndedEarly extends Error {
  override name = 'EndedEarly';
}

/** `transport`: the TCP socket under a TLS socket, which alone can be reset (`resetAndDestroy` throws on a TLSSocket). */
export function rawSocket(socket: Socket, options: { keep?: boolean; transport?: Socket } = {}): RawSocket {
  const all: Buffer[] = [];
  let unread: Buffer[] = [];
  let unreadLength = 0;
  let ended: Ending | null = null;
  let wake: (() => void)[] = [];
  const woken = () =>
    new Promise<void>((resolve) => {
      wake.push(resolve);
    });
  const notify = () => {
    const now = wake;
    wake = [];
    for (const one of now) one();
  };
  let settle: (ending: Ending) => void = () => {};
  const ending = new Promise<Ending>((resolve) => {
    settle = resolve;
  });
  const finish = (how: Ending) => {
    ended ??= how;
    settle(ended);
    notify();
  };

  socket.setNoDelay(true);
  socket.on('data', (chunk: Buffer) => {
    if (options.keep !== false) all.push(chunk);
    unread.push(chunk);
    unreadLength += chunk.length;
    notify();
  });
  socket.on('end', () => finish('fin'));
  socket.on('error', () => finish('reset'));
  socket.on('close', () => finish('closed'));

  function take(length: number): Buffer {
    const joined = unread.length === 1 && unread[0] ? unread[0] : Buffer.concat(unread);
    const rest = joined.subarray(length);
    unread = rest.length > 0 ? [rest] : [];
    unreadLength = rest.length;
    return joined.subarray(0, length);
  }

  function tooFew(wanted: string): EndedEarly {
    const have = Buffer.concat(unread);
    return new EndedEarly(
      `wanted ${wanted}, but the connection ended (${ended}) after ${JSON.stringify(have.subarray(0, 300).toString('latin1'))}${have.length > 300 ? ` … ${have.length} bytes` : ''}`,
    );
  }

  const raw: RawSocket = {
    socket,
    received: () => Buffer.concat(all),
    pending: () => unreadLength,
    send: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    async read(length) {
      while (unreadLength < length) {
        if (ended) throw tooFew(`${length} bytes`);
        await woken();
      }
      return take(length);
    },
    async readUntil(marker) {
      const wanted = Buffer.from(marker, 'latin1');
      for (;;) {
        const have = Buffer.concat(unread);
        unread = [have];
        const at = have.indexOf(wanted);
        if (at >= 0) return take(at + wanted.length).toString('latin1');
        if (ended) throw tooFew(JSON.stringify(marker));
        await woken();
      }
    },
    readHead: () => raw.readUntil('\r\n\r\n'),
    async readSome() {
      while (unreadLength === 0) {
        if (ended) throw tooFew('more bytes');
        await woken();
      }
      return take(unreadLength);
    },
    async readToEnd() {
      while (!ended) await woken();
      return { bytes: take(unreadLength), ending: ended };
    },
    end: () => {
      socket.end();
    },
    reset: () => {
      (options.transport ?? socket).resetAndDestroy();
    },
    close: () => {
      socket.destroy();
    },
    ending,
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
  };
  return raw;
}
