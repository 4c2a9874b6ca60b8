import type net from 'node:net';
import { TLSSocket } from 'node:tls';
import { createAnswerWatch } from './answer-watch.ts';
import { createGate } from './gate.ts';
import type { Surroundings } from './surroundings.ts';
import type { InnerSocket } from './take-connects.ts';
import { bytesOf } from './written.ts';

const held = new WeakSet<net.Socket>();

/**
 * Governs a connection that the program makes itself: each request waits in the socket's own write, with the socket's
 * own back-pressure, and leaves unchanged. What comes is looked at on its way by, to know where answers end.
 */
export function holdWrites(socket: net.Socket, around: Surroundings): void {
  // With a buffer of its own (`onread`) it does not hand on what it reads.
  if (held.has(socket) || hasOwnBuffer(socket)) return;
  held.add(socket);
  const inner: InnerSocket = socket;
  const write = inner._writeGeneric.bind(inner);
  const push = inner.push.bind(inner);

  function sendOn(pieces: Buffer[], done: (error?: Error | null) => void): void {
    if (pieces.length === 1) return write(false, pieces[0]!, 'buffer', done);
    const list = pieces.map((chunk) => ({ chunk, encoding: 'buffer' }));
    write(true, Object.assign(list, { allBuffers: false }), '', done);
  }

  const watch = createAnswerWatch({
    onHead: (_head, raw) => raw,
    give: ignore,
    onEnd: () => gate.answered(),
    onRaw: () => gate.toRaw(),
  });
  const gate = createGate({
    ask: (head) => {
      const host = head.host?.trim() ?? '';
      // A tunnel is no call; those inside it are.
      if (head.method === 'CONNECT' || host === '') return Promise.resolve({ verdict: 'allow', direct: true });
      return around.ask(socket, head, `${socket instanceof TLSSocket ? 'https' : 'http'}://${host}`, false);
    },
    begin(head, raw) {
      watch.expect(head.method);
      return raw;
    },
    send(pieces, done) {
      // Node would wait for this too, and then write by way of us again.
      if (socket.connecting) socket.once('connect', () => sendOn(pieces, done));
      else sendOn(pieces, done);
    },
    answer(bytes) {
      push(bytes);
      push(null);
    },
  });

  inner._writeGeneric = (_writev, data, encoding, done) => gate.write(bytesOf(data, encoding), done);
  inner.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk !== null) watch.read(chunk as Buffer);
    return push(chunk, encoding);
  };
  socket.once('close', () => gate.close());
}

function hasOwnBuffer(socket: net.Socket): boolean {
  const symbol = Object.getOwnPropertySymbols(socket).find((one) => one.description === 'kBuffer');
  return symbol !== undefined && Boolean(Reflect.get(socket, symbol));
}

function ignore(): void {}
