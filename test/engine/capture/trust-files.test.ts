// Rules: the files that variables name hold what was there before, and copies of settings do not outlive their run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTrustFiles } from '../../../electron/engine/capture/attach/trust-files.ts';

let dataDir: string;
let lines: string[];
const ca = `${rootCertificates[0] ?? ''}\n`;
const corporate = `${rootCertificates[1] ?? ''}\n`;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sallyport-trust-'));
  lines = [];
  writeFileSync(join(dataDir, 'ca.pem'), ca);
  writeFileSync(join(dataDir, 'corporate.pem'), corporate);
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const create = () =>
  createTrustFiles({ dataDir, caPath: join(dataDir, 'ca.pem'), log: (line) => void lines.push(line) });
const read = (path: string) => readFileSync(path, 'utf8');

test('with nothing there, what adds is our CA alone', () => {
  expect(create().files.extraCa(null)).toBe(join(dataDir, 'ca.pem'));
});

test('what was there stays in what adds, and the same content is the same file', () => {
  const { files } = create();
  const path = files.extraCa(join(dataDir, 'corporate.pem'));
  expect(read(path)).toBe(corporate + ca);
  expect(files.extraCa(join(dataDir, 'corporate.pem'))).toBe(path);
  // A run inside a run: our CA is in it already.
  expect(files.extraCa(path)).toBe(path);
});

test('the bundle holds Node’s roots, what was there and our CA', () => {
  const own = join(dataDir, 'own.pem');
  writeFileSync(own, corporate);
  const bundle = read(create().files.bundle([own]));
  expect(bundle.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(50);
  const flat = (pem: string) => pem.replaceAll(/\s/g, '');
  for (const pem of [ca, corporate]) expect(flat(bundle)).toContain(flat(pem));
});

test('a file that cannot be read is told and left out', () => {
  expect(create().files.extraCa(join(dataDir, 'gone.pem'))).toBe(join(dataDir, 'ca.pem'));
  expect(lines).toEqual([expect.stringContaining('gone.pem')]);
});

test('wget’s own settings are copied for this run only, for no other eyes', () => {
  const home = join(dataDir, '.wgetrc');
  writeFileSync(home, 'user_agent = me');
  const { files, remove } = create();
  const path = files.wgetrc(home, '/bundle.pem');
  expect(read(path)).toBe('user_agent = me\nca_certificate = /bundle.pem\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  remove();
  expect(existsSync(path)).toBe(false);
  expect(read(home)).toBe('user_agent = me');
});

test('what a killed run left is removed by the next one, what a live run needs is not', () => {
  const gone = join(dataDir, 'runs', String(spawnSync(process.execPath, ['-e', '']).pid));
  const alive = join(dataDir, 'runs', String(process.ppid));
  for (const folder of [gone, alive]) mkdirSync(folder, { recursive: true });
  create();
  expect([existsSync(gone), existsSync(alive)]).toEqual([false, true]);
});
