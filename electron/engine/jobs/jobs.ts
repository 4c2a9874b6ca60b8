import type { Job } from '../../../shared/contract/jobs.ts';

/** How far work is, as it tells it. */
export interface Progress {
  /** Absolute amounts, in the job's unit; `total` null while it is not known. */
  tell(done: number, total?: number | null): void;
}

/** How work ended well: a sentence, and the path of a file to fetch. */
export interface Outcome {
  message: string;
  download?: string;
}

export interface JobList {
  /** Newest first. */
  list(): Job[];
  /** Told when something changed, four times a second at most; gives how to stop listening. */
  onChanged(listener: () => void): () => void;
  /** Starts work and gives its job at once. */
  start(
    what: Pick<Job, 'kind' | 'subject' | 'unit'>,
    work: (progress: Progress, signal: AbortSignal) => Promise<Outcome>,
  ): Job;
  /** Gives work up; answers when it has stopped. Null when there is no such job. */
  cancel(id: number): Promise<Job | null>;
  /** Changes what is said of a finished job. */
  amend(id: number, change: Partial<Pick<Job, 'message' | 'download'>>): void;
  /** Gives everything up and waits for it to end. */
  stop(): Promise<void>;
}

const NOTICE_MS = 250;
/** Finished jobs beyond this are forgotten, oldest first. */
const REMEMBERED = 200;

/** The list of long work: what runs, how far it is, how it ended. */
export function createJobList(log: (line: string) => void): JobList {
  const jobs = new Map<number, { job: Job; stop: AbortController; ended: Promise<void> }>();
  const listeners = new Set<() => void>();
  let lastId = 0;
  let timer: NodeJS.Timeout | null = null;
  let lastNotice = 0;

  function changed(): void {
    if (timer || listeners.size === 0) return;
    timer = setTimeout(
      () => {
        timer = null;
        lastNotice = Date.now();
        for (const listener of listeners) listener();
      },
      Math.max(0, lastNotice + NOTICE_MS - Date.now()),
    );
  }

  function end(job: Job, state: Job['state'], message: string | null): void {
    job.state = state;
    job.message = message;
    job.endedAt = Date.now() * 1000;
    changed();
  }

  return {
    list: () => [...jobs.values()].map(({ job }) => ({ ...job })).reverse(),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start(what, work) {
      lastId += 1;
      const job: Job = {
        id: lastId,
        ...what,
        state: 'running',
        startedAt: Date.now() * 1000,
        endedAt: null,
        done: 0,
        total: null,
        message: null,
        download: null,
      };
      const stop = new AbortController();
      const progress: Progress = {
        tell(done, total) {
          job.done = done;
          if (total !== undefined) job.total = total;
          changed();
        },
      };
      const ended = Promise.resolve()
        .then(() => work(progress, stop.signal))
        .then(
          ({ message, download }) => {
            job.download = download ?? null;
            end(job, 'done', message);
          },
          (error: unknown) => {
            if (stop.signal.aborted) return end(job, 'cancelled', null);
            end(job, 'failed', sentenceOf(error));
            log(`${job.kind} of ${job.subject} failed: ${sentenceOf(error)}`);
          },
        );
      jobs.set(job.id, { job, stop, ended });
      for (const [id, { job: old }] of jobs) {
        if (jobs.size <= REMEMBERED) break;
        if (old.state !== 'running') jobs.delete(id);
      }
      changed();
      return { ...job };
    },
    async cancel(id) {
      const known = jobs.get(id);
      if (!known) return null;
      known.stop.abort(new Error('Given up.'));
      await known.ended;
      return { ...known.job };
    },
    amend(id, change) {
      const known = jobs.get(id);
      if (known) Object.assign(known.job, change);
      changed();
    },
    async stop() {
      for (const { stop } of jobs.values()) stop.abort(new Error('The engine stops.'));
      await Promise.all([...jobs.values()].map(({ ended }) => ended));
      if (timer) clearTimeout(timer);
    },
  };
}

function sentenceOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return `The disk is full (${code}). Make room and try again.`;
  return error instanceof Error ? error.message : String(error);
}
