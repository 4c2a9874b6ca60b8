import type { ProcessIdentity, ProcessUnknown } from '../../../../shared/model/caller.ts';

/**
 * A connection of a program to the proxy, and what is known of who is at its other end. One object for the socket's
 * whole life, shared by everything that runs on it (tunnels, streams); filled in as it becomes known.
 */
export interface ClientConnection {
  /** The program's own port; 0 when it could not be told. */
  readonly port: number;
  /** A `processKey`, once it is known. */
  readonly process: string | null;
  readonly unknown: ProcessUnknown | null;
  /** What the process is recognised as; for calls whose credentials name no app. */
  readonly app: string | null;
  /** Whether the look at it has come to an end, whatever it found. */
  readonly looked: boolean;
  /** Calls once, when the look has come to an end; at once when it has. */
  whenLooked(listener: () => void): void;
  /** A call begins on it: the next in order. `app`: what its credentials name, null when they name none. Never throws. */
  began(call: number, method: string, target: string, app: string | null): void;
}

/** A call as it began on a connection. */
export interface BegunCall {
  /** UNRECORDED while recording is paused. */
  call: number;
  method: string;
  /** Path and query. */
  target: string;
}

/** A connection as whoever joins an agent's calls to the proxy's sees it; for half a minute after it is closed, too. */
export interface KnownConnection extends ClientConnection {
  /** The `ordinal`th call (from 0) that began on it; null when it has not begun, or so long ago that it is forgotten. */
  callAt(ordinal: number): BegunCall | null;
  /** Those of this method and target, the oldest first, as far as they are remembered. */
  allOf(method: string, target: string): readonly BegunCall[];
}

/** A process as far as it could be read, and the app it is recognised as. */
export interface KnownProcess {
  /** Its `processKey`. */
  key: string;
  identity: ProcessIdentity;
  app: string;
}

/** Who is at the other end of connections, for the rooms that ask. */
export interface WhoCalls {
  /** The newest connection from this port of this machine, live or closed within the last 30 s. */
  connectionAt(port: number): KnownConnection | null;
  /**
   * A process of this machine; what is read is told to the archive once. Null when it is gone, may not be read, or began
   * more than two seconds from `startedAt` (µs since the epoch): then its number is another's by now.
   */
  identityOfPid(pid: number, startedAt?: number | null): Promise<KnownProcess | null>;
}
