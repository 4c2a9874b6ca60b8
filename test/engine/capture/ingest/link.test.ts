// Rules of the link: only who knows the secret is heard, what it tells becomes calls, what makes no sense ends it,
// and nothing of it holds anybody up.
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startEngine } from '../../../harness/engine-under-test.ts';
import type { EngineUnderTest } from '../../../harness/engine-under-test.ts';
import { answered, connectAgent, connectLink, helloOf, ownCall } from '../../../harness/link-client.ts';

let engine: EngineUnderTest;
afterEach(() => engine.stop());

async function start(options: Parameters<typeof startEngine>[0] = {}) {
  engine = await startEngine(options);
  const { place } = engine.engine.agents;
  if (place === null) throw new Error(engine.log.join('\n'));
  return place;
}

test('the socket and the secret are the owner’s alone', async () => {
  const { socket, secretFile } = await start();
  expect(statSync(socket).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
  expect(statSync(secretFile).mode & 0o777).toBe(0o600);
});

test('an agent is told the proxy’s port, how much of bodies is kept, whether recording is paused, and again when that changes', async () => {
  const place = await start({ bodyLimit: 5000 });
  const agent = await connectAgent(place);
  expect(agent.heard).toEqual([
    { type: 'welcome', proxyPorts: [engine.proxyPort], bodyLimit: 5000, paused: false, ownPorts: [] },
  ]);
  engine.engine.capture.pause();
  expect(await agent.hear('welcome')).toMatchObject({ paused: true });
  engine.engine.capture.resume();
  expect(await agent.hear('welcome')).toMatchObject({ paused: false });
  engine.engine.agents.leaveOut(4321);
  expect(await agent.hear('welcome')).toMatchObject({ ownPorts: [4321] });
  await agent.end();
});

test.each([
  ['another secret', { secret: 'f'.repeat(64) }, /secret/],
  ['another version', { version: 99 }, /version 99/],
  ['no process', { pid: -1 }, /no process/],
])('with %s an agent is told so once, and not heard', async (_, wrong, why) => {
  const place = await start();
  const agent = await connectLink(place.socket);
  agent.send({ ...helloOf(place.secretFile), ...wrong }, ownCall(1), ...answered(1));
  expect(await agent.hear('refused')).toMatchObject({ why: expect.stringMatching(why) as string });
  await agent.closed;
  expect(await engine.calls()).toEqual([]);
  expect(engine.engine.agents.stats().agents).toEqual([]);
  expect(told()).toHaveLength(1);
});

test('a call that an agent tells is a row like any other, with its body, its app and its tags', async () => {
  const place = await start({ bodyLimit: 100_000 });
  const agent = await connectAgent(place, { app: 'shop', run: 'abcdef0123456789' });
  const body = Buffer.alloc(150_000, 'abc');
  agent.send(ownCall(1, { method: 'POST', tags: { feature: 'checkout' } }), {
    type: 'request-ended',
    call: 1,
    at: 10,
    bytes: 0,
    trailers: '',
  });
  agent.piece({ call: 1, side: 'response', at: 950, data: body });
  agent.send(...answered(1, body.length));
  await agent.end();
  const row = await engine.waitForCall();
  expect(row).toMatchObject({
    app: 'shop',
    source: 'agent',
    sources: ['agent'],
    method: 'POST',
    host: 'api.example.com',
    path: '/things/1',
    status: 200,
    durationUs: 1000,
    responseBytes: 150_000,
  });
  const call = await engine.call(row.id);
  expect(call.tags).toEqual({ feature: 'checkout', run: 'abcdef0123456789' });
  expect(call.responseBody).toMatchObject({ wireBytes: 150_000, capturedBytes: 100_000, truncated: 'limit' });
});

test('what `withApp` says of one call goes before what the program is called', async () => {
  const place = await start();
  const agent = await connectAgent(place, { app: 'shop' });
  agent.send(ownCall(1, { app: 'shop-mailer' }), ...answered(1), ownCall(2), ...answered(2));
  await agent.end();
  expect((await engine.calls()).map(({ app }) => app)).toEqual(['shop-mailer', 'shop']);
});

test('while recording is paused nothing is recorded, and it is counted', async () => {
  const place = await start();
  const agent = await connectAgent(place);
  engine.engine.capture.pause();
  agent.send(ownCall(1), ...answered(1), ownCall(2));
  await engine.engine.archive.flush();
  engine.engine.capture.resume();
  agent.send(ownCall(3), ...answered(3), ...answered(2));
  await agent.end();
  expect((await engine.calls()).map(({ path }) => path)).toEqual(['/things/3']);
  expect(engine.engine.archive.health().pausedCalls).toBe(2);
});

test('an agent’s words are cut anywhere on their way', async () => {
  const place = await start();
  const agent = await connectLink(place.socket);
  const bytes: Buffer[] = [];
  const write = agent.socket.write.bind(agent.socket);
  agent.socket.write = ((chunk: Buffer) => bytes.push(chunk)) as never;
  agent.send(helloOf(place.secretFile));
  agent.send(ownCall(1));
  agent.piece({ call: 1, side: 'response', at: 5, data: Buffer.from('hello') });
  agent.send(...answered(1, 5));
  for (const byte of Buffer.concat(bytes)) write(Buffer.of(byte));
  await agent.end();
  expect(await engine.waitForCall()).toMatchObject({ path: '/things/1', responseBytes: 5 });
});

test.each([
  ['frames of an unknown kind', Buffer.from([2, 0, 0, 0, 9, 9])],
  ['a frame longer than any', Buffer.from([255, 255, 255, 255, 0])],
  ['JSON that is none', Buffer.from([4, 0, 0, 0, 0, 123, 123, 123])],
  ['a message whose fields are wrong', frame('[{"type":"closed","call":"x"}]')],
])('%s end the link, with one line in the log', async (_, bytes) => {
  const place = await start();
  const agent = await connectAgent(place);
  agent.send(ownCall(1));
  agent.raw(bytes);
  agent.send(ownCall(2));
  await agent.closed;
  const rows = await engine.calls();
  expect(rows.map(({ path, state, failure }) => ({ path, state, failure }))).toEqual([
    { path: '/things/1', state: 'closed', failure: 'interrupted' },
  ]);
  expect(told()).toEqual([expect.stringContaining('made no sense')]);
});

test('a message that this engine does not know yet is left out', async () => {
  const place = await start();
  const agent = await connectAgent(place);
  agent.raw(frame('[{"type":"weather"}]'));
  agent.send(ownCall(1), ...answered(1));
  await agent.end();
  expect(await engine.calls()).toHaveLength(1);
  expect(told()).toEqual([]);
});

test('an agent that is gone while its program lives leaves calls whose end is not known', async () => {
  const place = await start();
  const agent = await connectAgent(place);
  agent.send(ownCall(1));
  await agent.end();
  expect(await engine.waitForCall()).toMatchObject({ failure: 'interrupted' });
});

test('a thread that ended took its calls with it', async () => {
  const place = await start();
  const agent = await connectAgent(place, { thread: 7 });
  agent.send(ownCall(1));
  await agent.end();
  expect(await engine.waitForCall()).toMatchObject({ failure: 'client-left' });
});

test('agents that are connected, what they dropped and what went around them can be asked for', async () => {
  const place = await start();
  const { agents } = engine.engine;
  const outside: unknown[] = [];
  agents.onConnection((seen) => outside.push(seen));
  const agent = await connectAgent(place, { app: 'shop' });
  agent.send({ type: 'drops', calls: 3, bodies: 4 }, ownCall(1), ...answered(1));
  agent.send({ type: 'connection', host: 'db.internal', address: '10.0.0.1', port: 5432, at: 5 });
  await engine.engine.archive.flush();
  expect(agents.stats()).toMatchObject({
    agents: [{ pid: process.pid, thread: 0, app: 'shop' }],
    drops: { calls: 3, bodies: 4 },
    ownCalls: 1,
  });
  expect(agents.hasAgent(process.pid)).toBe(true);
  expect(outside).toEqual([
    expect.objectContaining({
      host: 'db.internal',
      address: '10.0.0.1',
      port: 5432,
      agent: expect.anything() as object,
    }),
  ]);
  await agent.end();
  await engine.engine.archive.flush();
  expect(agents.hasAgent(process.pid)).toBe(false);
});

test('govern mode: as long as nobody decides otherwise, a call may leave', async () => {
  const place = await start();
  const agent = await connectAgent(place, { mode: 'govern' });
  const origin = { site: null, trace: null, tags: null, app: null };
  const url = 'https://api.example.com/';
  agent.send({ type: 'ask', id: 9, method: 'GET', url, headers: '', carried: true, ...origin });
  expect(await agent.hear('verdict')).toEqual({ type: 'verdict', id: 9, verdict: 'allow', answer: null });
  await agent.end();
});

test('hundreds of agents at once are all heard', async () => {
  const place = await start();
  const agents = await Promise.all(Array.from({ length: 300 }, (_, i) => connectAgent(place, { app: `app-${i}` })));
  for (const agent of agents) agent.send(ownCall(1), ...answered(1));
  await Promise.all(agents.map((agent) => agent.end()));
  expect(new Set((await engine.calls()).map(({ app }) => app)).size).toBe(300);
});

test('a program that said all it had and is gone before we answer is heard', async () => {
  const place = await start();
  for (let n = 0; n < 20; n += 1) {
    const agent = await connectLink(place.socket);
    agent.send(helloOf(place.secretFile), ownCall(n), ...answered(n));
    agent.send(ownCall(n + 100), ...answered(n + 100));
    // Nothing that we say is read any more.
    agent.socket.destroySoon();
  }
  expect(await engine.calls()).toHaveLength(40);
});

/** What the log says of agents. */
function told(): string[] {
  return engine.log.filter((line) => /agent/.test(line));
}

function frame(json: string): Buffer {
  const payload = Buffer.from(json);
  const head = Buffer.alloc(5);
  head.writeUInt32LE(payload.length + 1, 0);
  return Buffer.concat([head, payload]);
}
