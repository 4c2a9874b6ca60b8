import { chmodSync } from 'node:fs';
import net from 'node:net';
import { FRAME, jsonFrame } from '../../../../shared/agent/frames.ts';
import type { FromEngine } from '../../../../shared/agent/link.ts';
import { readHello } from './hello.ts';
import type { Introduction } from './hello.ts';
import { clearSocket } from './link-place.ts';
import type { LinkPlace } from './link-place.ts';

/** One agent that has proved itself: a program, or a thread of one. */
export interface Link {
  readonly id: number;
  readonly who: Introduction;
  send(message: FromEngine): void;
  /** So many bytes that were handed on are worked off; all of them, when nobody will work them off any more. */
  took(bytes: number): void;
  close(): void;
}

export interface LinkServer {
  /** Whatever programs wrote before now has been read, as far as we keep up. */
  quiet(): Promise<void>;
  /** Whether there are sockets that wait for us. */
  readonly behind: boolean;
  close(): Promise<void>;
}

/** Bytes that may be read ahead of the work: of one link, and of all. */
const AHEAD = { link: 256 * 1024, all: 16 * 1024 * 1024 };
const GREETING = { bytes: 256 * 1024, ms: 5_000, waiting: 256 };
const MOST_LINKS = 10_000;
/** An agent that does not read what we say is not worth the memory. */
const MOST_UNSENT = 1024 * 1024;

/**
 * Listens at the place, and hands on what agents that know the secret say, as it comes. Reads no further than
 * the work keeps up. Rejects with the system's error when it cannot listen.
 */
export function serveLinks(
  place: LinkPlace,
  given: {
    /** A new link; nothing is handed on before this settles. */
    onLink: (link: Link) => Promise<void>;
    /** The bytes are the taker's. */
    onBytes: (link: Link, bytes: Uint8Array) => void;
    onEnd: (link: Link) => void;
    log: (line: string) => void;
  },
): Promise<LinkServer> {
  const sockets = new Set<net.Socket>();
  /** Sockets that are not read because there is too much to work off. */
  const held = new Set<() => void>();
  let greeting = 0;
  let opening = 0;
  let ahead = 0;
  /** Counts whatever comes. */
  let events = 0;
  let nextId = 1;

  function accept(socket: net.Socket): void {
    if (sockets.size >= MOST_LINKS || greeting >= GREETING.waiting) return void socket.destroy();
    sockets.add(socket);
    events += 1;
    greeting += 1;
    let link: Link | null = null;
    let waiting = true;
    let ready = false;
    let first = Buffer.alloc(0);
    let own = 0;
    /** What came while we looked who it is. */
    const early: Buffer[] = [];
    let earlyBytes = 0;
    let mute = true;
    const unsaid: FromEngine[] = [];
    const write = (message: FromEngine): void => {
      if (socket.writableLength > MOST_UNSENT) socket.destroy();
      else if (socket.writable) socket.write(frameOf(message));
    };
    const greeted = (): void => {
      if (!waiting) return;
      waiting = false;
      greeting -= 1;
      clearTimeout(timer);
    };
    const refuse = (why: string): void => {
      given.log(`An agent was turned away: ${why}`);
      socket.end(frameOf({ type: 'refused', why }), () => socket.destroy());
    };
    const timer = setTimeout(() => socket.destroy(), GREETING.ms).unref();

    const release = (): void => {
      if (own > AHEAD.link / 2 || ahead > AHEAD.all) return;
      held.delete(release);
      if (ready) socket.resume();
    };
    const handOn = (bytes: Uint8Array): void => {
      if (link === null || bytes.length === 0) return;
      own += bytes.length;
      ahead += bytes.length;
      if (own > AHEAD.link || ahead > AHEAD.all) {
        held.add(release);
        socket.pause();
      }
      given.onBytes(link, bytes);
    };

    const greet = (rest: Buffer, who: Introduction, more: unknown[]): void => {
      greeted();
      early.push(rest);
      // A program that has ended may have said all it had to: writing to it would throw away what was not read yet.
      setImmediate(() =>
        setImmediate(() => {
          mute = false;
          for (const message of unsaid.splice(0)) write(message);
        }),
      );
      const made: Link = {
        id: nextId++,
        who,
        send: (message) => (mute ? void unsaid.push(message) : write(message)),
        took(bytes) {
          const off = Math.min(bytes, own);
          own -= off;
          ahead -= off;
          for (const next of held) next();
        },
        close: () => void socket.destroy(),
      };
      opening += 1;
      given.onLink(made).then(
        () => {
          opening -= 1;
          events += 1;
          link = made;
          ready = true;
          // What came in one frame with the greeting goes the way of all else.
          if (more.length > 0) handOn(jsonFrame(Buffer.from(JSON.stringify(more))));
          for (const chunk of early.splice(0)) handOn(chunk);
          if (socket.destroyed) given.onEnd(made);
          else if (!held.has(release)) socket.resume();
        },
        (error: unknown) => {
          opening -= 1;
          given.log(`fault: a link could not be opened: ${String(error)}`);
          socket.destroy();
        },
      );
    };

    socket.on('data', (chunk: Buffer) => {
      events += 1;
      if (link !== null) return handOn(chunk);
      if (!waiting) {
        early.push(chunk);
        earlyBytes += chunk.length;
        if (earlyBytes > AHEAD.link) socket.pause();
        return;
      }
      first = Buffer.concat([first, chunk]);
      const length = first.length < 4 ? null : first.readUInt32LE(0);
      if (length !== null && (length < 2 || length > GREETING.bytes || (first.length > 4 && first[4] !== FRAME.json))) {
        greeted();
        return refuse('What it sent was no greeting.');
      }
      if (length === null || first.length < 4 + length) return;
      const messages = parse(first.subarray(5, 4 + length));
      const who = readHello(Array.isArray(messages) ? messages[0] : messages, place.secret);
      if (typeof who === 'string') {
        greeted();
        return refuse(who);
      }
      greet(first.subarray(4 + length), who, Array.isArray(messages) ? messages.slice(1) : []);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      greeted();
      sockets.delete(socket);
      held.delete(release);
      if (link !== null) given.onEnd(link);
    });
  }

  const server = net.createServer(accept);
  return new Promise((resolve, reject) => {
    clearSocket(place.socket);
    server.once('error', reject);
    server.listen(place.socket, () => {
      // The folder is ours alone already.
      if (process.platform !== 'win32') chmodSync(place.socket, 0o600);
      server.off('error', reject);
      server.on('error', (error) => given.log(`The link for agents had a fault: ${error.message}`));
      resolve({
        async quiet() {
          let before = -1;
          let same = 0;
          // Some turns of the event loop in which nothing came; a program that writes without end is not waited for.
          for (let turn = 0; turn < 3000 && (same < 3 || opening > 0); turn += 1) {
            same = events === before ? same + 1 : 0;
            before = events;
            await new Promise((next) => (opening > 0 ? setTimeout(next, 1) : setImmediate(next)));
          }
        },
        get behind() {
          return held.size > 0;
        },
        close() {
          for (const socket of sockets) socket.destroy();
          return new Promise((done) => {
            server.close(() => done());
          });
        },
      });
    });
  });
}

function frameOf(message: FromEngine): Uint8Array {
  return jsonFrame(Buffer.from(JSON.stringify([message])));
}

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return null;
  }
}
