// Rules of the lockfile: it serves every platform, is pinned exactly, and names no registry.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { completePlatforms, platformOf } from '../../build/lock.mjs';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string }> };
const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'devDependencies', Record<string, string>>;

test.each([
  ['@rolldown/binding-linux-x64-musl', { cpu: ['x64'], libc: ['musl'], os: ['linux'] }],
  ['@oxfmt/binding-linux-arm-gnueabihf', { cpu: ['arm'], os: ['linux'] }],
  ['@oxlint-tsgolint/darwin-arm64', { cpu: ['arm64'], os: ['darwin'] }],
  ['@oxc-parser/binding-win32-x64-msvc', { cpu: ['x64'], os: ['win32'] }],
  ['@rolldown/binding-wasm32-wasi', { cpu: ['wasm32'] }],
  ['some-plain-package', null],
])('%s says where it runs', (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});

test('a platform package that is named but not held is added, as optional, and nothing else', () => {
  const optionalDependencies = {
    '@x/linux-x64': '1.0.0',
    '@x/darwin-arm64': '1.0.0',
    '@x/any': '1.0.0',
    '@x/win32-x64': '^1.0.0',
  };
  const held = { version: '1.0.0', integrity: 'sha512-…' };
  const packages = {
    'node_modules/x': { version: '1.0.0', dev: true, optionalDependencies },
    'node_modules/@x/linux-x64': held,
  };
  expect(completePlatforms(packages)).toEqual(['@x/darwin-arm64']);
  expect(packages).toMatchObject({
    'node_modules/@x/linux-x64': held,
    'node_modules/@x/darwin-arm64': { version: '1.0.0', dev: true, optional: true, cpu: ['arm64'], os: ['darwin'] },
  });
});

test('the lockfile lacks no platform', () => {
  expect(completePlatforms(structuredClone(lock.packages))).toEqual([]);
});

test('the lockfile and npm’s settings name no registry', () => {
  expect(read('package-lock.json')).not.toMatch(/"resolved"/);
  expect(read('.npmrc')).not.toMatch(/:\/\//);
});

test('every dependency is pinned to one version, the one that is locked', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});
