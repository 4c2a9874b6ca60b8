import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { JobsFace } from '../api/jobs-face.ts';
import { GUARD_HEADERS, sendRefusal } from './answer.ts';
import { refusal } from './door-checks.ts';

const ROUTE = /^\/api\/exports\/([\w.-]{1,200})$/;

/** Finished exports as downloads: `GET /api/exports/NAME`. False when the path is another. */
export async function serveExport(
  jobs: JobsFace | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const name = ROUTE.exec((request.url ?? '').replace(/\?.*$/s, ''))?.[1];
  if (name === undefined) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    sendRefusal(response, refusal(405, 'Exports can only be read', 'Use GET.'));
    return true;
  }
  const path = jobs?.exportFile(name) ?? null;
  const size = path === null ? null : (await stat(path).catch(() => null))?.size;
  if (path === null || size === null || size === undefined) {
    sendRefusal(
      response,
      refusal(404, 'No such export', 'Exports are kept for an hour, and until the engine ends. Export again.'),
    );
    return true;
  }
  response.writeHead(200, {
    ...GUARD_HEADERS,
    'Content-Type': name.endsWith('.har') ? 'application/json' : 'application/x-ndjson',
    'Content-Length': size,
    'Content-Disposition': `attachment; filename="${name}"`,
  });
  if (request.method === 'HEAD') response.end();
  // Whoever leaves half-way only ends the download.
  else await pipeline(createReadStream(path, { end: Math.max(0, size - 1) }), response).catch(() => response.destroy());
  return true;
}
