import type { Headroom, VendorPage } from '../../shared/contract/vendors.ts';
import { NO_FIGURES } from '../../renderer/views/map/figures.ts';

const MINUTE = 60_000_000;
const DAY = 86_400_000_000;

/** What OpenAI lets through still: requests fall quickly, tokens do not. `now`: microseconds. */
export function openaiLimits(now: number): Headroom[] {
  const history = (limit: number, lowest: (step: number) => number): Headroom['history'] =>
    Array.from({ length: 40 }, (_, step) => ({
      at: now - (40 - step) * MINUTE,
      limit,
      lowest: Math.round(lowest(step)),
      throttled: step === 37 ? 12 : 0,
    }));
  const limit = {
    credential: 'Bearer …a1b2',
    host: 'api.openai.com',
    window: 60,
    resetAt: now + 42_000_000,
    seenAt: now - 3_000_000,
  };
  return [
    {
      ...limit,
      resource: 'requests',
      unit: 'requests',
      limit: 500,
      remaining: 38,
      exhaustedAt: now + 3 * MINUTE,
      throttled: 12,
      throttles: [{ kind: 'vendor-rate', calls: 12 }],
      history: history(500, (step) => 500 - step * 11 - (step % 5) * 8),
    },
    {
      ...limit,
      resource: 'tokens',
      unit: 'tokens',
      limit: 400_000,
      remaining: 361_200,
      exhaustedAt: null,
      throttled: 0,
      throttles: [],
      history: history(400_000, (step) => 380_000 - ((step * 7919) % 60_000)),
    },
  ];
}

/** What OpenAI’s page has besides figures. */
export function openaiPage(now: number): Partial<VendorPage> {
  const endpoint = { ...NO_FIGURES, host: 'api.openai.com', service: 'api', learned: false, lastSeen: now };
  return {
    endpoints: [
      {
        ...endpoint,
        endpoint: 'POST /v1/chat/completions',
        calls: 20_811,
        errors: 88,
        p95: 4_100_000,
        costNanoUsd: 24_120_000_000,
        pricedCalls: 20_811,
      },
      {
        ...endpoint,
        endpoint: 'POST /v1/embeddings',
        calls: 7_020,
        errors: 3_410,
        p95: 51_000,
        costNanoUsd: 212_000_000,
        pricedCalls: 7_020,
      },
      { ...endpoint, endpoint: 'GET /v1/files/{id}', learned: true, calls: 12, p95: 210_000, unpricedCalls: 12 },
    ],
    versions: [
      { host: 'api.openai.com', version: '2020-10-01', calls: 27_843, firstSeen: now - 29 * DAY, lastSeen: now },
    ],
    deprecations: [
      {
        host: 'api.openai.com',
        endpoint: 'GET /v1/files/{id}',
        deprecatedAt: now - 30 * DAY,
        sunsetAt: now + 38 * DAY,
        link: 'https://platform.openai.com/docs/deprecations',
        calls: 12,
        lastSeen: now - DAY,
      },
    ],
  };
}
