import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { startGovernWorld, type GovernWorld } from './govern-world.ts';

let world: GovernWorld;
beforeAll(async () => {
  world = await startGovernWorld();
});
afterAll(() => world.stop());

describe.each(['http', 'https'])('governed streams over %s', (scheme) => {
  let origin: ManyManners;
  beforeAll(async () => {
    origin = await startManyManners(scheme === 'https' ? world.ca.server('localhost') : null);
  });
  afterAll(() => origin.stop());

  test('each piece arrives when it is sent, aborts abort, and the origin sees them', async () => {
    const bare = await world.run('test/agent/programs/streams.mjs', { bare: true, args: [origin.url] });
    const closedBare = origin.came.splice(0).filter((line) => line === 'sse closed').length;
    const governed = await world.run('test/agent/programs/streams.mjs', { args: [origin.url] });
    expect(governed).toEqual(bare);
    expect(governed).toMatchObject({
      'fetch, event by event': ['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n', 'data: 4\n\n'],
      'abort before anything has come': 'AbortError',
    });
    await origin.cameTimes('sse closed', closedBare);
  });

  test('a program ends as soon as it has nothing to do, with connections still open', async () => {
    expect(await world.run('test/agent/programs/ends.mjs', { args: [origin.url] })).toEqual({ ended: true });
  });

  test('an origin that does not read makes the program wait', async () => {
    const governed = await world.run('test/agent/programs/uploads.mjs', { args: [origin.url] });
    expect(governed).toEqual({ written: { waits: true, bounded: true, rss: true } });
  });
});
