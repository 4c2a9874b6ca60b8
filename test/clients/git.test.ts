// git over https: a real repository behind git's own http-backend; clone, push, and clone again.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Route } from './origin.ts';
import { hasProgram, start, startWorld, type World } from './world.ts';

let world: World;
let repositories: string;
let git: boolean;

/** git's http-backend speaks CGI: variables in, a header block and a body out. */
const backend: Route = (request, response) => {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  if (!path.startsWith('/harbour.git/')) return false;
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: repositories,
      GIT_HTTP_EXPORT_ALL: '1',
      REMOTE_USER: 'ada',
      PATH_INFO: path,
      QUERY_STRING: query,
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'],
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'],
      HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    const head = all
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '));
    const fields = Object.fromEntries(head.filter(([name]) => name !== 'Status')) as Record<string, string>;
    const status = Number(head.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
    response.writeHead(status, fields).end(all.subarray(end + 4));
  });
  return true;
};

async function run(...command: string[]) {
  const ran = await start(command, { cwd: repositories }).end;
  if (ran.code !== 0) throw new Error(`${command.join(' ')}: ${ran.stderr}`);
}

beforeAll(async () => {
  git = await hasProgram('git', '--version');
  if (!git) return;
  repositories = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-git-')));
  world = await startWorld({ routes: [backend] });
  await run('git', 'init', '-q', '--bare', '-b', 'main', 'harbour.git');
  await run('git', '-C', 'harbour.git', 'config', 'http.receivepack', 'true');
  await run('git', '-C', 'harbour.git', 'config', 'receive.denyCurrentBranch', 'ignore');
});
afterAll(async () => {
  if (!git) return;
  await world.stop();
  rmSync(repositories, { recursive: true });
});
beforeEach((context) => {
  if (!git) context.skip('no git on this machine');
});

/** Nothing of the developer's own git settings, and no questions. */
const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null', GIT_TERMINAL_PROMPT: '0' };
const me = ['-c', 'user.name=Ada', '-c', 'user.email=ada@vendor.example'];
const remote = 'https://api.vendor.example/harbour.git';

test('clone, push a commit with a large file, and clone what was pushed', async () => {
  const work = join(world.folder, 'work');
  const again = join(world.folder, 'again');
  const big = Buffer.alloc(3 << 20, 'The quick brown fox jumps over the lazy dog. ').map(
    (byte, at) => byte ^ (at * 7919) ^ (at >> 9),
  );

  expect((await world.run('git clone', ['git', 'clone', '-q', remote, work], { env })).code).toBe(0);
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'cargo.bin'), big);
  await run('git', '-C', work, 'add', '.');
  await run('git', '-C', work, ...me, 'commit', '-q', '-m', 'Load');
  const push = await world.run('git push', ['git', '-C', work, 'push', '-q', 'origin', 'HEAD:main'], { env });
  expect(push.code, push.stderr).toBe(0);
  expect((await world.run('git again', ['git', 'clone', '-q', remote, again], { env })).code).toBe(0);
  expect(readFileSync(join(again, 'cargo.bin')).equals(big)).toBe(true);

  // Every request has the app: git sends the proxy credentials at once, and is not asked for them first.
  for (const app of ['git clone', 'git push', 'git again']) {
    const rows = await world.calls(app);
    expect(rows.length, app).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ app, status: 200, host: 'api.vendor.example', failure: null });
  }
  const pushed = (await world.calls('git push')).find(({ path }) => path === '/harbour.git/git-receive-pack');
  expect(pushed).toMatchObject({ method: 'POST', status: 200 });
  const sent = (await world.calls('git push')).reduce((sum, { requestBodyBytes }) => sum + requestBodyBytes, 0);
  expect(sent).toBeGreaterThan(1 << 20);
});
