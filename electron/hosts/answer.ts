import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DoorRefusal } from './door-checks.ts';
import { DOOR_HEADERS, NOTHING_POLICY } from './page-policy.ts';
import type { FileAnswer } from './workspace-files.ts';

/** Headers on every answer that is no page: nothing is cached, framed, sniffed or run. */
export const GUARD_HEADERS: Readonly<Record<string, string>> = {
  ...DOOR_HEADERS,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': NOTHING_POLICY,
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
    ...Object.entries(GUARD_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(refused.status === 401 ? ['WWW-Authenticate: Bearer realm="sallyport"'] : []),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Answers with a text. */
export function sendText(
  response: ServerResponse,
  text: string,
  { status = 200, ...headers }: { status?: number; 'Content-Type': string } & Record<string, string | number>,
): void {
  response.writeHead(status, { ...GUARD_HEADERS, ...headers, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

/** Answers with a file of the workspace; its headers only, when only those were asked for. */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: FileAnswer,
): void {
  response.writeHead(status, headers);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function problem({ status, title, detail }: DoorRefusal) {
  return { type: 'about:blank', status, title, detail };
}
