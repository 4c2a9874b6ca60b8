import type { Duplex } from 'node:stream';
import { cutConnection } from './cut.ts';

export interface RelayEnd {
  sent: number;
  received: number;
  /** null when both sides ended cleanly. */
  error: { side: 'client' | 'origin'; error: Error | null } | null;
}

export interface RelayOptions {
  /** Sees every piece on its way, after which it is passed on unchanged. */
  onSent?: (chunk: Buffer) => void;
  onReceived?: (chunk: Buffer) => void;
  /** The TCP socket under `client`, reset when the origin breaks off. */
  bottom: Duplex;
}

/**
 * Passes bytes both ways with back-pressure, half-closes included, until both sides have ended or
 * one breaks; a break on one side is shown to the other as a break. Resolves with the totals; never rejects.
 */
export function relay(client: Duplex, origin: Duplex, options: RelayOptions): Promise<RelayEnd> {
  return new Promise((resolve) => {
    let sent = 0;
    let received = 0;
    let over = false;
    let clientEnded = false;
    let originEnded = false;
    let failed: RelayEnd['error'] = null;

    const pump = (from: Duplex, to: Duplex, count: (chunk: Buffer) => void, ended: () => void): void => {
      from.on('data', (chunk: Buffer) => {
        count(chunk);
        if (!to.destroyed && to.writable && !to.write(chunk)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('end', () => {
        ended();
        if (to.writable) to.end();
      });
    };
    pump(
      client,
      origin,
      (chunk) => {
        sent += chunk.length;
        options.onSent?.(chunk);
      },
      () => {
        clientEnded = true;
      },
    );
    pump(
      origin,
      client,
      (chunk) => {
        received += chunk.length;
        options.onReceived?.(chunk);
      },
      () => {
        originEnded = true;
      },
    );
    const finish = (): void => {
      if (over) return;
      over = true;
      resolve({ sent, received, error: failed });
    };
    const onClose = (
      side: 'client' | 'origin',
      other: Duplex,
      error: Error | null,
      endedCleanly: () => boolean,
    ): void => {
      if (!endedCleanly() || error !== null) {
        failed ??= { side, error };
        if (side === 'origin') cutConnection(client, options.bottom);
        else other.destroy();
      }
      if (client.destroyed && origin.destroyed) finish();
    };
    for (const [side, own, other, ended] of [
      ['client', client, origin, () => clientEnded],
      ['origin', origin, client, () => originEnded],
    ] as const) {
      let error: Error | null = null;
      own.on('error', (reason) => {
        error ??= reason;
      });
      own.on('close', () => onClose(side, other, error, ended));
    }
    if (client.destroyed || origin.destroyed) {
      failed = { side: client.destroyed ? 'client' : 'origin', error: null };
      client.destroy();
      origin.destroy();
      finish();
    }
    // An end that came before we listened is not said again (a FIN while the origin was being connected).
    for (const [from, to] of [
      [client, origin],
      [origin, client],
    ] as const) {
      if (from.readableEnded && to.writable) to.end();
    }
    clientEnded ||= client.readableEnded;
    originEnded ||= origin.readableEnded;
    client.resume();
    origin.resume();
  });
}
