import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { startGovernWorld, type GovernWorld } from './govern-world.ts';

let world: GovernWorld;
beforeAll(async () => {
  world = await startGovernWorld();
});
afterAll(() => world.stop());

const ESM = 'test/agent/programs/clients-esm.mjs';
const CJS = 'test/agent/programs/clients-cjs.cjs';

describe.each([
  { scheme: 'http', program: ESM },
  { scheme: 'https', program: ESM },
  { scheme: 'http', program: CJS },
  { scheme: 'https', program: CJS },
])('governed clients over $scheme, $program', ({ scheme, program }) => {
  let origin: ManyManners;
  beforeAll(async () => {
    origin = await startManyManners(scheme === 'https' ? world.ca.server('localhost') : null);
  });
  afterAll(() => origin.stop());

  test('see what they see without us, and every call was asked about and recorded once', async () => {
    const bare = await world.run(program, { bare: true, args: [origin.url] });
    const cameBare = origin.came.splice(0);
    const governed = await world.run(program, { args: [origin.url] });
    const cameGoverned = origin.came.splice(0);

    expect(governed).toEqual(bare);
    expect(cameGoverned.toSorted()).toEqual(cameBare.toSorted());
    const asked = world.asked.splice(0).map(({ method, url }) => `${method} ${url}`);
    // The origin notes an upgrade as its own word, and the wish for a word before a body.
    const calls = cameBare
      .filter((line) => line !== 'continue')
      .map((line) => line.replace(/^WS/, 'GET').replace(' ', ` ${origin.url}`));
    expect(asked.toSorted()).toEqual(calls.toSorted());
    expect(asked.length).toBeGreaterThan(5);
    const rows = (await world.engine.calls()).filter(({ port }) => port === origin.port);
    expect(rows.length).toBe(asked.length);
  });

  test('go through the proxy, which makes the TLS', async () => {
    const rows = await world.engine.calls();
    const here = rows.filter(({ port }) => port === origin.port);
    expect(here.length).toBeGreaterThan(5);
    expect(here.every(({ source }) => source === 'proxy')).toBe(true);
    expect(new Set(here.map((row) => row.scheme))).toEqual(
      new Set(program === CJS ? [scheme] : [scheme, scheme.replace('http', 'ws')]),
    );
  });
});
