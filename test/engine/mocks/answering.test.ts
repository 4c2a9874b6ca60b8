import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ProxyAgent, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';
import { openClient } from '../../harness/raw-client.ts';
import { policyOf, scriptGovernor } from '../../harness/stand-in-governor.ts';
import { startWorld } from '../../harness/world.ts';

let engine: EngineUnderTest;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  engine = await startEngine();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await engine.stop();
});

/** Names that nobody answers to (RFC 6761): what is answered, a mock answered. */
const HOST = 'api.mocked.invalid';

async function serve(mocks: string, more: { apps?: string[]; unmatched?: 'pass' | 'refuse'; seed?: number } = {}) {
  const saved = await engine.engine.mocks.save({ name: 'trial', text: `mocks:\n${mocks}` });
  expect(saved).toMatchObject({ saved: true });
  const started = await engine.engine.mocks.start({ set: 'trial', ...more });
  if ('problem' in started) throw new Error(started.why);
  return started;
}

function caller(options: { app?: string; http2?: boolean } = {}) {
  const agent = new ProxyAgent({
    uri: `http://127.0.0.1:${engine.proxyPort}`,
    requestTls: { ca: engine.caPem, ...(options.http2 === true && { ALPNProtocols: ['h2'] }) },
    allowH2: options.http2 === true,
    ...(options.app !== undefined && {
      token: `Basic ${Buffer.from(options.app.includes(':') ? options.app : `${options.app}:`).toString('base64')}`,
    }),
  });
  ends.push(() => agent.destroy());
  return async (path: string, body?: string) => {
    const answer = await request(`https://${HOST}${path}`, {
      dispatcher: agent,
      method: body === undefined ? 'GET' : 'POST',
      body: body ?? null,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
}

test.each([false, true])('a host that is not there answers from a mock; over HTTP/2: %s', async (h2) => {
  await serve(`
  - id: charge
    match: { host: ${HOST}, path: '/v1/charges/{id}', method: GET }
    answer: { status: 201, headers: { X-Two: [a, b] }, json: { id: ch_1 } }
`);
  const { status, headers, text } = await caller({ http2: h2 })('/v1/charges/ch_1?expand=customer');
  expect({ status, text }).toEqual({ status: 201, text: '{"id":"ch_1"}' });
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-two': h2 ? 'a, b' : ['a', 'b'] });

  const row = await engine.waitForCall(({ state, kind }) => state === 'closed' && kind === 'http');
  expect(row).toMatchObject({
    status: 201,
    failure: null,
    tags: { mock: 'trial/charge' },
    clientProtocol: h2 ? 'h2' : 'http/1.1',
  });
  expect((await engine.call(row.id)).attempts).toEqual([]);
});

test('which mock answers may hang on the body; the body is read whole first', async () => {
  await serve(`
  - { id: one, match: { path: /chat, body: { model: gpt-* } }, answer: { body: first } }
  - { id: two, match: { path: /chat, method: POST }, answer: { body: second } }
`);
  const ask = caller();
  expect((await ask('/chat', '{"model":"gpt-5"}')).text).toBe('first');
  expect((await ask('/chat', '{"model":"other"}')).text).toBe('second');
  // Longer than what is read to decide: it cannot be known that it fits.
  expect((await ask('/chat', `{"model":"gpt-5","x":"${'x'.repeat(3_000_000)}"}`)).text).toBe('second');
  const row = await engine.waitForCall(({ requestBytes }) => requestBytes > 3_000_000);
  expect(row.tags).toEqual({ mock: 'trial/two' });
});

test('what nothing matches is refused with a word that trying again is no use, or goes on', async () => {
  const { id } = await serve('  - { id: one, match: { path: /one } }\n', { unmatched: 'refuse' });
  const ask = caller();
  const refused = await ask('/two');
  expect(refused).toMatchObject({
    status: 501,
    headers: { 'x-should-retry': 'false', 'sallyport-error': 'unmatched' },
  });
  expect(JSON.parse(refused.text)).toMatchObject({ detail: expect.stringContaining(`GET ${HOST}/two`) });
  const row = await engine.waitForCall(({ path, state }) => path === '/two' && state === 'closed');
  expect(row).toMatchObject({ failure: 'blocked', tags: { mock: 'trial/-' } });
  expect(await engine.engine.mocks.stop({ id })).toEqual({
    served: [{ id: 'one', served: 0 }],
    unmatched: [{ method: 'GET', host: HOST, path: '/two', calls: 1 }],
    unmatchedCalls: 1,
  });

  await serve('  - { id: one, match: { path: /one } }\n', { unmatched: 'pass' });
  await ask('/three');
  const passed = await engine.waitForCall(({ path, state }) => path === '/three' && state === 'closed');
  expect(passed).toMatchObject({ failure: 'dns', tags: {} });
});

test('a set for one app leaves the calls of others alone', async () => {
  await serve('  - { id: one, answer: { body: mocked } }\n', { apps: ['shop'] });
  expect((await caller({ app: 'shop' })('/')).text).toBe('mocked');
  expect((await caller({ app: 'other' })('/')).status).toBe(502);
});

test('a set is off when it is stopped, and calls meet nothing of it any more', async () => {
  const { id } = await serve('  - { id: one, answer: { body: mocked } }\n');
  const ask = caller();
  expect((await ask('/')).text).toBe('mocked');
  await engine.engine.mocks.stop({ id });
  expect((await ask('/')).status).toBe(502);
  expect(await engine.engine.mocks.stop({ id })).toMatchObject({ problem: 'cannot-do' });
});

test('a reset is one: before a word was said the caller sees its connection reset', async () => {
  await serve('  - { id: one, faults: [{ kind: reset }] }\n');
  const client = await openClient({ host: HOST, port: 80 }, 'absolute', engine.proxyPort);
  await client.send(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  const { bytes, ending } = await client.readToEnd();
  expect({ said: bytes.toString(), ending }).toEqual({ said: '', ending: 'reset' });
  const row = await engine.waitForCall();
  expect(row).toMatchObject({ status: null, failure: 'reset', tags: { mock: 'trial/one' } });
});

test('a truncated answer says its whole length, and ends in a cut', async () => {
  await serve(`  - { id: one, answer: { body: '0123456789' }, faults: [{ kind: truncate, afterBytes: 4 }] }\n`);
  const client = await openClient({ host: HOST, port: 80 }, 'absolute', engine.proxyPort);
  await client.send(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  const { bytes, ending } = await client.readToEnd();
  expect(bytes.toString()).toMatch(/Content-Length: 10\r\n[^]*\r\n\r\n0123$/);
  expect(ending).toBe('reset');
  expect(await engine.waitForCall()).toMatchObject({ status: 200, failure: 'closed-early', responseBytes: 4 });
});

test('over HTTP/2 a reset takes its own stream only', async () => {
  await serve(`
  - { id: bad, match: { path: /bad }, faults: [{ kind: reset }] }
  - { id: good, match: { path: /good }, latency: 50, answer: { body: fine } }
`);
  const session = http2.connect(`http://127.0.0.1:${engine.proxyPort}`);
  ends.push(() => session.destroy());
  const open = (path: string) =>
    session.request({ ':method': 'GET', ':scheme': 'http', ':authority': HOST, ':path': path });
  const [bad, good] = [open('/bad'), open('/good')];
  const [error] = (await once(bad, 'error')) as [Error];
  expect(error.message).toContain('NGHTTP2_INTERNAL_ERROR');
  let text = '';
  for await (const piece of good) text += String(piece);
  expect(text).toBe('fine');
});

test('a caller that does not read is waited for, and gets every byte', async () => {
  const folder = join(engine.dataDir, 'mocks');
  await serve('  - { id: one }\n').then(({ id }) => engine.engine.mocks.stop({ id }));
  const bytes = Buffer.alloc(20_000_000, 'abcdefghij');
  writeFileSync(join(folder, 'large.bin'), bytes);
  await serve('  - { id: one, answer: { file: large.bin } }\n');
  const client = await openClient({ host: HOST, port: 80 }, 'absolute', engine.proxyPort);
  client.pause();
  await client.send(`GET http://${HOST}/ HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
  // The engine has said what the socket takes, and waits with the rest.
  const open = await engine.waitForCall(({ status }) => status === 200);
  expect(open.state).toBe('open');
  client.resume();
  const { bytes: came } = await client.readToEnd();
  client.close();
  expect(came.subarray(came.indexOf('\r\n\r\n') + 4).equals(bytes)).toBe(true);
});

test('a stream comes piece by piece', async () => {
  await serve(`
  - id: chat
    answer:
      stream:
        - { event: delta, data: { text: Hel } }
        - { event: delta, data: { text: lo }, afterMs: 20 }
        - { data: '[DONE]' }
`);
  const { headers, text } = await caller()('/');
  expect(headers['content-type']).toContain('text/event-stream');
  expect(text).toBe('event: delta\ndata: {"text":"Hel"}\n\nevent: delta\ndata: {"text":"lo"}\n\ndata: [DONE]\n\n');
});

test('a mock’s use is nobody’s: it has no cost, and its word on limits is not the vendor’s', async () => {
  await serve(`
  - id: chat
    match: { host: api.openai.com }
    answers:
      - json: { id: x, object: chat.completion, model: gpt-4o, choices: [], usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 } }
      - { status: 429, headers: { x-ratelimit-limit-requests: 10, x-ratelimit-remaining-requests: 0 } }
`);
  const agent = new ProxyAgent({ uri: `http://127.0.0.1:${engine.proxyPort}`, requestTls: { ca: engine.caPem } });
  ends.push(() => agent.destroy());
  for (const status of [200, 429]) {
    const url = 'https://api.openai.com/v1/chat/completions';
    const answer = await request(url, { dispatcher: agent, method: 'POST', body: '{"model":"gpt-4o","messages":[]}' });
    expect(answer.statusCode).toBe(status);
    await answer.body.dump();
    const row = await engine.waitForCall((call) => call.status === status && call.state === 'closed');
    expect(row).toMatchObject({ tags: { mock: 'trial/chat' }, costNanoUsd: null, inputTokens: null });
    expect(row.throttle).not.toBe('vendor-rate');
  }
});

test('a compressed body is read as what it holds', async () => {
  await serve('  - { id: one, match: { body: { model: gpt-5 } }, answer: { body: fits } }\n', { unmatched: 'refuse' });
  const agent = new ProxyAgent({ uri: `http://127.0.0.1:${engine.proxyPort}`, requestTls: { ca: engine.caPem } });
  ends.push(() => agent.destroy());
  const answer = await request(`https://${HOST}/`, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-encoding': 'gzip' },
    body: gzipSync('{"model":"gpt-5"}'),
  });
  expect(await answer.body.text()).toBe('fits');
});

test('what a policy refuses is refused before a mock is asked', async () => {
  await engine.stop();
  const world = await startWorld({
    govern: scriptGovernor([{ policy: policyOf({ id: 'gate' }), says: 'Not from here.', look: () => 'deny' }]),
  });
  engine = world.engine;
  const { id } = await serve('  - { id: one, answer: { body: mocked } }\n');
  expect((await caller()('/')).status).toBe(403);
  expect(await engine.engine.mocks.report({ id })).toMatchObject({ served: [{ id: 'one', served: 0 }] });
});

test('a set that is served to one run answers that run only, and ends with who asked for it', async () => {
  await engine.engine.mocks.save({ name: 'trial', text: 'mocks: [{ id: one, answer: { body: mocked } }]' });
  const gone = new AbortController();
  const run = '0123456789abcdef';
  const file = join(engine.dataDir, 'mocks', 'trial.yaml');
  const stream = engine.engine.mocks.serve({ file, run }, gone.signal);
  expect((await stream.next()).value).toMatchObject({ run, unmatched: 'refuse', until: null });
  expect((await caller()('/')).status).toBe(502);
  expect((await caller({ app: `shop:run-${run}` })('/')).text).toBe('mocked');
  const end = stream.next();
  gone.abort();
  expect(await end).toMatchObject({ done: true });
  expect((await caller({ app: `shop:run-${run}` })('/')).status).toBe(502);
});
