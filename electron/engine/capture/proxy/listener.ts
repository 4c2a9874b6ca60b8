import net from 'node:net';
import type { Tags } from '../../../../shared/model/caller.ts';
import { sniff } from '../../../../shared/bytes/sniff.ts';
import { readClientHello } from '../../../../shared/bytes/client-hello.ts';
import { peerOf } from '../../pipeline/forward/peer-address.ts';
import { isLoopback } from '../../pipeline/forward/upstream-proxy.ts';
import { ClientHttp1 } from './client-http1.ts';
import { serveHttp2, type ClientHttp2 } from './client-http2.ts';
import { holdPass } from './admission.ts';
import { recordRefused, recordUnproven } from './record-refused.ts';
import { readSocks } from './socks.ts';
import { openTunnel, type Serve } from './tunnel.ts';
import type { Leg, Surroundings, TakeTunnel } from './surroundings.ts';

export interface ProxyListener {
  readonly port: number;
  /** Connections of programs that are open now. */
  readonly connections: number;
  /** Stops accepting, lets running calls end for `graceMs`, says `onCut` when some did not, then cuts. */
  close(graceMs: number, onCut?: () => void): Promise<void>;
}

/**
 * Listens on one loopback port and recognises what comes in: HTTP/1, HTTP/2 with prior knowledge,
 * TLS (a proxy spoken to over TLS), SOCKS5. CONNECT, SOCKS and TLS end by giving the inner socket
 * back to the same rooms, so tunnels nest for free. `app`, `tags`: whose calls come in here, for programs
 * that cannot say it themselves. Rejects with the system's error when the port cannot be had.
 */
