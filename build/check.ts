// `npm run check`: everything that can be known without running the program, side by side, in seconds.
// `npm run check -- types lint` runs only those named. With --report FILE the results are also written as JSON.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkRooms } from './check-rooms.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Outcome {
  passed: boolean;
  output: string;
}

/** Name → what it does. */
const checks: Record<string, () => Promise<Outcome>> = {
  // Its threads check what the others have checked, too: one takes less than half of the work and ends sooner beside the rest.
  types: () => runTool('typescript/bin/tsc', ['-b', '--singleThreaded']),
  lint: () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
  format: () => runTool('oxfmt/bin/oxfmt', ['--check']),
  rooms: async () => {
    const { violations, files } = checkRooms(root);
    // A scanner that finds no files must not pass for a clean house.
    if (files < 10) violations.push(`only ${files} source files found`);
    return { passed: violations.length === 0, output: violations.join('\n') };
  },
  'dead-code': () => runTool('knip/bin/knip.js', []),
};

const { positionals, values } = parseArgs({ allowPositionals: true, options: { report: { type: 'string' } } });
const unknown = positionals.filter((name) => !checks[name]);
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}; there are ${Object.keys(checks).join(', ')}`);
  process.exit(2);
}
const chosen = Object.entries(checks).filter(([name]) => positionals.length === 0 || positionals.includes(name));
const results = await Promise.all(
  chosen.map(async ([name, check]) => {
    const began = performance.now();
    const { passed, output } = await check();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)${passed ? '' : `\n${output.trim()}\n`}`);
    return { name, passed };
  }),
);
if (values.report) writeFileSync(values.report, JSON.stringify(results));
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;

function runTool(script: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // The compiler and the linter are short-lived Go programs: collecting garbage seldom saves them a quarter of their time.
      env: { ...process.env, FORCE_COLOR: '0', GOGC: '400' },
    });
    let output = '';
    const collect = (text: string) => (output += text);
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ passed: code === 0, output }));
  });
}
