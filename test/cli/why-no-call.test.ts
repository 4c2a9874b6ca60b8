// Rule: when a program ran and no call of it came, what is known to let calls go past is said.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { whyNoCall } from '../../electron/cli/why-no-call.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-why-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the entries of an inherited NO_PROXY are named, in either spelling', () => {
  expect(whyNoCall('curl', { NO_PROXY: 'localhost, .corp.example' })).toEqual([
    'calls to what NO_PROXY names (localhost, .corp.example) go past Sallyport; unset it for this run if they should not.',
  ]);
  expect(whyNoCall('curl', { no_proxy: 'a,b,c,d,e,f,g' })[0]).toContain('no_proxy names (a, b, c, d, e and 2 more)');
  expect(whyNoCall('curl', { NO_PROXY: 'a,*' })).toEqual([
    'NO_PROXY=* lets every call go past Sallyport; unset it for this run.',
  ]);
  expect(whyNoCall('curl', { NO_PROXY: '' })).toEqual([]);
});

test.skipIf(process.platform === 'win32').each([
  ['v20.20.2', true],
  ['v22.20.9', true],
  ['v22.21.0', false],
  ['v23.11.1', true],
  ['v24.0.0', false],
  ['v26.1.0', false],
])('a Node %s that follows no proxy is named: %s', (version, named) => {
  const node = join(folder, 'node');
  writeFileSync(node, `#!/bin/sh\necho ${version}\n`);
  chmodSync(node, 0o755);
  const hints = [whyNoCall(node, process.env), whyNoCall('npm', { PATH: `${folder}:${process.env['PATH']}` })].map(
    (said) => said.filter((hint) => hint.includes(`Node ${version} do not follow`)).length,
  );
  expect(hints).toEqual(named ? [1, 1] : [0, 0]);
  expect(whyNoCall('curl', { PATH: folder })).toEqual([]);
});
