import { Buffer } from 'node:buffer';
import type { RawSocket } from './raw-socket.ts';

/**
 * A plain reading of HTTP/1 messages for the tests' own two ends, apart from the proxy's codec on
 * purpose: a mistake there must not hide itself here. Takes only well-formed messages.
 */
export interface ReadMessage {
  /** The start line. */
  start: string;
  /** Header lines as received: case, order and duplicates kept. */
  headers: [name: string, value: string][];
  /** The body without framing. */
  body: Buffer;
  /** Sizes of the chunks, when it was chunked. */
  chunks: number[];
  trailers: [name: string, value: string][];
  /** How the body was delimited. */
  framing: 'none' | 'length' | 'chunked' | 'close';
}

export interface ReadOptions {
  /** For answers: the method that was asked with; HEAD has no body. */
  method?: string;
}

/** A whole request or answer; 1xx answers are read by `readHead` on their own. */
export async function readMessage(raw: RawSocket, options: ReadOptions = {}): Promise<ReadMessage> {
  const { start, headers } = splitHead(await raw.readHead());
  const message: ReadMessage = { start, headers, body: Buffer.alloc(0), chunks: [], trailers: [], framing: 'none' };
  const status = /^HTTP\/1\.\d (\d{3})/.exec(start)?.[1];
  if (status && (options.method === 'HEAD' || status === '204' || status === '304' || status.startsWith('1')))
    return message;
  if (/(^|,)\s*chunked\s*$/i.test(valuesOf(headers, 'transfer-encoding').join(','))) {
    message.framing = 'chunked';
    message.body = await readChunks(raw, message);
    return message;
  }
  const length = valuesOf(headers, 'content-length')[0];
  if (length !== undefined) {
    message.framing = 'length';
    message.body = await raw.read(Number(length));
  } else if (status) {
    message.framing = 'close';
    const { bytes, ending } = await raw.readToEnd();
    if (ending === 'reset') throw new Error(`reset after ${bytes.length} bytes of a close-delimited body`);
    message.body = bytes;
  }
  return message;
}

async function readChunks(raw: RawSocket, into: ReadMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (;;) {
    const line = await raw.readUntil('\r\n');
    const size = Number.parseInt(line, 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
    if (size === 0) break;
    parts.push(await raw.read(size));
    into.chunks.push(size);
    const end = (await raw.read(2)).toString('latin1');
    if (end !== '\r\n') throw new Error(`a chunk does not end in CRLF but ${JSON.stringify(end)}`);
  }
  for (;;) {
    const line = await raw.readUntil('\r\n');
    if (line === '\r\n') return Buffer.concat(parts);
    into.trailers.push(splitLine(line.slice(0, -2)));
  }
}

export function splitHead(head: string): { start: string; headers: [string, string][] } {
  const [start = '', ...lines] = head.slice(0, -4).split('\r\n');
  return { start, headers: lines.map(splitLine) };
}

function splitLine(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')];
}

export function valuesOf(headers: readonly (readonly [string, string])[], name: string): string[] {
  return headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}
