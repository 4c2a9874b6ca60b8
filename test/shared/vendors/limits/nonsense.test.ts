import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, withModel } from '../../../../shared/vendors/limits/limit-key.ts';
import { needsBody, readLimits } from '../../../../shared/vendors/limits/read-limits.ts';
import { readStructuredList } from '../../../../shared/vendors/limits/structured-list.ts';
import { headOf, linesOf, NOON } from './head.ts';

const MONTH = 31 * 86_400 * 1_000_000;
const names = fc.constantFrom(
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'x-ratelimit-reset-after',
  'x-ratelimit-reset-tokens',
  'x-ratelimit-remaining-tokens',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'retry-after-ms',
  'Sforce-Limit-Info',
  'X-Shopify-Shop-Api-Call-Limit',
  'x-amzn-RateLimit-Limit',
  'anthropic-ratelimit-tokens-reset',
  'Date',
  'Age',
);
const values = fc.oneof(
  fc.string(),
  fc.double().map(String),
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString()),
  fc.constantFrom(
    '6m0s',
    '-1',
    '1e999',
    '"a";r=1;t=9',
    '"a";q=-5;w=0',
    '40/40',
    '9/0',
    'api-usage=5/1',
    '1h1h',
    '99999999999d',
  ),
);
const hosts = fc.constantFrom(
  'api.openai.com',
  'acme.myshopify.com',
  'api.github.com',
  'sqs.eu-west-1.amazonaws.com',
  'www.googleapis.com',
  'slack.com',
  'api.twilio.com',
  'acme.my.salesforce.com',
  'example.com',
);

describe('nonsense of vendors', () => {
  it('is never believed and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, values), { maxLength: 12 }),
        fc.option(fc.oneof(fc.string(), fc.json())),
        hosts,
        fc.constantFrom(200, 400, 403, 429, 503, 529, null),
        (fields, body, host, status) => {
          const head = headOf({ host, status, path: '/admin/graphql.json', responseLines: linesOf(fields) });
          needsBody(head);
          const reading = readLimits(head, body, NOON);
          for (const time of [reading?.retryAt ?? null, ...(reading?.signals.map(({ resetAt }) => resetAt) ?? [])]) {
            if (time === null) continue;
            expect(Number.isSafeInteger(time)).toBe(true);
            expect(time).toBeGreaterThanOrEqual(NOON - 60_000_000);
            expect(time).toBeLessThanOrEqual(NOON + MONTH);
          }
          for (const { limit, remaining, window } of reading?.signals ?? []) {
            expect(limit !== null || remaining !== null).toBe(true);
            for (const figure of [limit, remaining, window])
              expect(figure === null || (figure >= 0 && figure <= 1e15)).toBe(true);
            if (limit !== null && remaining !== null) expect(remaining).toBeLessThanOrEqual(limit);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('in bodies of any depth and length is looked through within bounds', () => {
    const head = headOf({ host: 'www.googleapis.com', status: 429 });
    const deep = `${'{"error":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const wide = JSON.stringify({ details: Array.from({ length: 5000 }, () => ({ quotaId: 'x' })) });
    for (const body of [deep, wide, '{"a":'.repeat(90_000), '<'.repeat(60_000)])
      expect(readLimits(head, body, NOON)?.throttle).toBe('vendor-rate');
  });

  it('leaves a half list out as a whole', () => {
    expect(readStructuredList('"a";q=1, "b";w="x\\"y";z')).toEqual([
      { item: 'a', parameters: { q: 1 } },
      { item: 'b', parameters: { w: 'x"y', z: true } },
    ]);
    for (const bad of ['"a', '"a";', '"a",', '"a" "b"', ';q=1', '"a";Q=1', '?1'])
      expect(readStructuredList(bad), bad).toBeNull();
  });
});

describe('a bucket', () => {
  it('is of one credential, one host and one resource', () => {
    const head = headOf({ host: 'api.openai.com' });
    const keys = [
      keyOf(head, 'bearer ***1', { resource: 'tokens' }),
      keyOf(head, 'bearer ***2', { resource: 'tokens' }),
      keyOf(head, null, { resource: 'tokens' }),
      keyOf(head, null, { resource: 'requests' }),
      keyOf(headOf({ host: 'api.mistral.ai' }), null, { resource: 'requests' }),
    ];
    expect(new Set(keys).size).toBe(5);
    expect(keyOf(headOf({ host: 'API.openai.com' }), null, { resource: 'tokens' })).toBe(keys[2]);
  });

  it('is of one model where vendors limit by model', () => {
    const lines = linesOf({ 'x-ratelimit-limit-tokens': '100', 'x-ratelimit-remaining-tokens': '90' });
    const resources = (host: string): string[] => {
      const head = headOf({ host, responseLines: lines });
      return withModel(head, readLimits(head, null, NOON)!, 'gpt-5-mini').signals.map(({ resource }) => resource);
    };
    expect(resources('api.openai.com')).toEqual(['tokens gpt-5-mini']);
    expect(resources('api.groq.com')).toEqual(['tokens gpt-5-mini']);
    expect(resources('api.example.com')).toEqual(['tokens']);
  });
});
