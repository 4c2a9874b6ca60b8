import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ReaderFace } from '../api/engine-face.ts';
import { readBody } from '../api/read-body.ts';
import { GUARD_HEADERS, sendRefusal } from './answer.ts';
import { refusal } from './door-checks.ts';

const ROUTE = /^\/api\/calls\/(\d{1,15})\/body\/(request|response)$/;

/**
 * Bodies as plain downloads: `GET /api/calls/ID/body/SIDE[?raw=1]`. They are what strangers sent, so
 * the browser is told to save and never to show, sniff or run them. False when the path is another.
 */
export async function serveBody(
  reader: ReaderFace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, digits, side] = ROUTE.exec(url.pathname) ?? [];
  if (digits === undefined || (side !== 'request' && side !== 'response')) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendRefusal(response, refusal(405, 'Bodies can only be read', 'Use GET.'));
    return true;
  }
  const id = Number(digits);
  const call = await reader.getCall(id);
  const raw = /^(1|true)$/.test(url.searchParams.get('raw') ?? '');
  const body = call && (await readBody(reader, call, side, raw));
  if (!body) {
    sendRefusal(
      response,
      refusal(
        404,
        'No such body',
        call ? `The ${side} body of call ${id} was not kept, or there was none.` : `There is no call ${id}.`,
      ),
    );
    return true;
  }
  response.writeHead(200, {
    ...GUARD_HEADERS,
    'Content-Type': headerSafe(body.contentType) ?? 'application/octet-stream',
    'Content-Length': body.bytes.length,
    'Content-Disposition': `attachment; filename="call-${id}-${side}"`,
    // Not Content-Encoding: that would make clients undo it. The coding still on is told apart.
    ...(body.contentEncoding && headerSafe(body.contentEncoding)
      ? { 'Sallyport-Content-Encoding': body.contentEncoding }
      : {}),
    ...(body.truncated ? { 'Sallyport-Truncated': body.truncated } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body.bytes);
  return true;
}

/** A recorded header value, if it can be sent as one. */
function headerSafe(value: string | null): string | null {
  return value !== null && /^[\t\x20-\x7e\x80-\xff]+$/.test(value) ? value : null;
}
