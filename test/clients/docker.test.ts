// `sallyport run -- docker run …`. No daemon is needed: docker is stood in for (programs/docker-stand-in.mjs), so what
// is tried is that what a container is given fits together. A real daemon is untried.
import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { thingsBody } from './origin.ts';
import { hasProgram, startWorld, type World } from './world.ts';

let world: World;
let env: Record<string, string>;
const url = 'https://api.vendor.example/things';
beforeAll(async () => {
  world = await startWorld();
  const programs = join(world.folder, 'programs');
  mkdirSync(programs);
  symlinkSync(join(import.meta.dirname, 'programs', 'docker-stand-in.mjs'), join(programs, 'docker'));
  env = { PATH: [programs, process.env['PATH']].join(delimiter) };
});
afterAll(() => world.stop());

describe.runIf(process.platform === 'linux')('a container', () => {
  beforeEach(async (context) => {
    if (!(await hasProgram('curl', '--version'))) context.skip('no curl on this machine');
  });

  test('comes by the bridge, under the name of the run', async () => {
    const ran = await world.run('in docker', ['docker', 'run', '--rm', 'alpine', 'curl', '-sS', url], { env });
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('in docker')).toMatchObject([{ url, status: 200 }]);
  });

  test('comes by this machine’s own network when it shares it', async () => {
    const client = ['docker', 'run', '--network', 'host', 'alpine', 'curl', '-sS', url];
    expect(await world.run('host network', client, { env })).toMatchObject({ code: 0, stdout: thingsBody });
    expect(await world.calls('host network')).toMatchObject([{ url, status: 200 }]);
  });

  test('that outlives the run is left as it is, and that is said', async () => {
    const ran = await world.run('detached', ['docker', 'run', '--rm', '-d', 'alpine', 'env'], { env });
    expect(ran.stderr).toContain('goes on when the run is over');
    expect(ran.stdout).not.toContain('proxy');
  });

  test('keeps what its image has in a variable of ours', async () => {
    const ran = await world.run('image', ['docker', 'run', '--rm', 'alpine', 'env'], { env });
    expect(ran.stdout).toMatch(/^PYTHONPATH=.*\/container\/python:\/app$/m);
  });

  test('other commands of docker are left as they are', async () => {
    const ran = await world.run('other', ['docker', 'image', 'ls'], { env });
    expect(ran.stdout).toContain('PYTHONPATH=/app');
  });
});

test('an override for compose names services and the way', async () => {
  const ran = await world.sallyport('compose-override', ['--proxy', 'http://shop:secret@10.0.0.1:4780', 'web']);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stdout).toMatch(/^services:\n {2}"web":\n {4}environment:\n/);
  expect(ran.stdout).toContain('      https_proxy: "http://shop:secret@10.0.0.1:4780"\n');
  expect(ran.stdout).not.toContain('run@');
});
