// Rules of call sites: the package that the program's own code called, and the line of its own code, in its sources.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCallSites } from '../../../../electron/engine/capture/ingest/call-sites.ts';
import { placeOf } from '../../../../electron/engine/capture/ingest/code-place.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-sites-'));
  put('node_modules/axios/package.json', '{ "name": "axios", "version": "1.2.3" }');
  put('node_modules/@scope/sdk/package.json', '{ "version": "4.5.6" }');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const at = (file: string, line = 10, column = 5) => ({ function: 'f', file, line, column });
const resolve = (...frames: ReturnType<typeof at>[]) => createCallSites().resolve(frames);
const inRoot = (name: string) => join(root, name);

test('own code that called by itself: no package, and its line', () => {
  expect(resolve(at('node:internal/deps/undici/undici'), at(inRoot('src/app.js'), 7))).toMatchObject({
    package: null,
    callsite: `${inRoot('src/app.js')}:7`,
  });
});

test('the package is the one that own code called, not the one at the end of its chain', () => {
  const site = resolve(
    at('node:_http_client'),
    at(inRoot('node_modules/follow-redirects/index.js')),
    at(inRoot('node_modules/axios/lib/axios.js')),
    at(inRoot('node_modules/@scope/sdk/index.js')),
    at(inRoot('src/pay.js'), 3),
    at(inRoot('node_modules/express/index.js')),
    at(inRoot('src/server.js'), 99),
  );
  expect(site).toMatchObject({ package: '@scope/sdk', callsite: `${inRoot('src/pay.js')}:3` });
  expect(site.frames.map((frame) => [frame.package, frame.version])).toEqual([
    ['follow-redirects', null],
    ['axios', '1.2.3'],
    ['@scope/sdk', '4.5.6'],
    [null, null],
    ['express', null],
    [null, null],
  ]);
});

test('without own code on the stack it is the outermost package, and no line is made up', () => {
  expect(
    resolve(at(inRoot('node_modules/undici/index.js')), at(inRoot('node_modules/cli/bin.js')), at('node:timers')),
  ).toMatchObject({ package: 'cli', callsite: null });
});

test('Node’s own frames alone say nothing', () => {
  expect(resolve(at('node:net'), at('internal/process/task_queues'), at(''))).toEqual({
    package: null,
    callsite: null,
    frames: [],
  });
});

// `const x: number = 1;\nfetch(x)` → `const x=1;fetch(x)` and the like: what matters is line 2 of the source.
const map = (sources: string[], more = {}) =>
  JSON.stringify({ version: 3, sources, names: [], mappings: 'AACA,CAAC', ...more });

test('a compiled file is known by its source: a map beside it, its root, one inside, one of many parts', () => {
  const beside = put('dist/a.js', 'fetch()\n//# sourceMappingURL=a.js.map\n');
  put('dist/a.js.map', map(['../src/a.ts']));
  const rooted = put('dist/b.js', 'fetch()\n//# sourceMappingURL=maps/b.map\n');
  put('dist/maps/b.map', map(['b.ts'], { sourceRoot: '../../src/' }));
  const inline = put(
    'dist/c.js',
    `fetch()\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map(['../src/c.ts'])).toString('base64')}`,
  );
  const parts = put('dist/d.js', 'fetch()\n//# sourceMappingURL=d.js.map');
  put(
    'dist/d.js.map',
    JSON.stringify({
      version: 3,
      sections: [{ offset: { line: 0, column: 0 }, map: JSON.parse(map(['../src/d.ts'])) as object }],
    }),
  );
  const sites = createCallSites();
  expect([beside, rooted, inline, parts].map((file) => sites.resolve([at(file, 1, 1)]).callsite)).toEqual(
    ['a', 'b', 'c', 'd'].map((name) => `${inRoot(`src/${name}.ts`)}:2`),
  );
});

