// A browser of ours: a fresh profile that trusts us, gone when it is closed, however that comes. Real Chromium, without
// a window.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, type TestContext } from 'vitest';
import { createRunner, type Runner } from '../../../../electron/engine/capture/attach/run-tool.ts';
import { startEngine, type EngineUnderTest } from '../../../harness/engine-under-test.ts';

const CLEAN = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/proxy|^SALLYPORT/i.test(name))),
  DISPLAY: ':0',
};
const ID = 'chromium';

let engine: EngineUnderTest;
let folder: string;
let started: { pid: number; args: readonly string[]; gone: Promise<void> }[] = [];
afterEach(async () => {
  await engine.stop().catch(() => {});
  started = [];
  rmSync(folder, { recursive: true, force: true });
});

/** The machine's own tools; browsers are started without a window, on a page of our self-test's origin. */
function withoutWindow(): Runner {
  const runner = createRunner(CLEAN);
  return {
    ...runner,
    find: (program) =>
      program === 'chromium' ? (process.env['CHROMIUM'] ?? runner.find(program)) : runner.find(program),
    start(file, args, options) {
      const child = runner.start(file, [...args, '--headless=new', '--disable-gpu'], options);
      started.push({ pid: child.pid ?? 0, args, gone: child.gone });
      return child;
    },
  };
}

async function open(context: TestContext): Promise<string> {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  const runner = withoutWindow();
  if (runner.find('chromium') === null) context.skip(process.env['CHROMIUM_MISSING'] ?? 'chromium is not installed');
  engine = await startEngine({
    dataDir: join(folder, 'data'),
    environment: CLEAN,
    tools: { runner, platform: process.platform },
  });
  expect(await engine.engine.capture.switchTarget(ID, true)).toMatchObject({ id: ID, on: true });
  const profile =
    started[0]?.args.find((arg) => arg.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length) ?? '';
  expect(existsSync(profile)).toBe(true);
  return profile;
}

const isOn = async (): Promise<boolean | null | undefined> =>
  (await engine.engine.capture.targets()).find(({ id }) => id === ID)?.on;

test('is closed, and its profile removed, when it is switched off', async (context) => {
  const profile = await open(context);
  expect(await engine.engine.capture.switchTarget(ID, false)).toMatchObject({ on: false });
  expect(existsSync(profile)).toBe(false);
  expect(existsSync(join(engine.dataDir, 'attached', 'chromium.json'))).toBe(false);
});

test('is known to be closed when the user closes it', async (context) => {
  const profile = await open(context);
  process.kill(-(started[0]?.pid ?? 0), 'SIGTERM');
  await expect.poll(isOn, { timeout: 20_000 }).toBe(false);
  await expect.poll(() => existsSync(profile), { timeout: 20_000 }).toBe(false);
});

test('goes with the engine', async (context) => {
  const profile = await open(context);
  await engine.stop();
  expect(existsSync(profile)).toBe(false);
  await started[0]?.gone;
});

test('has a port of its own, so that its calls carry its name, and trusts only our key beside its own roots', async (context) => {
  await open(context);
  const { args } = started[0]!;
  const port = Number(/--proxy-server=http:\/\/127\.0\.0\.1:(\d+)/.exec(args.join(' '))?.[1]);
  expect(port).not.toBe(engine.proxyPort);
  expect(args).toContain('--proxy-bypass-list=<-loopback>');
  expect(args).toContain(`--ignore-certificate-errors-spki-list=${engine.engine.authority.spkiSha256Base64}`);
  expect(args.join(' ')).not.toMatch(/--ignore-certificate-errors(?!-spki)/);
  // What comes in at that port is the browser's, whoever sends it.
  const { fetch, ProxyAgent } = await import('undici');
  const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${port}`, proxyTunnel: false });
  await fetch('http://nowhere.invalid/of-the-browser', { dispatcher });
  await dispatcher.close();
  expect(await engine.waitForCall((row) => row.path === '/of-the-browser')).toMatchObject({ app: 'chromium' });
});

test('of an engine that was killed is closed by the next one, and its profile removed', async (context) => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  const runner = withoutWindow();
  const file = runner.find('chromium');
  if (file === null) return context.skip(process.env['CHROMIUM_MISSING'] ?? 'chromium is not installed');
  const dataDir = join(folder, 'data');
  const profile = mkdtempSync(join(tmpdir(), 'sallyport-browser-'));
  // As the engine that was killed had started it, and written down.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const left = spawn(
    file,
    [`--user-data-dir=${profile}`, '--headless=new', '--no-first-run', ...sandbox, 'about:blank'],
    { detached: true, stdio: 'ignore' },
  );
  const gone = new Promise((resolve) => left.once('exit', resolve));
  await expect.poll(() => existsSync(join(profile, 'Default')), { timeout: 20_000 }).toBe(true);
  mkdirSync(join(dataDir, 'attached'), { recursive: true });
  writeFileSync(join(dataDir, 'attached', 'chromium.json'), JSON.stringify({ profile, pid: left.pid }));
  engine = await startEngine({ dataDir, environment: CLEAN, tools: { runner, platform: process.platform } });
  await gone;
  expect(existsSync(profile)).toBe(false);
  expect(engine.log.join()).toMatch(/engine that was killed was closed/);
});

test('whose number is another program’s by now is not touched', async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'));
  const dataDir = join(folder, 'data');
  const other = spawn('cat', { detached: true, stdio: 'pipe' });
  other.stdin.on('error', () => {});
  mkdirSync(join(dataDir, 'attached'), { recursive: true });
  const entry = join(dataDir, 'attached', 'chromium.json');
  writeFileSync(entry, JSON.stringify({ profile: join(tmpdir(), 'sallyport-browser-gone'), pid: other.pid }));
  engine = await startEngine({
    dataDir,
    environment: CLEAN,
    tools: { runner: withoutWindow(), platform: process.platform },
  });
  expect(existsSync(entry)).toBe(false);
  other.stdin.write('still here');
  const said = await Promise.race([once(other.stdout, 'data'), once(other, 'exit')]);
  expect(String(said[0])).toBe('still here');
  other.kill('SIGKILL');
});
