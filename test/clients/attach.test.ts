// `sallyport attach PID`: a Node program that runs already gets our agent through its inspector.
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { thingsBody } from './origin.ts';
import { cleanEnvironment, start, startWorld, type World } from './world.ts';

let world: World;
let running: ReturnType<typeof start> | null = null;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.end;
});

/** A program that makes a call for each line it is given, with a module it has used before. */
const caller = (url: string): string => `
  const http = require('node:http');
  const call = () => http.get('${url}', (answer) => { answer.resume(); answer.on('end', () => console.log('done')); });
  process.stdin.on('data', call);
  call();
`;

async function startCaller(
  options: string[] = [],
): Promise<{ pid: number; call: () => Promise<void>; said: () => string }> {
  const url = `http://127.0.0.1:${world.vendor.httpPort}/things`;
  const program = start([process.execPath, ...options, '-e', caller(url)], {
    env: cleanEnvironment(),
    input: null,
  });
  running = program;
  let said = '';
  program.child.stderr.on('data', (text: string) => (said += text));
  await once(program.child.stdout, 'data');
  return {
    pid: program.child.pid ?? 0,
    async call() {
      const answered = once(program.child.stdout, 'data');
      program.child.stdin.write('\n');
      await answered;
    },
    said: () => said,
  };
}

test.for([[], ['--inspect=127.0.0.1:0']])(
  'started with %j: what it calls from then on is seen, until it is undone',
  async (options) => {
    const app = `attached ${options.length}`;
    const { pid, call } = await startCaller(options);
    expect((await world.sallyport('attach', [])).stdout).toContain(`${pid}\t`);
    const attached = await world.sallyport('attach', [String(pid), '--app', app]);
    expect(attached.code, attached.stderr).toBe(0);
    await call();
    await expect
      .poll(() => world.calls(app), { timeout: 30_000 })
      .toMatchObject([{ method: 'GET', path: '/things', status: 200, source: 'agent' }]);
    const [row] = await world.calls(app);
    expect(await world.body(row?.id ?? '', 'response')).toBe(thingsBody);
    const undone = await world.sallyport('attach', [String(pid), '--undo']);
    expect(undone.code, undone.stderr).toBe(0);
    await call();
    await world.sallyport('run', ['--app', 'flush', '--', 'true']);
    expect(await world.calls(app)).toHaveLength(1);
  },
);

test('a program that is no Node program is left alone', async () => {
  running = start(['sleep', '60']);
  const { code, stderr } = await world.sallyport('attach', [String(running.child.pid)]);
  expect(code).toBe(1);
  expect(stderr).toContain('is no Node program of yours');
  expect(running.child.exitCode).toBeNull();
});

test('what the program starts later is told nothing of us', async () => {
  const program = start(
    [
      process.execPath,
      '-e',
      'process.stdin.on("data", () => console.log(Object.keys(process.env).filter((name) => /SALLYPORT/.test(name)).length)); console.log("up")',
    ],
    {
      env: cleanEnvironment(),
      input: null,
    },
  );
  running = program;
  await once(program.child.stdout, 'data');
  expect((await world.sallyport('attach', [String(program.child.pid)])).code).toBe(0);
  const answered = once(program.child.stdout, 'data');
  program.child.stdin.write('\n');
  const [said] = (await answered) as [string];
  expect(said.trim()).toBe('0');
});
