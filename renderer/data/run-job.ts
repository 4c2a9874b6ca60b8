import type { Api } from '../client/connection.ts';

type Started = Awaited<ReturnType<Api['jobs']['exportCalls']>>;

/** Waits until long work has ended. Rejects with its own sentence when it failed or was given up. */
export async function finishJob(api: Api, started: Started): Promise<Started> {
  if (started.state !== 'running') return judge(started);
  const end = new AbortController();
  try {
    for await (const { jobs } of await api.jobs.watch(undefined, { signal: end.signal })) {
      const job = jobs.find(({ id }) => id === started.id);
      if (job && job.state !== 'running') return judge(job);
    }
  } finally {
    end.abort();
  }
  throw new Error('The connection ended before the work did.');
}

function judge(job: Started): Started {
  if (job.state === 'done') return job;
  throw new Error(job.message ?? job.state);
}