export function listenProxy(
  around: Surroundings,
  port: number,
  { host = '127.0.0.1', app = null, tags = null }: { host?: string; app?: string | null; tags?: Tags | null } = {},
): Promise<ProxyListener> {
  const sockets = new Set<net.Socket>();
  const clients = new Set<ClientHttp1>();
  const sessions = new Set<ClientHttp2>();
  const waiting = new Map<net.Socket, number>();
  // Nobody on another machine, or in another network namespace, can come to a loopback address.
  const onLoopback = isLoopback(host);
  const isFromHere = (socket: net.Socket): boolean =>
    onLoopback || (isLoopback(bare(socket.localAddress)) && isLoopback(bare(socket.remoteAddress)));

  const serve: Serve = {
    http1(socket, leg, first) {
      const client = new ClientHttp1(socket as net.Socket, leg, around, takeTunnelOf(leg));
      clients.add(client);
      socket.once('close', () => clients.delete(client));
      client.begin(first);
    },
    http2(socket, leg) {
      const client = serveHttp2(socket, leg, around, (target, stream, inner) =>
        openTunnel(around, inner, target, stream, EMPTY, serve),
      );
      sessions.add(client);
      socket.once('close', () => sessions.delete(client));
    },
  };
  const takeTunnelOf =
    (leg: Leg): TakeTunnel =>
    (target, socket, rest, { app, tags, pass }) => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n', 'latin1');
      if (pass !== null) holdPass(pass, socket, leg.bottom);
      const inner = { ...leg, app: leg.app ?? app, tags: leg.tags ?? tags, pass: pass ?? leg.pass };
      openTunnel(around, inner, target, socket, rest, serve);
    };

  function accept(socket: net.Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', ignore);
    socket.once('close', () => {
      sockets.delete(socket);
      waiting.delete(socket);
    });
    waiting.set(socket, performance.now());
    const leg: Leg = {
      app,
      tags,
      gate: app !== null ? 'named' : isFromHere(socket) ? 'here' : 'elsewhere',
      pass: null,
      connection: around.identify(socket),
      clientAddress: addressOf(socket),
      fixed: null,
      bottom: socket,
    };
    let held = EMPTY;
    const onData = (chunk: Buffer): void => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const kind = sniff(held);
      if (kind === 'need-more') return;
      if (kind === 'tls' && readClientHello(held).state === 'need-more') return;
      socket.off('data', onData);
      waiting.delete(socket);
      socket.pause();
      const first = held;
      switch (kind) {
        case 'http1':
          serve.http1(socket, leg, first);
          break;
        case 'unknown':
          new ClientHttp1(socket, leg, around, takeTunnelOf(leg)).refuseUnreadable(first);
          break;
        case 'h2-preface':
          socket.unshift(first);
          serve.http2(socket, leg);
          break;
        case 'tls':
          // A TLS connection to the proxy itself (an https:// proxy address): inside it, the same again.
          openTunnel(
            around,
            leg,
            { host: readClientHello(first).serverName ?? host, port: listening },
            socket,
            first,
            serveInsideTls,
          );
          break;
        case 'socks5':
          serveSocks(socket, leg, first);
          break;
        case 'socks4':
          recordRefused(
            around,
            leg,
            {
              kind: 'unsupported',
              detail: 'The program speaks SOCKS4; set it to SOCKS5 (socks5h://) or to an HTTP proxy.',
            },
            0,
            EMPTY,
          );
          socket.end(Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]));
          break;
      }
    };
    socket.on('data', onData);
    socket.on('end', () => {
      if (waiting.has(socket)) socket.end();
    });
  }

  function serveSocks(socket: net.Socket, leg: Leg, first: Buffer): void {
    const { admission } = around;
    let verdict = admission.admit(leg, null);
    const door = {
      required: admission.mustProve(leg),
      accept(user: string, password: string): boolean {
        verdict = admission.admitPair(leg, user, password);
        return !('kind' in verdict);
      },
      onRefused(): void {
        if ('kind' in verdict) recordUnproven(around, leg, verdict, 0, EMPTY);
      },
    };
    readSocks(socket, first, around.limits.handshakeTime, door, (request) => {
      if ('kind' in verdict) return;
      const { app, tags, pass } = verdict;
      if (pass !== null) holdPass(pass, socket, leg.bottom);
      openTunnel(
        around,
        { ...leg, app: app ?? leg.app, tags: tags ?? leg.tags, pass },
        request,
        socket,
        request.rest,
        serve,
      );
    });
  }

  /** Requests in absolute form, as to the plain port: the TLS was only the way to us. */
  const serveInsideTls: Serve = {
    http1: (socket, leg, first) => serve.http1(socket, { ...leg, fixed: null }, first),
    http2: (socket, leg) => serve.http2(socket, { ...leg, fixed: null }),
  };

  let listening = 0;
  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    try {
      accept(socket);
    } catch (error) {
      around.onBug(error);
      socket.destroy();
    }
  });
  const interval = Math.max(20, Math.min(1000, around.limits.headTime / 4, around.limits.bodyTime / 4));
  const watch = setInterval(() => {
    const now = performance.now();
    for (const client of clients) client.checkTime(now);
    for (const session of sessions) session.checkTime(now);
    for (const [socket, since] of waiting) {
      // Strangers get no more time for their first bytes than for a request's head.
      const { headTime, idleTime } = around.limits;
      if (now - since > (isFromHere(socket) ? idleTime : headTime)) socket.destroy();
    }
  }, interval).unref();

  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    server.listen({ port, host }, () => {
      server.removeAllListeners('error');
      server.on('error', around.onBug);
      listening = (server.address() as net.AddressInfo).port;
      resolve({
        port: listening,
        get connections() {
          return sockets.size;
        },
        async close(graceMs, onCut) {
          const closed = new Promise<void>((done) => {
            server.close(() => done());
          });
          for (const session of sessions) session.close();
          for (const client of clients) client.closeWhenIdle();
          for (const socket of waiting.keys()) socket.destroy();
          const timer = setTimeout(() => {
            onCut?.();
            for (const socket of sockets) socket.destroy();
          }, graceMs);
          await closed;
          clearTimeout(timer);
          clearInterval(watch);
        },
      });
    });
  });
}

const EMPTY: Buffer = Buffer.alloc(0);

function addressOf(socket: net.Socket): string | null {
  const peer = peerOf(socket);
  if (peer === null) return null;
  const address = bare(peer.address);
  return address.includes(':') ? `[${address}]:${peer.port}` : `${address}:${peer.port}`;
}

/** An address without the mark of IPv4 inside IPv6. */
function bare(address = ''): string {
  return address.replace(/^::ffff:/, '');
}

function ignore(): void {}
