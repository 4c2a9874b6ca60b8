// A database that people bring tells countries of vendors and on the map, while the engine runs, and breaks nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../../electron/api/router.ts';
import { examine } from '../../../electron/cli/examine.ts';
import { readMessage } from '../../harness/http1-exchange.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';
import { openPeer, PLAIN, startWorld, type World } from '../../harness/world.ts';
import { writeMmdb } from './write-mmdb.ts';

let world: World;
let origin: Origin;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'places live-'));
  origin = await startOrigin(async (connection) => {
    for (;;) {
      await readMessage(connection);
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
});
afterEach(async () => {
  await origin.stop();
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

const HOST = 'api.weather-of-acme.com';
const VENDOR = 'weather-of-acme.com';

function write(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function callOnce(host = HOST): Promise<void> {
  const peer = await openPeer(world, PLAIN, origin.port);
  const at = `${host}:${origin.port}`;
  await peer.send(`GET http://${at}/now HTTP/1.1\r\nHost: ${at}\r\n\r\n`);
  expect((await readMessage(peer)).start).toMatch(/ 200 /);
  peer.close();
  await world.engine.waitForCall((one) => one.host === host && one.state === 'closed');
  await world.engine.engine.archive.flush();
}

const span = () => ({ since: 0, until: Date.now() * 1000 + 60_000_000 });
async function endpointOf(id = VENDOR) {
  const { vendors } = await world.engine.engine.vendors.list(span());
  return vendors.find((vendor) => vendor.id === id)?.countries.endpoint;
}

test('counts at once for vendors and the map, is refused or told when it cannot be used, and is there again after that', async () => {
  // Any host is on the loopback address, which our database places in Ireland.
  world = await startWorld({ connectTo: [{ host: '', port: 0, toHost: '127.0.0.1', toPort: 0 }] });
  const client = createRouterClient(createApi({ engine: world.engine.engine, leases: null, shutdown: null }));
  await callOnce();
  expect(await endpointOf()).toMatchObject({ country: null, basis: null });

  const path = write('countries of acme.mmdb', writeMmdb({ '127.0.0.0/8': { country: { iso_code: 'IE' } } }));
  expect(await client.settings.change({ places: { databases: [path] } })).toMatchObject({ problems: [] });
  const inIreland = { country: 'IE', basis: 'address', confidence: 'low' };
  expect(await endpointOf()).toMatchObject(inIreland);
  const page = await world.engine.engine.vendors.get({ ...span(), id: VENDOR });
  expect('countries' in page && page.countries.endpoint).toMatchObject(inIreland);
  const { nodes } = await world.engine.engine.map.get(span());
  expect(nodes.find(({ vendor, kind }) => vendor === VENDOR && kind === 'vendor')?.countries?.endpoint).toMatchObject(
    inIreland,
  );

  // What is no database is refused in words, and what counted goes on counting.
  const text = write('text.mmdb', 'hello');
  await expect(client.settings.change({ places: { databases: [path, text] } })).rejects.toMatchObject({
    code: 'BAD_SETTINGS',
    data: { problems: [{ path: 'places.databases.1', says: expect.stringMatching(/text\.mmdb is no MMDB database/) }] },
  });
  await expect(client.settings.change({ places: { databases: ['here.mmdb'] } })).rejects.toMatchObject({
    data: { problems: [{ path: 'places.databases.0', says: expect.stringMatching(/whole path/) }] },
  });
  expect(await endpointOf()).toMatchObject(inIreland);

  // A second file that goes away later is told of, and takes nothing from the first.
  const networks = write('asn.mmdb', writeMmdb({ '127.0.0.0/8': { autonomous_system_number: 13_335 } }, 'Test-ASN'));
  await client.settings.change({ places: { databases: [networks, path] } });
  expect((await endpointOf())?.says).toMatch(/^Edge of a content network/);
  rmSync(networks);
  const gone = {
    path: 'places.databases.0',
    says: expect.stringMatching(/asn\.mmdb cannot be used: there is no such/),
  };
  expect((await client.settings.get()).problems).toMatchObject([gone]);
  const settings = (await examine(world.engine.dataDir)).find(({ check }) => check === 'Settings');
  expect(settings).toMatchObject({ verdict: 'warn', finding: expect.stringMatching(/asn\.mmdb/) });
  // Something else can be set all the same, and the missing one taken out.
  expect(await client.settings.change({ capture: { bodyLimit: 5000 } })).toMatchObject({ problems: [gone] });
  expect(await client.settings.change({ places: { databases: [path] } })).toMatchObject({ problems: [] });
  expect(await endpointOf()).toMatchObject(inIreland);
  await client.settings.change({ places: { databases: [] } });
  expect(await endpointOf()).toMatchObject({ country: null, basis: null });
});

test('another proxy’s address is not the host’s', async () => {
  world = await startWorld({ connectTo: [] });
  const path = write('countries.mmdb', writeMmdb({ '127.0.0.0/8': { country: { iso_code: 'IE' } } }));
  const { settings } = world.engine.engine;
  expect(
    settings.change({
      network: { upstreamProxy: `http://127.0.0.1:${origin.port}` },
      places: { databases: [path] },
    }),
  ).toHaveProperty('answer');
  await callOnce('far.weather-of-acme.com');
  const call = await world.engine.waitForCall((one) => one.host === 'far.weather-of-acme.com');
  expect(call.remoteAddress).toBe('127.0.0.1');
  expect(await endpointOf()).toMatchObject({ country: null, basis: null });
});
