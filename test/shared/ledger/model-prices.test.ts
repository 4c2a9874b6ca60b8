// Rule: what a call of a model costs is what its vendor bills, to the nano-dollar; what is not known is null and says why.
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { TABLES_VERSION } from '../../../shared/ledger/model-tables.ts';
import type { PricedCall } from '../../../shared/ledger/price-book.ts';
import type { Cost } from '../../../shared/model/money.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import { AT, callOf, usageOf } from './priced-calls.ts';

const book = createPriceBook();
beforeAll(() => book.prepare());

const price = (at: Partial<PricedCall>, usage: Usage, more: Partial<PricedCall> = {}): Cost =>
  book.price(callOf({ ...at, ...more, usage })) ?? expect.fail('nothing is said of what it costs');
const dollars = (text: string): number => Math.round(Number(text) * 1e9);
const at = (text: string): { startedAt: number } => ({ startedAt: Date.parse(text) * 1000 });

describe('published cases of other ledgers’ mistakes come out as the vendor billed them', () => {
  test.each<[string, Partial<PricedCall>, Usage, string]>([
    // LiteLLM #9812: cache writes charged twice, $0.0913; the console said $0.05439.
    [
      'cache writes once',
      AT.anthropic,
      usageOf('claude-3-7-sonnet-20250219', { input: 12_307, cacheWrite: 12_304, cacheRead: 0, output: 550 }),
      '0.054399',
    ],
    // LiteLLM #11789: cache reads of a stream at the full price, $0.002059.
    [
      'cache reads at their price',
      AT.anthropic,
      usageOf('claude-3-5-haiku-20241022', { input: 2459, cacheRead: 2455, output: 23 }, { streamed: true }),
      '0.0002916',
    ],
    // Bifrost #3451: cache writes inside and beside the input, $1.8598.
    [
      'inside, not beside',
      AT.anthropic,
      usageOf('claude-opus-4-7', { input: 159_223, cacheWrite: 159_217, output: 2745 }, { streamed: true }),
      '1.06376125',
    ],
    // Bifrost #904: cached tokens as plain ones, $1.68.
    [
      'cached is not plain input',
      AT.openai,
      usageOf('gpt-5-2025-08-07', { input: 51_232 + 1_188_096, cacheRead: 1_188_096, output: 12_909 }),
      '0.341642',
    ],
  ])('%s', (_, call, usage, expected) => {
    const cost = price(call, usage);
    expect(cost).toMatchObject({ nanoUsd: dollars(expected), provenance: 'reported' });
  });
});

