import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../shared/mocks/mock-set.ts';
import { dialectOf, rateLimitAnswer } from '../../../shared/mocks/rate-limit-answer.ts';
import { readLimits } from '../../../shared/vendors/limits/read-limits.ts';
import { headOf, linesOf, NOON } from '../vendors/limits/head.ts';

const PLACES = [
  ['openai', 'api.openai.com', '/v1/chat/completions'],
  ['anthropic', 'api.anthropic.com', '/v1/messages'],
  ['stripe', 'api.stripe.com', '/v1/charges'],
  ['github', 'api.github.com', '/user'],
  ['google', 'generativelanguage.googleapis.com', '/v1beta/models/gemini:generateContent'],
  ['aws', 'dynamodb.eu-central-1.amazonaws.com', '/'],
  ['aws', 'bucket.s3.eu-central-1.amazonaws.com', '/key'],
  ['shopify', 'shop.myshopify.com', '/admin/api/2026-01/graphql.json'],
  ['shopify', 'shop.myshopify.com', '/admin/api/2026-01/orders.json'],
  ['generic', 'api.example.com', '/things'],
] as const;

describe('“too many requests” in a vendor’s own words', () => {
  it('there is a place to try every dialect at', () => {
    expect(new Set(PLACES.map(([dialect]) => dialect))).toEqual(new Set(DIALECTS));
  });

  it.each(PLACES)('%s at %s%s is what our own reader takes for such a refusal', (dialect, host, target) => {
    expect(dialectOf(host)).toBe(dialect);
    const { status, headers, body } = rateLimitAnswer(dialect, { host, target, now: NOON, retryAfterSeconds: 7 });
    const head = headOf({
      host,
      method: 'POST',
      path: target,
      status,
      responseLines: linesOf(headers.map(([name, value]) => [name, value])),
    });
    const reading = readLimits(head, body, NOON);
    expect(reading?.throttle).toBe('vendor-rate');
    // Shopify's bucket of points says itself when it is full again.
    if (!target.includes('graphql')) expect((reading!.retryAt! - NOON) / 1_000_000).toBeCloseTo(7, 0);
  });
});
