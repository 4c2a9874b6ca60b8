import { basename, extname } from 'node:path';
import type { ActiveSet } from '../../../shared/contract/mocks.ts';
import type { Unmatched } from '../../../shared/mocks/mock-set.ts';
import type { MockReport } from './active-set.ts';
import type { LiveMocks } from './live-mocks.ts';
import { loadSet } from './load-set.ts';
import type { MockFolder, SetRow } from './mock-folder.ts';
import { recordSet, type RecordingReader } from './record-set.ts';

interface CannotDo {
  problem: 'cannot-do';
  why: string;
  remedy: string;
}
interface Chances {
  unmatched?: Unmatched | undefined;
  seed?: number | undefined;
}

/** The contract's questions about sets of mocks. */
export interface MockSets {
  list(): Promise<{ folder: string; sets: SetRow[] }>;
  read(asked: { name: string }): Promise<(SetRow & { text: string }) | CannotDo>;
  save(asked: { name: string; text: string }): Promise<(SetRow & { saved: boolean }) | CannotDo>;
  record(asked: {
    name: string;
    ids?: number[] | undefined;
    replace?: boolean | undefined;
  }): Promise<(SetRow & { calls: number; says: string[] }) | CannotDo>;
  start(
    asked: Chances & { set: string; apps?: string[] | null | undefined; minutes?: number | undefined },
  ): Promise<ActiveSet | CannotDo>;
  stop(asked: { id: string }): Promise<MockReport | CannotDo>;
  serve(asked: Chances & { file: string; run: string }, signal?: AbortSignal): AsyncGenerator<ActiveSet | CannotDo>;
  report(asked: { id: string }): Promise<MockReport | CannotDo>;
  state(asked: unknown, signal?: AbortSignal): AsyncGenerator<{ sets: ActiveSet[] }>;
}

const USUAL_MINUTES = 60;

export function createMocksFace(
  folder: MockFolder,
  live: LiveMocks,
  /** What is recorded, with what came a moment ago. */
  recorded: () => Promise<RecordingReader>,
): MockSets {
  /** A file that says nothing of what it does not match: in a run of a test nothing leaves by accident, elsewhere other programs go on. */
  async function start(
    file: string,
    to: { apps: readonly string[] | null; run: string | null; minutes: number | null },
    { unmatched, seed }: Chances,
  ): Promise<ActiveSet | CannotDo> {
    const loaded = await loadSet(file);
    if (!('set' in loaded)) return { problem: 'cannot-do', ...loaded };
    const usual = to.run === null ? 'pass' : 'refuse';
    const name = (loaded.set.name ?? basename(file, extname(file))).slice(0, 100);
    const started = live.start({
      name,
      file,
      loaded,
      ...to,
      unmatched: unmatched ?? loaded.set.unmatched ?? usual,
      seed,
    });
    return started ?? cannot('As many sets answer already as may at a time.', 'Stop one of them first.');
  }

  return {
    list: async () => ({ folder: folder.path, sets: await folder.list() }),
    read: async ({ name }) => (await folder.read(name)) ?? noSet(name, folder),
    save: ({ name, text }) =>
      folder
        .save(name, text)
        .catch((error: unknown) =>
          cannot(`${folder.fileOf(name)} cannot be written (${codeOf(error)}).`, 'Nothing was changed.'),
        ),
    async record({ name, ids = [], replace = false }) {
      if (!replace && (await folder.read(name)) !== null)
        return cannot(`There is a set “${name}” already.`, 'Give this one another name, or replace that.');
      const made = await recordSet(await recorded(), ids);
      if (made.mocks === 0)
        return cannot('Of these calls no mock can be made.', made.says[0] ?? 'No call fits; choose others.');
      const saved = await folder
        .save(name, made.text)
        .catch((error: unknown) => ({ problems: [{ says: `It cannot be written (${codeOf(error)}).` }] }));
      if (!('saved' in saved) || !saved.saved)
        return cannot(saved.problems[0]?.says ?? 'It cannot be saved.', made.says.at(-1) ?? 'Choose other calls.');
      const { saved: _, ...row } = saved;
      return { ...row, calls: made.calls, says: made.says };
    },
    async start({ set, apps = null, minutes = USUAL_MINUTES, ...chances }) {
      if ((await folder.read(set)) === null) return noSet(set, folder);
      return start(folder.fileOf(set), { apps, run: null, minutes }, chances);
    },
    stop: async ({ id }) => live.stop(id) ?? notActive(),
    async *serve({ file, run, ...chances }, signal) {
      const started = await start(file, { apps: null, run, minutes: null }, chances);
      if ('problem' in started) {
        yield started;
        return;
      }
      try {
        yield started;
        await ended(signal);
      } finally {
        live.stop(started.id);
      }
    },
    report: async ({ id }) => live.report(id) ?? notActive(),
    async *state(_asked, signal) {
      let wake = (): void => {};
      let changed = true;
      const look = (): void => {
        changed = true;
        wake();
      };
      const ignore = live.onChanged(look);
      signal?.addEventListener('abort', look);
      try {
        while (signal?.aborted !== true) {
          if (changed) {
            changed = false;
            yield { sets: live.active };
          } else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      } finally {
        ignore();
        signal?.removeEventListener('abort', look);
      }
    },
  };
}

function ended(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined || signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function cannot(why: string, remedy: string): CannotDo {
  return { problem: 'cannot-do', why, remedy };
}

function noSet(name: string, { path }: MockFolder): CannotDo {
  return cannot(`There is no set “${name}” in ${path}.`, 'Save one by that name first, or record one.');
}

function notActive(): CannotDo {
  return cannot('No such set answers any more.', 'It may have come to its end; see what answers now.');
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
