import { createCompare } from './compare-calls.ts';

const notRunning = { problem: 'not-running' } as const;

/** Sending calls again where a store is read without an engine: it takes one. Comparing takes the store alone. */
export function withoutEngine(reader: Parameters<typeof createCompare>[0]) {
  return {
    draft: () => Promise.resolve(notRunning),
    check: () => Promise.resolve(notRunning),
    async *send() {
      yield notRunning;
    },
    compare: createCompare(reader),
  };
}
