import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '../../../shared/model/call.ts';
import { startEngine, type EngineUnderTest } from '../../harness/engine-under-test.ts';
import { createTestCa } from '../../harness/test-ca.ts';
import { events, startModelOrigin, type Answer, type Asked, type ModelOrigin } from './model-origin.ts';

const HOSTS = ['api.openai.com', 'api.anthropic.com'];
const keys = {
  openai: ['sk', 'proj', 'a'.repeat(40), 'Zq9d'].join('-'),
  anthropic: ['sk', 'ant', 'b'.repeat(40), 'Xw3k'].join('-'),
};

let engine: EngineUnderTest;
let origin: ModelOrigin;
let folder: string;

beforeAll(async () => {
  const ca = createTestCa();
  origin = await startModelOrigin(ca, answer);
  engine = await startEngine({
    connectTo: HOSTS.map((host) => ({ host, port: 0, toHost: '127.0.0.1', toPort: origin.port })),
    upstreamCa: [ca.pem],
  });
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sdk-'));
  writeFileSync(join(folder, 'ca.pem'), engine.caPem);
});

afterAll(async () => {
  await engine.stop();
  await origin.stop();
  rmSync(folder, { recursive: true, force: true });
});

const CHAT_USAGE = {
  prompt_tokens: 2006,
  completion_tokens: 300,
  total_tokens: 2306,
  prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 0 },
};
const ANTHROPIC_USAGE = {
  input_tokens: 100,
  cache_read_input_tokens: 20_000,
  cache_creation_input_tokens: 5000,
  cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 4000 },
  service_tier: 'standard',
};

function answer({ host, path, body }: Asked): Answer {
  const streamed = body['stream'] === true;
  if (path.endsWith('/chat/completions')) {
    const common = { id: 'chatcmpl-1', created: 1, model: 'gpt-5-mini-2025-08-07', service_tier: 'default' };
    if (!streamed)
      return {
        json: {
          ...common,
          object: 'chat.completion',
          choices: [{ index: 0, message: { role: 'assistant', content: 'They listen.' }, finish_reason: 'stop' }],
          usage: CHAT_USAGE,
        },
        gzip: true,
      };
    const chunk = (delta: object, finish: string | null = null): object => ({
      ...common,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finish }],
      usage: null,
    });
    return {
      pieces: events(
        [
          chunk({ role: 'assistant', content: '' }),
          ...Array.from({ length: 50 }, () => chunk({ content: 'word ' })),
          chunk({}, 'stop'),
          { ...common, object: 'chat.completion.chunk', choices: [], usage: CHAT_USAGE },
        ],
        true,
      ),
      gzip: true,
    };
  }
  if (path.endsWith('/responses')) {
    const response = { id: 'resp_1', object: 'response', model: 'gpt-5-2025-08-07', status: 'in_progress', output: [] };
    return {
      pieces: events([
        { type: 'response.created', response: { ...response, usage: null } },
        { type: 'response.output_text.delta', delta: 'Hello', item_id: 'm', output_index: 0, content_index: 0 },
        {
          type: 'response.completed',
          response: {
            ...response,
            status: 'completed',
            // Longer than what is kept of bodies: what was used comes behind it.
            output: [
              { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'x'.repeat(1_500_000) }] },
            ],
            usage: {
              input_tokens: 328,
              input_tokens_details: { cached_tokens: 0 },
              output_tokens: 52,
              output_tokens_details: { reasoning_tokens: 20 },
              total_tokens: 380,
            },
          },
        },
      ]),
    };
  }
  expect(host).toContain('anthropic');
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5-20250929', content: [] };
  if (!streamed)
    return {
      json: {
        ...message,
        content: [{ type: 'text', text: 'They listen.' }],
        usage: { ...ANTHROPIC_USAGE, output_tokens: 503 },
      },
    };
  const begin = [
    { type: 'message_start', message: { ...message, usage: { ...ANTHROPIC_USAGE, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: 'A proxy is a friend that listens. '.repeat(20) },
    },
  ];
  if (aborts) return { pieces: events(begin), hang: true };
  return {
    pieces: events([
      ...begin,
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 503 } },
      { type: 'message_stop' },
    ]),
  };
}
let aborts = false;

