// `npm test`: sets up what is missing (packages, Node 24, the built program, a Chromium), then runs the checks and
// every suite. The last line printed sums them all: `N passed, N failed, N skipped`.
//
//   npm test                        everything
//   npm test -- clients             one suite, by its folder in test/
//   npm test -- test/query/x.test.ts   some files
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findChromium } from './setup/chromium.mjs';
import { inspectSetup } from './setup/inspect.mjs';
import { paths } from './setup/paths.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number, reasons: string[], failures: string[] }} Sum */

/** Folders of test/ whose tests disturb others by load or by faults, and so run by themselves, one file at a time. */
const alone = ['fault', 'clients', 'soak', 'journeys'];
/** Folders of test/ that hold no tests of their own. */
const aside = ['harness', 'fixtures', 'bench'];
/** A suite that takes longer hangs. */
const longestSuite = 20 * 60_000;

const scratch = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
try {
  if (inspectSetup().missing.length > 0) {
    const { completeSetup } = await import('./setup/complete.mjs');
    await completeSetup();
  }
  process.exitCode = await runAll(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/**
 * @param {string[]} wanted names of suites, or test files
 * @returns {Promise<number>} exit code
 */
async function runAll(wanted) {
  const suites = chooseSuites(wanted);
  const env = await environment();
  /** @type {Sum} */
  const total = { passed: 0, failed: 0, skipped: 0, reasons: [], failures: [] };
  for (const [index, suite] of suites.entries()) {
    console.log(`\n── ${suite.name}`);
    const sum = await suite.run(join(scratch, `${index}.json`), env);
    total.passed += sum.passed;
    total.failed += sum.failed;
    total.skipped += sum.skipped;
    total.reasons.push(...sum.reasons);
    total.failures.push(...sum.failures.map((line) => (line.startsWith('test/') ? line : `${suite.name} › ${line}`)));
  }
  if (total.reasons.length > 0) console.log(`\nskipped:\n${total.reasons.map((line) => `  ${line}`).join('\n')}`);
  if (total.failures.length > 0) console.log(`\nfailed:\n${total.failures.map((line) => `  ${line}`).join('\n')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** @param {string[]} wanted */
function chooseSuites(wanted) {
  const folders = readdirSync(join(paths.root, 'test')).filter(
    (name) => !aside.includes(name) && hasTests(join(paths.root, 'test', name)),
  );
  const together = folders.filter((name) => !alone.includes(name));
  const files = wanted.filter((name) => name.includes('/'));
  if (files.length > 0) return [vitestSuite('files', files, true)];
  const suites = [
    { name: 'check', run: runChecks },
    vitestSuite(
      together.join(', '),
      together.map((name) => `test/${name}/`),
      false,
    ),
    ...alone.filter((name) => folders.includes(name)).map((name) => vitestSuite(name, [`test/${name}/`], true)),
  ];
  if (wanted.length === 0) return suites;
  return wanted.map((name) => {
    if (name === 'check') return { name, run: runChecks };
    if (folders.includes(name)) return vitestSuite(name, [`test/${name}/`], alone.includes(name));
    throw new Error(`no such suite: ${name}; there are check, ${folders.join(', ')}`);
  });
}

/** @param {string} folder @returns {boolean} */
function hasTests(folder) {
  if (!folder.endsWith('.ts') && !folder.endsWith('.json') && !folder.endsWith('.md'))
    return readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.test.ts'));
  return false;
}

/**
 * @param {string} name
 * @param {string[]} filters
 * @param {boolean} oneByOne
 */
function vitestSuite(name, filters, oneByOne) {
  return {
    name,
    run: (/** @type {string} */ report, /** @type {NodeJS.ProcessEnv} */ env) =>
      runSuite(
        [
          join(paths.modules, 'vitest', 'vitest.mjs'),
          'run',
          ...filters,
          '--reporter=default',
          `--reporter=${join(paths.root, 'build', 'sum-reporter.ts')}`,
          ...(oneByOne ? ['--no-file-parallelism'] : []),
        ],
        { ...env, SALLYPORT_SUM: report },
        () => JSON.parse(readFileSync(report, 'utf8')),
      ),
  };
}

/**
 * @param {string} report
 * @param {NodeJS.ProcessEnv} env
 */
function runChecks(report, env) {
  return runSuite([join(paths.root, 'build', 'check.ts'), '--report', report], env, () => {
    /** @type {{ name: string, passed: boolean }[]} */
    const results = JSON.parse(readFileSync(report, 'utf8'));
    const passed = results.filter((result) => result.passed).length;
    const failures = results.filter((result) => !result.passed).map(({ name }) => `${name}: see its lines above`);
    return { passed, failed: results.length - passed, skipped: 0, reasons: [], failures };
  });
}

/**
 * Runs one suite under Node 24. One that crashes, hangs, or runs nothing has failed, whatever it reports.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {() => Sum} readSum
 * @returns {Promise<Sum>}
 */
async function runSuite(args, env, readSum) {
  const child = spawn(paths.node, args, { cwd: paths.root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const overtime = setTimeout(() => {
    console.error(`this suite took longer than ${longestSuite / 60_000} minutes: ended`);
    child.kill('SIGKILL');
  }, longestSuite);
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearTimeout(overtime);
  /** @type {Sum} */
  let sum = { passed: 0, failed: 0, skipped: 0, reasons: [], failures: [] };
  try {
    sum = readSum();
  } catch {
    console.error('this suite ended without a report');
  }
  if (sum.failed === 0 && (code !== 0 || sum.passed + sum.skipped === 0)) {
    sum.failed = 1;
    sum.failures.push(code === 0 ? 'ran nothing' : `ended with code ${code}`);
  }
  return sum;
}

/** What the suites find around them: Node 24 first on the PATH, a browser or the reason why there is none. */
async function environment() {
  const browser = await findChromium((line) => console.log(line));
  return {
    ...process.env,
    PATH: [join(paths.modules, '.bin'), dirname(paths.node), process.env['PATH']].join(delimiter),
    // Built, it starts in a quarter of the time: tests start it hundreds of times.
    COMMAND_LINE: join(paths.root, 'dist', 'cli.mjs'),
    ...('path' in browser ? { CHROMIUM: browser.path } : { CHROMIUM_MISSING: browser.missing }),
  };
}
