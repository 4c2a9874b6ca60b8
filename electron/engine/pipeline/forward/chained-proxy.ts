import net from 'node:net';
import { readResponseHead } from '../../../../shared/bytes/http1-head.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

const HEAD_LIMIT = 16 * 1024;

/**
 * Asks a chained proxy for a tunnel to `host:port` on a fresh connection to it (CONNECT, RFC 9110
 * §9.3.6, or SOCKS5, RFC 1928/1929). Resolves when bytes may flow; rejects with an Error whose
 * message names the proxy and the reason. Bytes after the proxy's answer are put back on the socket.
 */
export async function openTunnel(socket: net.Socket, proxy: UpstreamProxy, host: string, port: number, timeout: number): Promise<void> {
  const read = startReading(socket, timeout, proxy.label);
  try {
    if (proxy.kind === 'socks5') await openSocks(socket, proxy, host, port, read);
    else await openConnect(socket, proxy, host, port, read);
  } finally {
    read.stop();
  }
}

interface Reading {
  /** Resolves with the first `count` bytes. */
  exactly(count: number): Promise<Buffer>;
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
    exactly: (count) => until(() => (held.length >= count ? count : -1)),
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

async function openConnect(socket: net.Socket, proxy: UpstreamProxy, host: string, port: number, read: Reading): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const credentials = proxy.authorization === null ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`, 'latin1');
  const head = readResponseHead((await read.head()).subarray(0, -4).toString('latin1'));
  if ('fault' in head) throw new Error(`The upstream proxy ${proxy.label} answered with something that is not HTTP.`);
  if (head.status === 407) throw new Error(`The upstream proxy ${proxy.label} wants credentials (407); put them in the proxy variable: http://user:password@host:port.`);
  if (head.status < 200 || head.status > 299) throw new Error(`The upstream proxy ${proxy.label} refused a tunnel to ${authority}: ${head.status} ${head.reason}.`);
}

const SOCKS_REFUSALS = [
  '', 'general failure', 'not allowed by its rules', 'network unreachable', 'host unreachable', 'connection refused', 'time to live expired',
  'command not supported', 'address type not supported',
];

async function openSocks(socket: net.Socket, proxy: UpstreamProxy, host: string, port: number, read: Reading): Promise<void> {
  const withPassword = proxy.username !== '';
  socket.write(withPassword ? Buffer.from([5, 2, 0, 2]) : Buffer.from([5, 1, 0]));
  const choice = await read.exactly(2);
  if (choice[0] !== 5 || (choice[1] !== 0 && choice[1] !== 2)) throw new Error(`The SOCKS proxy ${proxy.label} accepts none of our ways to log in.`);
  if (choice[1] === 2) {
    const user = Buffer.from(proxy.username);
    const password = Buffer.from(proxy.password);
    socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
    if ((await read.exactly(2))[1] !== 0) throw new Error(`The SOCKS proxy ${proxy.label} refused the user name or password.`);
  }
  const family = net.isIP(host);
  const name = Buffer.from(host);
  const address = family === 4 ? Buffer.from([1, ...host.split('.').map(Number)]) : family === 6 ? Buffer.concat([Buffer.from([4]), bytesOfIpv6(host)]) : Buffer.concat([Buffer.from([3, name.length]), name]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), address, Buffer.from([port >> 8, port & 255])]));
  const reply = await read.exactly(4);
  if (reply[1] !== 0) throw new Error(`The SOCKS proxy ${proxy.label} refused a tunnel to ${host}:${port}: ${SOCKS_REFUSALS[reply[1]!] ?? `reply ${reply[1]!}`}.`);
  const rest = reply[3] === 1 ? 4 : reply[3] === 4 ? 16 : (await read.exactly(1))[0]!;
  await read.exactly(rest + 2);
}

function bytesOfIpv6(host: string): Buffer {
  // URL normalises every way to write an address (zones are refused by it).
  const full = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [left = '', right] = full.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const start = groups(left);
  const end = right === undefined ? [] : groups(right);
  const all = right === undefined ? start : [...start, ...Array.from({ length: 8 - start.length - end.length }, () => 0), ...end];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
