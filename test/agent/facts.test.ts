// What is told of a call is what happened: connection, TLS, timing out, uploads, gRPC.
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startListening, type ToldCall } from './listening-engine.ts';
import { startOrigins, type Origins } from './origins.ts';
import { buildAgent, runNode, writeProgram, type BuiltAgent, type Ran } from './program.ts';

let agent: BuiltAgent;
let origins: Origins;
beforeAll(async () => {
  [agent, origins] = await Promise.all([buildAgent(), startOrigins()]);
});
afterAll(() => {
  agent.remove();
  origins.stop();
});

/** Runs it bare and observed; both have to say the same. */
async function observe(name: string, text: string, ...args: string[]): Promise<{ ran: Ran; calls: ToldCall[] }> {
  const engine = await startListening();
  const file = writeProgram(agent.folder, name, text);
  const env = { NODE_EXTRA_CA_CERTS: origins.caFile };
  const bare = await runNode([file, ...args], env);
  const ran = await runNode(['--require', agent.file, file, ...args], { ...env, ...engine.env });
  expect(ran).toEqual(bare);
  await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
  await engine.stop();
  return { ran, calls: engine.calls };
}

test.each(['fetch', 'https'])(
  '%s: the first call has its connection and TLS, the next one uses it again',
  async (way) => {
    const get =
      way === 'fetch'
        ? `const get = async (url) => { await (await fetch(url)).text(); await new Promise(setImmediate); };`
        : `import { get as begin, Agent } from 'node:https';
         const agent = new Agent({ keepAlive: true });
         const get = (url) => new Promise((resolve) => begin(url, { agent }, (answer) => answer.resume().on('end', () => setImmediate(resolve))));`;
    const { calls } = await observe(
      `tls-${way}.mjs`,
      `${get} await get(process.argv[2]); await get(process.argv[2]); process.exit();`,
      `${origins.addresses.tls}/json`,
    );
    const [first, second] = calls.map((call) => call.fact('attempted'));
    expect(first).toMatchObject({
      reused: false,
      remoteAddress: '127.0.0.1',
      remotePort: Number(new URL(origins.addresses.tls).port),
      via: null,
      failure: null,
      tls: {
        version: 'TLSv1.3',
        serverName: 'localhost',
        verdict: 'trusted',
        chain: [expect.any(String), expect.any(String)],
      },
    });
    for (const part of ['dnsUs', 'connectUs', 'tlsUs'] as const) expect(first?.[part]).toBeGreaterThan(0);
    expect(second).toMatchObject({ reused: true, dnsUs: null, connectUs: null, tlsUs: null, tls: first?.tls });
  },
);

test('an upload by stream is told piece by piece, with its true size', async () => {
  const { calls } = await observe(
    'upload.mjs',
    `import { request } from 'node:http';
     import { Readable } from 'node:stream';
     import { pipeline } from 'node:stream/promises';
     import * as undici from '${import.meta.resolve('undici')}';
     const pieces = function* () { for (let i = 0; i < 20; i++) yield Buffer.alloc(10_000, String(i % 10)); };
     const url = process.argv[2];
     console.log((await (await fetch(url, { method: 'POST', duplex: 'half', body: Readable.toWeb(Readable.from(pieces())) })).text()).length);
     console.log((await (await undici.request(url, { method: 'POST', body: Readable.from(pieces()) })).body.text()).length);
     const sent = request(url, { method: 'POST' });
     const answered = new Promise((resolve) => sent.on('response', resolve));
     await pipeline(Readable.from(pieces()), sent);
     let size = 0;
     for await (const chunk of await answered) size += chunk.length;
     console.log(size);`,
    `${origins.addresses.plain}/echo`,
  );
  expect(calls.map((call) => call.request.length)).toEqual([200_000, 200_000, 200_000]);
  expect(calls.every((call) => call.request.equals(call.response))).toBe(true);
});

