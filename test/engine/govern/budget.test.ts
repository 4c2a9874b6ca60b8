import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ProxyAgent, fetch } from 'undici';
import { createGovernor } from '../../../shared/policies/create-governor.ts';
import type { Governor } from '../../../shared/policies/governor.ts';
import { startWorld, type World } from '../../harness/world.ts';
import { setOf } from '../../shared/policies/policies-and-calls.ts';

let world: World;
let origin: Server;
let agent: ProxyAgent;
let governor: Governor;

const CENT = 10_000_000;
const USAGE = { prompt_tokens: 100, completion_tokens: 1000, total_tokens: 1100 };
/** 2.50 and 10 dollars a million. */
const COST = 100 * 2500 + 1000 * 10_000;

/** Somebody who answers as OpenAI does. */
async function start(settings: object, answer: (response: ServerResponse) => void): Promise<void> {
  origin = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  await new Promise<void>((resolve) => {
    origin.listen(0, '127.0.0.1', resolve);
  });
  const { port } = origin.address() as AddressInfo;
  world = await startWorld({
    connectTo: [{ host: 'api.openai.com', port: 0, toHost: '127.0.0.1', toPort: port }],
    govern: {
      create: (set, around) => (governor = createGovernor(set, around)),
      set: setOf({
        policies: [{ id: 'money', kind: 'budget', mode: 'enforce', match: { vendor: 'openai' }, settings }],
      }),
    },
  });
  agent = new ProxyAgent({ uri: `http://127.0.0.1:${world.engine.proxyPort}`, proxyTunnel: false });
}

afterEach(async () => {
  await agent.close();
  await world.stop();
  origin.closeAllConnections();
  await new Promise((resolve) => origin.close(resolve));
});

const chat = (maxTokens: number, stream = false) =>
  fetch('http://api.openai.com/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o',
      stream,
      max_tokens: maxTokens,
      messages: [{ role: 'user', content: 'hi' }],
    }),
    dispatcher: agent,
  });

/** The counter, as soon as nothing is reserved any more. */
async function settled(): Promise<{ used: number | null; reserved: number | null }> {
  for (;;) {
    const [gauge] = governor.gauges('money', Date.now() * 1000, 1);
    if (gauge !== undefined && gauge.reserved === 0) return gauge;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('parallel calls reserve what they could cost, are refused beyond it, and settle by what the recorder read', async () => {
  const waiting: ServerResponse[] = [];
  let held = true;
  const answer = (response: ServerResponse): void => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        object: 'chat.completion',
        model: 'gpt-4o',
        choices: [{ finish_reason: 'stop' }],
        usage: USAGE,
      }),
    );
  };
  // Each could cost a little more than two cents.
  await start({ limit: '0.10 USD', period: 'day' }, (response) => {
    if (held) waiting.push(response);
    else answer(response);
    if (waiting.length === 4) {
      held = false;
      for (const one of waiting.splice(0)) answer(one);
    }
  });
  const answers = await Promise.all(Array.from({ length: 12 }, () => chat(2000)));
  const statuses = answers.map(({ status }) => status);
  const through = statuses.filter((status) => status === 200).length;
  expect(statuses.filter((status) => status === 402)).toHaveLength(12 - through);
  expect(through).toBeGreaterThanOrEqual(4);
  const refused = (await answers.find(({ status }) => status === 402)!.json()) as { detail: string; policy: string };
  expect(refused).toMatchObject({ policy: 'money' });
  expect(refused.detail).toContain('$0.10 a day');
  expect(await settled()).toMatchObject({ used: through * COST, reserved: 0 });
});

test('a stream uses what is left, is cut there, and what was produced is settled', async () => {
  let closed = false;
  await start({ limit: '0.02 USD', period: 'day', cut: true }, (response) => {
    response.setHeader('content-type', 'text/event-stream');
    let chunk = 0;
    const write = (): void => {
      if (closed) return;
      const delta = {
        object: 'chat.completion.chunk',
        model: 'gpt-4o',
        choices: [{ delta: { content: ` word${chunk}` } }],
      };
      chunk += 1;
      response.write(`data: ${JSON.stringify(delta)}\n\n`, () => setImmediate(write));
    };
    response.on('close', () => (closed = true));
    write();
  });
  const answer = await chat(100_000, true);
  expect(answer.status).toBe(200);
  // It would go on for ever.
  await answer.text().catch(() => '');
  const call = await world.engine.waitForCall();
  expect(call).toMatchObject({ failure: 'blocked', decision: 'cut' });
  const { used } = await settled();
  expect(used).toBeGreaterThan(1 * CENT);
  // What the vendor wrote before it noticed is in it, too.
  expect(used).toBeLessThan(4 * CENT);
  expect((await chat(100_000)).status).toBe(402);
});
