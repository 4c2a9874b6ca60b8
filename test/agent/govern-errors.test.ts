import net from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned } from '../harness/test-ca.ts';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { startGovernWorld, type GovernWorld } from './govern-world.ts';

interface Told {
  failed: string;
  message: string;
  code?: string;
  syscall?: string;
  cause?: { name: string; message: string; code?: string; syscall?: string };
}

let world: GovernWorld;
let plain: ManyManners;
let secure: ManyManners;
const bad: ManyManners[] = [];
let bare: Record<string, Told>;
let governed: Record<string, Told>;

beforeAll(async () => {
  world = await startGovernWorld();
  plain = await startManyManners(null);
  secure = await startManyManners(world.ca.server('localhost'));
  const own = await startManyManners(selfSigned('localhost'));
  const old = await startManyManners(world.ca.server('localhost', { issuedAt: Date.UTC(2023, 0, 1) }));
  const other = await startManyManners(world.ca.server('elsewhere.example'));
  bad.push(own, old, other);
  const nobody = net.createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const addresses = [
    ['no such name', 'http://nowhere.invalid/'],
    ['no such name, TLS', 'https://nowhere.invalid/'],
    ['nobody there', `http://127.0.0.1:${port}/`],
    ['nobody there, TLS', `https://127.0.0.1:${port}/`],
    ['hung up', `${plain.url}/hangup`],
    ['hung up, TLS', `${secure.url}/hangup`],
    ['cut', `${plain.url}/cut`],
    ['cut, TLS', `${secure.url}/cut`],
    ['signed by itself', `${own.url}/json`],
    ['expired', `${old.url}/json`],
    ['another name', `${other.url}/json`],
  ];
  const args = [JSON.stringify(addresses)];
  bare = (await world.run('test/agent/programs/errors.mjs', { bare: true, args })) as typeof bare;
  governed = (await world.run('test/agent/programs/errors.mjs', { args })) as typeof governed;
});
afterAll(async () => {
  for (const origin of [plain, secure, ...bad]) await origin.stop();
  await world.stop();
});

const ALTNAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** What programs tell errors apart by. */
function identity({ failed, code, syscall, cause }: Told): unknown {
  return { failed, code, syscall, cause: cause && { name: cause.name, code: cause.code, syscall: cause.syscall } };
}

test('a call that fails fails with the same error, by class, code and system call', () => {
  const cut = (name: string): boolean => name.startsWith('cut');
  for (const [name, told] of Object.entries(bare)) {
    if (cut(name) || (told.cause ?? told).code === ALTNAME) continue;
    expect({ name, ...(identity(governed[name]!) as object) }).toEqual({ name, ...(identity(told) as object) });
  }
  expect(Object.values(bare).every(({ failed }) => typeof failed === 'string')).toBe(true);
});

test('a certificate for another name has its own code where undici would end the program over the usual one', () => {
  expect(governed['another name: http']).toMatchObject({ failed: 'Error', code: ALTNAME });
  expect(governed['another name: fetch']).toMatchObject({ failed: 'TypeError', cause: { code: 'HOSTNAME_MISMATCH' } });
  expect(governed['another name: undici']).toMatchObject({ failed: 'Error', code: 'HOSTNAME_MISMATCH' });
});

test('and in the same words, where they are Node’s', () => {
  for (const name of ['no such name', 'nobody there', 'nobody there, TLS', 'signed by itself', 'expired', 'hung up'])
    // Node’s hint of --use-system-ca would be wrong: it is the engine that trusts, or not.
    expect(governed[`${name}: http`]!.message).toBe(bare[`${name}: http`]!.message.split(';')[0]);
});

test('an answer that is cut half-way is cut, never whole: as a reset, also where the origin only ended', () => {
  for (const name of ['cut', 'cut, TLS']) {
    expect(bare[`${name}: http`]).toMatchObject({ failed: 'Error', message: 'aborted', code: 'ECONNRESET' });
    expect(governed[`${name}: http`]).toMatchObject({ failed: 'Error', code: 'ECONNRESET' });
    expect(governed[`${name}: fetch`]).toMatchObject({ failed: 'TypeError', message: 'terminated' });
    expect(governed[`${name}: undici`]!.failed).toMatch(/Error/);
  }
});

test('an origin cannot pretend to be such a failure', async () => {
  const told = (await world.run('test/agent/programs/errors.mjs', {
    args: [JSON.stringify([['pretends', `${plain.url}/pretends`]])],
  })) as Record<string, { statusCode?: number }>;
  expect(told['pretends: http']).toMatchObject({ statusCode: 200, body: 'truly' });
});

test('what failed is a row with its failure', async () => {
  const rows = await world.engine.calls();
  const of = (port: number): (string | null)[] => rows.filter((row) => row.port === port).map((row) => row.failure);
  expect(new Set(of(bad[0]!.port))).toEqual(new Set(['tls-upstream-untrusted']));
  expect(rows.filter(({ host }) => host === 'nowhere.invalid').every(({ failure }) => failure === 'dns')).toBe(true);
});
