// `sallyport prices`, `reprice` and `reconcile`, with the real engine and real calls, live and offline.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEngineClient, type EngineClient } from '../../electron/hosts/engine-client.ts';
import { isEngineLocked, readEngineFile } from '../../electron/hosts/engine-lock.ts';
import { sallyport, start } from '../harness/command.ts';

let folder: string;
let dataDir: string;
let engine: ReturnType<typeof start>;
let proxy: URL;
let origin: Server;
let client: EngineClient;

const CHAT = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-5-2025-08-07',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: {
    prompt_tokens: 2006,
    completion_tokens: 300,
    total_tokens: 2306,
    prompt_tokens_details: { cached_tokens: 1920 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-prices-'));
  dataDir = join(folder, 'data');
  origin = createServer((asked, answer) => {
    asked.resume();
    answer.setHeader('content-type', 'application/json').end(asked.url?.includes('chat') ? CHAT : '{"ErrorCode":0}');
  }).listen(0, '127.0.0.1');
  await vi.waitUntil(() => origin.listening);
  const { port } = origin.address() as AddressInfo;
  const ready = join(folder, 'ready.json');
  engine = start([
    ...['serve', '--data', dataDir, '-p', '0', '-w', '0', '--ready-file', ready],
    ...[
      '--connect-to',
      `api.openai.com:80=127.0.0.1:${port}`,
      '--connect-to',
      `api.postmarkapp.com:80=127.0.0.1:${port}`,
    ],
  ]);
  await vi.waitUntil(() => existsSync(ready), 60_000);
  proxy = new URL((JSON.parse(readFileSync(ready, 'utf8')) as { proxy: string }).proxy);
  client = await createEngineClient(readEngineFile(dataDir) ?? expect.fail('no engine runs'));
  await send('http://api.openai.com/v1/chat/completions', '{"model":"gpt-5","messages":[]}');
  await send('http://api.postmarkapp.com/email', '{"To":"a@example.com"}');
});
afterAll(async () => {
  engine.kill('SIGTERM');
  await vi.waitUntil(() => !isEngineLocked(dataDir), 60_000);
  origin.close();
  rmSync(folder, { recursive: true, force: true });
});

function send(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request({
      host: proxy.hostname,
      port: proxy.port,
      path: url,
      method: 'POST',
      headers: { host: new URL(url).host, 'content-type': 'application/json' },
    })
      .on('response', (answer) => answer.resume().on('end', resolve))
      .on('error', reject)
      .end(body);
  });
}

const run = (...args: string[]) => sallyport([...args, '--data', dataDir]);

/** What the calls are recorded to have cost, once they are. */
async function costs(): Promise<Record<string, number | null>> {
  const until = Date.now() * 1000;
  const { rows } = await client.costs.table({ since: until - 3_600_000_000, until, by: ['vendor'] });
  return Object.fromEntries(rows.map(({ keys, costNanoUsd }) => [keys['vendor'], costNanoUsd]));
}

test('a price written down counts for what comes, and for what was when it is said so', async () => {
  await expect.poll(costs, { timeout: 20_000 }).toEqual({ openai: 3_347_500, postmark: 1_500_000 });

  expect(await run('prices', '--init')).toMatchObject({ code: 0, stdout: `${join(dataDir, 'prices.yaml')}\n` });
  expect(await run('prices', '--init')).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
  writeFileSync(
    join(dataDir, 'prices.yaml'),
    'contracts:\n  - { name: ours, vendor: openai, discount: 20 }\nunits:\n  - { id: postmark/mail, vendor: postmark, uses: [{ unit: email, from: call, price: { each: 0.001 } }] }\n',
  );
  const ownPrices = async (): Promise<string[]> => {
    const until = Date.now() * 1000;
    const { versions } = await client.costs.prices({ since: until - 1000, until });
    return versions.map(({ source }) => source);
  };
  await expect.poll(ownPrices, { timeout: 20_000 }).toContain('prices.yaml');
  expect((await run('prices')).stdout).toMatch(/ours: 20 % off list prices[\s\S]*postmark\/mail +email +\$0\.001 /);

  const shown = await run('reprice', '--since', '1d');
  expect(shown).toMatchObject({ code: 0, stderr: expect.stringContaining('--apply') });
  expect(shown.stdout).toMatch(/openai +gpt-5-2025-08-07 +1 +\$0\.0033475 +\$0\.002678 /);
  expect(shown.stdout).toContain('2 of 2 calls change: $0.0048475 before, $0.003678 after.');
  expect(await costs()).toEqual({ openai: 3_347_500, postmark: 1_500_000 });

  const applied = JSON.parse((await run('reprice', '--since', '1d', '--apply', '--format', 'json')).stdout);
  expect(applied).toMatchObject({ id: 1, calls: 2, beforeNanoUsd: 4_847_500, afterNanoUsd: 3_678_000 });
  expect(await costs()).toEqual({ openai: 2_678_000, postmark: 1_000_000 });
  expect((await run('reprice', '--list')).stdout).toContain('$0.003678');
  expect((await run('reprice', '--since', '1d')).stderr).toContain('change nothing');

  await send('http://api.postmarkapp.com/email', '{"To":"b@example.com"}');
  await expect.poll(costs, { timeout: 20_000 }).toEqual({ openai: 2_678_000, postmark: 2_000_000 });
}, 90_000);

test('a bill is compared, and the command ends with 1 when something differs', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const file = join(folder, 'usage.csv');
  const head = 'start_time,model,num_model_requests,input_tokens,input_cached_tokens,output_tokens\n';
  writeFileSync(file, `${head}${day},gpt-5-2025-08-07,1,2006,1920,300\n`);
  expect(await run('reconcile', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('4 figures agree') });
  writeFileSync(file, `${head}${day},gpt-5-2025-08-07,2,4012,3840,600\nsoon,x,1,1,1,1\n`);
  const differing = await run('reconcile', file, '--format', 'csv');
  expect(differing).toMatchObject({ code: 1, stderr: expect.stringContaining('usage.csv:3: “soon” is no day.') });
  expect(differing.stdout.split('\n')[1]).toBe(
    `${day},gpt-5-2025-08-07,input,4012,2006,-2006,"1 of 2 calls were not seen: made elsewhere, or past us (see coverage)."`,
  );
  // Longer than a door takes: what it says of other days does not matter.
  const long = `${day},gpt-5-2025-08-07,1,2006,1920,300\n${`2020-01-01,${'x'.repeat(60)},0,0,0,0\n`.repeat(20_000)}`;
  writeFileSync(file, head + long);
  expect(await run('reconcile', file)).toMatchObject({ code: 0, stdout: expect.stringContaining('4 figures agree') });
  expect(await run('reconcile', join(folder, 'none.csv'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no such file'),
  });
  writeFileSync(file, 'a,b\n1,2\n');
  expect(await run('reconcile', file)).toMatchObject({ code: 2, stderr: expect.stringContaining('--columns') });
}, 60_000);
