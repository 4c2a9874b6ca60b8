// The agent and the proxy name a call alike: by the program's port and which request it is on that connection.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestCa } from '../harness/test-ca.ts';
import { startCountingProxy, type Counted } from './counting-proxy.ts';
import { startListening } from './listening-engine.ts';
import { buildAgent, runNode, type BuiltAgent } from './program.ts';

let agent: BuiltAgent;
const ca = createTestCa();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-joining-'));
const caFile = join(folder, 'ca.pem');
beforeAll(async () => {
  writeFileSync(caFile, ca.pem);
  agent = await buildAgent();
});
afterAll(() => {
  agent.remove();
  rmSync(folder, { recursive: true });
});

test.each(['fetch', 'http', 'axios', 'undici', 'undici-h2', 'undici-env', 'tunnel-by-hand'])(
  '%s through a proxy, plain and in tunnels, one after the other and at once',
  async (way) => {
    const proxy = await startCountingProxy(ca.server('vendor.test'));
    const engine = await startListening({ welcome: { proxyPorts: [proxy.port] } });
    const address = `http://127.0.0.1:${proxy.port}`;
    const ran = await runNode(
      ['--require', agent.file, join(import.meta.dirname, 'programs', 'proxied.mjs'), way, address],
      {
        ...engine.env,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: address,
        HTTPS_PROXY: address,
        NODE_EXTRA_CA_CERTS: caFile,
      },
    );
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await engine.until(() => engine.hellos.length === 1 && engine.connected() === 0);
    const told = engine.joined.map(({ port, ordinal, method, target }) => ({ port, ordinal, method, target }));
    expect(sorted(told as Counted[])).toEqual(sorted(proxy.counted));
    expect(told.length).toBe(way === 'tunnel-by-hand' ? 3 : 12);
    expect(engine.calls).toEqual([]);
    expect(engine.connections).toEqual([]);
    await engine.stop();
    proxy.stop();
  },
);

function sorted(list: readonly Counted[]): Counted[] {
  return [...list].sort((a, b) => a.port - b.port || a.ordinal - b.ordinal);
}
