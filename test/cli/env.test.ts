// `sallyport env`: a terminal that is open is set up for the engine and set back, in a real shell with the real engine.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { isEngineLocked } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';

const MAIN = fileURLToPath(new URL('../../electron/cli/main.ts', import.meta.url));
const AGENT = fileURLToPath(new URL('../../dist/agent/agent.cjs', import.meta.url));
const ENV = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/proxy|CERT|CA_BUNDLE|^SALLYPORT|^NODE_/i.test(name)),
  ),
  HTTPS_PROXY: 'http://corp.test:3128',
};
let folder: string;
let dataDir: string;
let engine: ReturnType<typeof start>;
let proxy: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-env-'));
  dataDir = join(folder, 'data');
  const ready = join(folder, 'ready.json');
  engine = start(['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready]);
  await vi.waitUntil(() => existsSync(ready), 20_000);
  ({ proxy } = JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string });
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 20_000);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines in bash; `$env` is the command line up to the options. */
async function bash(lines: string): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const script = `env="'${process.execPath}' '${MAIN}' env --data '${dataDir}' --shell bash"\n${lines}`;
  const child = spawn('bash', ['--noprofile', '--norc', '-c', script], { env: ENV });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += String(text)));
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr, code };
}

test('sets the terminal up with one line, and back with another', async () => {
  const ran = await bash(`
    export -p > '${folder}/before'
    eval "$(eval "$env --app shop")"
    echo "$https_proxy"; echo "$SALLYPORT_DATA"
    eval "$(eval "$env --undo")"
    export -p > '${folder}/after'`);
  const [address = '', data] = ran.stdout.split('\n');
  // With what proves to the proxy that the terminal was set up here.
  expect(address.replace(/:run\.sp_[\w-]{43}@/, ':run.…@')).toBe(proxy.replace('//', '//shop:run.…@'));
  expect(data).toBe(dataDir);
  expect(readFileSync(join(folder, 'after'), 'utf8')).toBe(readFileSync(join(folder, 'before'), 'utf8'));
  expect(ran.stderr).toMatch(/recorded as “shop”/);
});

test('Node programs of the terminal get our agent beside what NODE_OPTIONS held, and lose it with --undo or --no-agent', async (context) => {
  if (!existsSync(AGENT)) return context.skip('dist/ is not built');
  const { stdout } = await bash(`
    export NODE_OPTIONS=--no-deprecation
    eval "$(eval "$env --app shop")"
    echo "$NODE_OPTIONS $SALLYPORT_APP"; [ -S "$SALLYPORT_AGENT_SOCKET" ] && [ -f "$SALLYPORT_AGENT_SECRET_FILE" ] && echo there
    eval "$(eval "$env --undo")"
    echo "$NODE_OPTIONS $SALLYPORT_AGENT_SOCKET"
    eval "$(eval "$env --no-agent")"
    echo "$NODE_OPTIONS $SALLYPORT_AGENT_SOCKET"`);
  const [set, there, undone, without] = stdout.split('\n');
  expect(set).toMatch(/^--no-deprecation .*--require=\S+ shop$/);
  expect(set).toContain(` --require=${AGENT} `);
  expect([there, undone]).toEqual(['there', '--no-deprecation ']);
  expect(without).not.toContain(AGENT);
});

test('a program of that terminal is recorded, and trusts us', async (context) => {
  const ran = await bash(`
    unset HTTPS_PROXY
    eval "$(eval "$env")"
    curl -s -o /dev/null -w '%{http_code}' https://nowhere.invalid/from-the-terminal`);
  if (/not found/.test(ran.stderr)) return context.skip('curl is not installed');
  const { stdout } = await sallyport(['calls', '--data', dataDir, '--format', 'ndjson', 'path:/from-the-terminal']);
  expect(JSON.parse(stdout)).toMatchObject({ app: 'bash', url: 'https://nowhere.invalid/from-the-terminal' });
  expect(ran.stdout).toBe('502');
});

test('the user’s wget settings come along for as long as the engine runs', async () => {
  const home = mkdtempSync(join(folder, 'home-'));
  writeFileSync(join(home, '.wgetrc'), 'timeout = 7\n');
  const { stdout } = await bash(`export HOME='${home}'; eval "$(eval "$env")"; echo "$WGETRC"`);
  expect(readFileSync(stdout.trim(), 'utf8')).toMatch(/^timeout = 7\nca_certificate = /);
  expect(stdout.trim()).toContain(join('runs', String(engine.pid)));
});

test('without an engine it prints nothing for the shell to read, and says how to start one', async () => {
  const { code, stdout, stderr } = await sallyport(['env', '--data', join(folder, 'none')]);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/Start one with: sallyport serve/);
});

test('with nothing to undo it says so and prints nothing', async () => {
  const { code, stdout, stderr } = await sallyport(['env', '--undo']);
  expect([code, stdout]).toEqual([0, '']);
  expect(stderr).toMatch(/not set up/);
});
