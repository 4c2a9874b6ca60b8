// Rules of the place: short enough for a socket, and nobody else's.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NoLink, prepareLinkPlace } from '../../../../electron/engine/capture/ingest/link-place.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-place-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function deepFolder(): string {
  const deep = join(root, 'd'.repeat(60), 'e'.repeat(60));
  mkdirSync(deep, { recursive: true });
  return deep;
}

test('the secret stays the same from engine to engine, and every install has its own', () => {
  const other = join(root, 'other');
  mkdirSync(other);
  const { secret } = prepareLinkPlace(root);
  expect(prepareLinkPlace(root).secret).toBe(secret);
  expect(prepareLinkPlace(other).secret).not.toBe(secret);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
});

test('a secret that others could have read, or that is none, is made anew', () => {
  const { secret, secretFile } = prepareLinkPlace(root);
  chmodSync(secretFile, 0o644);
  const next = prepareLinkPlace(root).secret;
  expect(next).not.toBe(secret);
  expect(statSync(secretFile).mode & 0o777).toBe(0o600);
  writeFileSync(secretFile, 'short');
  expect(prepareLinkPlace(root).secret).not.toBe('short');
  expect(readFileSync(secretFile, 'utf8').trim()).toHaveLength(64);
});

test('where the data folder’s path is too long for a socket it lies in a folder of ours under the temporary one', () => {
  const temporary = join(root, 'tmp');
  mkdirSync(temporary);
  const { socket } = prepareLinkPlace(deepFolder(), { temporary });
  expect(socket.startsWith(temporary)).toBe(true);
  expect(Buffer.byteLength(socket)).toBeLessThan(104);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
});

test('a folder there that somebody else prepared is refused: a link to one, a file', () => {
  const temporary = join(root, 'tmp');
  mkdirSync(temporary);
  const name = join(temporary, `sallyport-${process.getuid?.() ?? 0}`);
  symlinkSync(root, name);
  expect(() => prepareLinkPlace(deepFolder(), { temporary })).toThrow(NoLink);
  rmSync(name);
  writeFileSync(name, '');
  expect(() => prepareLinkPlace(deepFolder(), { temporary })).toThrow(NoLink);
});

test('on Windows it is a pipe whose name only those who can read the secret know', () => {
  const { socket, secret } = prepareLinkPlace(root, { platform: 'win32' });
  expect(socket).toMatch(/^\\\\\.\\pipe\\sallyport-[0-9a-f]{32}$/);
  expect(socket).not.toContain(secret.slice(0, 8));
});