test('each way of giving up and being left is told as what it was', async () => {
  // Answers nothing, and leaves its connections open.
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const nowhere = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const { calls } = await observe(
    'given-up.mjs',
    `import { get } from 'node:http';
     import * as undici from '${import.meta.resolve('undici')}';
     const [plain, nowhere] = process.argv.slice(2);
     const say = (error) => console.log(error.name, error.code, error.message);
     await fetch(nowhere + '/a', { signal: AbortSignal.timeout(50) }).catch(say);
     await undici.request(nowhere + '/b', { headersTimeout: 100 }).catch(say);
     await undici.request(plain + '/half?c', { bodyTimeout: 100 }).then(({ body }) => body.text()).catch(say);
     await new Promise((resolve) => {
       const request = get(nowhere + '/d', { timeout: 50 }, () => {});
       request.on('timeout', () => request.destroy());
       request.on('error', (error) => { say(error); resolve(); });
     });
     await new Promise((resolve) => {
       get(plain + '/half?e', (answer) => answer.on('data', () => answer.destroy()).on('close', resolve));
     });
     await new Promise((resolve) => {
       get(plain + '/cut?f', (answer) => answer.resume().on('error', (error) => { say(error); resolve(); }));
     });
     await new Promise((resolve) => get(plain + '/hang-up?g').on('error', (error) => { say(error); resolve(); }));
     process.exit();`,
    origins.addresses.plain,
    nowhere,
  );
  const kinds = Object.fromEntries(calls.map((call) => [call.opened.target, call.fact('closed')?.failure?.kind]));
  expect(kinds).toEqual({
    // On a slow day the time is over before the connection stands, and fetch says only that it was aborted.
    '/a': expect.stringMatching(/^timeout-head$|^client-left$/) as string,
    '/b': 'timeout-head',
    '/half?c': 'timeout-body',
    '/d': expect.stringMatching(/^timeout-(head|connect)$/) as string,
    '/half?e': 'client-left',
    '/cut?f': 'closed-early',
    '/hang-up?g': 'closed-early',
  });
  silent.close();
});

test('an error that nobody handles ends the program with the same words', async () => {
  const { ran } = await observe(
    'unhandled.cjs',
    `require('http').get(process.argv[2], () => {}); process.on('uncaughtException', (error) => { console.error(error.code, error.message); process.exit(9); });`,
    origins.addresses.refused,
  );
  expect(ran.code).toBe(9);
  expect(ran.stderr).toContain('ECONNREFUSED');
});

test('gRPC: unary and server-streaming calls end as without us, and are told with their trailers', async () => {
  const server = new Server();
  const plain = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
  server.addService(
    {
      echo: { path: '/t.T/Echo', requestStream: false, responseStream: false, ...plain },
      count: { path: '/t.T/Count', requestStream: false, responseStream: true, ...plain },
    },
    {
      echo: (call: { request: Buffer }, answer: (error: null, value: Buffer) => void) => answer(null, call.request),
      count: (call: { write(value: Buffer): void; end(): void }) => {
        for (const text of ['one', 'two', 'three']) call.write(Buffer.from(text));
        call.end();
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const { ran, calls } = await observe(
    'grpc.mjs',
    `import grpc from '${import.meta.resolve('@grpc/grpc-js')}';
     const same = (value) => value;
     const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure());
     console.log(String(await new Promise((resolve) => client.makeUnaryRequest('/t.T/Echo', same, same, Buffer.from('ahoy'), (error, value) => resolve(error ?? value)))));
     const stream = client.makeServerStreamRequest('/t.T/Count', same, same, Buffer.from(''));
     for await (const piece of stream) console.log(String(piece));
     client.close();`,
    `127.0.0.1:${port}`,
  );
  expect(ran).toMatchObject({ code: 0, stdout: 'ahoy\none\ntwo\nthree\n' });
  expect(calls.map(({ opened }) => [opened.method, opened.target, opened.protocol])).toEqual([
    ['POST', '/t.T/Echo', 'h2'],
    ['POST', '/t.T/Count', 'h2'],
  ]);
  expect(calls.map((call) => call.fact('closed'))).toMatchObject([
    { failure: null, requestBytes: 9, responseBytes: 9, trailers: expect.stringContaining('grpc-status: 0') as string },
    { failure: null, requestBytes: 5, responseBytes: 26 },
  ]);
  server.forceShutdown();
});

function same(value: Buffer): Buffer {
  return value;
}
