import type net from 'node:net';
import { createSocks5Server, socks5Reply, SOCKS5_REPLY, SOCKS5_UNPROVEN } from '../../../../shared/bytes/socks5.ts';

export interface SocksRequest {
  host: string;
  port: number;
  user: string | null;
  password: string | null;
  rest: Buffer;
}

/**
 * Speaks SOCKS5 (RFC 1928, user/password RFC 1929: the user is the app's name) until the client has
 * said where it wants to go, tells it that the way is open, and hands it over. We connect when the
 * first bytes show what is inside, as after CONNECT.
 */
export function readSocks(
  socket: net.Socket,
  first: Buffer,
  timeout: number,
  /** Who may come in. `required`: nobody without credentials. */
  door: { accept: (user: string, password: string) => boolean; required: boolean; onRefused: () => void },
  onRequest: (request: SocksRequest) => void,
): void {
  const side = createSocks5Server(door);
  // Whoever does not finish the greeting does not keep the socket.
  const timer = setTimeout(() => socket.destroy(), timeout);
  const onEnd = (): void => {
    socket.end();
  };
  const leave = (): void => {
    clearTimeout(timer);
    socket.off('data', onData).off('end', onEnd).off('close', leave);
  };
  const onData = (chunk: Buffer): void => {
    for (const step of side.push(chunk)) {
      if (step.type === 'send') socket.write(step.bytes);
      else if (step.type === 'failed') {
        leave();
        if (step.reason === SOCKS5_UNPROVEN) door.onRefused();
        socket.end();
      } else if (step.type === 'request') {
        leave();
        socket.pause();
        socket.write(socks5Reply(SOCKS5_REPLY.succeeded));
        onRequest({
          host: step.host.toLowerCase(),
          port: step.port,
          user: step.user,
          password: step.password,
          rest: Buffer.from(step.rest),
        });
      }
    }
  };
  socket.on('data', onData).on('end', onEnd).on('close', leave);
  socket.resume();
  onData(first);
}
