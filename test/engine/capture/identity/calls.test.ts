import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../../harness/world.ts';
import { start } from './listening.ts';

let world: World;
let origin: http.Server;
let url: string;
let folder: string;

beforeAll(async () => {
  world = await startWorld();
  // No answer before it is known who asks: the program is there as long as anybody looks.
  origin = http.createServer((request, response) => {
    void world.engine
      .waitForCall((row) => row.path === request.url && (row.process !== null || row.state === 'closed'))
      .then(() => response.end('hello'));
  });
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), 'sallyport-identity-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'billing' }));
  writeFileSync(
    join(folder, 'app.mjs'),
    `import http from 'node:http';
     http.get({ host: '127.0.0.1', port: process.argv[2], path: process.argv[3], headers: { host: new URL(process.argv[3]).host } }, (answer) => answer.resume());`,
  );
});
afterAll(async () => {
  origin.close();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('a call through the proxy', () => {
  it('says which program in which project made it', async () => {
    const { pid, ended } = start(
      process.execPath,
      [
        join(folder, 'app.mjs'),
        String(world.engine.proxyPort),
        `${url}/from-node`,
        '--api-key',
        `sk_${'live_'}${'0123456789abcdef'}`,
      ],
      { cwd: folder },
    );
    const row = await world.engine.waitForCall((one) => one.path === '/from-node' && one.state === 'closed');
    await ended;
    expect(row).toMatchObject({ app: 'billing', process: { pid, name: 'app.mjs' } });
    const call = await world.engine.call(row.id);
    expect(call.process).toMatchObject({ pid, folder, project: { kind: 'npm', name: 'billing', folder } });
    expect(call.process?.parents[0]?.pid).toBe(process.pid);
    // What is kept of a command line is kept without its credentials.
    expect(call.process?.command).toContain('--api-key');
    expect(call.process?.command).not.toContain('0123456789');
  });

  it('is the child’s own when a shell starts curl', async () => {
    const { pid, ended } = start('bash', [
      '-c',
      `curl -s -x http://127.0.0.1:${world.engine.proxyPort} ${url}/from-curl; true`,
    ]);
    const row = await world.engine.waitForCall((one) => one.path === '/from-curl' && one.state === 'closed');
    await ended;
    expect(row).toMatchObject({ app: 'curl', process: { name: 'curl' } });
    const call = await world.engine.call(row.id);
    expect(call.process?.parents[0]).toEqual({ pid, name: 'bash' });
  });
});
