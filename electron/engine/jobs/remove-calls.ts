import { countOf } from '../../../shared/format/quantities.ts';
import type { Reader } from '../analytics/reader.ts';
import type { Archive } from '../archive/archive.ts';
import type { Removed } from '../store/calls-remover.ts';
import { chosenCalls, countChosen } from './chosen-calls.ts';
import type { Choice } from './chosen-calls.ts';
import type { Outcome, Progress } from './jobs.ts';

export interface RemoveChoice extends Choice {
  /** Pinned calls too. */
  pinned: boolean;
}

/** Calls deleted in one transaction: recording waits for it, a tenth of a second where they lie far apart. */
const BATCH = 200;

/** Deletes calls a batch at a time, each batch whole or not at all; then the bodies that only they had. */
export async function removeCalls(
  reader: Reader,
  archive: Pick<Archive, 'work' | 'flush'>,
  choice: RemoveChoice,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  await archive.flush();
  let removed = 0;
  let stayed = 0;
  let gap: number | null = null;
  progress.tell(0, await countChosen(reader, choice, signal));
  try {
    for await (const page of chosenCalls(reader, choice, signal)) {
      for (let at = 0; at < page.length; at += BATCH) {
        signal.throwIfAborted();
        const ids = page.slice(at, at + BATCH).map(({ id }) => id);
        const done: Removed = await archive.work('remove', { ids, pinned: choice.pinned, gap });
        removed += done.removed;
        stayed += done.stayed;
        ({ gap } = done);
        progress.tell(removed + stayed);
      }
    }
  } finally {
    // Also of what was deleted before it was given up.
    while (removed > 0 && (await archive.work('removeUnusedBodies', null)).more);
  }
  progress.tell(removed + stayed, removed + stayed);
  const rest = stayed === 0 ? '' : ` ${countOf(stayed, 'call')} stayed: open, or pinned.`;
  return { message: `${countOf(removed, 'call')} deleted.${rest}` };
}

/** Gives room that deletions left back to the file system, in steps between which recording goes on. */
export async function compact(
  archive: Pick<Archive, 'work' | 'flush'>,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  await archive.flush();
  let { left } = await archive.work('compact', null);
  const total = left;
  while (left > 0) {
    signal.throwIfAborted();
    progress.tell(Math.max(0, total - left), total);
    ({ left } = await archive.work('compact', null));
  }
  progress.tell(total, total);
  return { message: total === 0 ? 'There was no unused room to give back.' : 'The unused room was given back.' };
}
