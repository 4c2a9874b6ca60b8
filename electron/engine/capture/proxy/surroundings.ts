import type { Emit } from '../../../../shared/events/call-event.ts';
import type { Connect } from '../../pipeline/forward/connect.ts';
import type { Dispatch } from '../../pipeline/dispatch.ts';
import type { Governing } from '../../pipeline/stages/govern.ts';
import type { Authority } from '../../authority/root-ca.ts';
import type { Duplex } from 'node:stream';
import type net from 'node:net';
import type { Tags } from '../../../../shared/model/caller.ts';
import type { ClientConnection } from '../identity/client-connection.ts';
import type { Admission, Gate, Pass, Verdict } from './admission.ts';

/** All that the proxy is given by the engine; rooms of the proxy share it and know nothing else of the house. */
export interface Surroundings {
  dispatch: Dispatch;
  connect: Connect;
  governing: Pick<Governing, 'idle' | 'meetTunnel'>;
  emit: Emit;
  /** The next call's id, or UNRECORDED while recording is paused. */
  nextCallId: () => number;
  /** Begins to find out who is at the other end of an accepted connection; at once, and off this thread. */
  identify: (socket: net.Socket) => ClientConnection | null;
  /** Who may send calls. */
  admission: Admission;
  authority: Pick<Authority, 'leafFor'>;
  /** Hosts whose TLS is passed on unread: exact names or `*.suffix`. */
  isPassThrough: (host: string) => boolean;
  /** Whether a port is one of the proxy's own. */
  isOwnPort: (port: number) => boolean;
  readonly bodyLimit: number;
  limits: Limits;
  /** A bug of ours: logged, and never the caller's problem. */
  onBug: (error: unknown) => void;
}

/** Milliseconds and bytes. */
export interface Limits {
  /** From a request's first byte to the end of its head (slow loris). */
  headTime: number;
  /** Between two pieces of a request body. */
  bodyTime: number;
  /** A connection without any call. */
  idleTime: number;
  /** The TLS handshake with a client. */
  handshakeTime: number;
  /** How long a tunnel waits for the client to speak first. */
  serverFirstTime: number;
  headBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  headTime: 30_000,
  bodyTime: 15 * 60_000,
  idleTime: 10 * 60_000,
  handshakeTime: 30_000,
  serverFirstTime: 500,
  headBytes: 256 * 1024,
};

/** Where a connection stands: who opened it, and what its authority already is. */
export interface Leg {
  app: string | null;
  tags: Tags | null;
  gate: Gate;
  /** What the tunnel it runs in was opened by; null outside of one, and when nobody had to prove anything. */
  pass: Pass | null;
  /** Who is at the other end; null where nobody looks. */
  connection: ClientConnection | null;
  clientAddress: string | null;
  /** Inside CONNECT, SOCKS or TLS the authority was settled there, and no Host header changes it. */
  fixed: { scheme: 'http' | 'https'; host: string; port: number } | null;
  /** The TCP socket (or HTTP/2 stream) at the bottom: a cut answer must end in its reset. */
  bottom: Duplex;
}

/** CONNECT was asked for: the socket, and what was read too far, are the taker's from now on. */
export type TakeTunnel = (
  target: { host: string; port: number },
  socket: Duplex,
  rest: Buffer,
  verdict: Verdict,
) => void;
