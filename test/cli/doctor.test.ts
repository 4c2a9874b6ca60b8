// `sallyport doctor` finds what an engine that was killed left on the machine, and changes nothing.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRunner } from '../../electron/engine/capture/attach/run-tool.ts';
import { sallyport } from '../harness/command.ts';

interface Finding {
  check: string;
  verdict: string;
  finding: string;
  remedy: string | null;
}

let folder: string;
let dataDir: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'));
  dataDir = join(folder, 'data');
  mkdirSync(join(dataDir, 'attached'), { recursive: true, mode: 0o700 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function examine(env: Record<string, string> = {}): Promise<(check: string) => Finding | undefined> {
  const { stdout } = await sallyport(['doctor', '--data', dataDir, '--format', 'json'], env);
  const findings = JSON.parse(stdout) as Finding[];
  return (check) => findings.find((finding) => finding.check === check);
}

test('a system proxy that still leads to a port where nobody listens', async (context) => {
  const env = { XDG_CONFIG_HOME: folder, GSETTINGS_BACKEND: 'keyfile', DISPLAY: ':0' };
  const runner = createRunner({ ...process.env, ...env });
  const set = async (...args: string[]): Promise<boolean> =>
    (await runner.run('gsettings', ['set', ...args])).code === 0;
  if (!(await set('org.gnome.system.proxy.https', 'host', '127.0.0.1')))
    return context.skip('gsettings with the schema of GNOME’s proxy is not installed');
  await set('org.gnome.system.proxy.https', 'port', '1');
  await set('org.gnome.system.proxy', 'mode', 'manual');
  expect((await examine(env))('System proxy')).toMatchObject({
    verdict: 'fail',
    finding: expect.stringMatching(/127\.0\.0\.1:1, where nobody listens/),
  });
  const entry = join(dataDir, 'attached', 'system-proxy.json');
  writeFileSync(entry, JSON.stringify({ before: { mode: `'none'` }, ours: { mode: `'manual'` } }));
  expect((await examine(env))('System proxy')).toMatchObject({
    verdict: 'fail',
    finding: expect.stringMatching(/last engine/),
    remedy: expect.stringMatching(/sallyport serve/),
  });
  expect(existsSync(entry)).toBe(true);
});

test('a browser profile that was left', async () => {
  writeFileSync(
    join(dataDir, 'attached', 'chromium.json'),
    JSON.stringify({ profile: '/tmp/sallyport-browser-x', pid: 1 }),
  );
  expect((await examine())('Leftovers')).toMatchObject({
    verdict: 'warn',
    finding: expect.stringContaining('/tmp/sallyport-browser-x'),
  });
});

test('settings that cannot be used, which stay where they are', async () => {
  const path = join(dataDir, 'settings.json');
  writeFileSync(path, '{"capture":{"bodyLimit":-1}}');
  expect((await examine())('Settings')).toMatchObject({
    verdict: 'fail',
    finding: expect.stringMatching(/capture\.bodyLimit/),
  });
  expect(readFileSync(path, 'utf8')).toBe('{"capture":{"bodyLimit":-1}}');
  writeFileSync(path, '{"capture":{"bodyLimit":1000}}');
  expect((await examine())('Settings')).toMatchObject({ verdict: 'ok', finding: 'set: capture.bodyLimit' });
});
