// Python: the standard library and requests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thingsBody, type Route } from './origin.ts';
import { hasProgram, start, startWorld, type World } from './world.ts';

let world: World;
let wheel = Buffer.alloc(0);
const file = 'anchor-1.2.3-py3-none-any.whl';

/** An index of one package. */
const index: Route = (request, response) => {
  if (request.url === '/simple/anchor/') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="/files/${file}">${file}</a>`);
    return true;
  }
  if (request.url !== `/files/${file}`) return false;
  response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(wheel);
  return true;
};

beforeAll(async () => {
  world = await startWorld({ routes: [index] });
});
afterAll(() => world.stop());

test.for([
  ['urllib', 'standard_library.py', 'urllib.request'],
  ['requests', 'requests_library.py', 'requests'],
] as const)('%s: a get and a post over intercepted TLS', async ([app, program, module], context) => {
  if (!(await hasProgram('python3', '-c', `import ${module}`)))
    return context.skip(`no python3 with ${module} on this machine`);
  const path = join(import.meta.dirname, 'programs', program);
  const ran = await world.run(app, [
    'python3',
    path,
    'https://api.vendor.example/things',
    'https://api.vendor.example/echo',
  ]);
  expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: `${thingsBody} ahoy` });
  const [get, post, ...more] = await world.calls(app);
  expect(more).toEqual([]);
  expect(get).toMatchObject({
    app,
    method: 'GET',
    status: 200,
    protocol: 'http/1.1',
    responseBodyBytes: thingsBody.length,
  });
  expect(post).toMatchObject({ app, method: 'POST', status: 200, requestBodyBytes: 4, responseBodyBytes: 4 });
  expect(await world.body(get?.id ?? '', 'response')).toBe(thingsBody);
  expect(await world.body(post?.id ?? '', 'request')).toBe('ahoy');
});

test('pip downloads a package', async (context) => {
  if (!(await hasProgram('python3', '-m', 'pip', '--version'))) return context.skip('no pip on this machine');
  const made = join(world.folder, file);
  const pack = join(import.meta.dirname, 'programs', 'make_wheel.py');
  await start(['python3', pack, made]).end;
  wheel = readFileSync(made);
  const target = join(world.folder, 'downloads');
  const options = [
    '--no-deps',
    '--no-cache-dir',
    '--disable-pip-version-check',
    '--only-binary',
    ':all:',
    '-q',
    '-d',
    target,
  ];
  const command = [
    'python3',
    '-m',
    'pip',
    'download',
    ...options,
    '-i',
    'https://api.vendor.example/simple/',
    'anchor',
  ];
  const ran = await world.run('pip', command, { env: { PIP_CONFIG_FILE: '/dev/null', PIP_FIND_LINKS: undefined } });
  expect(ran.code, ran.stderr).toBe(0);
  expect(readFileSync(join(target, file)).equals(wheel)).toBe(true);
  const rows = await world.calls('pip');
  expect(rows.map(({ path, status }) => `${path} ${status}`)).toEqual(['/simple/anchor/ 200', `/files/${file} 200`]);
});
