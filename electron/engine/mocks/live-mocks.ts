import { randomBytes, randomInt } from 'node:crypto';
import type { ActiveSet } from '../../../shared/contract/mocks.ts';
import type { Unmatched } from '../../../shared/mocks/mock-set.ts';
import type { Mocking } from '../pipeline/stages/answer-from-mock.ts';
import { serveSet, type MockReport, type ServingSet } from './active-set.ts';
import type { LoadedSet } from './load-set.ts';

/** Whose calls a set answers, and for how long. */
export interface ServeAsked {
  name: string;
  file: string;
  loaded: LoadedSet;
  apps: readonly string[] | null;
  run: string | null;
  /** Null: until it is stopped. */
  minutes: number | null;
  unmatched: Unmatched;
  seed: number | undefined;
}

/** The sets that answer now. */
export interface LiveMocks extends Mocking {
  /** Null: as many are active as may be. */
  start(asked: ServeAsked): ActiveSet | null;
  /** Null: there is none by that id. */
  stop(id: string): MockReport | null;
  report(id: string): MockReport | null;
  readonly active: ActiveSet[];
  /** When something is active that was not, or the other way round, or answered something. Gives how to stop listening. */
  onChanged(listener: () => void): () => void;
  close(): void;
}

/** Each is looked at for every call. */
const MOST_ACTIVE = 20;
/** Figures are told so often at most. */
const TELL_MS = 250;

export function createLiveMocks(given: { now: () => number }): LiveMocks {
  const serving = new Map<string, { set: ServingSet; end: NodeJS.Timeout | null }>();
  const listeners = new Set<() => void>();
  let telling: NodeJS.Timeout | null = null;
  // What starts later counts first: it was meant more lately.
  let order: ServingSet[] = [];

  function tell(): void {
    if (telling !== null) clearTimeout(telling);
    telling = null;
    for (const listener of listeners) listener();
  }

  function changed(): void {
    if (listeners.size > 0) telling ??= setTimeout(tell, TELL_MS).unref();
  }

  function stop(id: string): MockReport | null {
    const one = serving.get(id);
    if (one === undefined) return null;
    if (one.end !== null) clearTimeout(one.end);
    serving.delete(id);
    order = order.filter((set) => set !== one.set);
    tell();
    return one.set.report();
  }

  return {
    get idle() {
      return order.length === 0;
    },
    get asksWho() {
      return order.some((set) => set.row.apps !== null);
    },
    meet(request) {
      const set = order.find((one) => one.isFor(request));
      return set === undefined ? null : set.meet(request);
    },
    start({ name, file, loaded, apps, run, minutes, unmatched, seed = randomInt(4_294_967_296) }) {
      if (serving.size >= MOST_ACTIVE) return null;
      const id = randomBytes(8).toString('hex');
      const startedAt = given.now();
      const until = minutes === null ? null : startedAt + minutes * 60_000_000;
      const set = serveSet(
        { id, name, file },
        loaded,
        { apps, run, unmatched, seed, startedAt, until },
        { now: given.now, changed },
      );
      const end = minutes === null ? null : setTimeout(() => stop(id), minutes * 60_000).unref();
      serving.set(id, { set, end });
      order = [set, ...order];
      tell();
      return set.row;
    },
    stop,
    report: (id) => serving.get(id)?.set.report() ?? null,
    get active() {
      return order.map(({ row }) => row);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      for (const id of [...serving.keys()]) stop(id);
      if (telling !== null) clearTimeout(telling);
      listeners.clear();
    },
  };
}
