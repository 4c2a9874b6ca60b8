// Rules of `npm test`: the last line sums every suite, and a suite that crashes or runs nothing has failed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClone, startIn, type Clone } from './clone.ts';

let clone: Clone;
beforeEach(() => {
  clone = createClone('');
  write('build/check.ts', `import { writeFileSync } from 'node:fs'; ${report('[{"passed": true}, {"passed": true}]')}`);
});
afterEach(() => clone.remove());

function write(path: string, text: string) {
  mkdirSync(join(clone.path, path, '..'), { recursive: true });
  writeFileSync(join(clone.path, path), text);
}

/** A stand-in for check.ts that reports this. */
const report = (json: string) => `writeFileSync(process.argv.at(-1), ${JSON.stringify(json)});`;

/** A stand-in for vitest that does, per folder of tests, what it is told. */
function vitestThat(does: Record<string, string>) {
  for (const folder of Object.keys(does)) write(`test/${folder}/some.test.ts`, '');
  const cases = Object.entries(does).map(
    ([folder, script]) => `if (process.argv.includes('test/${folder}/')) { ${script} }`,
  );
  write(
    'stand-in.mjs',
    `import { writeFileSync } from 'node:fs'; const sum = (s) => writeFileSync(process.env.SALLYPORT_SUM, JSON.stringify(s));\n${cases.join('\n')}`,
  );
}

async function run(...args: string[]) {
  // npm's stand-in makes node_modules when the set-up runs; vitest's is put there after it.
  await startIn(clone, ['build/launch.mjs']).end;
  write('node_modules/vitest/vitest.mjs', "const path = '../../stand-in.mjs'; await import(path);");
  const ran = await startIn(clone, ['build/test.mjs', ...args], { CHROMIUM: process.execPath }).end;
  return { ...ran, last: ran.stdout.trimEnd().split('\n').at(-1) };
}

const good = "sum({ passed: 3, failed: 0, skipped: 1, reasons: ['x: no browser'], failures: [] });";

test('checks and suites are added up, skips say why', async () => {
  vitestThat({ engine: good, clients: good });
  const { code, last, stdout } = await run();
  expect([code, last]).toEqual([0, '8 passed, 0 failed, 2 skipped']);
  expect(stdout).toContain('  x: no browser');
});

test.each([
  [
    'a failed test',
    "sum({ passed: 3, failed: 2, skipped: 0, reasons: [], failures: ['test/x.test.ts › a: b', 'test/x.test.ts › c: d'] }); process.exit(1);",
    '8 passed, 2 failed, 1 skipped',
  ],
  ['a crash without a report', 'process.exit(7);', '5 passed, 1 failed, 1 skipped'],
  ['an end by a signal', "process.kill(process.pid, 'SIGKILL');", '5 passed, 1 failed, 1 skipped'],
  [
    'nothing run',
    'sum({ passed: 0, failed: 0, skipped: 0, reasons: [], failures: [] });',
    '5 passed, 1 failed, 1 skipped',
  ],
  [
    'a bad end after good tests',
    'sum({ passed: 3, failed: 0, skipped: 0, reasons: [], failures: [] }); process.exit(1);',
    '8 passed, 1 failed, 1 skipped',
  ],
])('%s fails the whole', async (_, clients, sum) => {
  vitestThat({ engine: good, clients });
  const { code, last } = await run();
  expect([code, last]).toEqual([1, sum]);
});

test('what failed is named before the sum, with the suite of what has no file', async () => {
  vitestThat({
    clients: 'process.exit(7);',
    engine: "sum({ passed: 0, failed: 1, skipped: 0, reasons: [], failures: ['test/x.test.ts › a: no'] });",
  });
  expect((await run()).stdout).toContain('failed:\n  test/x.test.ts › a: no\n  clients › ended with code 7\n');
});

test('a check that fails fails the whole', async () => {
  write(
    'build/check.ts',
    `import { writeFileSync } from 'node:fs'; ${report('[{"name": "types", "passed": true}, {"name": "lint", "passed": false}]')} process.exitCode = 1;`,
  );
  vitestThat({ engine: good });
  const { code, last, stdout } = await run();
  expect([code, last]).toEqual([1, '4 passed, 1 failed, 1 skipped']);
  expect(stdout).toContain('failed:\n  check › lint: see its lines above\n');
});

test('a set-up that fails is a failure with a sum', async () => {
  vitestThat({ engine: good });
  const { code, stdout } = await startIn(clone, ['build/test.mjs'], { NPM_BREAKS: '1' }).end;
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([1, '0 passed, 1 failed, 0 skipped']);
});

test('one suite can be asked for by its name, and no other name', async () => {
  vitestThat({ engine: good, clients: 'process.exit(7);' });
  expect((await run('engine')).last).toBe('3 passed, 0 failed, 1 skipped');
  const { code, stderr } = await run('engin');
  expect(code).toBe(1);
  expect(stderr).toContain('no such suite: engin; there are check, clients, engine');
});
