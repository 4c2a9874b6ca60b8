import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Job } from '../../../shared/contract/jobs.ts';
import { processKey } from '../../../shared/model/caller.ts';
import type { Reader } from '../analytics/reader.ts';
import type { Archive } from '../archive/archive.ts';
import { ownVendors } from '../vendors/declared.ts';
import type { ExportChoice } from './export-calls.ts';
import type { ImportedCall } from './import-har.ts';
import { createJobList } from './jobs.ts';
import type { JobList } from './jobs.ts';
import { compact, removeCalls } from './remove-calls.ts';
import type { RemoveChoice } from './remove-calls.ts';
import { runApart } from './run-apart.ts';

/** Long work on what is recorded. Every method gives the job at once. */
export interface Work extends Pick<JobList, 'list' | 'onChanged' | 'cancel'> {
  /** `subject`: what it works on, in words. */
  exportCalls(choice: ExportChoice, subject: string): Job;
  removeCalls(choice: RemoveChoice, subject: string): Job;
  compact(): Job;
  /** Reads a HAR file, perhaps compressed; `bytes` is its length when that is known. */
  importHar(file: Readable, subject: string, bytes: number | null): Job;
  /** Where a finished export is, by its name; null when there is none. */
  exportFile(name: string): string | null;
  stop(): Promise<void>;
}

export interface WorkOptions {
  reader: Reader;
  archive: Archive;
  dataDir: string;
  version: string;
  log: (line: string) => void;
}

/** Finished exports are removed after this long. */
const KEPT_MS = 3_600_000;
/** The recorder may be so far behind an import; capture needs the rest of its queue. */
const QUEUED = 8 * 1024 * 1024;

export function createWork({ reader, archive, dataDir, version, log }: WorkOptions): Work {
  const jobs = createJobList(log);
  const folder = join(dataDir, 'exports');
  // What an engine that was killed left behind.
  rmSync(folder, { recursive: true, force: true });
  const files = new Map<string, NodeJS.Timeout>();
  let stopping = false;

  async function forget(name: string, job: number): Promise<void> {
    files.delete(name);
    await rm(join(folder, name), { force: true }).catch((error: unknown) =>
      log(`${name} could not be removed: ${String(error)}`),
    );
    jobs.amend(job, { download: null, message: 'The file was removed after an hour; export again.' });
  }

  /** Records calls that were made elsewhere; waits while the recorder is behind. */
  async function takeFacts(calls: ImportedCall[]): Promise<void> {
    for (const { facts, process } of calls) {
      if (process !== null) archive.noteProcess(processKey(process), process);
      const call = archive.nextCallId();
      for (const fact of facts) archive.emit(Object.assign(fact, { call }));
    }
    if (archive.health().queuedBytes > QUEUED) await archive.flush();
  }

  return {
    list: jobs.list,
    onChanged: jobs.onChanged,
    cancel: jobs.cancel,
    exportCalls(choice, subject) {
      const job: Job = jobs.start({ kind: 'export', subject, unit: 'calls' }, async (progress, signal) => {
        const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-');
        const name = `sallyport-${stamp}-${job.id}.${choice.format}`;
        const place = { folder, name, version };
        const outcome = await runApart(
          {
            kind: 'export',
            dataDir,
            appNames: reader.appNames(),
            ownVendors: ownVendors(reader.declared()),
            choice,
            place,
          },
          progress,
          signal,
        );
        files.set(name, setTimeout(() => void forget(name, job.id), KEPT_MS).unref());
        return outcome;
      });
      return job;
    },
    removeCalls: (choice, subject) =>
      jobs.start({ kind: 'remove', subject, unit: 'calls' }, (progress, signal) =>
        removeCalls(reader, archive, choice, progress, signal),
      ),
    compact() {
      const running = jobs.list().find((job) => job.kind === 'compact' && job.state === 'running');
      return (
        running ??
        jobs.start({ kind: 'compact', subject: 'the databases', unit: 'bytes' }, (progress, signal) =>
          compact(archive, progress, signal),
        )
      );
    },
    importHar: (file, subject, bytes) =>
      jobs.start({ kind: 'import', subject, unit: 'bytes' }, async (progress, signal) => {
        try {
          return await runApart({ kind: 'import', bytes }, progress, signal, { file, takeFacts });
        } finally {
          await archive.flush();
        }
      }),
    exportFile: (name) => (files.has(name) ? join(folder, name) : null),
    async stop() {
      if (stopping) return;
      stopping = true;
      await jobs.stop();
      for (const timer of files.values()) clearTimeout(timer);
      files.clear();
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    },
  };
}
