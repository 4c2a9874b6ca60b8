// Rules of the one way in: it does what is missing once, says so, does nothing when nothing is missing; and the
// program under it lives and dies as if it had been started without it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createClone, installByHand, startIn } from './clone.ts';
import type { Clone } from './clone.ts';

let clone: Clone;
afterEach(() => clone.remove());

const launch = ['build/launch.mjs'];
const run = (args: string[] = launch, env?: NodeJS.ProcessEnv) => startIn(clone, args, env).end;

test('a fresh clone installs, builds and runs; the next start only runs', async () => {
  clone = createClone("console.log('args', ...process.argv.slice(2))");
  const first = await run([...launch, 'calls', '--help']);
  expect(first).toMatchObject({ code: 0, stdout: 'args calls --help\n' });
  expect(first.stderr.split('\n')).toEqual([expect.stringContaining('npm ci'), 'sallyport: building', '']);
  expect(await run([...launch, 'x'])).toMatchObject({ code: 0, stdout: 'args x\n', stderr: '' });
  expect(clone.log()).toEqual(['npm ci', 'bundle']);
});

test('only what is stale is done again', async () => {
  clone = createClone('');
  await run();
  writeFileSync(join(clone.path, 'electron/main.mjs'), "console.log('changed')");
  expect((await run()).stdout).toBe('changed\n');
  expect(clone.log()).toEqual(['npm ci', 'bundle', 'bundle']);
  writeFileSync(join(clone.path, 'package-lock.json'), '{"packages": {"node_modules/new": {"version": "1.0.0"}}}');
  rmSync(join(clone.path, 'node_modules'), { recursive: true });
  await run();
  expect(clone.log().slice(3)).toEqual(['npm ci', 'bundle']);
});

test('what `npm ci` by hand installed is taken as it is', async () => {
  clone = createClone('');
  installByHand(clone);
  expect((await run()).code).toBe(0);
  expect(clone.log()).toEqual(['bundle']);
});

test('packages that npm’s record names and that are not there are installed', async () => {
  clone = createClone('');
  installByHand(clone);
  const lock = '{"packages": {"node_modules/node": {"version": "24.0.0"}, "node_modules/gone": {"version": "1.0.0"}}}';
  writeFileSync(join(clone.path, 'package-lock.json'), lock);
  writeFileSync(join(clone.path, 'node_modules', '.package-lock.json'), lock);
  rmSync(join(clone.path, 'node_modules', 'node'), { recursive: true });
  expect((await run()).code).toBe(0);
  expect(clone.log()).toEqual(['npm ci', 'bundle']);
});

test('launches that start together set up once', async () => {
  clone = createClone("console.log('ran')");
  const together = await Promise.all([run(), run(), run()]);
  expect(together.map(({ code, stdout }) => `${code} ${stdout}`)).toEqual(Array(3).fill('0 ran\n'));
  expect(clone.log()).toEqual(['npm ci', 'bundle']);
});

test('the lock of a set-up that crashed is taken over', async () => {
  clone = createClone('');
  mkdirSync(join(clone.path, '.sallyport'));
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const lock = join(clone.path, '.sallyport', 'setup.lock');
  writeFileSync(lock, String(gone));
  utimesSync(lock, new Date(0), new Date(0));
  expect((await run()).code).toBe(0);
  expect(existsSync(lock)).toBe(false);
});

test('a step that fails shows its output, and the next launch tries again', async () => {
  clone = createClone('');
  const failed = await run(launch, { NPM_BREAKS: '1' });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('the registry is on fire');
  expect(failed.stderr).toMatch(/^sallyport: “.*npm\.js ci .*” failed \(exit code 1\)/m);
  expect((await run()).code).toBe(0);
});

test.skipIf(process.platform === 'win32')('set-up gives the clone its command for npx', async () => {
  clone = createClone("console.log('ran', process.argv[2])");
  await run();
  const command = spawnSync(join(clone.path, 'node_modules/.bin/sallyport'), ['calls'], { encoding: 'utf8' });
  expect(command.stdout).toBe('ran calls\n');
});

