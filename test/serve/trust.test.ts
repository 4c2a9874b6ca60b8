// Trust without a terminal: what is shown is what is run, and nothing more.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTrust } from '../../electron/serve/trust.ts';
import { createTestCa } from '../harness/test-ca.ts';

let folder: string;
let caPath: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-trust-'));
  caPath = join(folder, 'ca.pem');
  writeFileSync(caPath, createTestCa().pem);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A Debian that has these programs. */
const machine = (...programs: string[]) => ({
  home: folder,
  has: (program: string) => programs.includes(program),
  isFolder: (path: string) => path === '/usr/local/share/ca-certificates',
  foldersIn: () => [],
});

function trust(programs: string[], isRoot: boolean, fails: (command: readonly string[]) => string | null = () => null) {
  const ran: string[][] = [];
  const run = async (command: readonly string[]) => {
    ran.push([...command]);
    return fails(command);
  };
  return { ...createTrust(caPath, machine(...programs), run, isRoot), ran };
}

test.skipIf(process.platform !== 'linux')('what needs the administrator asks by the system’s own window', async () => {
  const { plan, change, ran } = trust(['update-ca-certificates', 'pkexec'], false);
  const { steps, why, certificate } = plan('install');
  expect([why, certificate.path, ran]).toEqual([null, caPath, []]);
  expect(steps.map(({ command }) => command.split(' ')[0])).toEqual(['pkexec', 'pkexec']);
  expect(await change('install')).toEqual({ done: true, why: null, left: [] });
  expect(ran.map((command) => command.join(' '))).toEqual(steps.map(({ command }) => command));
});

test.skipIf(process.platform !== 'linux')('without such a window nothing is run, and it says how else', async () => {
  const { plan, change, ran } = trust(['update-ca-certificates'], false);
  expect(plan('install').why).toContain('In a terminal: sallyport ca install');
  expect(await change('install')).toMatchObject({ done: false });
  expect(ran).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a step that fails stops it, and says what was done', async () => {
  const { change, ran } = trust(['update-ca-certificates'], true, (command) =>
    command[0] === 'update-ca-certificates' ? 'exit code 1' : null,
  );
  const { done, why } = await change('install');
  expect([done, why, ran.length]).toEqual([
    false,
    expect.stringMatching(/^This failed \(exit code 1\): update-ca-certificates\. The steps before it were done/),
    2,
  ]);
});
