import type net from 'node:net';
import type { RequestHead } from '../../../shared/bytes/http1-head.ts';
import type { Decided } from './ask.ts';

/** All that carries one connection is given. */
export interface Surroundings {
  /** `from`: scheme and authority, for targets that do not say it; `carried`: by way of the proxy. Never rejects. */
  ask(socket: net.Socket, head: RequestHead, from: string, carried: boolean): Promise<Decided>;
  /** 0 when there is none now. */
  proxyPort(): number;
  /** Connects a socket as Node does. */
  forReal(make: () => net.Socket): net.Socket;
  /** The line of credentials for the proxy, with its CRLF; '' when there are none. */
  credentials(): string;
}
