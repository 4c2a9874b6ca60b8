// openai and @anthropic-ai/sdk, streaming from stand-ins for their vendors under the vendors' real names.
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startVendor, type Route, type Vendor } from './origin.ts';
import { startWorld, type World } from './world.ts';

let world: World;
const vendors: Vendor[] = [];
const text = ['A', 'hoy', ' there'];

const stream = (answer: ServerResponse, events: [string | null, object | string][]) => {
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [event, data] of events) {
    const line = typeof data === 'string' ? data : JSON.stringify(data);
    answer.write(`${event ? `event: ${event}\n` : ''}data: ${line}\n\n`);
  }
  answer.end();
};

const openai: Route = (request, response) => {
  if (request.url !== '/v1/chat/completions') return false;
  request.resume();
  const chunk = (content: string) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content } }],
  });
  stream(response, [...text.map((part): [null, object] => [null, chunk(part)]), [null, '[DONE]']]);
  return true;
};

const anthropic: Route = (request, response) => {
  if (request.url !== '/v1/messages') return false;
  request.resume();
  const usage = { input_tokens: 9, output_tokens: 1 };
  const message = {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content: [],
    stop_reason: null,
    usage,
  };
  const events: [string, object][] = [
    ['message_start', { message }],
    ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
    ...text.map((part): [string, object] => [
      'content_block_delta',
      { index: 0, delta: { type: 'text_delta', text: part } },
    ]),
    ['content_block_stop', { index: 0 }],
    ['message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }],
    ['message_stop', {}],
  ];
  stream(
    response,
    events.map(([type, data]) => [type, { type, ...data }]),
  );
  return true;
};

beforeAll(async () => {
  world = await startWorld({
    startHosts: async (ca) => {
      vendors.push(
        await startVendor(ca, 'api.openai.com', [openai]),
        await startVendor(ca, 'api.anthropic.com', [anthropic]),
      );
      return Object.fromEntries(vendors.map(({ host, httpsPort }) => [`${host}:443`, httpsPort]));
    },
  });
});
afterAll(async () => {
  await world.stop();
  await Promise.all(vendors.map((vendor) => vendor.stop()));
});

test.each([
  ['openai', 'https://api.openai.com/v1/chat/completions', text.length + 1],
  ['anthropic', 'https://api.anthropic.com/v1/messages', text.length + 5],
])('%s streams, event by event, and its key is not kept', async (vendor, url, events) => {
  // Put together here, so that nobody takes it for a real one.
  const key = ['sk', 'test', 'abcdefghijklmnopqrstuvwxyz0123456789'].join('-');
  const program = join(import.meta.dirname, 'programs', 'llm-client.mjs');
  const ran = await world.run(vendor, [process.execPath, program, vendor], { env: { VENDOR_KEY: key } });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  expect(ran.stdout.replace(/\|+$/, '')).toBe(text.join('|'));
  const [row, ...more] = await world.calls(vendor);
  expect(more).toEqual([]);
  expect(row).toMatchObject({ app: vendor, method: 'POST', url, status: 200, failure: null, messages: events });
  const id = row?.id ?? '';
  expect(await world.body(id, 'response')).toContain('hoy');
  expect(await world.body(id, 'request')).toContain('Say ahoy.');
  const { stdout } = await world.sallyport('call', [id, '--format', 'json']);
  expect(stdout).toContain(key.slice(-4));
  expect(stdout).not.toContain(key);
});
