import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import tls from 'node:tls';
import type { ServerCredentials } from './test-ca.ts';

/** Frame types of RFC 9113 §6, as far as tests write them. */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7, windowUpdate: 8 } as const;
export const END_STREAM = 1;
const END_HEADERS = 4;
const ACK = 1;
/** `:status: 200` of the static table (RFC 7541, appendix A). */
const STATUS_200 = Buffer.from([0x88]);

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** SETTINGS and WINDOW_UPDATE that let the other side send 1 GiB. */
export const LARGE_WINDOWS: Buffer = Buffer.concat([
  frame(FRAME.settings, 0, 0, Buffer.from([0, 4, 0x40, 0, 0, 0])),
  frame(FRAME.windowUpdate, 0, 0, Buffer.from([0x3f, 0, 0, 0])),
]);

export interface RawStream {
  /** Its number; 0 is the connection. */
  id: number;
  write(...frames: Buffer[]): Promise<void>;
  /** The head of an answer with status 200 and nothing else, and pieces of its body. */
  begin(...pieces: string[]): Promise<void>;
  /** Ends the connection in order, with a close_notify and a FIN. */
  end(): void;
  /** No more of what the client sends is read. */
  stopReading(): void;
}

/** An HTTP/2 origin that sends the frames it is told to, and nothing that node would add. */
export interface RawH2Origin {
  readonly port: number;
  /** Takes the TCP connections away. */
  leave(how: 'end' | 'reset'): void;
  stop(): Promise<void>;
}

/** `answer` runs for each stream at its HEADERS frame. */
export async function startRawH2Origin(
  credentials: ServerCredentials,
  answer: (stream: RawStream) => Promise<void> | void,
): Promise<RawH2Origin> {
  const bottoms = new Set<Socket>();
  const server = tls.createServer({ ...credentials, ALPNProtocols: ['h2'] }, (socket) => {
    let held: Buffer = Buffer.alloc(0);
    let greeted = false;
    const write = (...frames: Buffer[]): Promise<void> =>
      new Promise((resolve) => {
        socket.write(Buffer.concat(frames), () => resolve());
      });
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk]);
      if (!greeted) {
        if (held.length < PREFACE_LENGTH) return;
        greeted = true;
        held = held.subarray(PREFACE_LENGTH);
        void write(LARGE_WINDOWS, frame(FRAME.settings, ACK, 0));
      }
      while (held.length >= 9 && held.length >= 9 + held.readUIntBE(0, 3)) {
        const length = 9 + held.readUIntBE(0, 3);
        const id = held.readUInt32BE(5);
        if (held[3] === FRAME.headers)
          void answer({
            id,
            write,
            begin: (...pieces) =>
              write(
                frame(FRAME.headers, END_HEADERS, id, STATUS_200),
                ...pieces.map((piece) => frame(FRAME.data, 0, id, Buffer.from(piece))),
              ),
            end: () => socket.end(),
            stopReading: () => socket.pause(),
          });
        held = held.subarray(length);
      }
    });
  });
  server.on('connection', (socket: Socket) => {
    bottoms.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => bottoms.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    leave(how) {
      for (const bottom of bottoms) {
        if (how === 'end') bottom.destroy();
        else bottom.resetAndDestroy();
      }
    },
    async stop() {
      for (const bottom of bottoms) bottom.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const PREFACE_LENGTH = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
