// What a program sees of its calls does not depend on whether it is observed; and all of them are seen.
import { join } from 'node:path';
import { constants, inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startListening, type ToldCall } from './listening-engine.ts';
import { startOrigins, type Origins } from './origins.ts';
import { buildAgent, runNode, type BuiltAgent } from './program.ts';

let agent: BuiltAgent;
let origins: Origins;
beforeAll(async () => {
  [agent, origins] = await Promise.all([buildAgent(), startOrigins()]);
});
afterAll(() => {
  agent.remove();
  origins.stop();
});

/** What permessage-deflate leaves out of each message (RFC 7692 §7.2.1). */
const DEFLATE_END = Buffer.of(0, 0, 0xff, 0xff);

const ESM = [
  'fetch',
  'undici-fetch',
  'undici-request',
  'undici-pool',
  'undici-h2',
  'http',
  'http-fresh',
  'axios',
  'got',
  'node-fetch',
  'superagent',
  'http2',
];
const COMMONJS = ['fetch', 'undici-request', 'http', 'axios', 'superagent', 'http2'];

describe.each([
  ...ESM.map((client) => ({ client, file: 'clients.mjs' })),
  ...COMMONJS.map((client) => ({ client, file: 'clients.cjs' })),
])('$client, $file', ({ client, file }) => {
  test('behaves as without the agent, and every call of it is told', async () => {
    const engine = await startListening();
    const program = [join(import.meta.dirname, 'programs', file), client, JSON.stringify(origins.addresses)];
    const env = { NODE_EXTRA_CA_CERTS: origins.caFile };
    const bare = await runNode(program, env);
    const observed = await runNode(['--require', agent.file, ...program], { ...env, ...engine.env });
    expect(observed).toEqual(bare);
    expect(bare, bare.stderr).toMatchObject({ code: 0, signal: null, stderr: '' });
    await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);

    expect(engine.drops).toEqual({ calls: 0, bodies: 0 });
    const h2 = client.endsWith('h2') || client === 'http2';
    const [get] = told(engine.calls, '/json?q=1');
    expect(get?.opened).toMatchObject({ method: 'GET', host: 'localhost', protocol: h2 ? 'h2' : 'http/1.1' });
    expect(get?.opened.headers.toLowerCase()).toContain(`x-client: ${client}\r\n`);
    expect(get?.fact('answered')).toMatchObject({ status: 200 });
    expect(get?.fact('answered')?.headers.toLowerCase()).toContain('set-cookie: a=1\r\nset-cookie: b=2\r\n');
    expect(get?.response.toString()).toBe('{"ok":true}');

    const [post] = told(engine.calls, '/echo');
    expect(post?.opened.method).toBe('POST');
    expect([post?.request.toString(), post?.response.toString()]).toEqual(['ahoy ☃', 'ahoy ☃']);
    expect(post?.fact('closed')).toMatchObject({ requestBytes: 8, responseBytes: 8, failure: null });

    const [zipped] = told(engine.calls, '/gzip');
    // As on the wire: never what the client made of it.
    expect(zipped?.response.subarray(0, 2).toString('hex')).toBe('1f8b');

    const [big] = told(engine.calls, '/big');
    expect(big?.fact('closed')).toMatchObject({ responseBytes: 700_000 });
    expect(big?.response.length).toBe(700_000);

    expect(told(engine.calls, '/empty')[0]?.fact('answered')).toMatchObject({ status: 204 });
    expect(told(engine.calls, '/404')[0]?.fact('answered')).toMatchObject({ status: 404 });
    const ends = (path: string): unknown => told(engine.calls, path)[0]?.fact('closed')?.failure?.kind;
    expect([ends('/hang-up'), ends('/cut')].map((kind) => ['reset', 'closed-early'].includes(String(kind)))).toEqual([
      true,
      true,
    ]);
    expect(ends('/never')).toBe('client-left');
    expect(ends('/half')).toBe('client-left');
    const kinds = engine.calls.map((call) => call.fact('closed')?.failure?.kind);
    expect(kinds).toEqual(expect.arrayContaining(['tls-upstream-untrusted', 'refused', 'dns']));
    // Every call has an end.
    expect(engine.calls.filter((call) => call.fact('closed') === undefined)).toEqual([]);
    await engine.stop();
  });
});

describe.each([
  ['ws', 'clients.mjs'],
  ['websocket', 'clients.mjs'],
  ['ws', 'clients.cjs'],
])('%s, %s', (client, file) => {
  test('talks as without the agent, and every message is told, both ways', async () => {
    const engine = await startListening();
    const program = [join(import.meta.dirname, 'programs', file), client, JSON.stringify(origins.addresses)];
    const env = { NODE_EXTRA_CA_CERTS: origins.caFile };
    const bare = await runNode(program, env);
    const observed = await runNode(['--require', agent.file, ...program], { ...env, ...engine.env });
    expect(observed).toEqual(bare);
    expect(bare, bare.stderr).toMatchObject({ code: 0, stderr: '' });
    await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
    const [plain, tls, refused] = told(engine.calls, '/talk');
    for (const call of [plain, tls]) {
      expect(call?.fact('answered')).toMatchObject({ status: 101 });
      expect(call?.fact('closed')).toMatchObject({ failure: null });
      const messages = call?.facts.filter((fact) => fact.type === 'message') ?? [];
      expect(messages.map(({ direction, opcode }) => `${direction} ${opcode}`)).toEqual([
        'sent 1',
        'received 1',
        'sent 2',
        'received 2',
        'sent 1',
        'received 1',
        'sent 8',
        'received 8',
      ]);
      const first = Buffer.from(messages[1]?.data ?? '', 'base64');
      expect(messages[1]?.deflated).toBe(call === tls);
      const text =
        call === tls
          ? inflateRawSync(Buffer.concat([first, DEFLATE_END]), { finishFlush: constants.Z_SYNC_FLUSH })
          : first;
      expect(text.toString()).toBe('ahoy');
    }
    expect(refused?.fact('closed')?.failure?.kind).toBe('refused');
    await engine.stop();
  });
});

function told(calls: readonly ToldCall[], target: string): ToldCall[] {
  return calls.filter(({ opened }) => opened.target === target);
}
