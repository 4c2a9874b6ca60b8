import { setImmediate as turn } from 'node:timers/promises';
import type { Reader } from '../analytics/reader.ts';
import type { StoreReader } from '../store/store-reader.ts';

/** As much of a reader as work on calls asks. */
export type CallSource = Pick<
  Reader,
  'listCalls' | 'namedCalls' | 'histogram' | 'storage' | 'getCall' | 'getBody' | 'listMessages'
>;

/** So long at most before messages (a cancellation) are heard. */
const TURN_MS = 25;

/** The store read on this very thread, by the same questions. */
export function readHere(store: StoreReader): CallSource {
  async function finish<T>(search: Generator<unknown, T>, signal?: AbortSignal): Promise<T> {
    let until = performance.now() + TURN_MS;
    for (;;) {
      const step = search.next();
      if (step.done) return step.value;
      if (performance.now() < until) continue;
      await turn();
      signal?.throwIfAborted();
      until = performance.now() + TURN_MS;
    }
  }
  return {
    listCalls: (question, signal) => finish(store.search(question), signal),
    histogram: (question, _onPart, signal) => finish(store.histogram(question), signal),
    namedCalls: async (ids) => store.named(ids),
    storage: async () => store.storage(),
    getCall: async (id) => store.call(id),
    getBody: async (id, side) => store.body(id, side),
    listMessages: async ({ call, after = 0, limit }) => store.messages(call, after, limit),
  };
}
