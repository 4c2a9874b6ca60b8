// `sallyport mock` around real clients: curl, fetch, and the SDKs of OpenAI and Stripe, which try again when a mock refuses them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sallyport } from '../harness/command.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-mock-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MODULES = pathToFileURL(join(import.meta.dirname, '../../node_modules/')).href;

/** Runs a Node program under `sallyport mock` with these mocks. */
async function mocked(mocks: string, program: string | string[], options: string[] = []) {
  const file = join(folder, 'mocks.yaml');
  writeFileSync(file, mocks);
  let command = program;
  if (typeof command === 'string') {
    writeFileSync(join(folder, 'program.mjs'), command);
    command = [process.execPath, join(folder, 'program.mjs')];
  }
  return sallyport(['mock', '--data', join(folder, 'data'), ...options, file, '--', ...command]);
}

const CHAT = `
mocks:
  - id: chat
    match: { method: POST, host: api.openai.com, path: /v1/chat/completions, body: { model: gpt-5* } }
    answer:
      json:
        id: c1
        object: chat.completion
        created: 1800000000
        model: gpt-5
        choices: [{ index: 0, finish_reason: stop, message: { role: assistant, content: Ahoy } }]
    faults: [{ kind: rate-limit, first: 2, retryAfter: 0 }]
`;

test('the SDK of OpenAI tries again as the mock’s refusals ask, and then has its answer', async () => {
  const { code, stdout, stderr } = await mocked(
    CHAT,
    `import OpenAI from '${MODULES}openai/index.mjs';
     const client = new OpenAI({ apiKey: 'none', maxRetries: 3 });
     const { choices } = await client.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] });
     console.log(choices[0].message.content);`,
    ['--strict'],
  );
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: 'Ahoy\n' });
  expect(stderr).toContain('mocked 3 calls by 1 of 1 mock in');
});

test('the SDK of Stripe does so, too; without more tries it says what a rate limit is', async () => {
  const mocks = `
mocks:
  - id: charge
    match: { host: api.stripe.com, path: '/v1/charges/{id}' }
    answer: { json: { id: ch_1, object: charge, amount: 500 } }
    faults: [{ kind: rate-limit, first: 1, retryAfter: 0 }]
`;
  const program = (retries: number) => `import Stripe from '${MODULES}stripe/esm/stripe.esm.node.js';
     const stripe = new Stripe('sk_test_none', { maxNetworkRetries: ${retries} });
     console.log(await stripe.charges.retrieve('ch_1').then(({ amount }) => amount, ({ type }) => type));`;
  expect((await mocked(mocks, program(1))).stdout).toBe('500\n');
  expect((await mocked(mocks, program(0))).stdout).toBe('StripeRateLimitError\n');
});

test('curl and what it is started by are answered, and others on the engine are not', async (context) => {
  if (spawnSync('curl', ['--version']).status !== 0) return context.skip('no curl here');
  const mocks = `
mocks:
  - { id: hello, match: { host: api.mocked.invalid, path: /hello }, answer: { body: hello } }
`;
  const { stdout, code } = await mocked(mocks, ['sh', '-c', 'curl -s https://api.mocked.invalid/hello']);
  expect({ stdout, code }).toEqual({ stdout: 'hello', code: 0 });
});

test('what nothing matches is refused and told, and --strict fails for it, and for mocks that nobody asked for', async () => {
  const mocks = `
mocks:
  - { id: used, match: { path: /used }, answer: { body: fine } }
  - { id: idle, match: { path: /idle } }
`;
  const program = `for (const path of ['used', 'other', 'other'])
     console.log((await fetch('https://api.mocked.invalid/' + path + '?secret=1')).status);`;
  const { code, stdout, stderr } = await mocked(mocks, program, ['--strict']);
  expect({ code, stdout }, stderr).toEqual({ code: 122, stdout: '200\n501\n501\n' });
  expect(stderr).toContain('mocked 1 call by 1 of 2 mocks in');
  expect(stderr).toContain('nothing matched 2 calls: GET api.mocked.invalid/other (2×)');
  expect(stderr).toContain('never asked for: idle');
  expect(stderr).not.toContain('secret=1');
  expect((await mocked(mocks, program)).code).toBe(0);
});

test('the program’s own exit code says more than --strict', async () => {
  expect((await mocked('mocks: [{ id: idle }]', 'process.exit(3)', ['--strict'])).code).toBe(3);
});

test('the same seed draws the same chances', async () => {
  const mocks = `
mocks:
  - { id: one, faults: [{ kind: status, status: 503, probability: 0.5 }] }
`;
  const program = `const seen = [];
     for (let i = 0; i < 20; i++) seen.push((await fetch('http://api.mocked.invalid/')).status);
     console.log(seen.join());`;
  const [one, other] = [await mocked(mocks, program, ['--seed', '7']), await mocked(mocks, program, ['--seed', '7'])];
  expect(one.stdout).toBe(other.stdout);
  expect(one.stdout).toContain('503');
  expect(one.stdout).toContain('200');
});

test('a mistake in the file has its place, and the program is not started', async () => {
  const { code, stdout, stderr } = await mocked(
    'mocks:\n  - id: one\n    answr: { status: 200 }\n',
    `console.log('ran')`,
  );
  expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
  expect(stderr).toMatch(/mocks\.yaml:3:5: There is no “answr” here\. Did you mean “answer”\?/);
});
