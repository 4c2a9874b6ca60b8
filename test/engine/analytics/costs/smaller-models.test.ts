// A smaller model that is named has to exist, to have a price, and to cost less than the one it stands in for.
import { expect, test } from 'vitest';
import { smallerModel, smallerModels } from '../../../../electron/engine/analytics/costs/waste/smaller-models.ts';
import { createPriceBook } from '../../../../shared/ledger/create-price-book.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { NO_TOKENS } from '../../../../shared/model/usage.ts';
import { handCall, MONDAY, usageOf } from '../../../fixtures/cost-rows.ts';

const prices = createPriceBook();
await prices.prepare();

const HOSTS: Record<string, string> = {
  openai: 'api.openai.com',
  anthropic: 'api.anthropic.com',
  google: 'generativelanguage.googleapis.com',
  mistral: 'api.mistral.ai',
  xai: 'api.x.ai',
  cohere: 'api.cohere.com',
};

/** A thousand tokens read and a hundred written. */
function costOf(vendor: string, model: string): number | null {
  const call = handCall({ model, usage: { tokens: { ...NO_TOKENS, input: 1000, output: 100 } } });
  const { endpoint, method, path, app, credential, status } = call;
  const priced = prices.price({
    vendor,
    service: null,
    host: HOSTS[vendor] ?? '',
    endpoint,
    method,
    path,
    app,
    credential,
    status,
    startedAt: MONDAY,
    usage: usageOf(call),
  });
  return priced?.nanoUsd ?? null;
}

test('every vendor of the list is the catalogue’s', () => {
  const catalogue = createCatalogue();
  for (const { vendor } of smallerModels())
    expect(catalogue.recognise(HOSTS[vendor] ?? '')?.vendor.id, vendor).toBe(vendor);
});

test.each(smallerModels())('$vendor $model has a price', ({ vendor, model }) => {
  expect(costOf(vendor, model)).toBeGreaterThan(0);
});

test.each([
  ['openai', 'gpt-5'],
  ['openai', 'gpt-5.1'],
  ['openai', 'gpt-4o-2024-08-06'],
  ['openai', 'gpt-4-turbo'],
  ['openai', 'o3'],
  ['openai', 'o1'],
  ['anthropic', 'claude-opus-4-1-20250805'],
  ['anthropic', 'claude-sonnet-4-5-20250929'],
  ['anthropic', 'claude-3-opus-20240229'],
  ['google', 'gemini-2.5-pro'],
  ['google', 'gemini-2.5-flash'],
  ['mistral', 'mistral-large-latest'],
  ['xai', 'grok-3'],
  ['cohere', 'command-r-plus'],
])('%s %s costs more than its smaller one', (vendor, model) => {
  const small = smallerModel(vendor, model);
  expect(costOf(vendor, small ?? '')).toBeLessThan(costOf(vendor, model) ?? 0);
});

test.each([
  ['openai', 'gpt-4o-mini'],
  ['openai', 'gpt-5-nano'],
  ['openai', 'o4-mini'],
  ['anthropic', 'claude-haiku-4-5'],
  ['constructor', 'gpt-5'],
])('%s %s has none', (vendor, model) => expect(smallerModel(vendor, model)).toBeNull());
