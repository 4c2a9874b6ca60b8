// What one call cost: how the sum is made, how well it is known, and what the vendor said.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NO_TOKENS, type Usage } from '../../shared/model/usage.ts';
import { makeCall } from '../fixtures/calls.ts';
import { accessibilityFindings } from './axe.ts';
import { callPage } from './pages/call.ts';
import { startScripted, type Scripted } from './scripted-workspace.ts';
import { noBrowser } from './start-workspace.ts';

const usage: Usage = {
  reader: 'anthropic-messages',
  model: 'claude-haiku-4-5-20251001',
  requestModel: 'claude-haiku-4-5',
  tier: 'standard',
  region: null,
  tokens: { ...NO_TOKENS, input: 11_500, cacheRead: 11_000, output: 850, reasoning: 350 },
  units: { web_search: 2 },
  maxOutput: 4096,
  streamed: true,
  cut: true,
  provenance: 'estimated',
  vendorNanoUsd: null,
  raw: JSON.stringify({
    input_tokens: 500,
    cache_read_input_tokens: 11_000,
    output_tokens: 850,
    server_tool_use: { web_search_requests: 2 },
  }),
  problem: null,
};
const limits = {
  signals: [
    {
      resource: 'requests',
      unit: 'requests',
      limit: 500,
      remaining: 12,
      resetAt: 1_800_000_000_000_000,
      window: 60,
      source: 'anthropic-ratelimit-requests-remaining',
    },
    {
      resource: 'input tokens',
      unit: 'tokens',
      limit: 400_000,
      remaining: 388_500,
      resetAt: null,
      window: null,
      source: 'anthropic-ratelimit-input-tokens-remaining',
    },
  ],
  throttle: 'vendor-rate',
  retryAt: 1_800_000_000_000_000,
} as const;
const known = makeCall({
  id: 1,
  method: 'POST',
  host: 'api.anthropic.com',
  path: '/v1/messages',
  endpoint: 'POST /v1/messages',
  credential: 'x-api-key:…a1b2',
  usage,
  cost: {
    nanoUsd: 25_850_000,
    provenance: 'estimated',
    price: 'anthropic/claude-haiku-4-5',
    priceVersion: 'genai-prices 0.1.8',
    vendorNanoUsd: null,
    why: null,
    lines: [
      { what: 'input', quantity: 500, priceNanoUsd: 1_000_000_000, per: 'million', nanoUsd: 500_000 },
      { what: 'cache_read', quantity: 11_000, priceNanoUsd: 100_000_000, per: 'million', nanoUsd: 1_100_000 },
      { what: 'output', quantity: 500, priceNanoUsd: 5_000_000_000, per: 'million', nanoUsd: 2_500_000 },
      {
        what: 'reasoning',
        quantity: 350,
        priceNanoUsd: 5_000_000_000,
        per: 'million',
        nanoUsd: 1_750_000,
        pricedAs: 'output',
      },
      { what: 'web_search', quantity: 2, priceNanoUsd: 10_000_000, per: 'one', nanoUsd: 20_000_000 },
    ],
  },
  limits: { ...limits, signals: [...limits.signals] },
});
const unknown = makeCall({
  id: 2,
  method: 'POST',
  host: 'api.openai.com',
  path: '/v1/chat/completions',
  usage: {
    ...usage,
    model: 'gpt-99',
    requestModel: 'gpt-99',
    cut: false,
    raw: null,
    problem: 'The parts of the input (12 tokens) are more than the whole (10).',
  },
  cost: {
    nanoUsd: null,
    provenance: 'none',
    price: null,
    priceVersion: null,
    lines: [],
    vendorNanoUsd: null,
    why: 'No price is known of the model “gpt-99”.',
  },
});

let scripted: Scripted;
beforeAll(async () => {
  if (noBrowser !== null) return;
  scripted = await startScripted();
  scripted.put([known, unknown, makeCall({ id: 3 })]);
});
afterAll(async () => {
  if (noBrowser === null) await scripted.stop();
});

for (const theme of ['dark', 'light'] as const)
  test(`a cost is shown with its lines, its price and how well it is known (${theme})`, async (context) => {
    if (noBrowser !== null) return context.skip(noBrowser);
    const page = await scripted.open('call?id=1', { theme, height: 1100 });
    const call = callPage(page);
    await call.panel.getByLabel('Cost $0.0258').waitFor();
    await call.tab('Cost').click();
    const cost = call.panel.getByRole('region', { name: 'Cost', exact: true });
    await cost.getByText('$0.02585').first().waitFor();
    await cost.getByText('estimated', { exact: true }).waitFor();
    await cost.getByText('anthropic/claude-haiku-4-5').waitFor();
    const row = await cost.getByRole('row', { name: /^reasoning/ }).innerText();
    expect(row).toBe('reasoning\t350\t$5.00 per million, priced as output\t$0.00175');
    const told = call.panel.getByRole('region', { name: 'Limits the vendor told' });
    await told.getByText('The vendor’s rate limit was reached; waiting helps.').waitFor();
    expect(await told.getByRole('row', { name: /^requests/ }).innerText()).toContain('12 of 500 requests left');
    await call.panel.getByRole('region', { name: 'What the vendor said' }).getByText('web_search_requests').waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
  });

test('a cost that nobody knows is said in words with the reason, and is no number', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('call?id=2');
  const call = callPage(page);
  await call.tab('Cost').click();
  const cost = call.panel.getByRole('region', { name: 'Cost', exact: true });
  await cost.getByText('No price is known of the model “gpt-99”.').waitFor();
  expect(await cost.innerText()).not.toContain('$');
  await call.panel.getByText('The parts of the input (12 tokens)').waitFor();
});

test('a call that nobody meters has no such part', async (context) => {
  if (noBrowser !== null) return context.skip(noBrowser);
  const page = await scripted.open('call?id=3');
  await callPage(page).tab('Timing').waitFor();
  expect(await callPage(page).tab('Cost').count()).toBe(0);
});
