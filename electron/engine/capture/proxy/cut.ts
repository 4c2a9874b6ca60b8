import net from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Ends a connection so that the peer sees it was cut: a TCP reset, never a FIN that could pass for
 * the end of a body. `bottom` is the TCP socket (or HTTP/2 stream) under whatever is wrapped around it.
 */
export function cutConnection(socket: Duplex, bottom: Duplex): void {
  if (bottom instanceof net.Socket && !bottom.destroyed) {
    try {
      bottom.resetAndDestroy();
    } catch {
      // The handle belongs to the TLS layer: destroying that closes it without a close_notify alert.
    }
  }
  if (!socket.destroyed) socket.destroy();
}
