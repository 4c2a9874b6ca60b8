import type net from 'node:net';

/** The other end of a connection, as the system knows it now; null when the system has given the connection up. */
export function peerOf(socket: net.Socket): { address: string; port: number } | null {
  // node remembers the first answer: each question is put by an object of its own that knows of none.
  const asking = Object.create(socket) as net.Socket;
  const { remoteAddress, remotePort } = asking;
  return remoteAddress === undefined ? null : { address: remoteAddress, port: remotePort ?? 0 };
}