/** Runs steps of the program through the proxy; gives the calls that it made, oldest first. */
async function run(...steps: string[]): Promise<Call[]> {
  const before = (await engine.calls()).length;
  const program = spawn(process.execPath, [fileURLToPath(new URL('sdk-calls.ts', import.meta.url)), ...steps], {
    env: {
      PATH: process.env['PATH'],
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: `http://127.0.0.1:${engine.proxyPort}`,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      OPENAI_KEY: keys.openai,
      ANTHROPIC_KEY: keys.anthropic,
    },
  });
  let said = '';
  for (const stream of [program.stdout, program.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  await new Promise((resolve) => {
    program.on('close', resolve);
  });
  expect(said).toContain('done');
  await engine.waitForCall((row) => row.id > before && row.state === 'closed');
  const rows = (await engine.calls()).slice(before);
  return Promise.all(rows.map(({ id }) => engine.call(id)));
}

const CLAUDE = {
  reader: 'anthropic-messages',
  model: 'claude-sonnet-4-5-20250929',
  requestModel: 'claude-sonnet-4-5',
  tier: 'standard',
  maxOutput: 600,
};
const CLAUDE_INPUT = { input: 25_100, cacheRead: 20_000, cacheWrite: 5000, cacheWrite5m: 1000, cacheWrite1h: 4000 };

describe('what the clients of OpenAI and Anthropic use', () => {
  it('is known of whole answers, and what that cost to the nano-dollar', async () => {
    const [chat, message] = await run('whole');
    expect(chat?.usage).toMatchObject({
      reader: 'openai-chat',
      model: 'gpt-5-mini-2025-08-07',
      requestModel: 'gpt-5-mini',
      tier: 'standard',
      tokens: { input: 2006, cacheRead: 1920, output: 300, reasoning: 64 },
      maxOutput: 500,
      streamed: false,
      cut: false,
      provenance: 'reported',
      problem: null,
    });
    expect(chat?.cost).toMatchObject({ nanoUsd: 669_500, provenance: 'reported' });
    expect(chat?.endpoint).toBe('POST /v1/chat/completions');
    expect(message).toMatchObject({
      endpoint: 'POST /v1/messages',
      apiVersion: expect.stringMatching(/^20\d\d-\d\d-\d\d$/) as string,
    });
    expect(chat?.credential).toMatch(/^Bearer \*\*\*Zq9d\([0-9a-z]+\)$/);
    expect(message?.usage).toMatchObject({
      ...CLAUDE,
      tokens: { ...CLAUDE_INPUT, output: 503 },
      provenance: 'reported',
    });
    expect(message?.cost).toMatchObject({ nanoUsd: 41_595_000 });
    expect(message?.credential).toMatch(/\*\*\*Xw3k\([0-9a-z]+\)$/);
  });

  it('is known of streams, also behind what is kept of bodies', async () => {
    const [chat, response, message] = await run('streamed');
    expect(chat?.usage).toMatchObject({
      streamed: true,
      cut: false,
      provenance: 'reported',
      tokens: { input: 2006, output: 300 },
    });
    expect(chat?.cost?.nanoUsd).toBe(669_500);
    expect(response?.usage).toMatchObject({
      reader: 'openai-responses',
      tokens: { input: 328, output: 52, reasoning: 20 },
      provenance: 'reported',
    });
    expect(response?.responseBody).toMatchObject({ capturedBytes: 1024 * 1024, truncated: 'limit' });
    expect(message?.usage).toMatchObject({
      ...CLAUDE,
      streamed: true,
      cut: false,
      tokens: { ...CLAUDE_INPUT, output: 503 },
    });
    expect(message?.cost?.nanoUsd).toBe(41_595_000);
  });

  it('is never nothing when the caller goes in the middle', async () => {
    aborts = true;
    const [message] = await run('aborted');
    aborts = false;
    expect(message?.failure?.kind).toBe('client-left');
    expect(message?.usage).toMatchObject({ ...CLAUDE, cut: true, provenance: 'partial', tokens: CLAUDE_INPUT });
    expect(message?.usage?.tokens?.output).toBe(161);
    expect(message?.cost?.provenance).toBe('partial');
    expect(message?.cost?.nanoUsd).toBe(34_050_000 + 161 * 15_000);
  });
});
