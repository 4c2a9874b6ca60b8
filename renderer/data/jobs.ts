import { useApi } from '../client/api-context.ts';
import type { Api, Connection } from '../client/connection.ts';
import { useStream } from '../client/stream.ts';

export type Job = Awaited<ReturnType<Api['jobs']['list']>>['jobs'][number];

const NONE: readonly Job[] = [];

/** Long work, the newest first, as it goes on. */
export function useJobs(): readonly Job[] {
  const api = useApi();
  return useStream('jobs', (signal) => api.jobs.watch(undefined, { signal })).value?.jobs ?? NONE;
}

/**
 * Sends a HAR file to the engine as it is read from disk. Gives the finished job; throws with a sentence when the file
 * could not be sent at all. The job is among `useJobs` meanwhile.
 */
export async function importFile(file: File): Promise<Job> {
  const answer = await fetch(`/api/import?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
  const said: unknown = await answer.json().catch(() => null);
  if (isJob(said)) return said;
  const message =
    typeof said === 'object' && said !== null && 'message' in said ? String(said.message) : answer.statusText;
  throw new Error(message);
}

function isJob(value: unknown): value is Job {
  return typeof value === 'object' && value !== null && 'kind' in value && 'state' in value && 'id' in value;
}

/** Saves a finished export: the shell asks where to, a browser puts it among its downloads. Throws with a sentence. */
export async function saveExport(job: Job, shell: Connection['shell'] = window.sallyport ?? null): Promise<void> {
  if (job.download === null) return;
  if (shell) {
    await shell.saveAs({ path: job.download, name: job.download.split('/').at(-1) ?? 'calls.har' });
    return;
  }
  const link = document.createElement('a');
  link.href = job.download;
  link.download = '';
  link.click();
}

/** A share from 0 to 1; null while it is not known of how much. */
export function shareDone({ done, total }: Pick<Job, 'done' | 'total'>): number | null {
  return total === null || total === 0 ? null : Math.min(1, done / total);
}
