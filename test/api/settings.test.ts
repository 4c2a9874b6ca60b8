// What is wrong with a setting is told in one form, whoever found it: the schema or the engine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '../../electron/api/router.ts';
import { openWorkspaceHost } from '../../electron/hosts/workspace-host.ts';
import { openSettings } from '../../electron/engine/settings/settings.ts';
import { faceOf } from '../../electron/engine/settings/settings-face.ts';
import type { Contract } from '../../shared/contract/index.ts';
import { createStubEngine } from '../fixtures/stub-engine.ts';

let dataDir: string;
let client: ContractRouterClient<Contract>;
let doors: Parameters<typeof createApi>[0];

async function open(running = true): Promise<void> {
  const settings = faceOf(await openSettings({ dataDir, flags: {}, log: () => {} }), dataDir);
  const stub = createStubEngine();
  doors = {
    engine: { ...stub, archive: running ? stub.archive : null, settings },
    leases: null,
    shutdown: null,
  };
  client = createRouterClient(createApi(doors));
}
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sallyport-api-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

type Change = Parameters<typeof client.settings.change>[0];

test.each<[string, object, string, RegExp]>([
  ['of the wrong type', { capture: { bodyLimit: 'big' } }, 'capture.bodyLimit', /number/],
  ['out of range', { retention: { callAgeDays: 0 } }, 'retention.callAgeDays', /0\.01/],
  ['that there is not', { capture: { bodylimit: 5 } }, 'capture', /bodylimit/],
  ['that cannot be', { network: { upstreamProxy: 'ftp://x' } }, 'network.upstreamProxy', /ftp/],
])('a setting %s is refused with its name and the reason', async (_what, change, path, says) => {
  await open();
  await expect(client.settings.change(change as Change)).rejects.toMatchObject({
    code: 'BAD_SETTINGS',
    status: 400,
    data: { problems: [{ path, says: expect.stringMatching(says) }] },
  });
  expect((await client.settings.get()).settings).toEqual((await client.settings.get()).defaults);
});

test('over HTTP, too', async () => {
  await open();
  const token = 'token-of-a-test';
  const host = await openWorkspaceHost({ doors, port: 0, token, log: () => {} });
  try {
    const answer = await fetch(`${host.url}api/settings`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"capture":{"bodyLimit":-1}}',
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('capture.bodyLimit')]);
  } finally {
    await host.close();
  }
});

test('without an engine they can be read, not changed', async () => {
  await open(false);
  expect((await client.settings.get()).settings.capture.bodyLimit).toBe(1024 * 1024);
  await expect(client.settings.change({})).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
});
