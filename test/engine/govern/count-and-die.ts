// A child: an engine under a quota, through which calls go until it is killed.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Pool } from 'undici';
import { createEngine } from '../../../electron/engine/engine.ts';

const dataDir = process.argv[2] ?? '';
const engine = await createEngine({ dataDir, proxyPort: 0, version: 'test' });
const origin = createServer((_request, response) => response.end('ok'));
origin.listen(0, '127.0.0.1');
await once(origin, 'listening');
const { port } = origin.address() as AddressInfo;

const pool = new Pool(`http://127.0.0.1:${engine.proxy.port}`, { connections: 1 });

async function ask(count: number): Promise<void> {
  for (let call = 0; call < count; call += 1) {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `http://127.0.0.1:${port}/`,
      headers: { host: `127.0.0.1:${port}` },
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
  }
}

await ask(3);
while (!existsSync(join(dataDir, 'policy-counters.json'))) await turn();
await ask(4);
await engine.archive.flush();
process.stdout.write('counted\n');
setInterval(() => {}, 1000);
