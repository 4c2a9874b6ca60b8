import type { StepResult } from '../model/sequence.ts';

/**
 * Results as JUnit XML, in the shape that build servers read (the Ant and Surefire schema: testsuites, testsuite, testcase,
 * failure). One case for every sending; `at`: microseconds since the epoch.
 */
export function writeJunit(
  results: readonly StepResult[],
  given: { name: string; at: number; tookUs: number },
): string {
  const failures = results.filter(({ passed }) => !passed).length;
  const counts = `tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(given.tookUs)}"`;
  const suite = `name="${escape(given.name)}" ${counts}`;
  const at = new Date(given.at / 1000).toISOString().slice(0, 19);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${suite}>`,
    `  <testsuite ${suite} timestamp="${at}" hostname="localhost">`,
    ...results.map(caseOf),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(result: StepResult): string {
  const { name, round, method, url, tookUs, passed, says, status, call } = result;
  const title = escape(round > 1 ? `${name} (${round})` : name);
  const head = `    <testcase classname="sallyport.replay" name="${title}" time="${seconds(tookUs ?? 0)}"`;
  const details = [
    `${method} ${url}`,
    `status ${status ?? 'none'}${call === null ? '' : `, call ${call}`}`,
    ...result.assertions.map((one) => `${one.passed ? 'passed' : 'failed'}: ${one.text}: ${one.says}`),
  ].join('\n');
  if (passed) return `${head}>\n      <system-out>${escape(details)}</system-out>\n    </testcase>`;
  return `${head}>\n      <failure message="${escape(says ?? 'It did not pass.')}" type="replay">${escape(details)}</failure>\n    </testcase>`;
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(6);
}

/** What XML 1.0 cannot hold becomes U+FFFD. */
function escape(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/[&<>"']/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? '&#39;')
      // oxlint-disable-next-line no-control-regex
      .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\u{fffd}')
      .replace(/\r\n?|\n/g, '&#10;')
  );
}
