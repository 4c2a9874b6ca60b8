import net from 'node:net';
import { createAsker, readAskOptions, whenSettled, type GovernLink } from './ask.ts';
import { bridge } from './bridge.ts';
import { proxyWay, type ProxyWay } from './choose-way.ts';
import { createCredentials, isLoopback, portsIn } from './credentials.ts';
import { findClients } from './find-clients.ts';
import { holdWrites } from './hold-writes.ts';
import { watchOrigins, type GovernContext } from './origins.ts';
import type { Surroundings } from './surroundings.ts';
import { takeConnects } from './take-connects.ts';
import { TLSSocket } from 'node:tls';

/**
 * Begins to govern the calls of this program: each waits for the engine's verdict and then leaves, by way of the
 * engine's proxy where that can carry it unseen. Once per thread; there is no way back.
 */
export function startGovern(link: GovernLink, context: GovernContext): void {
  const options = readAskOptions(process.env);
  const askEngine = createAsker(link, options);
  const credentials = createCredentials(process.env);
  const named = portsIn(process.env);
  const origins = watchOrigins(context);
  const proxies = new WeakMap<net.Socket, net.Socket>();
  const ways = new WeakMap<net.Socket, ProxyWay>();

  const around: Surroundings = {
    ask(socket, head, from, carried) {
      const { fields, method, target } = head;
      let headers = '';
      for (let i = 0; i < fields.length; i += 2) headers += `${fields[i]!}: ${fields[i + 1]!}\r\n`;
      const url = target.startsWith('/') ? from + target : target === '*' ? from : target;
      return askEngine({ ...origins.next(socket), method, url, headers, carried });
    },
    proxyPort: () => link.proxyPorts()[0] ?? 0,
    forReal: (make) => make(),
    credentials: () => credentials(link.proxyPorts()),
  };

  const clients = findClients((socket) => {
    if (!ways.has(socket)) holdWrites(socket, around);
  });
  around.forReal = takeConnects({
    wants(socket, wanted) {
      if (!clients.isConnecting(wanted) || (link.settled() && around.proxyPort() === 0)) return false;
      const way = proxyWay(wanted, socket instanceof TLSSocket);
      const known = link.settled() ? link.proxyPorts() : named;
      if (way === null || isProxyItself(way, known)) return false;
      ways.set(socket, way);
      return true;
    },
    prepare({ socket, isWatched }, ready) {
      whenSettled(link, options, () => {
        const port = around.proxyPort();
        const way = ways.get(socket);
        if (port === 0 || way === undefined || isProxyItself(way, link.proxyPorts())) return ready(null);
        const proxy = around.forReal(() => net.connect({ host: '127.0.0.1', port, allowHalfOpen: true }));
        const giveUp = (): void => ready(null);
        proxy.once('error', giveUp);
        proxy.once('connect', () => {
          proxy.off('error', giveUp);
          // Who listens for addresses wants to judge them, and a proxy's would tell nothing.
          if (!socket.destroyed && !isWatched()) {
            proxies.set(socket, proxy);
            return ready({ localPort: proxy.localPort ?? 0, remotePort: port });
          }
          proxy.on('error', ignore);
          proxy.destroy();
          return ready(null);
        });
      });
    },
    taken(connection) {
      const { socket } = connection;
      bridge(connection, ways.get(socket)!, proxies.get(socket)!, around);
    },
    left({ socket }) {
      ways.delete(socket);
      holdWrites(socket, around);
    },
  });
}

function isProxyItself(way: ProxyWay, ports: readonly number[]): boolean {
  return ports.includes(way.port) && isLoopback(way.host);
}

function ignore(): void {}
