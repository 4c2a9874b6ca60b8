import type { Draft } from '../../../shared/model/replay.ts';
import { USUAL_SETTINGS } from '../../../shared/model/replay.ts';
import { createSignal, useSignal } from '../../client/signal.ts';

/** One sending of a draft, as far as it went. */
export interface Attempt {
  /** Id of the call it became; 0 when nothing was recorded. */
  call: number;
  /** Milliseconds since the epoch. */
  at: number;
  status: number | null;
  /** Microseconds; null while it goes on. */
  tookUs: number | null;
  failure: string | null;
}

/** A draft that is open in this page. */
export interface OpenDraft {
  draft: Draft;
  /** As it was made: what “changed” is measured against. */
  made: Draft;
  /** Redacted values in it, and whether the engine can put them back. */
  marks: readonly { place: string; mark: string; known: boolean }[];
  /** What will not be as it was. */
  says: readonly string[];
  /** What its file says beside: kept when it is saved. */
  expects: { assertions: string[]; extract: Record<string, string> };
  /** The newest first. */
  attempts: readonly Attempt[];
}

/** More are not kept open; the one that was looked at longest ago goes. */
const MOST = 30;

/** The one looked at last first. */
const open = createSignal<readonly OpenDraft[]>([]);

export function useOpenDrafts(): readonly OpenDraft[] {
  return useSignal(open);
}

function findDraft(id: string): OpenDraft | null {
  return open.get().find(({ draft }) => draft.id === id) ?? null;
}

/** Opens a draft, or brings the open one of that id to the front as it is. */
export function openDraft(
  made: Pick<OpenDraft, 'draft' | 'marks' | 'says'> & Partial<Pick<OpenDraft, 'expects'>>,
): void {
  const known = findDraft(made.draft.id);
  const one = known ?? { expects: { assertions: [], extract: {} }, ...made, made: made.draft, attempts: [] };
  open.set([one, ...open.get().filter((other) => other !== known)].slice(0, MOST));
}

export function changeDraft(id: string, change: (draft: Draft) => Draft): void {
  open.set(open.get().map((one) => (one.draft.id === id ? { ...one, draft: change(one.draft) } : one)));
}

/** Adds an attempt, or says more of the newest one. */
export function noteAttempt(id: string, attempt: Attempt, isNew: boolean): void {
  open.set(
    open
      .get()
      .map((one) =>
        one.draft.id === id ? { ...one, attempts: [attempt, ...one.attempts.slice(isNew ? 0 : 1)] } : one,
      ),
  );
}

/** It was saved under a name: it is changed no more. */
export function keepAs(id: string, name: string): void {
  open.set(
    open.get().map((one) => {
      if (one.draft.id !== id) return one;
      const draft = { ...one.draft, name };
      return { ...one, draft, made: draft };
    }),
  );
}

export function closeDraft(id: string): void {
  open.set(open.get().filter(({ draft }) => draft.id !== id));
}

export function isChanged({ draft, made }: OpenDraft): boolean {
  return draft !== made && JSON.stringify(draft) !== JSON.stringify(made);
}

/** A request that is made up. */
export function newDraft(): Draft {
  return {
    id: crypto.randomUUID(),
    name: null,
    origin: null,
    method: 'GET',
    url: 'https://',
    headers: [],
    body: { kind: 'none' },
    auth: { kind: 'none' },
    settings: USUAL_SETTINGS,
  };
}

/** What a draft is called: its name, else method and path. */
export function titleOf({ name, method, url }: Draft): string {
  return name ?? `${method} ${pathOf(url)}`;
}

/** The path of an address that may be half typed or hold `{{name}}`. */
function pathOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || url;
}

/** The host of an address, as far as one can be read. */
export function hostOf(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url)?.[1] ?? '';
}
