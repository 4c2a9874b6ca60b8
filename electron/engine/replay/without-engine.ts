import { compareCalls, type Records } from './compare-calls.ts';

const notRunning = { problem: 'not-running' } as const;

/** What can be said where a store is read without an engine: sending takes one, comparing does not. */
export function withoutEngine(records: Records) {
  return {
    draft: () => Promise.resolve(notRunning),
    check: () => Promise.resolve(notRunning),
    async *send() {
      yield notRunning;
    },
    compare: (asked: Parameters<typeof compareCalls>[1]) => compareCalls(records, asked),
  };
}
