// Rule: a program is called in the list what its owner would call it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appNameFor } from '../../../electron/engine/capture/attach/app-name.ts';

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'sallyport-app-'));
  mkdirSync(join(project, 'src', 'deep'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{"name": "@shop/checkout"}');
  writeFileSync(join(project, 'src', 'package.json'), '{"type": "module"}');
});
afterAll(() => rmSync(project, { recursive: true }));

test.each([
  ['curl', 'curl'],
  ['/usr/bin/python3', 'python3'],
  ['C:\\Tools\\Wget.EXE', 'Wget'],
  ['node', '@shop/checkout'],
  ['/opt/node/bin/npm', '@shop/checkout'],
])('%s in a project is called %s', (command, name) => {
  expect(appNameFor(command, join(project, 'src', 'deep'))).toBe(name);
});

test('a Node program outside any package is called by its command', () => {
  expect(appNameFor('node', tmpdir())).toBe('node');
});
