import { once } from 'node:events';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LINK_ENV, type Ask } from '../../shared/agent/link.ts';
import { startEngine, type EngineUnderTest } from '../harness/engine-under-test.ts';
import { createTestCa, type TestCa } from '../harness/test-ca.ts';
import { startManyManners, type ManyManners } from './govern-origin.ts';
import { buildAgent, runNode, type BuiltAgent } from './program.ts';

// The built agent, in a folder of its own, with a real engine at the other end: nothing stands in for anything.
let agent: BuiltAgent;
let ca: TestCa;
let engine: EngineUnderTest;
const asked: Ask[] = [];
beforeAll(async () => {
  agent = await buildAgent();
  ca = createTestCa();
  engine = await startEngine({
    upstreamCa: [ca.pem],
    decide: (ask) => {
      asked.push(ask);
      return ask.url.includes('blocked')
        ? { verdict: 'answer', answer: { status: 403, headers: 'X-Why: budget\r\n', body: 'not today' } }
        : { verdict: 'allow', answer: null };
    },
  });
});
afterAll(async () => {
  await engine.stop();
  agent.remove();
});

function environment(more: Record<string, string> = {}): Record<string, string> {
  const { socket, secretFile } = engine.engine.agents.place!;
  return {
    NODE_OPTIONS: '',
    HTTP_PROXY: '',
    HTTPS_PROXY: '',
    http_proxy: '',
    https_proxy: '',
    [LINK_ENV.socket]: socket,
    [LINK_ENV.secretFile]: secretFile,
    [LINK_ENV.mode]: 'govern',
    [LINK_ENV.app]: 'shop',
    [LINK_ENV.run]: '0f3c0f3c',
    ...more,
  };
}

describe.each(['http', 'https'])('a program under the built agent, over %s', (scheme) => {
  let origin: ManyManners;
  beforeAll(async () => {
    origin = await startManyManners(scheme === 'https' ? ca.server('localhost') : null);
  });
  afterAll(() => origin.stop());

  test.each(['clients-esm.mjs', 'clients-cjs.cjs'])(
    '%s: every call from the first on is asked about, goes through the proxy and is one row, with no CA',
    async (program) => {
      asked.length = 0;
      const before = (await engine.calls()).length;
      const { joined } = engine.engine.agents.stats();
      const file = join(import.meta.dirname, 'programs', program);
      const ran = await runNode(['--require', agent.file, file, origin.url], environment());
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      const told = Object.entries(JSON.parse(ran.stdout) as Record<string, { failed?: string; message?: string }>);
      expect(told.filter(([name, { failed }]) => failed !== undefined && name !== 'axios 404')).toEqual([]);
      // Who made a call is told apart from it, and a moment later.
      await engine.waitForCall(() => engine.engine.agents.stats().joined >= joined + asked.length);
      const rows = (await engine.calls()).slice(before);
      expect(asked.length).toBeGreaterThan(5);
      expect(rows.length).toBe(asked.length);
      expect(new Set(rows.map(({ source, app }) => `${source} ${app}`))).toEqual(new Set(['proxy shop']));
      // The agent tells on which of its own connections to the proxy each call left, and as which on it.
      const calls = await Promise.all(rows.map(({ id }) => engine.call(id)));
      // Where a client calls later, from nobody's stack, the package is what is left of the place.
      const unknown = calls.filter(({ callsite, package: name }) => callsite === null && name === null);
      expect(unknown.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
      expect(engine.engine.agents.stats()).toMatchObject({ ownCalls: 0, joined: joined + rows.length });
      expect(new Set(calls.map(({ process }) => process?.pid)).size).toBe(1);
      expect(asked.filter(({ site }) => site === null).map(({ url }) => url)).toEqual([]);
    },
  );

  test('what is answered is one refused row, with the line that made it', async () => {
    const before = (await engine.calls()).length;
    const file = join(import.meta.dirname, 'programs', 'one-call.mjs');
    const ran = await runNode(['--require', agent.file, file, `${origin.url}/json?blocked`], environment());
    expect(JSON.parse(ran.stdout)).toEqual({ call: [403, 'not today'] });
    const rows = (await engine.calls()).slice(before);
    expect(rows).toMatchObject([
      { kind: 'refused', source: 'agent', app: 'shop', status: 403, failure: 'blocked', query: '?blocked' },
    ]);
    const call = await engine.call(rows[0]!.id);
    expect(call.callsite).toMatch(/one-call\.mjs:5$/);
    expect(call.tags).toEqual({ run: '0f3c0f3c' });
    expect(origin.came.filter((line) => line.includes('blocked'))).toEqual([]);
  });
});

test.each(['http', 'https'])(
  'through proxy variables, as `run` sets them: asked about once, one row, over %s',
  async (scheme) => {
    const origin = await startManyManners(scheme === 'https' ? ca.server('localhost') : null);
    asked.length = 0;
    const before = (await engine.calls()).length;
    const proxy = `http://127.0.0.1:${engine.proxyPort}`;
    const file = join(import.meta.dirname, 'programs', 'one-call.mjs');
    const ran = await runNode(
      ['--require', agent.file, file, `${origin.url}/json?variables`],
      environment({
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy,
        HTTPS_PROXY: proxy,
        http_proxy: proxy,
        https_proxy: proxy,
        NO_PROXY: '',
        no_proxy: '',
        NODE_EXTRA_CA_CERTS: engine.engine.info.caPath,
      }),
    );
    expect(JSON.parse(ran.stdout)).toEqual({ call: [200, '{"ok":true}'] });
    await origin.stop();
    expect(asked.map(({ method, url, carried }) => ({ method, url, carried }))).toEqual([
      { method: 'GET', url: `${origin.url}/json?variables`, carried: false },
    ]);
    const rows = (await engine.calls()).slice(before);
    expect(rows).toMatchObject([{ source: 'proxy', status: 200, query: '?variables' }]);
    await origin.stop();
  },
);

test('child processes and workers are governed as their parent', async () => {
  const origin = await startManyManners(null);
  asked.length = 0;
  const child = fork(join(import.meta.dirname, 'programs', 'one-call.mjs'), [`${origin.url}/json?child`], {
    env: { ...process.env, ...environment({ NODE_OPTIONS: `--require "${agent.file}"` }) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  await once(child, 'exit');
  expect(asked.map(({ url }) => url)).toEqual([`${origin.url}/json?child`]);
  await origin.stop();
});
