import type { ProcessUnknown } from '../../../../shared/model/caller.ts';

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
  /** A call begins on it: the next in order. Never throws. */
  began(call: number, method: string, target: string): void;
}
