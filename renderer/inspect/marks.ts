import { createSignal, useSignal } from '../client/signal.ts';
import type { Call } from '../../shared/model/call.ts';

/** What people put on a call. Null: not known here. */
export interface Marks {
  pinned: boolean | null;
  note: string | null;
}

/** What was marked from this page, before the engine's answer about the call says it too. */
const marked = createSignal<ReadonlyMap<number, Partial<Marks>>>(new Map());
const REMEMBERED = 500;

export function rememberMarks(id: number, marks: Partial<Marks>): void {
  const next = new Map(marked.get());
  next.set(id, { ...next.get(id), ...marks });
  const oldest = next.keys().next();
  if (next.size > REMEMBERED && !oldest.done) next.delete(oldest.value);
  marked.set(next);
}

export function useMarks(call: Call & Partial<Marks>): Marks {
  return { pinned: call.pinned ?? null, note: call.note ?? null, ...useSignal(marked).get(call.id) };
}
