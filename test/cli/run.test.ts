// Rules of `run` around the program: it runs even when it cannot be recorded, unless told not to; the summary comes after everything
// is stored, and whatever fails afterwards does not change how the program ended.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const AGENT = join(import.meta.dirname, '../../dist/agent/agent.cjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-run-'));
  writeFileSync(join(folder, 'ca.pem'), `${rootCertificates[0] ?? ''}\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a Node one-liner through `run` with an engine made of these few functions, given as source text. */
async function runWith(program: string, engine: Record<string, string> = {}, options = '') {
  const source = pathToFileURL(join(import.meta.dirname, '../../electron/cli/run.ts')).href;
  const parts = {
    newestCall: 'async () => 0',
    ownPort: 'async () => 7778',
    aroundIn: 'async () => []',
    flush: "async () => log('flush')",
    callsAfter: 'async () => ({ calls: [], more: false })',
    release: "async () => log('release')",
    ...engine,
  };
  const face = Object.entries(parts).map(([name, text]) => `${name}: ${text}`);
  const script = `
    import { run } from ${JSON.stringify(source)};
    import { writeSync } from 'node:fs';
    const log = (line) => writeSync(2, line + '\\n');
    const engine = { proxy: 'http://127.0.0.1:7777', caPath: ${JSON.stringify(join(folder, 'ca.pem'))}, dataDir: ${JSON.stringify(folder)}, ${face.join()} };
    await run({ command: process.execPath, args: ['-e', ${JSON.stringify(program)}], app: 'shop', quiet: false, without: [], agent: 'observe', refuse: null, env: process.env, attach: async () => engine, ${options} });
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, stdout, lines: stderr.split('\n').filter(Boolean) };
}

const call = (id: number, host: string) => `{ id: ${id}, host: '${host}', status: 200, failure: null }`;

test('the program finds its way to the engine in its environment', async () => {
  const program =
    'const { HTTPS_PROXY, SALLYPORT_DATA, NODE_EXTRA_CA_CERTS } = process.env; console.log(HTTPS_PROXY, SALLYPORT_DATA, NODE_EXTRA_CA_CERTS)';
  const { stdout } = await runWith(program, {}, 'env: { PATH: process.env.PATH }');
  expect(stdout.replace(/run-[0-9a-f]{16}@/, 'run-ID@')).toBe(
    `http://shop:run-ID@127.0.0.1:7777 ${folder} ${join(folder, 'ca.pem')}\n`,
  );
});

const link = "{ socket: '/run/link', secretFile: '/run/secret' }";
const said = `for (const name of ['NODE_OPTIONS', 'SALLYPORT_AGENT_SOCKET', 'SALLYPORT_AGENT_SECRET_FILE', 'SALLYPORT_APP', 'SALLYPORT_RUN', 'SALLYPORT_AGENT_MODE']) console.log(process.env[name])`;

test('where the engine has a link, Node programs get our agent, the way to it, and the id that their proxy says, too', async (context) => {
  if (!existsSync(AGENT)) return context.skip('dist/ is not built');
  const { stdout } = await runWith(`${said}; console.log(process.env.HTTPS_PROXY)`, { agent: link });
  const [options, socket, secret, app, run, mode, proxy] = stdout.split('\n');
  expect([options, socket, secret, app, mode]).toEqual([
    expect.stringMatching(/--require=\S*node-start\.cjs --require=\S*agent\.cjs$/),
    '/run/link',
    '/run/secret',
    'shop',
    'undefined',
  ]);
  expect(proxy).toContain(`:run-${run}@`);
});

test('told to leave the agent out, or without a link, the program gets nothing of it', async () => {
  const nothing = 'undefined\n'.repeat(6);
  const env = "env: { PATH: process.env.PATH }, without: ['node']";
  expect((await runWith(said, { agent: link }, `agent: null, ${env}`)).stdout).toBe(nothing);
  expect((await runWith(said, { agent: 'null' }, env)).stdout).toBe(nothing);
});

