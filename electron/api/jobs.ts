import { implement } from '@orpc/server';
import { contract } from '../../shared/contract/index.ts';
import type { Job } from '../../shared/contract/jobs.ts';
import { countOf } from '../../shared/format/quantities.ts';
import type { EngineFace } from './engine-face.ts';
import { newestOf } from './notices.ts';
import { readQuery } from './read-query.ts';

/** The contract's questions about long work. */
export function answerJobs({ jobs }: EngineFace) {
  const ask = implement(contract.jobs);
  return ask.router({
    list: ask.list.handler(() => ({ jobs: jobs?.list() ?? [] })),

    watch: ask.watch.handler(async function* ({ signal }) {
      if (!jobs) return yield { jobs: [] };
      const changes = newestOf<Job[]>((push) => {
        push(jobs.list());
        return jobs.onChanged(() => push(jobs.list()));
      }, signal);
      for await (const list of changes) yield { jobs: list };
    }),

    cancel: ask.cancel.handler(async ({ input: { id }, errors }) => {
      if (!jobs) throw errors.ENGINE_NOT_RUNNING();
      const job = await jobs.cancel(id);
      if (!job) throw errors.JOB_NOT_FOUND({ message: `There is no job ${id}.`, data: { id } });
      return job;
    }),

    exportCalls: ask.exportCalls.handler(({ input: { query, ...choice }, errors }) => {
      if (!jobs) throw errors.ENGINE_NOT_RUNNING();
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      return jobs.exportCalls({ tree, ...choice }, subjectOf(query, choice.ids));
    }),

    removeCalls: ask.removeCalls.handler(({ input: { query, ...choice }, errors }) => {
      if (!jobs) throw errors.ENGINE_NOT_RUNNING();
      const tree = readQuery(query, (mistake) => errors.BAD_QUERY({ message: mistake.message, data: mistake }));
      return jobs.removeCalls({ tree, ...choice }, subjectOf(query, choice.ids));
    }),

    compact: ask.compact.handler(({ errors }) => {
      if (!jobs) throw errors.ENGINE_NOT_RUNNING();
      return jobs.compact();
    }),
  });
}

function subjectOf(query: string | undefined, ids: readonly number[] | undefined): string {
  if (ids) return countOf(ids.length, 'call');
  return query === undefined || query.trim() === '' ? 'all calls' : query.trim();
}
