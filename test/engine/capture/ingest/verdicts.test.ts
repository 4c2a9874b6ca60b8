import { afterEach, expect, test } from 'vitest';
import { decisionOf } from '../../../../shared/events/decision-texts.ts';
import type { Decide } from '../../../../electron/engine/capture/ingest/verdicts.ts';
import type { Ask } from '../../../../shared/agent/link.ts';
import { startEngine, type EngineUnderTest } from '../../../harness/engine-under-test.ts';
import { connectAgent, type LinkClient } from '../../../harness/link-client.ts';

let engine: EngineUnderTest;
let agent: LinkClient;
afterEach(async () => {
  await agent.end();
  await engine.stop();
});

async function start(decide: Decide, passThrough: string[] = []): Promise<void> {
  engine = await startEngine({ decide, passThrough });
  agent = await connectAgent(engine.engine.agents.place!, { mode: 'govern', app: 'shop', run: '0f3c0f3c' });
}

function ask(parts: Partial<Ask> = {}): Ask {
  return {
    type: 'ask',
    id: 1,
    method: 'POST',
    url: 'https://api.example.com/v1/chat?stream=1',
    headers: 'Host: api.example.com\r\nContent-Type: application/json\r\n',
    carried: true,
    site: 3,
    trace: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: null },
    tags: { tenant: 'acme' },
    app: null,
    ...parts,
  };
}

const NO: Awaited<ReturnType<Decide>> = {
  verdict: 'answer',
  answer: { status: 429, headers: 'Retry-After: 60\r\n', body: 'slow down' },
  decision: decisionOf(['budget', 'deny', 'The budget of this month is spent.']),
};

test('a call that is answered in place of its origin is a refused row, with who made it and why', async () => {
  await start(() => NO);
  agent.send(
    { type: 'site', id: 3, frames: [{ function: 'pay', file: '/srv/shop/pay.js', line: 12, column: 3 }] },
    ask(),
  );
  expect(await agent.hear('verdict')).toEqual({ type: 'verdict', id: 1, verdict: 'answer', answer: NO.answer });
  const row = await engine.waitForCall();
  expect(row).toMatchObject({
    kind: 'refused',
    source: 'agent',
    app: 'shop',
    method: 'POST',
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    path: '/v1/chat',
    query: '?stream=1',
    status: 429,
    failure: 'blocked',
  });
  const call = await engine.call(row.id);
  expect(call).toMatchObject({
    failure: { kind: 'blocked', detail: 'The budget of this month is spent.' },
    decisions: [{ policy: 'budget', verdict: 'deny' }],
    tags: { tenant: 'acme', run: '0f3c0f3c' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    callsite: '/srv/shop/pay.js:12',
    responseBody: { wireBytes: 9 },
    attempts: [],
  });
});

test('what goes its own way is told by its agent, and by nobody else', async () => {
  await start(() => NO);
  agent.send(ask({ carried: false }));
  expect(await agent.hear('verdict')).toMatchObject({ verdict: 'answer' });
  expect(await engine.calls()).toEqual([]);
});

test('while recording is paused verdicts are given, and nothing is kept of them', async () => {
  await start(() => NO);
  engine.engine.capture.pause();
  agent.send(ask());
  expect(await agent.hear('verdict')).toMatchObject({ verdict: 'answer' });
  expect(await engine.calls()).toEqual([]);
});

test('a decider that throws lets the call go, and the log says so', async () => {
  await start(() => Promise.reject(new Error('no such budget')));
  agent.send(ask());
  expect(await agent.hear('verdict')).toEqual({ type: 'verdict', id: 1, verdict: 'allow', answer: null });
  expect(engine.log.some((line) => line.includes('a verdict could not be found: Error: no such budget'))).toBe(true);
  // It is no fault of the engine's own that this test is about.
  (engine.log as string[]).length = 0;
});

test('a call to a host that is not to be read is not carried through the proxy', async () => {
  await start(() => ({ verdict: 'allow', answer: null }), ['*.example.com']);
  agent.send(ask());
  expect(await agent.hear('verdict')).toEqual({ type: 'verdict', id: 1, verdict: 'allow', answer: null, direct: true });
  agent.send(ask({ id: 2, url: 'https://example.net/' }));
  expect(await agent.hear('verdict')).toEqual({ type: 'verdict', id: 2, verdict: 'allow', answer: null });
});
