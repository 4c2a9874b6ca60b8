const notRunning = { problem: 'not-running' } as const;

/** Sending calls again where a store is read without an engine: it takes one. */
export function withoutEngine() {
  return {
    draft: () => Promise.resolve(notRunning),
    check: () => Promise.resolve(notRunning),
    async *send() {
      yield notRunning;
    },
    compare: () => Promise.resolve(notRunning),
  };
}
