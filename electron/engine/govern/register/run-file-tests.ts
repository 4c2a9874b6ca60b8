import type { ReadFile } from './read-policies.ts';

/** What came of one test case of a policy file. */
export interface TestOutcome {
  name: string;
  line: number;
  passed: boolean;
  expected: string;
  got: string;
  sentence: string | null;
}

export function runFileTests(_read: ReadFile): TestOutcome[] {
  return [];
}
