import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openPreferences } from '../../../electron/engine/settings/preferences.ts';
import { createDataDir } from '../../harness/recorder.ts';

const open = (dataDir: string, lines: string[] = []) => openPreferences(dataDir, (line) => lines.push(line));

it('what the workspace remembers is there the next time, in a file only its owner can read', () => {
  const dataDir = createDataDir(onTestFinished);
  const first = open(dataDir);
  expect(first.put('traffic.columns', ['time', 'host'])).toBe(true);
  expect(first.put('theme', 'dark')).toBe(true);
  expect(first.put('theme', null)).toBe(true);
  expect(open(dataDir).all()).toEqual({ 'traffic.columns': ['time', 'host'] });
  expect(statSync(join(dataDir, 'preferences.json')).mode & 0o077).toBe(0);
  expect(readdirSync(dataDir)).toEqual(['preferences.json']);
});

it('too much is not kept, and what was there stays', () => {
  const dataDir = createDataDir(onTestFinished);
  const preferences = open(dataDir);
  expect(preferences.put('a', 'x'.repeat(70_000))).toBe(false);
  for (let i = 0; i < 200; i += 1) expect(preferences.put(`n${i}`, i)).toBe(true);
  expect(preferences.put('one-more', 1)).toBe(false);
  expect(preferences.put('n7', 'changed')).toBe(true);
  expect(Object.keys(open(dataDir).all())).toHaveLength(200);
});

it('a damaged file is moved aside and told of', () => {
  const dataDir = createDataDir(onTestFinished);
  writeFileSync(join(dataDir, 'preferences.json'), '{"theme":');
  const lines: string[] = [];
  const preferences = open(dataDir, lines);
  expect(preferences.all()).toEqual({});
  expect(lines).toEqual([expect.stringMatching(/preferences\.json is damaged .* was moved to .*\.invalid/)]);
  expect(preferences.put('theme', 'light')).toBe(true);
  const aside = readdirSync(dataDir).find((name) => name.endsWith('.invalid'))!;
  expect(readFileSync(join(dataDir, aside), 'utf8')).toBe('{"theme":');
});
