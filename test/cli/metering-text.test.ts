// Rule: `call ID` says what a call used and cost to the last digit, why a cost is not known, and what the vendor said of limits.
import { expect, test } from 'vitest';
import { meteringText } from '../../electron/cli/metering-text.ts';
import { NO_TOKENS, type Usage } from '../../shared/model/usage.ts';
import { makeCall } from '../fixtures/calls.ts';

const usage: Usage = {
  reader: 'anthropic-messages',
  model: 'claude-haiku-4-5',
  requestModel: 'claude-haiku',
  tier: 'standard',
  region: null,
  tokens: { ...NO_TOKENS, input: 1500, cacheRead: 1000, output: 50 },
  units: { web_search: 2 },
  maxOutput: 1024,
  streamed: true,
  cut: true,
  provenance: 'estimated',
  vendorNanoUsd: null,
  raw: null,
  problem: 'Odd\u001b[31m.',
};
const call = makeCall({
  usage,
  cost: {
    nanoUsd: 850_000,
    provenance: 'estimated',
    price: 'anthropic/claude-haiku-4-5',
    priceVersion: 'genai-prices 0.1.8',
    vendorNanoUsd: null,
    why: null,
    lines: [
      { what: 'input', quantity: 500, priceNanoUsd: 1_000_000_000, per: 'million', nanoUsd: 500_000 },
      { what: 'cache_read', quantity: 1000, priceNanoUsd: 100_000_000, per: 'million', nanoUsd: 100_000 },
      {
        what: 'reasoning',
        quantity: 50,
        priceNanoUsd: 5_000_000_000,
        per: 'million',
        nanoUsd: 250_000,
        pricedAs: 'output',
      },
    ],
  },
  limits: {
    signals: [
      {
        resource: 'requests',
        unit: 'requests',
        limit: 500,
        remaining: 499,
        resetAt: 1_700_000_000_000_000,
        window: null,
        source: 'x-ratelimit-remaining',
      },
    ],
    throttle: 'vendor-rate',
    retryAt: 1_700_000_001_000_000,
  },
});

test('a call with everything', () => {
  expect(
    meteringText(call)
      .map((part) => part.join('\n'))
      .join('\n\n'),
  ).toBe(
    [
      'Cost  ~$0.00085  by anthropic/claude-haiku-4-5 (genai-prices 0.1.8)',
      '  Worked out here: the answer was cut, or the vendor does not say what was used.',
      '  input               500 × $1.00 per million              $0.0005',
      '  input from cache  1,000 × $0.10 per million              $0.0001',
      '  reasoning            50 × $5.00 per million, as output  $0.00025',
      '',
      'Usage  claude-haiku-4-5, asked for as claude-haiku, standard tier, the answer was cut, read as anthropic-messages',
      '  read 1,500 tokens, of these from cache 1,000',
      '  written 50 tokens',
      '  at most 1,024 tokens of answer were allowed',
      '  web search 2',
      '  Odd␛[31m.',
      '',
      'Limits',
      '  The vendor’s rate limit was reached; waiting helps.',
      '  It said to come back at 2023-11-14T22:13:21.000Z.',
      '  requests  499 of 500 requests left, all of it again at 2023-11-14T22:13:20.000Z  (x-ratelimit-remaining)',
    ].join('\n'),
  );
});

test('an unknown cost says why, and is no number; a call that nobody meters says nothing', () => {
  const unknown = makeCall({
    cost: {
      nanoUsd: null,
      provenance: 'none',
      price: null,
      priceVersion: null,
      lines: [],
      vendorNanoUsd: null,
      why: 'No price is known of “gpt-9”.',
    },
  });
  expect(meteringText(unknown)).toEqual([['Cost  unknown', '  No price is known of “gpt-9”.']]);
  expect(meteringText(makeCall())).toEqual([]);
});
