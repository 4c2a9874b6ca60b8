// Rule: from the vendor's answer to the bill: the published mistakes of other ledgers are not made here.
import { beforeAll, expect, test } from 'vitest';
import { createPriceBook } from '../../../../shared/ledger/create-price-book.ts';
import { usageReaderFor } from '../../../../shared/vendors/usage/readers.ts';
import { headOf, json, sse, type UsageFixture } from '../../../fixtures/usage/usage-fixture.ts';

const book = createPriceBook();
beforeAll(() => book.prepare());

const claude = (model: string, first: object, last: object): Omit<UsageFixture, 'name' | 'usage'> => ({
  host: 'api.anthropic.com',
  path: '/v1/messages',
  request: json({ model, max_tokens: 4096, stream: true, messages: [] }),
  type: 'text/event-stream',
  response: sse(
    [
      { type: 'message_start', message: { type: 'message', model, usage: first } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: last },
      { type: 'message_stop' },
    ],
    { named: true },
  ),
});

test.each<[string, string, Omit<UsageFixture, 'name' | 'usage'>, number]>([
  [
    'LiteLLM #9812: cache writes are charged once',
    'anthropic',
    claude(
      'claude-3-7-sonnet-20250219',
      { input_tokens: 3, cache_creation_input_tokens: 12_304, cache_read_input_tokens: 0, output_tokens: 1 },
      { output_tokens: 550 },
    ),
    54_399_000,
  ],
  [
    'LiteLLM #11789: cache reads of a stream have their own price',
    'anthropic',
    claude(
      'claude-3-5-haiku-20241022',
      { input_tokens: 4, cache_creation_input_tokens: 0, cache_read_input_tokens: 2455, output_tokens: 1 },
      { output_tokens: 23 },
    ),
    291_600,
  ],
  [
    'Bifrost #3451: what the last event repeats is not added',
    'anthropic',
    claude(
      'claude-opus-4-7',
      { input_tokens: 6, cache_creation_input_tokens: 159_217, cache_read_input_tokens: 0, output_tokens: 2 },
      { input_tokens: 6, cache_creation_input_tokens: 159_217, cache_read_input_tokens: 0, output_tokens: 2745 },
    ),
    1_063_761_250,
  ],
  [
    'Bifrost #904: cached tokens are inside of the prompt',
    'openai',
    {
      host: 'api.openai.com',
      path: '/v1/chat/completions',
      request: json({ model: 'gpt-5', messages: [] }),
      type: 'application/json',
      response: json({
        object: 'chat.completion',
        model: 'gpt-5-2025-08-07',
        choices: [],
        usage: {
          prompt_tokens: 51_232 + 1_188_096,
          completion_tokens: 12_909,
          total_tokens: 51_232 + 1_188_096 + 12_909,
          prompt_tokens_details: { cached_tokens: 1_188_096 },
        },
      }),
    },
    341_642_000,
  ],
  [
    'an hour’s cache costs twice the input, and three searches their own fee',
    'anthropic',
    claude(
      'claude-opus-4-5-20251101',
      {
        input_tokens: 100,
        cache_creation_input_tokens: 10_000,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 10_000 },
        output_tokens: 1,
      },
      { output_tokens: 50, server_tool_use: { web_search_requests: 3 } },
    ),
    131_750_000,
  ],
])('%s', (name, vendor, exchange, nanoUsd) => {
  const fixture: UsageFixture = { name, ...exchange, usage: {} };
  const head = headOf(fixture, false);
  const reading = usageReaderFor(head)!.start(head);
  reading.request(fixture.request);
  reading.answered(headOf(fixture, true));
  reading.response(fixture.response);
  const usage = reading.end({ cut: false, missed: false, requestBytes: 0, responseBytes: 0, countTokens: () => 0 });
  const cost = book.price({
    vendor,
    service: 'api',
    host: fixture.host,
    method: 'POST',
    path: fixture.path,
    endpoint: null,
    status: 200,
    app: null,
    credential: null,
    startedAt: Date.UTC(2026, 10, 20) * 1000,
    usage,
  });
  expect(cost).toMatchObject({ nanoUsd, provenance: 'reported' });
});
