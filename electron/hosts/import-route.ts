import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream';
import type { JobsFace } from '../api/jobs-face.ts';
import { GUARD_HEADERS, sendRefusal } from './answer.ts';
import { refusal } from './door-checks.ts';

export const IMPORT_PATH = '/api/import';

/**
 * `POST /api/import[?name=FILE]` with a HAR file as its body, perhaps gzip-compressed, of any length: it is read as it comes.
 * Answers with the job when all has been read, or with it failed (422) and why. Whoever leaves gives the import up.
 * False when the path is another.
 */
export async function serveImport(
  jobs: JobsFace | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname !== IMPORT_PATH) return false;
  if (request.method !== 'POST') {
    sendRefusal(response, refusal(405, 'Imports are sent', 'Use POST with the file as the body.'));
    return true;
  }
  if (!jobs) {
    sendRefusal(response, refusal(503, 'No engine runs', 'Start one with: sallyport serve'));
    return true;
  }
  const length = Number(request.headers['content-length'] ?? NaN);
  const name = (url.searchParams.get('name') ?? 'a HAR file').slice(0, 300);
  const job = jobs.importHar(request, name, Number.isFinite(length) ? length : null);
  const left = (): void => void jobs.cancel(job.id);
  response.once('close', left);
  const ended = await new Promise<ReturnType<JobsFace['list']>[number]>((resolve) => {
    const look = (): void => {
      const now = jobs.list().find(({ id }) => id === job.id) ?? job;
      if (now.state === 'running') return;
      stop();
      resolve(now);
    };
    const stop = jobs.onChanged(look);
    look();
  });
  response.off('close', left);
  if (response.destroyed) return true;
  // What is left of a body that was given up is not waited for.
  if (!request.complete) response.setHeader('Connection', 'close');
  finished(request, () => {});
  const body = JSON.stringify(ended);
  response.writeHead(ended.state === 'done' ? 200 : 422, {
    ...GUARD_HEADERS,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
  return true;
}
