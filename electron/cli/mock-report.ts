// What a run under mocks came to, in the lines that `sallyport mock` prints.

/** What is to be served, from which file. */
export interface MockAsked {
  /** Absolute path. */
  file: string;
  unmatched?: 'pass' | 'refuse' | undefined;
  seed?: number | undefined;
}

/** What mocks answered, and what they did not. */
export interface MockReport {
  served: readonly { id: string; served: number }[];
  unmatched: readonly { method: string; host: string; path: string; calls: number }[];
  unmatchedCalls: number;
}

const SHOWN = 10;

/** `mocked 3 calls by 2 of 4 mocks`, and what did not fit: calls that nothing matched, mocks that nothing asked for. */
export function mockLines({ served, unmatched, unmatchedCalls }: MockReport, file: string): string[] {
  const used = served.filter((mock) => mock.served > 0);
  const calls = used.reduce((sum, mock) => sum + mock.served, 0);
  const unused = served.filter((mock) => mock.served === 0).map(({ id }) => id);
  const lines = [`mocked ${count(calls, 'call')} by ${used.length} of ${count(served.length, 'mock')} in ${file}`];
  if (unmatchedCalls > 0) {
    const told = unmatched
      .slice(0, SHOWN)
      .map((one) => `${one.method} ${one.host}${one.path}${one.calls > 1 ? ` (${one.calls}×)` : ''}`);
    lines.push(`nothing matched ${count(unmatchedCalls, 'call')}: ${withMore(told, unmatched.length)}`);
  }
  if (unused.length > 0) lines.push(`never asked for: ${withMore(unused.slice(0, SHOWN), unused.length)}`);
  return lines;
}

/** Every call met a mock, and every mock a call. */
export function fitsStrictly({ served, unmatchedCalls }: MockReport): boolean {
  return unmatchedCalls === 0 && served.every((mock) => mock.served > 0);
}

function withMore(told: readonly string[], all: number): string {
  return `${told.join(', ')}${all > told.length ? ` and ${all - told.length} more` : ''}`;
}

function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}