describe('calls worked out by hand', () => {
  test.each<[string, Partial<PricedCall>, Usage, string]>([
    ['gpt-5', AT.openai, usageOf('gpt-5', { input: 2006, cacheRead: 1920, output: 300 }), '0.0033475'],
    [
      'gpt-5-mini',
      AT.openai,
      usageOf('gpt-5-mini-2025-08-07', { input: 2006, cacheRead: 1920, output: 300 }),
      '0.0006695',
    ],
    [
      'both lifetimes of a cache',
      AT.anthropic,
      usageOf('claude-sonnet-4-5-20250929', {
        input: 25_100,
        cacheRead: 20_000,
        cacheWrite: 5000,
        cacheWrite5m: 1000,
        cacheWrite1h: 4000,
        output: 503,
      }),
      '0.041595',
    ],
    [
      'an hour’s cache and three searches',
      AT.anthropic,
      usageOf(
        'claude-opus-4-5-20251101',
        { input: 10_100, cacheWrite: 10_000, cacheWrite1h: 10_000, output: 50 },
        { units: { web_search: 3 } },
      ),
      '0.13175',
    ],
    [
      'gemini, half cached',
      AT.gemini,
      usageOf('gemini-2.5-flash', { input: 1000, cacheRead: 600, output: 500, reasoning: 300 }),
      '0.001388',
    ],
    [
      'gemini with tools',
      AT.gemini,
      usageOf('models/gemini-2.5-flash', { input: 1050, cacheRead: 400, output: 210, reasoning: 200 }),
      '0.000732',
    ],
    [
      'grok thinks beside what it writes',
      AT.xai,
      usageOf('grok-4-0709', { input: 0, output: 310, reasoning: 300 }),
      '0.00465',
    ],
    [
      'bedrock in one region',
      AT.bedrock,
      usageOf(null, { input: 100_000, output: 0 }, { requestModel: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }),
      '0.33',
    ],
    [
      'bedrock anywhere',
      AT.bedrock,
      usageOf(
        null,
        { input: 100_000, output: 0 },
        { requestModel: 'global.anthropic.claude-sonnet-4-5-20250929-v1:0' },
      ),
      '0.30',
    ],
    [
      'an inference profile by its address',
      AT.bedrock,
      usageOf(
        'claude-sonnet-4-5-20250929',
        { input: 100_000, output: 0 },
        {
          requestModel:
            'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
        },
      ),
      '0.33',
    ],
    ['an hour of speech', AT.openai, usageOf('whisper-1', null, { units: { audio_seconds: 3600 } }), '0.36'],
    ['a second and a half of it', AT.openai, usageOf('whisper-1', null, { units: { audio_seconds: 1.5 } }), '0.00015'],
    [
      'ten minutes at a third of a cent',
      AT.groq,
      usageOf('whisper-large-v3-turbo', null, { units: { audio_seconds: 3600 } }),
      '0.04',
    ],
    ['pages', AT.mistral, usageOf('mistral-ocr-2512', null, { units: { pages: 3 } }), '0.006'],
    [
      'pictures by size and quality',
      AT.openai,
      usageOf('dall-e-3', null, { units: { 'images/1792x1024/hd': 2 } }),
      '0.24',
    ],
    ['read aloud by the character', AT.openai, usageOf('tts-1-hd', null, { units: { characters: 1234 } }), '0.03702'],
    ['ranking by the search', AT.cohere, usageOf('rerank-v3.5', null, { units: { rerank_units: 4 } }), '0.008'],
    [
      'a fee by what is searched',
      AT.perplexity,
      usageOf('sonar', { input: 1000, output: 500 }, { units: { 'requests/low': 1 } }),
      '0.0065',
    ],
    [
      'tools of the answer',
      AT.openai,
      usageOf('gpt-5', { input: 1000, output: 100 }, { units: { web_search: 2, file_search: 1, code_session: 1 } }),
      '0.05475',
    ],
    [
      'speech in and out',
      AT.openai,
      usageOf('gpt-realtime', {
        input: 1500,
        cacheRead: 600,
        audioIn: 1000,
        cacheReadAudio: 500,
        output: 300,
        audioOut: 200,
      }),
      // 400 text × 4, 100 cached text × 0.4, 500 cached audio × 0.4, 500 audio × 32, 100 text × 16, 200 audio × 64
      '0.03224',
    ],
  ])('%s', (_, call, usage, expected) => {
    expect(price(call, usage)).toMatchObject({ nanoUsd: dollars(expected), provenance: 'reported' });
  });

  test('every line is its own figures multiplied, and the cost is their sum', () => {
    const cost = price(
      AT.anthropic,
      usageOf('claude-sonnet-4-5-20250929', { input: 2100, cacheRead: 2000, output: 503, reasoning: 400 }),
    );
    expect(cost).toMatchObject({ price: 'anthropic/claude-sonnet-4-5', priceVersion: TABLES_VERSION, why: null });
    expect(cost.lines).toEqual([
      { what: 'input', quantity: 100, priceNanoUsd: 3_000_000_000, per: 'million', nanoUsd: 300_000 },
      { what: 'cache_read', quantity: 2000, priceNanoUsd: 300_000_000, per: 'million', nanoUsd: 600_000 },
      { what: 'output', quantity: 103, priceNanoUsd: 15_000_000_000, per: 'million', nanoUsd: 1_545_000 },
      {
        what: 'reasoning',
        quantity: 400,
        priceNanoUsd: 15_000_000_000,
        per: 'million',
        nanoUsd: 6_000_000,
        pricedAs: 'output',
      },
    ]);
    expect(cost.nanoUsd).toBe(8_445_000);
  });
});