/** Runs the program through the hand-over that an older Node needs, whatever Node this is. */
const handOver = ['--input-type=module', '-e'];
const script = (args: string) => [
  ...handOver,
  `import('./build/setup/hand-over.mjs').then((m) => m.handOver([${args}]))`,
];

async function builtClone(program: string) {
  const made = createClone(program);
  clone = made;
  await run([...launch, 'quit']);
  return made;
}

test('handed over, arguments and exit code are the program’s own', async () => {
  await builtClone("console.log(process.argv.slice(2).join()); process.exit(process.argv[2] === 'quit' ? 0 : 42)");
  expect(await run(script("'calls', '-n', '1'"))).toMatchObject({ code: 42, stdout: 'calls,-n,1\n', stderr: '' });
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('handed over, %s reaches the program once', async (signal) => {
  await builtClone(`
    if (process.argv[2] === 'quit') process.exit();
    let times = 0;
    process.on('${signal}', () => { times += 1; setImmediate(() => process.exit(10 + times)); });
    setInterval(() => {}, 1000);
    console.log('ready');
  `);
  const { child, line, end } = startIn(clone, script(''));
  await line;
  child.kill(signal);
  expect(await end).toMatchObject({ code: 11, signal: null });
});

test('handed over, a program killed by a signal looks killed by it', async () => {
  await builtClone("if (process.argv[2] !== 'quit') process.kill(process.pid, 'SIGKILL')");
  expect(await run(script(''))).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('handed over, the program drains and ends when the launcher is killed', async () => {
  await builtClone(`
    if (process.argv[2] === 'quit') process.exit();
    process.on('SIGTERM', () => { console.log('drained'); process.exit(); });
    setInterval(() => {}, 1000);
    console.log('ready');
  `);
  const { child, line, end } = startIn(clone, script(''));
  await line;
  child.kill('SIGKILL');
  expect((await end).stdout).toBe('ready\ndrained\n');
});

test.runIf(process.platform !== 'win32').each(['direct', 'handed over'])(
  '%s, the program drains and ends when npm is gone, whose shell passes no signal on',
  async (way) => {
    await builtClone(`
      if (process.argv[2] === 'quit') process.exit();
      process.on('SIGTERM', () => { console.log('drained'); process.exit(); });
      setInterval(() => {}, 1000);
      console.log('ready');
    `);
    const args = way === 'direct' ? launch : script('');
    const endWithNpm = "import('./build/setup/end-with.mjs').then((m) => m.endWithNpm());";
    const inside = way === 'direct' ? args : [...args.slice(0, -1), `${endWithNpm} ${args.at(-1) ?? ''}`];
    const quoted = [process.execPath, ...inside].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
    const { child, line, end } = startIn(clone, ['-c', `${quoted}; true`], { npm_command: 'run-script' }, 'sh');
    await line;
    child.kill('SIGKILL');
    expect((await end).stdout).toBe('ready\ndrained\n');
  },
);

test('handed over, nothing of the channel leaks into what the program starts', async () => {
  await builtClone(`
    import { spawnSync } from 'node:child_process';
    console.log(spawnSync(process.execPath, ['-p', 'Object.keys(process.env).filter((k) => k.startsWith("NODE_CHANNEL")).length + " " + process.connected'], { encoding: 'utf8' }).stdout);
  `);
  expect((await run(script(''))).stdout.trim()).toBe('0 undefined');
});

test('the Node that the machine has, if it is an older one, does it all', async (context) => {
  const older = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .find((path) => existsSync(path) && Number(versionOf(path)) >= 20 && Number(versionOf(path)) < 24);
  if (!older) {
    clone = createClone('');
    return context.skip('no Node between 20 and 24 on the PATH');
  }
  clone = createClone('console.log(process.versions.node.split(".")[0], process.argv[2])');
  const { end } = startIn(clone, [...launch, 'start'], {}, older);
  expect(await end).toMatchObject({ code: 0, stdout: `${process.versions.node.split('.')[0]} start\n` });
});

function versionOf(node: string): string {
  return spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout.trim();
}
