import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { createSocks5Client } from '../../shared/bytes/socks5.ts';
import { rawSocket, type RawSocket } from './raw-socket.ts';

/** A client that writes the bytes it is told to and reports what came back, and how it ended. */
export interface RawClient extends RawSocket {
  /** With TLS: the protocol agreed on. */
  readonly alpn: string | null;
}

export interface Target {
  host: string;
  port: number;
  /** With TLS to the target, verified against this CA. */
  tls?: { ca: string; servername?: string; alpn?: string[]; options?: ConnectionOptions };
}

/** How a client reaches the target. `absolute` is a plain connection to the proxy: the test writes absolute-form itself. */
export type Way = 'direct' | 'absolute' | 'connect' | 'socks5';

export async function openClient(
  target: Target,
  way: Way = 'direct',
  proxyPort = 0,
  options: { keep?: boolean; credentials?: string } = {},
): Promise<RawClient> {
  const socket = way === 'direct' ? await dial(target.host, target.port) : await dial('127.0.0.1', proxyPort);
  if (way === 'connect') await connectThrough(socket, authorityOf(target), options.credentials);
  if (way === 'socks5') await socksThrough(socket, target);
  if (!target.tls) return Object.assign(rawSocket(socket, options), { alpn: null });
  const secure = await secureOver(socket, target);
  return Object.assign(rawSocket(secure, { ...options, transport: socket }), { alpn: secure.alpnProtocol || null });
}

/** TLS over a socket that is already at the target's door. Rejects with the handshake's error. */
export async function secureOver(socket: Socket, target: Target): Promise<TLSSocket> {
  const { ca = '', servername, alpn, options } = target.tls ?? {};
  const secure = connectTls({
    socket,
    ca,
    host: target.host,
    allowHalfOpen: true,
    ...(servername ? { servername } : {}),
    ...(alpn ? { ALPNProtocols: alpn } : {}),
    ...options,
  } as ConnectionOptions);
  await once(secure, 'secureConnect');
  return secure;
}

export async function dial(host: string, port: number): Promise<Socket> {
  const socket = connectTcp({ host, port, noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket;
}

export function authorityOf(target: Target): string {
  return `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
}

/** CONNECT; rejects with the proxy's answer when that is not a 200. */
export async function connectThrough(socket: Socket, authority: string, credentials?: string): Promise<void> {
  const auth =
    credentials === undefined ? '' : `Proxy-Authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${auth}\r\n`);
  const head = await readWhile(socket, (text) => !text.includes('\r\n\r\n'));
  if (!head.startsWith('HTTP/1.1 200 ')) {
    socket.destroy();
    throw new Error(`CONNECT ${authority} was answered with ${JSON.stringify(head)}`);
  }
}

async function socksThrough(socket: Socket, target: Target): Promise<void> {
  const client = createSocks5Client(target);
  socket.write(client.greeting);
  let open = false;
  while (!open) {
    // Byte by byte, so that nothing meant for what comes after is taken away.
    for (const step of client.push(await readByte(socket))) {
      if (step.type === 'send') socket.write(step.bytes);
      if (step.type === 'open') open = true;
      if (step.type === 'failed') throw new Error(step.reason);
    }
  }
}

async function readWhile(socket: Socket, more: (text: string) => boolean): Promise<string> {
  let text = '';
  while (more(text)) text += (await readByte(socket)).toString('latin1');
  return text;
}

async function readByte(socket: Socket): Promise<Buffer> {
  for (;;) {
    const byte = socket.read(1) as Buffer | null;
    if (byte) return byte;
    if (socket.readableEnded || socket.destroyed) throw new Error('the connection ended during the hand-over');
    await Promise.race([once(socket, 'readable'), once(socket, 'end'), once(socket, 'close')]);
  }
}
