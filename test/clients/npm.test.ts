// npm: installs a package from a registry of one package; and, when it is reachable, asks the configured registry.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Route } from './origin.ts';
import { cleanEnvironment, hasProgram, start, startWorld, type World } from './world.ts';

let world: World;
let tarball = Buffer.alloc(0);

const registry: Route = (request, answer) => {
  if (request.url === '/anchor') {
    const dist = {
      tarball: 'https://api.vendor.example/anchor/-/anchor-1.2.3.tgz',
      integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
    };
    const version = { name: 'anchor', version: '1.2.3', dist };
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ name: 'anchor', 'dist-tags': { latest: '1.2.3' }, versions: { '1.2.3': version } }));
    return true;
  }
  if (request.url === '/anchor/-/anchor-1.2.3.tgz') {
    answer.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball);
    return true;
  }
  return false;
};

beforeAll(async () => {
  world = await startWorld({ routes: [registry] });
  const source = join(world.folder, 'source', 'package');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'package.json'), '{"name": "anchor", "version": "1.2.3", "main": "index.js"}');
  writeFileSync(join(source, 'index.js'), "module.exports = 'holds';\n");
  await start(['tar', 'czf', join(world.folder, 'anchor.tgz'), '-C', join(world.folder, 'source'), 'package']).end;
  tarball = readFileSync(join(world.folder, 'anchor.tgz'));
});
afterAll(() => world.stop());

test('npm installs a package: metadata and archive, whole and checked', async (context) => {
  if (!(await hasProgram('npm', '--version'))) return context.skip('no npm on this machine');
  const project = join(world.folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{"name": "harbour", "version": "1.0.0"}');
  const install = [
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--cache',
    join(world.folder, 'cache'),
    '--registry',
    'https://api.vendor.example/',
    'anchor',
  ];
  const ran = await world.run('npm', install, { cwd: project, env: { npm_config_update_notifier: 'false' } });
  expect(ran.code, ran.stderr).toBe(0);
  expect(readFileSync(join(project, 'node_modules', 'anchor', 'index.js'), 'utf8')).toContain('holds');
  const rows = await world.calls('npm');
  expect(rows.map(({ path, status }) => `${path} ${status}`)).toEqual([
    '/anchor 200',
    '/anchor/-/anchor-1.2.3.tgz 200',
  ]);
  expect(rows[1]).toMatchObject({ responseBodyBytes: tarball.length, app: 'npm', protocol: 'http/1.1' });
});

test('the registry that npm is set up for, through interception', async (context) => {
  const { stdout } = await start(['npm', 'config', 'get', 'registry'], { env: cleanEnvironment() }).end;
  const address = new URL('is-number', stdout.trim().replace(/\/?$/, '/'));
  const direct = await fetch(address).catch((error: unknown) => error as Error);
  if (!(direct instanceof Response) || !direct.ok) {
    return context.skip(
      `npm's registry is out of reach from here: ${direct instanceof Error ? direct.message : direct.status}`,
    );
  }
  // Whatever the machine itself needs to trust it (a network that signs for itself) the engine needs too.
  const ran = await world.run('registry', [
    process.execPath,
    '-e',
    `fetch(${JSON.stringify(address.href)}).then((r) => r.json()).then((p) => console.log(p.name))`,
  ]);
  expect(ran).toMatchObject({ code: 0, stdout: 'is-number\n' });
  const [row] = await world.calls('registry');
  expect(row).toMatchObject({ status: 200, host: address.hostname, failure: null, app: 'registry' });
  expect(JSON.parse(await world.body(row?.id ?? '', 'response'))).toMatchObject({ name: 'is-number' });
  expect(existsSync(world.caPath)).toBe(true);
});
