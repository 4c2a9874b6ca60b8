// Counts what a vitest run came to and writes it to the file named by SALLYPORT_SUM, for `npm test` to add up.
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** What one suite came to. */
export interface Sum {
  passed: number;
  failed: number;
  skipped: number;
  /** One line for each test that was skipped: its name and the reason it gave. */
  reasons: string[];
  /** One line for each failure: what failed and the first line of its error. */
  failures: string[];
}

export default class SumReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const sum: Sum = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: 0,
      reasons: [],
      failures: unhandledErrors.map((error) => `outside of the tests: ${firstLine(error)}`),
    };
    for (const module of modules) {
      // A file that failed to load, or a hook that threw, has no failed test to show for it.
      let failedTests = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') sum.passed += 1;
        else if (result.state === 'skipped') {
          sum.skipped += 1;
          sum.reasons.push(`${module.relativeModuleId} › ${test.fullName}: ${result.note ?? 'no reason given'}`);
        } else {
          failedTests += 1;
          sum.failures.push(`${module.relativeModuleId} › ${test.fullName}: ${firstLine(result.errors?.[0])}`);
        }
      }
      if (failedTests === 0 && module.state() === 'failed') {
        failedTests = 1;
        const errors = [module, ...module.children.allSuites()].flatMap((part) => part.errors());
        sum.failures.push(`${module.relativeModuleId}: ${firstLine(errors[0])}`);
      }
      sum.failed += failedTests;
    }
    const file = process.env['SALLYPORT_SUM'];
    if (file) writeFileSync(file, JSON.stringify(sum));
  }
}

function firstLine(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return message.split('\n', 1)[0] || 'no error given';
}