test('a package that was bundled is still a package', () => {
  const file = put('dist/bundle.js', 'fetch()\n//# sourceMappingURL=bundle.js.map\n');
  put('dist/bundle.js.map', map(['webpack://shop/./node_modules/axios/lib/axios.js']));
  const own = put('dist/main.js', 'fetch()\n//# sourceMappingURL=main.js.map\n');
  put('dist/main.js.map', map(['webpack://shop/./src/main.ts']));
  expect(resolve(at(file, 1, 1), at(own, 1, 1))).toMatchObject({
    package: 'axios',
    callsite: 'webpack://shop/src/main.ts:2',
  });
});

test('a file that is compiled anew is read anew', () => {
  const file = put('dist/watch.js', `fetch()\n//# sourceMappingURL=data:,${encodeURIComponent(map(['/src/old.ts']))}`);
  const sites = createCallSites();
  expect(sites.resolve([at(file, 1, 1)]).callsite).toBe('/src/old.ts:2');
  put('dist/watch.js', `fetch();;\n//# sourceMappingURL=data:,${encodeURIComponent(map(['/src/new.ts']))}`);
  expect(sites.resolve([at(file, 1, 1)]).callsite).toBe('/src/new.ts:2');
});

test('what cannot be mapped is told as it ran', () => {
  const missing = put('dist/missing.js', 'fetch()\n//# sourceMappingURL=nowhere.map');
  const broken = put('dist/broken.js', 'fetch()\n//# sourceMappingURL=broken.map');
  put('dist/broken.map', '{{{');
  const remote = put('dist/remote.js', 'fetch()\n//# sourceMappingURL=https://example.com/x.map');
  for (const file of [missing, broken, remote, '/nowhere/at/all.js', '/dev/zero'])
    expect(resolve(at(file, 4)).callsite).toBe(`${file}:4`);
});

test('modules, scripts of other systems and code without a file: the best answer, and no fault', () => {
  expect(resolve(at(pathToFileURL(inRoot('src/with space.mts')).href, 3)).callsite).toBe(
    `${inRoot('src/with space.mts')}:3`,
  );
  expect(resolve(at('file:///C:/shop/app.mjs', 3)).callsite).toBe('C:\\shop\\app.mjs:3');
  expect(resolve(at('C:\\shop\\node_modules\\axios\\index.js'), at('C:\\shop\\app.js', 2))).toMatchObject({
    package: 'axios',
    callsite: 'C:\\shop\\app.js:2',
  });
  expect(resolve(at('[eval]', 1)).callsite).toBe('[eval]:1');
  expect(resolve(at('webpack-internal:///./src/page.tsx', 8)).callsite).toBe('webpack-internal:///./src/page.tsx:8');
  expect(resolve(at('file://%%%', 1), at(`data:text/javascript,${'x'.repeat(1000)}`, 1)).frames).toHaveLength(2);
});

test.each([
  ['/p/node_modules/axios/lib/a.js', 'axios', null],
  ['/p/node_modules/@aws-sdk/client-sts/dist/i.js', '@aws-sdk/client-sts', null],
  ['/p/node_modules/.pnpm/got@14.0.0/node_modules/got/i.js', 'got', '14.0.0'],
  ['/p/node_modules/.pnpm/@aws-sdk+core@3.1.0_x@1/node_modules/@aws-sdk/core/i.js', '@aws-sdk/core', '3.1.0'],
  ['/p/.yarn/cache/axios-npm-1.6.0-beta.1-abcdef0123.zip/node_modules/axios/i.js', 'axios', '1.6.0-beta.1'],
  [
    '/p/.yarn/__virtual__/x-virtual-1/0/cache/@scope-sdk-npm-2.0.0-0123456789-8.zip/node_modules/@scope/sdk/i.js',
    '@scope/sdk',
    '2.0.0',
  ],
])('%s is of %s', (file, name, version) => {
  expect(placeOf(file)).toMatchObject({ whose: 'package', name, version });
});
