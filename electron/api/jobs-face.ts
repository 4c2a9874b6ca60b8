import type { Readable } from 'node:stream';
import type { Job } from '../../shared/contract/jobs.ts';
import type { QueryTree } from '../../shared/query/tree.ts';

/** Calls that pass a filter, or those named. */
interface Choice {
  tree: QueryTree | null;
  ids?: readonly number[] | undefined;
}

/** Long work as the api and the hosts need it; the engine satisfies it by shape. */
export interface JobsFace {
  list(): Job[];
  onChanged(listener: () => void): () => void;
  cancel(id: number): Promise<Job | null>;
  exportCalls(choice: Choice & { format: 'har' | 'ndjson'; bodies: boolean }, subject: string): Job;
  removeCalls(choice: Choice & { pinned: boolean }, subject: string): Job;
  compact(): Job;
  importHar(file: Readable, subject: string, bytes: number | null): Job;
  exportFile(name: string): string | null;
}
