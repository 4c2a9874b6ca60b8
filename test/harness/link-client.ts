import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { createFrameReader, dataFrame, jsonFrame } from '../../shared/agent/frames.ts';
import type { BodyPiece } from '../../shared/agent/frames.ts';
import { LINK_VERSION } from '../../shared/agent/link.ts';
import type { FromAgent, FromEngine, Hello, OwnCall } from '../../shared/agent/link.ts';

/** An agent's end of the link, which says what it is told to. */
export interface LinkClient {
  readonly socket: net.Socket;
  /** What the engine said, so far. */
  readonly heard: readonly FromEngine[];
  /** The next thing it says that fits and was not given before. */
  hear<T extends FromEngine['type']>(type: T): Promise<Extract<FromEngine, { type: T }>>;
  send(...messages: FromAgent[]): void;
  piece(piece: BodyPiece): void;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Everything is with the system, and the link closed. */
  end(): Promise<void>;
  /** Settles when the engine has closed it. */
  closed: Promise<void>;
}

export function helloOf(secretFile: string, parts: Partial<Hello> = {}): Hello {
  return {
    type: 'hello',
    version: LINK_VERSION,
    secret: readFileSync(secretFile, 'utf8').trim(),
    pid: process.pid,
    ppid: process.ppid,
    thread: 0,
    startedAt: Math.floor(performance.timeOrigin * 1000),
    node: process.version,
    argv: ['node', 'shop.js'],
    folder: process.cwd(),
    app: null,
    run: null,
    mode: 'observe',
    ...parts,
  };
}

/** Connects, greets, and waits for the welcome. */
export async function connectAgent(
  place: { socket: string; secretFile: string },
  hello: Partial<Hello> = {},
): Promise<LinkClient> {
  const client = await connectLink(place.socket);
  client.send(helloOf(place.secretFile, hello));
  await client.hear('welcome');
  return client;
}

/** Only connects. */
export async function connectLink(path: string): Promise<LinkClient> {
  const socket = net.connect(path);
  const heard: FromEngine[] = [];
  const unread: FromEngine[] = [];
  const waiting: { type: string; take: (message: never) => void }[] = [];
  const reader = createFrameReader({
    json(payload) {
      for (const message of JSON.parse(Buffer.from(payload).toString()) as FromEngine[]) {
        heard.push(message);
        const at = waiting.findIndex(({ type }) => type === message.type);
        if (at < 0) unread.push(message);
        else waiting.splice(at, 1)[0]!.take(message as never);
      }
    },
    piece: () => {},
  });
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  await once(socket, 'connect');
  return {
    socket,
    heard,
    closed,
    hear(type) {
      const at = unread.findIndex((message) => message.type === type);
      if (at >= 0) return Promise.resolve(unread.splice(at, 1)[0] as never);
      return new Promise((take) => {
        waiting.push({ type, take });
      });
    },
    send: (...messages) => void socket.write(jsonFrame(Buffer.from(JSON.stringify(messages)))),
    piece: (piece) => void socket.write(dataFrame(piece)),
    raw: (bytes) => void socket.write(bytes),
    async end() {
      socket.end();
      await closed;
    },
  };
}

/** A call of an agent's own, as it begins. */
export function ownCall(call: number, parts: Partial<OwnCall> = {}): OwnCall {
  return {
    type: 'opened',
    call,
    startedAt: Date.now() * 1000,
    kind: 'http',
    method: 'GET',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    target: `/things/${call}`,
    protocol: 'http/1.1',
    headers: 'Host: api.example.com\r\n',
    site: null,
    trace: null,
    tags: null,
    app: null,
    ...parts,
  };
}

/** What follows on it: an answer of 200 with so many bytes, and its end. */
export function answered(call: number, bytes = 0): FromAgent[] {
  return [
    { type: 'answered', call, at: 900, status: 200, reason: 'OK', protocol: 'http/1.1', headers: 'X-Id: 7\r\n' },
    { type: 'closed', call, at: 1000, failure: null, requestBytes: 0, responseBytes: bytes, trailers: '' },
  ];
}