describe('the price is the one in force', () => {
  test('the whole request moves to the tier that all of its input reaches, cache included', () => {
    const below = price(
      AT.anthropic,
      usageOf('claude-sonnet-4-5', { input: 200_000, cacheRead: 150_000, output: 1000 }),
    );
    const above = price(
      AT.anthropic,
      usageOf('claude-sonnet-4-5', { input: 200_001, cacheRead: 150_000, output: 1000 }),
    );
    expect(below.nanoUsd).toBe(dollars('0.21'));
    expect(above.nanoUsd).toBe(dollars('0.412506'));
  });

  test('calls cost what was asked on their day', () => {
    const usage = usageOf('claude-sonnet-4-6', { input: 300_000, output: 0 });
    expect(price(AT.anthropic, usage, at('2026-03-12T23:59:59Z')).nanoUsd).toBe(dollars('1.8'));
    expect(price(AT.anthropic, usage, at('2026-03-13T00:00:00Z')).nanoUsd).toBe(dollars('0.9'));
  });

  test('and at their hour, from the day on that hours matter, and not at DeepSeek’s weekends', () => {
    const usage = usageOf('deepseek-v4-pro', { input: 1_000_000, output: 0 });
    expect(price(AT.deepseek, usage, at('2026-08-10T02:00:00Z')).nanoUsd).toBe(dollars('0.435'));
    expect(price(AT.deepseek, usage, at('2026-08-18T02:00:00Z')).nanoUsd).toBe(dollars('1.32'));
    expect(price(AT.deepseek, usage, at('2026-08-18T05:00:00Z')).nanoUsd).toBe(dollars('0.66'));
    // A Saturday in Beijing.
    expect(price(AT.deepseek, usage, at('2026-09-05T02:00:00Z')).nanoUsd).toBe(dollars('0.66'));
  });

  test('tiers of service have theirs, and one that nobody knows is said to be a guess', () => {
    const half = usageOf('gpt-5', { input: 1_000_000, output: 100_000 }, { tier: 'batch' });
    expect(price(AT.openai, half)).toMatchObject({
      nanoUsd: dollars('1.125'),
      price: 'openai/gpt-5 batch',
      provenance: 'reported',
    });
    const twice = usageOf('gpt-5', { input: 1_000_000, output: 100_000 }, { tier: 'priority' });
    expect(price(AT.openai, twice).nanoUsd).toBe(dollars('4.5'));
    const cached = usageOf('claude-sonnet-4-5', { input: 1000, cacheRead: 900, output: 10 }, { tier: 'batch' });
    expect(price(AT.anthropic, cached).nanoUsd).toBe(dollars('0.00036'));
    const strange = usageOf('gpt-5-pro', { input: 1000, output: 0 }, { tier: 'priority' });
    expect(price(AT.openai, strange)).toMatchObject({ nanoUsd: dollars('0.015'), provenance: 'estimated' });
  });

  test('the model is the answer’s: what an alias in the request means moves', () => {
    const usage = usageOf('gpt-4o-2024-05-13', { input: 1_000_000, output: 0 }, { requestModel: 'gpt-4o-mini' });
    expect(price(AT.openai, usage)).toMatchObject({ nanoUsd: dollars('5') });
  });
});

describe('what is not known is not 0', () => {
  test('an unknown model costs unknown, and says so', () => {
    const cost = price(AT.openai, usageOf('gpt-99-turbo', { input: 10, output: 10 }));
    expect(cost).toMatchObject({ nanoUsd: null, provenance: 'none', price: null, lines: [] });
    expect(cost.why).toContain('gpt-99-turbo');
  });

  test('so does one at a vendor without a price list, and one whose answer says nothing that has a price', () => {
    const elsewhere = price(
      { vendor: 'example.com', host: 'llm.example.com' },
      usageOf('gpt-5', { input: 10, output: 1 }),
    );
    expect(elsewhere).toMatchObject({ nanoUsd: null });
    // Sold by the minute, and the answer says tokens only.
    const whisper = price(AT.openai, usageOf('whisper-1', { input: 10, output: 10 }));
    expect(whisper).toMatchObject({ nanoUsd: null, provenance: 'none' });
    expect(price(AT.openai, usageOf('dall-e-3', null, { units: { 'images/999x1/hd': 1 } })).nanoUsd).toBeNull();
  });

  test('Google’s other services are no models', () => {
    const usage = usageOf('gemini-2.5-flash', { input: 10, output: 1 });
    expect(price({ vendor: 'google', host: 'maps.googleapis.com', path: '/maps/api' }, usage).nanoUsd).toBeNull();
    expect(price({ vendor: 'google', host: 'europe-west4-aiplatform.googleapis.com' }, usage).nanoUsd).toBe(5500);
  });

  test('a part without a price makes the cost a partial one', () => {
    const cost = price(
      AT.anthropic,
      usageOf('claude-opus-4-5', { input: 1000, output: 0 }, { units: { code_session: 2 } }),
    );
    expect(cost).toMatchObject({ nanoUsd: dollars('0.005'), provenance: 'partial' });
    expect(cost.why).toContain('code_session');
  });

  test('pictures that a tool made are charged for besides; those of a model that makes them are its tokens', () => {
    const tool = price(AT.openai, usageOf('gpt-5', { input: 1000, output: 10 }, { units: { images: 1 } }));
    expect(tool).toMatchObject({ provenance: 'partial', why: expect.stringContaining('images') });
    const model = price(
      AT.openai,
      usageOf('gpt-image-1', { input: 50, output: 1056 }, { units: { 'images/1024x1024/medium': 1 } }),
    );
    expect(model).toMatchObject({ nanoUsd: dollars('0.04249'), provenance: 'reported' });
    const unsaid = price(AT.openai, usageOf('gpt-image-1', null, { units: { 'images/1024x1024/medium': 1 } }));
    expect(unsaid).toMatchObject({ nanoUsd: dollars('0.042') });
  });

  test('a part larger than its whole is said, and nothing becomes negative', () => {
    const cost = price(AT.openai, usageOf('gpt-5', { input: 100, cacheRead: 1000, output: 10 }));
    expect(cost).toMatchObject({ nanoUsd: 125_000 + 100_000, provenance: 'partial' });
    expect(cost.why).toContain('more than the whole');
  });

  test('a price taken from the whole is said on its line', () => {
    const cost = price(AT.openrouter, usageOf('openai/gpt-4', { input: 100, cacheRead: 50, output: 0 }));
    expect(cost.lines[1]).toMatchObject({ what: 'cache_read', pricedAs: 'input' });
    expect(cost.why).toContain('cache_read');
  });

  test('what was worked out stays an estimate', () => {
    const usage = usageOf('gpt-5', { input: 100, output: 10 }, { provenance: 'estimated', cut: true });
    expect(price(AT.openai, usage).provenance).toBe('estimated');
  });

  test('calls of models that come before the tables are unknown, not free', () => {
    const early = createPriceBook().price(callOf({ usage: usageOf('gpt-5', { input: 1, output: 1 }) }));
    expect(early).toMatchObject({ nanoUsd: null, provenance: 'none' });
    expect(early?.why).toContain('reprice');
  });

  test('nothing is said of calls that nobody metered', () => {
    expect(book.price(callOf({}))).toBeNull();
  });
});

