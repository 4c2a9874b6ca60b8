import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMessage } from '../harness/http1-exchange.ts';
import { startWorld, WAYS, type World } from '../harness/world.ts';
import { bothWays, essence, throughUs } from './both-ways.ts';

/** Streams: passed on piece by piece, never held back, never gathered; whoever is slow slows the other side. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const MIB = 1024 * 1024;
/** More than all the kernel's and our buffers between two ends can hold. */
const FAR_TOO_MUCH = 256 * MIB;

describe.each(WAYS)('$name', (way) => {
  it.each(['chunked', 'until the end'] as const)(
    'server-sent events (%s): each is there before the next is sent',
    async (framing) => {
      const events = Array.from({ length: 20 }, (_, i) => `id: ${i}\ndata: ${'x'.repeat(i)}\n\n`);
      const taken: (() => void)[] = [];
      const takenBefore = (n: number) =>
        new Promise<void>((resolve) => {
          taken[n] = resolve;
        });
      const through = await throughUs(world, way, {
        async client(peer) {
          await peer.send(
            `GET ${peer.target('/events')} HTTP/1.1\r\nHost: ${peer.authority}\r\nAccept: text/event-stream\r\n\r\n`,
          );
          await peer.readHead();
          const seen: string[] = [];
          for (const [i, event] of events.entries()) {
            seen.push((await peer.readUntil('\n\n')).replace(/^[0-9a-f]+\r\n/, '').replace(/^\r\n[0-9a-f]+\r\n/, ''));
            expect(seen.at(-1)).toBe(event);
            taken[i]?.();
          }
          return seen;
        },
        async origin(connection) {
          await connection.readHead();
          await connection.send(
            `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${framing === 'chunked' ? 'Transfer-Encoding: chunked\r\n' : ''}\r\n`,
          );
          for (const [i, event] of events.entries()) {
            const next = takenBefore(i);
            await connection.send(framing === 'chunked' ? `${event.length.toString(16)}\r\n${event}\r\n` : event);
            await next; // the client has it: nothing between us held it back
          }
          connection.end();
        },
      });
      expect(through.client).toEqual(events);
    },
  );

  it('a request body: each piece is there before the next is sent', async () => {
    const pieces = ['first', 'second', 'third'];
    const taken: (() => void)[] = [];
    const wait = pieces.map(
      (_, i) =>
        new Promise<void>((resolve) => {
          taken[i] = resolve;
        }),
    );
    const again = pieces.map(
      (_, i) =>
        new Promise<void>((resolve) => {
          taken[i + 3] = resolve;
        }),
    );
    let run = 0;
    const { direct, through } = await bothWays(world, way, {
      async client(peer) {
        const seen = run === 0 ? wait : again;
        await peer.send(
          `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
        for (const [i, piece] of pieces.entries()) {
          await peer.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
          await seen[i];
        }
        await peer.send('0\r\n\r\n');
        return essence(await readMessage(peer));
      },
      async origin(connection, note) {
        const base = run * 3;
        await connection.readHead();
        for (const [i, piece] of pieces.entries()) {
          note((await connection.readUntil(piece)).endsWith(piece));
          taken[base + i]?.();
        }
        await connection.readUntil('0\r\n\r\n');
        run++;
        await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      },
    });
    expect(through).toEqual(direct);
  });

  it('64 MiB each way arrive whole, in bounded memory', async () => {
    const block = randomBytes(MIB);
    const expected = createHash('sha256');
    for (let i = 0; i < 64; i++) expected.update(block);
    const digest = expected.digest('hex');
    const before = process.memoryUsage().rss;
    const through = await throughUs(world, way, {
      large: true,
      async client(peer) {
        const reading = (async () => {
          const head = await peer.readHead();
          const hash = createHash('sha256');
          for (let left = 64 * MIB; left > 0;) {
            const chunk = await peer.readSome();
            hash.update(chunk);
            left -= chunk.length;
          }
          return [head.split('\r\n')[0], hash.digest('hex')];
        })();
        await peer.send(
          `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: ${64 * MIB}\r\n\r\n`,
        );
        for (let i = 0; i < 64; i++) await peer.send(block);
        return reading;
      },
      async origin(connection, note) {
        await connection.readHead();
        const hash = createHash('sha256');
        for (let left = 64 * MIB; left > 0;) {
          const chunk = await connection.readSome();
          hash.update(chunk);
          left -= chunk.length;
        }
        note(hash.digest('hex'));
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * MIB}\r\n\r\n`);
        for (let i = 0; i < 64; i++) await connection.send(block);
      },
    });
    expect(through).toEqual({ client: ['HTTP/1.1 200 OK', digest], origin: [digest] });
    // Both ends, the engine and its worker live in this process; 128 MiB went through it twice.
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
  });

  it('a client that does not read stops the origin from sending', async () => {
    const through = await throughUs(world, way, {
      large: true,
      async client(peer) {
        await peer.send(`GET ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\n\r\n`);
        await peer.readHead();
        peer.pause();
        await stalled;
        peer.resume();
        return 'read on';
      },
      async origin(connection, note) {
        await connection.readHead();
        await connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${FAR_TOO_MUCH}\r\n\r\n`);
        note((await sendUntilFull(connection.socket)) < FAR_TOO_MUCH ? 'stopped' : 'never stopped');
        release();
      },
    }).finally(() => {
      fresh();
    });
    expect(through.origin).toEqual(['stopped']);
  });

  it('an origin that does not read stops the client from sending', async () => {
    const through = await throughUs(world, way, {
      large: true,
      async client(peer) {
        await peer.send(
          `POST ${peer.target('/')} HTTP/1.1\r\nHost: ${peer.authority}\r\nContent-Length: ${FAR_TOO_MUCH}\r\n\r\n`,
        );
        const sent = await sendUntilFull(peer.socket);
        release();
        return sent < FAR_TOO_MUCH ? 'stopped' : 'never stopped';
      },
      async origin(connection) {
        await connection.readHead();
        connection.pause();
        await stalled;
      },
    }).finally(() => {
      fresh();
    });
    expect(through.client).toBe('stopped');
  });
});

let release: () => void = () => {};
let stalled = new Promise<void>((resolve) => {
  release = resolve;
});
function fresh(): void {
  stalled = new Promise<void>((resolve) => {
    release = resolve;
  });
}

/**
 * Writes until nothing has been taken for many turns of the event loop, or everything was. In one
 * process all parties get their turns, so this needs no clock.
 */
async function sendUntilFull(socket: import('node:net').Socket): Promise<number> {
  const block = Buffer.alloc(256 * 1024);
  let sent = 0;
  let idle = 0;
  while (sent < FAR_TOO_MUCH && idle < 3000) {
    if (socket.writableLength === 0) {
      socket.write(block);
      sent += block.length;
      idle = 0;
    } else {
      idle++;
    }
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return sent;
}
