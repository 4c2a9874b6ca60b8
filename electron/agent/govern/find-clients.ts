import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type net from 'node:net';
import type { ConnectOptions } from './choose-way.ts';

/** Tells connections of HTTP/1 clients (node:http, undici and all that is built on them) from others. */
export interface Clients {
  /** Whether the connection that is about to be made is such a client's. */
  isConnecting(options: ConnectOptions): boolean;
}

/** `carries`: an HTTP/1 client is about to write its first request on a socket that exists already. */
export function findClients(carries: (socket: net.Socket) => void): Clients {
  let undiciConnects: { host: string; port: number } | null = null;
  /** Origins that undici opens tunnels through: what is first written there is no call. */
  const proxies = new Set<string>();

  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: { method?: string; origin?: string | URL } };
    if (request.method === 'CONNECT' && request.origin !== undefined) proxies.add(new URL(request.origin).origin);
  });
  subscribe('undici:client:beforeConnect', (message) => {
    const { connectParams } = message as {
      connectParams: { protocol: string; host: string; hostname: string; port: string };
    };
    const { protocol, hostname, port } = connectParams;
    if (proxies.size > 0 && proxies.has(new URL(`${protocol}//${connectParams.host}`).origin)) return;
    undiciConnects = { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
    // It connects in this very turn, or over a socket that it has already.
    queueMicrotask(() => {
      undiciConnects = null;
    });
  });
  subscribe('undici:client:connected', (message) => {
    const { socket } = message as { socket: net.Socket & { alpnProtocol?: string | false | null } };
    // A Unix socket has no address, and its calls do not leave this machine.
    if (socket.alpnProtocol !== 'h2' && socket.remoteAddress !== undefined) carries(socket);
  });
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest & { socketPath?: string | null } };
    if (request.socketPath) return;
    // Before what it has to say is written.
    if (request.socket) carries(request.socket);
    else request.prependOnceListener('socket', carries);
  });

  return {
    isConnecting(options) {
      if (undiciConnects !== null && Number(options['port']) === undiciConnects.port) {
        const { host } = undiciConnects;
        undiciConnects = null;
        return options['host'] === host || `[${String(options['host'])}]` === host;
      }
      // Agents of node:http mark their options so; a request without one brings all of its own.
      return (
        '_agentKey' in options || (typeof options['createConnection'] === 'function' && options['method'] !== undefined)
      );
    },
  };
}