test('what the vendor says it charged goes before our sum, which stays on the lines', () => {
  const usage = usageOf('openai/gpt-4o', { input: 1000, output: 100 }, { vendorNanoUsd: 3_333_333 });
  const cost = price(AT.openrouter, usage);
  expect(cost).toMatchObject({ nanoUsd: 3_333_333, vendorNanoUsd: 3_333_333, provenance: 'reported' });
  expect(cost.lines.reduce((sum, line) => sum + line.nanoUsd, 0)).toBe(dollars('0.0035'));
  const unlisted = price(AT.openrouter, { ...usage, model: 'nobody/knows' });
  expect(unlisted).toMatchObject({ nanoUsd: 3_333_333, lines: [] });
});

test('what is reserved for a call is at least what it comes to', () => {
  const usage = usageOf('claude-sonnet-4-5', null);
  const ceiling = book.ceiling(callOf({ ...AT.anthropic, usage }), 1000, 500);
  // All of it written to an hour’s cache.
  expect(ceiling).toBe(dollars('0.0135'));
  expect(book.ceiling(callOf({ usage: usageOf('gpt-99', null) }), 10, 10)).toBeNull();
});

test('the version that calls are marked with is that of the package', () => {
  const pinned = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  expect(TABLES_VERSION).toBe(`genai-prices ${pinned.dependencies['@pydantic/genai-prices']}`);
});

test('what a vendor refuses costs nothing where an answer would have cost something; else it stays unknown', () => {
  const book = createPriceBook();
  const refused = {
    service: null,
    method: 'POST',
    endpoint: null,
    app: null,
    credential: null,
    startedAt: 1_763_892_000_000_000,
    usage: null,
  };
  const price = (vendor: string, host: string, path: string, status: number) =>
    book.price({ ...refused, vendor, host, path, status })?.nanoUsd;
  expect(price('openai', 'api.openai.com', '/v1/chat/completions', 429)).toBe(0);
  expect(price('anthropic', 'api.anthropic.com', '/v1/messages', 529)).toBe(0);
  expect(price('stripe', 'api.stripe.com', '/v1/payment_intents', 402)).toBe(0);
  expect(price('stripe', 'api.stripe.com', '/v1/payment_intents', 500)).toBeUndefined();
  expect(price('nobody.example', 'api.nobody.example', '/v1/things', 404)).toBeUndefined();
  expect(price('google-cloud', 'translate.googleapis.com', '/v3/things', 404)).toBeUndefined();
});
