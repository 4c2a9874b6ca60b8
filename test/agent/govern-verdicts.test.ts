import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { ALLOW, startGovernWorld, type GovernWorld } from './govern-world.ts';

let world: GovernWorld;
let origin: ManyManners;
beforeEach(async () => {
  world = await startGovernWorld();
});
afterEach(async () => {
  await origin.stop();
  await world.stop();
});

const NO = {
  verdict: 'answer',
  answer: { status: 403, headers: 'Content-Type: text/plain\r\nX-Why: budget\r\n', body: 'not today' },
} as const;

describe.each(['http', 'https'])('a verdict over %s', (scheme) => {
  beforeEach(async () => {
    origin = await startManyManners(scheme === 'https' ? world.ca.server('localhost') : null);
  });

  test('“answer” is what the program gets, and nothing leaves', async () => {
    world.decide = ({ url }) => (url.includes('blocked') ? NO : ALLOW);
    const refused = {
      informed: [],
      statusCode: 403,
      statusMessage: 'Forbidden',
      httpVersion: '1.1',
      headers: ['Content-Type: text/plain', 'X-Why: budget', 'Content-Length: 9'],
      body: 'not today',
      trailers: {},
    };
    // What goes its own way verifies its origin itself.
    const told = await world.run('test/agent/programs/verdicts.mjs', { args: [origin.url], trusting: true });
    expect(told).toEqual({
      before: 200,
      fetch: [403, 'budget', 'not today'],
      post: refused,
      'expects continue': refused,
      head: { ...refused, body: '' },
      'on a kept connection': [200, 403, 200],
      'own way': [200, 403, 'not today'],
    });
    expect(origin.came).toEqual(['GET /json?before', 'GET /json?a', 'GET /json?b', 'GET /json?own']);
    expect((await world.engine.calls()).filter(({ query }) => query.includes('blocked'))).toEqual([]);
  });

  test('is asked for with what the call is, and with who made it', async () => {
    await world.run('test/agent/programs/in-context.mjs', { args: [origin.url] });
    expect(world.asked.length).toBe(20);
    for (const { method, url, app, tags, headers, site } of world.asked) {
      const i = url.split('?')[1];
      expect({ method, url, app, tags }).toEqual({
        method: 'GET',
        url: `${origin.url}/json?${i}`,
        app: `app-${i}`,
        tags: { tenant: `t${i}` },
      });
      expect(headers).toContain(`host: localhost:${origin.port}\r\n`);
      expect(site).toBeGreaterThan(0);
    }
    expect(new Set(world.asked.map(({ site }) => site)).size).toBe(20);
  });

  test('that does not come in time lets the call go', async () => {
    world.decide = () => 'silence';
    const env = { SALLYPORT_GOVERN_DEADLINE_MS: '50' };
    const told = await world.run('test/agent/programs/one-fetch.mjs', { args: [origin.url], env });
    expect(told).toEqual({ fetch: [200, null], again: 200 });
    expect(world.asked.length).toBe(2);
  });

  test('that does not come in time refuses the call where that was asked for', async () => {
    world.decide = () => 'silence';
    const env = { SALLYPORT_GOVERN_DEADLINE_MS: '50', SALLYPORT_GOVERN_ON_FAULT: 'closed' };
    const told = await world.run('test/agent/programs/one-fetch.mjs', { args: [origin.url], env });
    expect(told).toEqual({ fetch: [503, 'blocked'], again: 503 });
    expect(origin.came).toEqual([]);
  });

  test.each([
    { onFault: 'open', says: { fetch: [200, null], again: 200 } },
    { onFault: 'closed', says: { fetch: [503, 'blocked'], again: 503 } },
  ])('that nobody is there to give: fails $onFault', async ({ onFault, says }) => {
    await world.hangUp();
    const env = { SALLYPORT_GOVERN_ON_FAULT: onFault };
    const told = await world.run('test/agent/programs/one-fetch.mjs', { args: [origin.url], env, trusting: true });
    expect(told).toEqual(says);
  });

  test('that makes no sense counts as none', async () => {
    world.decide = () => ({ verdict: 'perhaps', answer: 7 }) as never;
    const told = await world.run('test/agent/programs/one-fetch.mjs', { args: [origin.url] });
    expect(told).toEqual({ fetch: [200, null], again: 200 });
  });
});

test('an engine that dies leaves the program calling', async () => {
  origin = await startManyManners(null);
  const register = fileURLToPath(new URL('programs/govern-register.ts', import.meta.url));
  const child = fork('test/agent/programs/engine-dies.mjs', [origin.url], {
    execArgv: ['--import', register],
    env: world.env(),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child.stdout!, 'data');
  expect((await world.engine.calls()).length).toBe(2);
  await world.hangUp();
  await world.stopEngine();
  const said = once(child, 'message');
  child.send('go on');
  const [told] = (await said) as [unknown];
  expect(told).toEqual(Array.from({ length: 3 }, () => [200, [200, 10]]).flat());
});