test('everything is stored and closed before it is counted, counted before the engine is given back', async () => {
  const { code, lines } = await runWith('process.exit(3)', {
    callsAfter: `async ({ after, before = 99, query }) => {
      log([query, after, before].join(' '));
      // One call is still open when first asked.
      if (query.includes('state:open')) return { calls: (globalThis.asked = (globalThis.asked ?? 0) + 1) === 1 ? [${call(12, 'a')}] : [], more: false };
      return before === 99 ? { calls: [${call(12, 'a')}, ${call(11, 'b')}], more: true } : { calls: [${call(10, 'a')}], more: false };
    }`,
    newestCall: 'async () => 9',
  });
  const [id] = /(?<=tag:run=)[0-9a-f]{16}/.exec(lines.join()) ?? [];
  expect(lines).toEqual([
    'flush',
    `tag:run=${id} state:open 9 99`,
    'flush',
    `tag:run=${id} state:open 9 99`,
    `tag:run=${id} 9 99`,
    `tag:run=${id} 9 11`,
    `sallyport: 3 calls to 2 hosts as "shop"; see: npx sallyport calls tag:run=${id}`,
    'release',
  ]);
  expect(code).toBe(3);
});

test('when no call came, what may be the matter is said', async () => {
  const { lines } = await runWith('', {}, "env: { PATH: process.env.PATH, NO_PROXY: 'corp.example' }");
  expect(lines).toEqual([
    'flush',
    'sallyport: no call of "shop" came this way',
    expect.stringMatching(/^sallyport: calls to what \w+ names \(corp\.example\) go past/),
    'release',
  ]);
});

test('quiet is quiet, and still flushes', async () => {
  expect((await runWith('', {}, 'quiet: true')).lines).toEqual(['flush', 'release']);
});

const program = "console.log('ran', process.env.HTTPS_PROXY); process.exit(3)";
const mayNot = "refuse: '; it would have run unrecorded.'";

test('without an engine the program runs as it would have without us, and that it is unrecorded is said', async () => {
  const attach = "attach: async () => { throw new Error('The disk is full.') }, env: { PATH: process.env.PATH }";
  const { code, stdout, lines } = await runWith(program, {}, attach);
  expect([code, stdout]).toEqual([3, 'ran undefined\n']);
  expect(lines).toEqual([
    'sallyport: The disk is full.',
    expect.stringMatching(/runs UNRECORDED\. .*--require-recording$/),
  ]);
});

test('told to require recording, it does not start the program, and the code is 125', async () => {
  const attach = `attach: async () => { throw new Error('Port 8080 is taken.') }, ${mayNot}`;
  const { code, stdout, lines } = await runWith(program, {}, attach);
  expect([code, stdout]).toEqual([125, '']);
  expect(lines).toEqual(['sallyport: Port 8080 is taken.', expect.stringContaining('was not started; it would have')]);
});

test('an engine that cannot be read from is no engine either, and is given back', async () => {
  const broken = { newestCall: "async () => { throw new Error('locked') }" };
  expect(await runWith(program, broken, 'env: { PATH: process.env.PATH }')).toMatchObject({
    code: 3,
    stdout: 'ran undefined\n',
    lines: ['release', 'sallyport: locked', expect.stringContaining('UNRECORDED')],
  });
  expect(await runWith(program, broken, mayNot)).toMatchObject({ code: 125, stdout: '' });
});

test('an engine lost on the way is told, and the program ends as it ended', async () => {
  const { code, lines } = await runWith('process.exit(4)', {
    flush: "async () => { throw new Error('gone') }",
    release: "async () => { throw new Error('gone') }",
  });
  expect(code).toBe(4);
  expect(lines).toEqual([expect.stringMatching(/calls may be missing: gone$/)]);
});

test('a command that is not there is 127, and gives the engine back', async () => {
  const { code, lines } = await runWith('', {}, "command: 'no-such-command-anywhere'");
  expect(code).toBe(127);
  expect(lines).toEqual(['sallyport: no-such-command-anywhere: command not found', 'release']);
});
