import { speakerOfHost } from '../vendors/limits/speaker.ts';
import type { Dialect } from './mock-set.ts';

/** “Too many requests” as a vendor says it. The body is JSON unless the headers say otherwise. */
export interface RateLimitAnswer {
  status: number;
  headers: (readonly [name: string, value: string])[];
  body: string;
}

/** Where it is asked, and when (microseconds since the epoch, by the caller's clock). */
export interface RateLimitAsked {
  host: string;
  /** Path and query. */
  target: string;
  now: number;
  retryAfterSeconds: number;
}

/** Whose words a host speaks. */
export function dialectOf(host: string): Dialect {
  switch (speakerOfHost(host)) {
    case 'openai':
    case 'azure':
      return 'openai';
    case 'anthropic':
      return 'anthropic';
    case 'stripe':
      return 'stripe';
    case 'github':
      return 'github';
    case 'google':
      return 'google';
    case 'aws':
      return 'aws';
    case 'shopify':
      return 'shopify';
    default:
      return 'generic';
  }
}

/** A refusal for too many requests, with the fields and words that the vendor's documentation shows; figures are made up. */
export function rateLimitAnswer(dialect: Dialect, asked: RateLimitAsked): RateLimitAnswer {
  const { status, headers, json, body } = ANSWERS[dialect](asked);
  return {
    status,
    headers: [['Content-Type', body === undefined ? 'application/json' : 'application/xml'], ...headers],
    body: body ?? JSON.stringify(json),
  };
}

interface Said {
  status: number;
  headers: (readonly [string, string])[];
  json?: unknown;
  /** XML in place of JSON. */
  body?: string;
}

const ANSWERS: Readonly<Record<Dialect, (asked: RateLimitAsked) => Said>> = {
  openai({ retryAfterSeconds: wait }) {
    return {
      status: 429,
      headers: [
        ['retry-after', String(wait)],
        ['retry-after-ms', String(wait * 1000)],
        ['x-ratelimit-limit-requests', '500'],
        ['x-ratelimit-remaining-requests', '0'],
        ['x-ratelimit-reset-requests', `${wait}s`],
      ],
      json: {
        error: {
          message: `Rate limit reached for requests per min (RPM): Limit 500, Used 500, Requested 1. Please try again in ${wait}s.`,
          type: 'requests',
          param: null,
          code: 'rate_limit_exceeded',
        },
      },
    };
  },

  anthropic({ retryAfterSeconds: wait, now }) {
    const resetAt = new Date(Math.ceil(now / 1_000_000 + wait) * 1000).toISOString().replace('.000Z', 'Z');
    return {
      status: 429,
      headers: [
        ['retry-after', String(wait)],
        ['anthropic-ratelimit-requests-limit', '50'],
        ['anthropic-ratelimit-requests-remaining', '0'],
        ['anthropic-ratelimit-requests-reset', resetAt],
      ],
      json: {
        type: 'error',
        error: {
          type: 'rate_limit_error',
          message: 'This request would exceed your organization’s rate limit of 50 requests per minute.',
        },
        request_id: null,
      },
    };
  },

  stripe({ retryAfterSeconds: wait }) {
    return {
      status: 429,
      headers: [
        ['Stripe-Rate-Limited-Reason', 'global-rate'],
        ['Stripe-Should-Retry', 'true'],
        ['Retry-After', String(wait)],
      ],
      json: {
        error: {
          type: 'invalid_request_error',
          code: 'rate_limit',
          message:
            'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
        },
      },
    };
  },

  github({ retryAfterSeconds: wait, now }) {
    return {
      status: 403,
      headers: [
        ['x-ratelimit-limit', '5000'],
        ['x-ratelimit-remaining', '0'],
        ['x-ratelimit-used', '5000'],
        ['x-ratelimit-reset', String(Math.ceil(now / 1_000_000 + wait))],
        ['x-ratelimit-resource', 'core'],
        ['retry-after', String(wait)],
      ],
      json: {
        message: 'API rate limit exceeded for user ID 1.',
        documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      },
    };
  },

  google({ retryAfterSeconds: wait, host }) {
    return {
      status: 429,
      headers: [],
      json: {
        error: {
          code: 429,
          message: 'Quota exceeded for quota metric ‘Requests’ and limit ‘Requests per minute’.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: 'RATE_LIMIT_EXCEEDED',
              domain: 'googleapis.com',
              metadata: { service: host, quota_limit: 'RequestsPerMinutePerProject' },
            },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${wait}s` },
          ],
        },
      },
    };
  },

  aws({ host, retryAfterSeconds: wait }) {
    // S3 answers in XML; the services that speak JSON say the kind of error in a header, too.
    if (/^(?:.*\.)?s3[.-]/.test(host))
      return {
        status: 503,
        headers: [['Retry-After', String(wait)]],
        body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
      };
    return {
      status: 400,
      headers: [
        ['x-amzn-ErrorType', 'ThrottlingException'],
        ['Retry-After', String(wait)],
      ],
      json: { __type: 'ThrottlingException', message: 'Rate exceeded' },
    };
  },

  shopify({ target, retryAfterSeconds: wait }) {
    if (!/\/graphql(?:\.json)?(?:\?|$)/.test(target))
      return {
        status: 429,
        headers: [
          ['Retry-After', wait.toFixed(1)],
          ['X-Shopify-Shop-Api-Call-Limit', '40/40'],
        ],
        json: {
          errors: 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.',
        },
      };
    return {
      status: 200,
      headers: [],
      json: {
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: {
          cost: {
            requestedQueryCost: 100,
            actualQueryCost: null,
            throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 0, restoreRate: 100 },
          },
        },
      },
    };
  },

  generic({ retryAfterSeconds: wait }) {
    return {
      status: 429,
      headers: [
        ['Retry-After', String(wait)],
        ['RateLimit-Policy', '"default";q=100;w=60'],
        ['RateLimit', `"default";r=0;t=${wait}`],
      ],
      json: { error: { code: 'rate_limit_exceeded', message: 'Too many requests.' } },
    };
  },
};
