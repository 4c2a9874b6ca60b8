import { AsyncResource } from 'node:async_hooks';
import { readSync, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createFrameReader } from '../../shared/agent/frames.ts';
import type { FromEngine } from '../../shared/agent/link.ts';
import { later } from './clock.ts';

/**
 * The local socket to the engine. It never keeps the process, never throws, and comes back by itself when the
 * engine does.
 *
 * Where the system lets us, bytes are written straight to the descriptor, without waiting: a write that Node has
 * to finish later would keep the process as long as a hanging engine likes, and at exit nobody would finish it. It
 * also means that what a program did last can still be told while it ends, even before Node has noticed that the
 * connection stands.
 */
export interface Wire {
  connect(): void;
  /** Hands over bytes that begin and end with frames; false: the last ones are still here, try again later. */
  write(bytes: Buffer | null): boolean;
  /**
   * The same, waiting for a slow engine for 100 ms at most: the process ends. An engine that has not `greeted` us yet
   * is waited for as well: who is gone before its welcome may not be heard.
   */
  writeAtEnd(bytes: Buffer | null, greeted: boolean): void;
  /** Bytes that were handed over and have not left. */
  readonly left: number;
  /** For good. */
  close(): void;
}

interface WireOptions {
  path: string;
  /** The connection stands; what is written now is the first thing on it. */
  onOpen: () => void;
  onMessage: (message: FromEngine) => void;
  /** The connection is gone; what was not written of it is lost. */
  onGone: () => void;
}

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
const DIRECT = process.platform !== 'win32';
/** Context of nobody: what is started from a program's own code would hold on to what that code knows. */
const nobody = new AsyncResource('SallyportAgent');

export function createWire(options: WireOptions): Wire {
  let socket: Socket | null = null;
  let opened = false;
  let closed = false;
  let pause = FIRST_PAUSE;
  let rest: Buffer | null = null;

  function open(): void {
    if (closed || socket !== null) return;
    const mine = connect(options.path);
    mine.unref();
    socket = mine;
    opened = false;
    const reader = createFrameReader({
      json: (payload) => {
        const said: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
        for (const message of Array.isArray(said) ? said : [said]) options.onMessage(message as FromEngine);
      },
      piece: () => {},
    });
    mine.on('connect', () => {
      pause = FIRST_PAUSE;
      introduce();
    });
    mine.on('data', (chunk) => {
      try {
        reader.push(chunk);
      } catch {
        mine.destroy();
      }
    });
    mine.on('error', () => {});
    mine.on('close', () => {
      if (socket !== mine) return;
      socket = null;
      rest = null;
      options.onGone();
      if (closed) return;
      later(() => nobody.runInAsyncScope(open), pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }

  /** Says hello once on each connection. */
  function introduce(): void {
    if (opened) return;
    opened = true;
    options.onOpen();
  }

  const descriptor = (): number => (socket as unknown as { _handle?: { fd?: number } } | null)?._handle?.fd ?? -1;

  /** Gives what could not be written now; throws when the connection is broken. */
  function writeNow(bytes: Buffer): Buffer | null {
    const fd = DIRECT ? descriptor() : -1;
    if (fd < 0) {
      socket?.write(Buffer.from(bytes));
      return null;
    }
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(fd, bytes, at, bytes.length - at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    // Copied: the memory is the packer's, which writes into it again.
    return at < bytes.length ? Buffer.from(bytes.subarray(at)) : null;
  }

  return {
    connect: () => nobody.runInAsyncScope(open),
    get left() {
      return (rest?.length ?? 0) + (socket?.writableLength ?? 0);
    },
    write(bytes) {
      if (socket === null || !opened) return false;
      const all = rest === null ? bytes : bytes === null ? rest : Buffer.concat([rest, bytes]);
      rest = null;
      if (all === null) return true;
      try {
        rest = writeNow(all);
      } catch {
        socket.destroy();
        return false;
      }
      return rest === null && socket.writableLength < 65_536;
    },
    writeAtEnd(bytes, greeted) {
      if (socket === null) return;
      try {
        const handle = (socket as unknown as { _handle?: { setBlocking?(on: boolean): void } })._handle;
        if (!DIRECT) handle?.setBlocking?.(true);
        introduce();
        this.write(bytes);
        for (let tries = 0; (rest !== null || !(greeted || isAnswered(descriptor()))) && tries < 100; tries++) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
          this.write(null);
        }
      } catch {
        // Nothing can be done for it any more.
      }
    },
    close() {
      closed = true;
      socket?.destroy();
    },
  };
}

/** Whether something came from the other end; where that cannot be told, nothing is waited for. */
function isAnswered(fd: number): boolean {
  if (!DIRECT || fd < 0) return true;
  try {
    readSync(fd, Buffer.alloc(1));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EAGAIN';
  }
}
