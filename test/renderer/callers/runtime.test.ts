import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runtimeOf } from '../../../renderer/callers/runtime.ts';

test.each([
  ['node', 'server.ts', 'node src/server.ts --port 3000'],
  ['node', 'tsx', '/home/ada/shop/node_modules/.bin/tsx watch x.ts'],
  ['node', 'app.js', '"C:\\Program Files\\nodejs\\node.exe" app.js'],
  ['python', 'nightly.py', '/usr/bin/python3.12 -m etl.nightly'],
  ['python', 'app', 'gunicorn: master [app]'],
  ['java', 'gradle.jar', '/usr/lib/jvm/java-21/bin/java -jar gradle.jar'],
  ['ruby', 'rails', 'ruby3.2 bin/rails server'],
  ['command', 'curl', 'curl -sS https://example.com/'],
  ['browser', 'chrome', '/opt/google/chrome/chrome --type=renderer'],
  ['browser', 'chrome', 'C:\\Chrome\\chrome.exe --x'],
  ['shell', 'bash', '-bash'.slice(1)],
  ['git', 'git-remote-https', '/usr/lib/git-core/git-remote-https origin'],
  ['php', 'php-fpm', 'php-fpm8.3'],
  ['dotnet', 'api', 'dotnet api.dll'],
  ['program', 'price-watcher', '/srv/price-watcher --every 5m'],
  // A script's name is not what runs it.
  ['program', 'node-exporter', '/usr/bin/node-exporter'],
])('%s: %s run by %s', (runtime, name, command) => expect(runtimeOf({ name, command })).toBe(runtime));

test('a compiled program is known by its project, and nobody by nothing', () => {
  expect(runtimeOf({ name: 'price', command: './price', project: { kind: 'go' } })).toBe('go');
  expect(runtimeOf({ name: 'price', command: './price', project: { kind: 'rust' } })).toBe('rust');
  expect(runtimeOf({ name: 'price', command: './price' })).toBe('program');
  // What runs in a project of another kind is still what its command line says.
  expect(runtimeOf({ name: 'curl', command: 'curl -s x', project: { kind: 'npm' } })).toBe('command');
  expect(runtimeOf(null)).toBe('unknown');
});

test('where only a script is known its ending says what runs it', () => {
  expect(runtimeOf({ name: 'nightly.py' })).toBe('python');
  expect(runtimeOf({ name: 'server.mts' })).toBe('node');
  expect(runtimeOf({ name: 'gradle.jar' })).toBe('java');
});

test('no command line is too odd', () => {
  fc.assert(fc.property(fc.string(), (command) => typeof runtimeOf({ name: 'x', command }) === 'string'));
});
