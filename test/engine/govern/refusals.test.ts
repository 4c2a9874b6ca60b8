import OpenAI from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProxyAgent, fetch } from 'undici';
import { policyOf, scriptGovernor, type ScriptedGovernor } from '../../harness/stand-in-governor.ts';
import { startOrigin, type Origin } from '../../harness/scripted-origin.ts';
import { ORIGIN_NAME, startWorld, type World } from '../../harness/world.ts';

let world: World;
let origin: Origin;
let governor: ScriptedGovernor;
let agent: ProxyAgent;

beforeEach(() => {
  governor = scriptGovernor([
    {
      policy: policyOf({ id: 'no-cards', owner: 'platform@example.com' }),
      matches: ({ path }) => path.startsWith('/v1/'),
      look: () => 'deny',
      says: 'Nobody sends cards from here; ask platform@example.com.',
    },
  ]);
});

async function start(): Promise<void> {
  world = await startWorld({ govern: governor });
  origin = await startOrigin(async (connection) => {
    for (;;) {
      await connection.readUntil('\r\n\r\n');
      await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
  agent = new ProxyAgent({ uri: `http://127.0.0.1:${world.engine.proxyPort}`, proxyTunnel: false });
}

afterEach(async () => {
  await agent.close();
  await origin.stop();
  await world.stop();
});

test('a call that a policy denies gets 403 with the policy, its owner and the sentence, and never leaves', async () => {
  await start();
  const url = `http://${ORIGIN_NAME}:${origin.port}`;
  const refused = await fetch(`${url}/v1/cards`, { method: 'POST', body: 'x'.repeat(1000), dispatcher: agent });
  expect(refused.status).toBe(403);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    status: 403,
    policy: 'no-cards',
    kind: 'access',
    owner: 'platform@example.com',
    detail: 'Nobody sends cards from here; ask platform@example.com.',
    retryAfter: null,
    error: { message: 'Nobody sends cards from here; ask platform@example.com.' },
  });
  expect(origin.connections).toHaveLength(0);
  const row = await world.engine.waitForCall();
  expect(row).toMatchObject({ status: 403, failure: 'blocked', decision: 'deny', throttle: null });
  const call = await world.engine.call(row.id);
  expect(call.decisions).toMatchObject([
    { policy: 'no-cards', verdict: 'deny', kind: 'access', mode: 'enforce', owner: 'platform@example.com' },
  ]);
  expect(call.decisions[0]!.tookUs).toBeGreaterThanOrEqual(0);

  const allowed = await fetch(`${url}/other`, { dispatcher: agent });
  expect(await allowed.text()).toBe('ok');
});

test('an SDK shows the sentence', async () => {
  await start();
  const client = new OpenAI({
    apiKey: 'sk-test',
    baseURL: `http://${ORIGIN_NAME}:${origin.port}/v1`,
    fetchOptions: { dispatcher: agent },
    fetch: fetch as never,
  });
  await expect(
    client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] }),
  ).rejects.toThrow('403 Nobody sends cards from here; ask platform@example.com.');
});
