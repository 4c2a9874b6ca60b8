import type { Duplex } from 'node:stream';
import { monotonicMicroseconds } from '../../pipeline/clock.ts';
import type { Refused } from '../../pipeline/dispatch.ts';
import type { Governed, GovernedTunnel } from '../../pipeline/stages/govern.ts';
import type { Surroundings } from './surroundings.ts';

/** What a held client may say before it has to wait. */
const HELD_BYTES = 64 * 1024;
/** A fatal alert, access_denied (RFC 8446 §6): a client in the middle of its handshake hears why it ends. */
const ACCESS_DENIED = Buffer.from([0x15, 3, 1, 0, 2, 2, 49]);

/** What policies say of a tunnel whose bytes nobody reads. */
export interface TunnelGovernance {
  /** Null where none has anything to say. */
  readonly governed: Governed | null;
  over(left: boolean, failed: boolean, sent: number, received: number): void;
}

/**
 * Asks whether a tunnel may be. `settled` comes once, now or later, with what the client said meanwhile behind `first`;
 * or never, when the client left while it was held.
 */
export function governTunnel(
  around: Pick<Surroundings, 'governing'>,
  asked: GovernedTunnel,
  client: Duplex,
  first: Buffer,
  settled: (refused: Refused | null, first: Buffer, governance: TunnelGovernance) => void,
  onGone: () => void,
): void {
  const governed = around.governing.idle ? null : around.governing.meetTunnel(asked);
  const began = monotonicMicroseconds();
  const governance: TunnelGovernance = {
    governed,
    over(left, failed, requestBytes, responseBytes) {
      const durationUs = monotonicMicroseconds() - began;
      governed?.over({ left, failed, status: null, durationUs, timeToFirstByteUs: null, requestBytes, responseBytes });
    },
  };
  if (governed === null) {
    settled(null, first, governance);
    return;
  }
  const said: Buffer[] = [first];
  let bytes = first.length;
  let waiting = true;
  const onData = (chunk: Buffer): void => {
    said.push(chunk);
    bytes += chunk.length;
    if (bytes > HELD_BYTES) client.pause();
  };
  const stop = (): void => {
    waiting = false;
    client.off('data', onData).off('end', leave).off('close', leave);
  };
  const leave = (): void => {
    if (!waiting) return;
    stop();
    governance.over(false, true, 0, 0);
    onGone();
  };
  governed.decide(null, (refused) => {
    if (!waiting) return;
    stop();
    client.pause();
    settled(refused, said.length === 1 ? first : Buffer.concat(said), governance);
  });
  // Settling changes it, which the type checker cannot see.
  if (waiting as boolean) {
    client.on('data', onData).on('end', leave).on('close', leave);
    client.resume();
  }
}

/** Ends a refused tunnel; a client that has just begun TLS is told by an alert. */
export function sayDenied(client: Duplex, inHandshake: boolean): void {
  if (inHandshake && !client.destroyed && client.writable) client.write(ACCESS_DENIED);
}
