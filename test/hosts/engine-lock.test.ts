import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataFolder, DataFolderError, openDataFolder } from '../../electron/hosts/data-folder.ts';
import { EngineLockError, isEngineLocked, lockEngine, readEngineFile } from '../../electron/hosts/engine-lock.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'sallyport-lock-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function hold(): Promise<{ said: string; kill: () => Promise<unknown> }> {
  const child = fork(join(import.meta.dirname, 'lock-holder.ts'), [dir], { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const [said] = await once(child, 'message');
  return { said: String(said), kill: async () => (child.kill('SIGKILL'), exited) };
}

describe('one engine per data folder', () => {
  test('the second is told who holds it and what to do', async () => {
    const first = await hold();
    expect(first.said).toBe('held');
    expect(isEngineLocked(dir)).toBe(true);
    const second = await hold();
    expect(second.said).toMatch(
      /^Another engine \(pid \d+, proxy http:\/\/127\.0\.0\.1:9\) uses the data folder .+ To stop it: kill \d+\. .+--data DIR\.$/,
    );
    await second.kill();
    await first.kill();
  });

  test('kill -9 lets the folder go, and its leftovers mislead nobody', async () => {
    const first = await hold();
    await first.kill();
    expect(readEngineFile(dir)).not.toBe(null);
    expect(isEngineLocked(dir)).toBe(false);
    const lock = lockEngine(dir);
    expect(readEngineFile(dir)).toBe(null);
    lock.release();
  });

  test('of many that start at once, one gets it', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, hold));
    expect(all.filter(({ said }) => said === 'held').length).toBe(1);
    await Promise.all(all.map(({ kill }) => kill()));
  });

  test('released, it can be taken again, also in the same process', () => {
    const lock = lockEngine(dir);
    expect(() => lockEngine(dir)).toThrow(EngineLockError);
    lock.release();
    expect(isEngineLocked(dir)).toBe(false);
    lockEngine(dir).release();
  });

  test('looking whether it is held never takes it', () => {
    expect(isEngineLocked(dir)).toBe(false);
    expect(readdirSync(dir)).toEqual([]);
    expect(isEngineLocked(join(dir, 'nowhere'))).toBe(false);
  });

  test('engine.json is the owner’s alone and gone after a clean stop', () => {
    const lock = lockEngine(dir);
    lock.announce({
      pid: 1,
      proxy: 'p',
      workspace: 'w',
      token: 't',
      ca: 'c',
      version: 'v',
      ephemeral: false,
      reach: [],
    });
    expect(readEngineFile(dir)).toMatchObject({ pid: 1, token: 't' });
    if (process.platform !== 'win32') expect(statSync(join(dir, 'engine.json')).mode & 0o777).toBe(0o600);
    lock.release();
    expect(existsSync(join(dir, 'engine.json'))).toBe(false);
  });

  test.each(['', '{', 'null', '[]', '{"pid":"1"}'])('an engine.json of %j is no engine', (text) => {
    writeFileSync(join(dir, 'engine.json'), text);
    expect(readEngineFile(dir)).toBe(null);
  });
});

describe('the data folder', () => {
  test.each([
    ['/x/y', {}, 'linux', '/x/y'],
    [undefined, { SALLYPORT_DATA: '/from/env' }, 'linux', '/from/env'],
    [undefined, { XDG_DATA_HOME: '/xdg' }, 'linux', '/xdg/sallyport'],
    [undefined, { XDG_DATA_HOME: 'relative' }, 'linux', /\/\.local\/share\/sallyport$/],
    [undefined, {}, 'darwin', /\/Library\/Application Support\/Sallyport$/],
    [undefined, { LOCALAPPDATA: '/local' }, 'win32', '/local/Sallyport'],
  ] as const)('--data %s with %j on %s is %s', (asked, env, platform, path) => {
    if (typeof path === 'string') expect(dataFolder(asked, env, platform)).toBe(path);
    else expect(dataFolder(asked, env, platform)).toMatch(path);
  });

  test.skipIf(process.platform === 'win32')('is made for its owner only, parents included', () => {
    openDataFolder(join(dir, 'a', 'b'));
    expect(statSync(join(dir, 'a', 'b')).mode & 0o777).toBe(0o700);
  });

  test.skipIf(process.platform === 'win32')('is tightened when it is ours, and refused when it is not', () => {
    const ours = join(dir, 'ours');
    mkdirSync(ours, { mode: 0o755 });
    chmodSync(ours, 0o755);
    openDataFolder(ours);
    expect(statSync(ours).mode & 0o777).toBe(0o700);
    const other = join(dir, 'other');
    mkdirSync(other);
    chmodSync(other, 0o755);
    writeFileSync(join(other, 'letter.txt'), '');
    expect(() => openDataFolder(other)).toThrow(/holds other files/);
    expect(statSync(other).mode & 0o777).toBe(0o755);
  });

  test.skipIf(process.platform !== 'linux')('ends where the system takes no folders', () => {
    expect(() => openDataFolder('/proc/no-folder/x')).toThrow(DataFolderError);
  });

  test('says why it cannot be used', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => openDataFolder(join(dir, 'file', 'x'))).toThrow(DataFolderError);
    expect(() => openDataFolder(join(dir, 'file', 'x'))).toThrow(
      /part of the path is a file \(ENOTDIR\)\. .*--data DIR/,
    );
  });
});
