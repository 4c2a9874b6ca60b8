import type net from 'node:net';
import { readResponseHead } from '../../../../shared/bytes/http1-head.ts';
import { createSocks5Client } from '../../../../shared/bytes/socks5.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

const HEAD_LIMIT = 16 * 1024;

/**
 * Asks a chained proxy for a tunnel to `host:port` on a fresh connection to it (CONNECT, RFC 9110
 * §9.3.6, or SOCKS5, RFC 1928/1929). Resolves when bytes may flow; rejects with an Error whose
 * message names the proxy and the reason. Bytes after the proxy's answer are put back on the socket.
 */
export async function openTunnel(
  socket: net.Socket,
  proxy: UpstreamProxy,
  host: string,
  port: number,
  timeout: number,
): Promise<void> {
  const read = startReading(socket, timeout, proxy.label);
  try {
    if (proxy.kind === 'socks5') await openSocks(socket, proxy, host, port, read);
    else await openConnect(socket, proxy, host, port, read);
  } finally {
    read.stop();
  }
}

interface Reading {
  /** Resolves with whatever has come, at least one byte. */
  some(): Promise<Buffer>;
  /** Bytes that were read too far. */
  putBack(rest: Buffer): void;
  /** Resolves with the bytes before the first empty line. */
  head(): Promise<Buffer>;
  stop(): void;
}

function startReading(socket: net.Socket, timeout: number, label: string): Reading {
  let held: Buffer = Buffer.alloc(0);
  let ended: Error | null = null;
  let wake: (() => void) | null = null;
  const onData = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    wake?.();
  };
  const onEnd = (): void => {
    ended ??= new Error(`The upstream proxy ${label} closed the connection.`);
    wake?.();
  };
  const onError = (error: Error): void => {
    ended ??= new Error(`The connection to the upstream proxy ${label} broke: ${error.message}.`);
    wake?.();
  };
  const timer = setTimeout(() => {
    ended ??= new Error(`The upstream proxy ${label} did not answer within ${timeout / 1000} s.`);
    wake?.();
  }, timeout);
  socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError);
  const until = async (enough: () => number): Promise<Buffer> => {
    for (;;) {
      const length = enough();
      if (length >= 0) {
        const taken = held.subarray(0, length);
        held = held.subarray(length);
        return taken;
      }
      if (ended !== null) throw ended;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = null;
    }
  };
  return {
    some: () => until(() => (held.length > 0 ? held.length : -1)),
    putBack(rest) {
      held = Buffer.concat([rest, held]);
    },
    head: () =>
      until(() => {
        const end = held.indexOf('\r\n\r\n');
        if (end < 0 && held.length > HEAD_LIMIT) throw new Error(`The upstream proxy ${label} sent an endless answer.`);
        return end < 0 ? -1 : end + 4;
      }),
    stop() {
      clearTimeout(timer);
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onError);
      socket.pause();
      if (held.length > 0) socket.unshift(held);
    },
  };
}

async function openConnect(
  socket: net.Socket,
  proxy: UpstreamProxy,
  host: string,
  port: number,
  read: Reading,
): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, 'latin1');
  const head = readResponseHead((await read.head()).subarray(0, -4).toString('latin1'));
  if ('fault' in head) throw new Error(`The upstream proxy ${proxy.label} answered with something that is not HTTP.`);
  if (head.status === 407)
    throw new Error(
      `The upstream proxy ${proxy.label} wants credentials (407); put them in the proxy variable: http://user:password@host:port.`,
    );
  if (head.status < 200 || head.status > 299)
    throw new Error(
      `The upstream proxy ${proxy.label} refused a tunnel to ${authority}: ${head.status} ${head.reason}.`,
    );
}

async function openSocks(
  socket: net.Socket,
  proxy: UpstreamProxy,
  host: string,
  port: number,
  read: Reading,
): Promise<void> {
  const side = createSocks5Client({
    host,
    port,
    user: proxy.username === '' ? null : proxy.username,
    password: proxy.password,
  });
  socket.write(side.greeting);
  for (;;) {
    for (const step of side.push(await read.some())) {
      if (step.type === 'send') socket.write(step.bytes);
      else if (step.type === 'failed')
        throw new Error(`The SOCKS proxy ${proxy.label} gave no tunnel to ${host}:${port}: ${step.reason}.`);
      else if (step.type === 'open') {
        read.putBack(Buffer.from(step.rest));
        return;
      }
    }
  }
}
