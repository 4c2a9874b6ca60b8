import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DoorRefusal } from './door-checks.ts';

/** Headers on everything this host says: nothing is cached, framed, sniffed or run. */
export const GUARD_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Answers with problem details (RFC 9457). */
export function sendRefusal(response: ServerResponse, refused: DoorRefusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify(problem(refused));
  response.writeHead(refused.status, {
    ...GUARD_HEADERS,
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    ...(refused.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="sallyport"' } : {}),
    // What else the client was sending (a body over the limit, say) is not read.
    Connection: 'close',
  });
  response.end(body);
}

/** The same for an upgrade, where there is no response object. */
export function refuseUpgrade(socket: Duplex, refused: DoorRefusal): void {
  const body = JSON.stringify(problem(refused));
  const head = [
    `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(refused.status === 401 ? ['WWW-Authenticate: Bearer realm="sallyport"'] : []),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problem({ status, title, detail }: DoorRefusal) {
  return { type: 'about:blank', status, title, detail };
}
