import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { runTests, type TestResult } from '../../../../shared/policies/run-tests.ts';
import type { ReadFile } from './read-policies.ts';

/** What came of one test case of a policy file, and where it begins. */
export type TestOutcome = TestResult & { line: number };

/** Tries the cases of a file; hosts are the vendors that the catalogue says. */
export function runFileTests({ set, tests }: ReadFile): TestOutcome[] {
  if (tests.length === 0) return [];
  const { recognise } = createCatalogue([]);
  const results = runTests(
    set,
    tests.map(({ test }) => test),
    {
      now: Date.now() * 1000,
      recognise(host) {
        const known = recognise(host);
        return (
          known && { vendor: known.vendor.id, service: known.service?.id ?? null, category: known.vendor.category }
        );
      },
    },
  );
  return results.map((result, index) => ({ ...result, line: tests[index]?.line ?? 1 }));
}
