import { describe, expect, it } from 'vitest';
import { factsOf, MINUTE, NOON, outcomeOf, pass, ruleOf, runTo, SECOND } from './calls.ts';
import { bucketOf, bursts, play, rollingOf, windowOf } from './scripted-vendor.ts';
import type { Answer, Vendor } from './scripted-vendor.ts';

const PACING = { algorithm: 'vendor-pacing', maxWait: '10m', queue: 10_000 };
const goDuration = (seconds: number): string =>
  seconds < 1 ? `${Math.ceil(seconds * 1000)}ms` : `${seconds.toFixed(3)}s`;

const openai = (): Vendor => {
  const requests = bucketOf(60, 1);
  const tokens = bucketOf(30_000, 500);
  return {
    answer(at) {
      const fits = tokens.level(at) >= 700 && requests.take(at) && tokens.take(at, 700);
      const headers = {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': String(Math.floor(requests.level(at))),
        'x-ratelimit-reset-requests': goDuration(requests.fullIn(at)),
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': String(Math.floor(tokens.level(at))),
        'x-ratelimit-reset-tokens': goDuration(tokens.fullIn(at)),
      };
      return { status: fits ? 200 : 429, headers };
    },
  };
};
const anthropic = (): Vendor => {
  const requests = bucketOf(50, 50 / 60);
  const input = bucketOf(40_000, 40_000 / 60);
  const iso = (at: number): string => `${new Date(Math.ceil(at / SECOND) * 1000).toISOString().slice(0, 19)}Z`;
  return {
    answer(at) {
      const fits = input.level(at) >= 500 && requests.take(at) && input.take(at, 500);
      return {
        status: fits ? 200 : 429,
        headers: {
          'anthropic-ratelimit-requests-limit': '50',
          'anthropic-ratelimit-requests-remaining': String(Math.floor(requests.level(at))),
          'anthropic-ratelimit-requests-reset': iso(at + requests.fullIn(at) * SECOND),
          'anthropic-ratelimit-input-tokens-limit': '40000',
          'anthropic-ratelimit-input-tokens-remaining': String(Math.floor(input.level(at) / 1000) * 1000),
          'anthropic-ratelimit-input-tokens-reset': iso(at + input.fullIn(at) * SECOND),
        },
      };
    },
  };
};
const github = (): Vendor => {
  const core = windowOf(100, 60, 13);
  const search = windowOf(10, 60, 13);
  return {
    answer(at, { path }) {
      const [name, window, limit] = path.startsWith('/search')
        ? (['search', search, 10] as const)
        : (['core', core, 100] as const);
      const fits = window.take(at);
      return {
        status: fits ? 200 : 403,
        headers: {
          'x-ratelimit-limit': String(limit),
          'x-ratelimit-remaining': String(window.left(at)),
          'x-ratelimit-reset': String(Math.ceil(window.resetAt(at) / SECOND)),
          'x-ratelimit-resource': name,
        },
        body: fits ? {} : { message: 'API rate limit exceeded for user ID 1.' },
      };
    },
  };
};
const azure = (): Vendor => {
  const window = windowOf(30, 10, 3);
  return {
    answer(at) {
      const fits = window.take(at);
      return {
        status: fits ? 200 : 429,
        headers: {
          'x-ratelimit-limit-requests': '30',
          'x-ratelimit-remaining-requests': String(window.left(at)),
          'x-ratelimit-reset-requests': String(Math.ceil((window.resetAt(at) - at) / SECOND)),
        },
      };
    },
  };
};
const shopifyRest = (): Vendor => {
  const bucket = bucketOf(40, 2);
  return {
    answer(at) {
      const fits = bucket.take(at);
      return {
        status: fits ? 200 : 429,
        headers: {
          'X-Shopify-Shop-Api-Call-Limit': `${Math.ceil(40 - bucket.level(at))}/40`,
          ...(fits ? {} : { 'Retry-After': '2.0' }),
        },
      };
    },
  };
};
const shopifyGraphql = (): Vendor => {
  const bucket = bucketOf(1000, 50);
  return {
    answer(at) {
      const fits = bucket.take(at, 46);
      const cost = {
        requestedQueryCost: 46,
        actualQueryCost: fits ? 46 : null,
        throttleStatus: {
          maximumAvailable: 1000.0,
          currentlyAvailable: Math.floor(bucket.level(at)),
          restoreRate: 50.0,
        },
      };
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      return { status: 200, body: fits ? { data: {}, extensions: { cost } } : { errors, extensions: { cost } } };
    },
  };
};
const hubspot = (): Vendor => {
  const window = rollingOf(100, 10);
  const secondly = rollingOf(10, 1);
  return {
    answer(at) {
      const fits = window.left(at) > 0 && secondly.take(at) && window.take(at);
      return {
        status: fits ? 200 : 429,
        headers: {
          'X-HubSpot-RateLimit-Interval-Milliseconds': '10000',
          'X-HubSpot-RateLimit-Max': '100',
          'X-HubSpot-RateLimit-Remaining': String(window.left(at)),
          'X-HubSpot-RateLimit-Secondly': '10',
          'X-HubSpot-RateLimit-Secondly-Remaining': String(secondly.left(at)),
        },
        body: fits ? {} : { status: 'error', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' },
      };
    },
  };
};
const salesforce = (): Vendor => {
  let used = 40;
  return {
    answer() {
      const fits = used < 100;
      if (fits) used += 1;
      return {
        status: fits ? 200 : 403,
        headers: { 'Sforce-Limit-Info': `api-usage=${used}/100` },
        body: fits ? {} : [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
      };
    },
  };
};
const ietf = (): Vendor => {
  const burst = windowOf(20, 5);
  const minute = windowOf(100, 60);
  return {
    answer(at) {
      const fits = burst.left(at) > 0 && minute.take(at) && burst.take(at);
      const inSeconds = (moment: number): number => Math.ceil((moment - at) / SECOND);
      return {
        status: fits ? 200 : 429,
        headers: {
          'RateLimit-Policy': '"burst";q=20;w=5, "minute";q=100;w=60',
          RateLimit: `"burst";r=${burst.left(at)};t=${inSeconds(burst.resetAt(at))}, "minute";r=${minute.left(at)};t=${inSeconds(minute.resetAt(at))}`,
        },
      };
    },
  };
};
const longTail = (): Vendor => {
  const window = windowOf(30, 30, 7);
  return {
    answer(at) {
      const fits = window.take(at);
      return {
        status: fits ? 200 : 429,
        headers: {
          'X-RateLimit-Limit': '30',
          'X-RateLimit-Remaining': String(window.left(at)),
          'X-RateLimit-Reset': String(Math.ceil((window.resetAt(at) - at) / SECOND)),
        },
      };
    },
  };
};
const concurrent = (): Vendor => {
  let running = 0;
  return {
    answer() {
      running += 1;
      return {
        status: running > 5 ? 429 : 200,
        headers: {
          'RateLimit-Policy': '"conc";q=5;qu="concurrent-requests"',
          RateLimit: `"conc";r=${Math.max(0, 5 - running)}`,
        },
      };
    },
    done() {
      running -= 1;
    },
  };
};

/** Answers that say nothing until they refuse: a rate of its own, in requests a second. */
const silent = (perSecond: number, refusal: Answer): Vendor => {
  const bucket = bucketOf(perSecond, perSecond);
  return { answer: (at) => (bucket.take(at) ? { status: 200 } : refusal) };
};

const tokens = (input: number, maxOutput: number) => ({ estimate: { inputTokens: input, maxOutput } });

describe('vendor pacing: no refusal where the signals suffice, with bursts of parallel callers', () => {
  it.each([
    [
      'OpenAI: Go durations until full, requests and tokens',
      openai,
      { host: 'api.openai.com', path: '/v1/chat/completions', method: 'POST', model: 'gpt-5', ...tokens(200, 500) },
      40,
    ],
    [
      'Azure OpenAI: whole seconds',
      azure,
      {
        host: 'acme.openai.azure.com',
        path: '/openai/deployments/gpt-4o/chat/completions',
        method: 'POST',
        ...tokens(200, 500),
      },
      60,
    ],
    [
      'Anthropic: RFC 3339, remaining rounded to thousands',
      anthropic,
      { host: 'api.anthropic.com', path: '/v1/messages', method: 'POST', model: 'claude-x', ...tokens(500, 100) },
      30,
    ],
    ['GitHub: epoch seconds', github, { host: 'api.github.com', path: '/repos/a/b' }, 60],
    ['GitHub: search has a bucket of its own', github, { host: 'api.github.com', path: '/search/code' }, 8],
    [
      'Shopify REST: used/size',
      shopifyRest,
      { host: 'acme.myshopify.com', path: '/admin/api/2026-01/orders.json' },
      60,
    ],
    [
      'Shopify GraphQL: points, in the body',
      shopifyGraphql,
      { host: 'acme.myshopify.com', path: '/admin/api/2026-01/graphql.json', method: 'POST' },
      30,
    ],
    ['HubSpot: windows without a reset', hubspot, { host: 'api.hubapi.com', path: '/crm/v3/objects/contacts' }, 50],
    [
      'Salesforce: used of a day',
      salesforce,
      { host: 'acme.my.salesforce.com', path: '/services/data/v60.0/query' },
      50,
    ],
    ['IETF: two policies at once', ietf, { host: 'api.example.com' }, 50],
    ['long tail: delta seconds', longTail, { host: 'api.example.com' }, 40],
    ['IETF: concurrent requests', concurrent, { host: 'api.example.com' }, 30],
  ])('%s', (_, vendor, facts, size) => {
    // A day is long: at an even pace this would show a handful of calls.
    const ahead = vendor === salesforce ? '100%' : '10%';
    const seen = play(ruleOf({ ...PACING, ahead }), vendor(), bursts(size, 20, 5, facts), { until: 900 });
    expect(seen.throttled).toBe(0);
    expect(seen.refused + seen.answered).toBeGreaterThan(0);
    // Pacing is no standstill: at least half of what the vendor would bear gets through.
    expect(seen.answered).toBeGreaterThanOrEqual(seen.answered + seen.refused > 60 ? 40 : size / 2);
  });
});

describe('vendor pacing where signals come with the refusal', () => {
  const steady = (perSecond: number, seconds: number, facts: object) =>
    Array.from({ length: perSecond * seconds }, (_, index) => ({ at: index / perSecond, facts }));

  it.each([
    [
      'AWS: a throttle without a word',
      'dynamodb.eu-west-1.amazonaws.com',
      {
        status: 400,
        body: { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Rate exceeded' },
      },
    ],
    [
      'Stripe: a reason, and no quota',
      'api.stripe.com',
      {
        status: 429,
        headers: { 'Stripe-Rate-Limited-Reason': 'global-rate' },
        body: { error: { code: 'rate_limit' } },
      },
    ],
  ])('%s: the rate follows what goes well, as in the SDKs’ adaptive mode', (_, host, refusal) => {
    const calls = steady(30, 60, { host, method: 'POST', path: '/' });
    const paced = play(ruleOf({ ...PACING, maxWait: '20s' }), silent(10, refusal), calls, { until: 120 });
    const bare = play(ruleOf({ algorithm: 'token-bucket', limit: 1000, window: '1s' }), silent(10, refusal), calls, {
      until: 120,
    });
    expect(bare.throttled).toBeGreaterThan(1000);
    expect(paced.throttled).toBeLessThan(bare.throttled / 20);
    expect(paced.answered).toBeGreaterThan(400);
  });

  it('Slack: Retry-After holds for that method alone', () => {
    const rule = ruleOf(PACING);
    const post = { host: 'slack.com', path: '/api/chat.postMessage', method: 'POST' };
    const refuse = silent(1, {
      status: 429,
      headers: { 'Retry-After': '30' },
      body: { ok: false, error: 'ratelimited' },
    });
    const seen = play(
      rule,
      refuse,
      [
        { at: 0, facts: post },
        { at: 0.3, facts: post },
        { at: 1, facts: post },
      ],
      { until: 20 },
    );
    expect([seen.answered, seen.throttled]).toEqual([1, 1]);
    const held = rule.look(factsOf(post), NOON + 5 * SECOND);
    expect(held.verdict).toBe('wait');
    expect((held.numbers!.retryAt! - NOON) / SECOND).toBeCloseTo(30.4, 0);
    expect(rule.look(factsOf({ ...post, path: '/api/conversations.list' }), NOON + 5 * SECOND).verdict).toBe('allow');
  });

  it('Twilio: fewer at the same time, and more again as long as that goes well', () => {
    let running = 0;
    const vendor: Vendor = {
      answer() {
        running += 1;
        return running > 10
          ? {
              status: 429,
              headers: { 'Twilio-Concurrent-Requests': String(running) },
              body: { code: 20429, status: 429 },
            }
          : { status: 201 };
      },
      done() {
        running -= 1;
      },
    };
    const twilio = { host: 'api.twilio.com', path: '/2010-04-01/Accounts/AC/Messages.json', method: 'POST' };
    const seen = play(ruleOf(PACING), vendor, bursts(60, 10, 6, twilio), { until: 300 });
    expect(seen.answered).toBeGreaterThan(300);
    expect(seen.throttled).toBeLessThan(75);
  });

  it('Google: a quota of the day is used up, and no queue helps; of a minute, RetryInfo says when', () => {
    const gemini = {
      host: 'generativelanguage.googleapis.com',
      path: '/v1beta/models/gemini-2.5-flash:generateContent',
      method: 'POST',
    };
    const refusal = (quotaId: string, delay: string | null): Answer => ({
      status: 429,
      body: {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          message: 'Quota exceeded',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaId }] },
            ...(delay === null ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: delay }]),
          ],
        },
      },
    });
    const daily = ruleOf(PACING);
    play(daily, silent(0, refusal('GenerateRequestsPerDayPerProjectPerModel', null)), [{ at: 0, facts: gemini }], {
      until: 5,
    });
    const facts = factsOf({ ...gemini, vendor: 'google' });
    const opinion = daily.look(facts, NOON + 5 * SECOND);
    expect(opinion).toMatchObject({ verdict: 'deny', because: 'vendor-quota' });
    expect(daily.explain(facts, opinion)).toContain('its quota is used up');
    const minute = ruleOf(PACING);
    play(minute, silent(0, refusal('GenerateRequestsPerMinutePerProjectPerModel', '37s')), [{ at: 0, facts: gemini }], {
      until: 5,
    });
    const later = minute.look(factsOf(gemini), NOON + 5 * SECOND);
    expect(later.verdict).toBe('wait');
    expect((later.numbers!.retryAt! - NOON) / SECOND).toBeCloseTo(37, 0);
  });

  it('an overload is not our rate: one call at a time asks again, then all goes on', () => {
    const anthropicHost = { host: 'api.anthropic.com', path: '/v1/messages', method: 'POST' };
    const vendor: Vendor = {
      answer: (at) => ({
        status: at < NOON + 10 * SECOND ? 529 : 200,
        body: { type: 'error', error: { type: 'overloaded_error' } },
      }),
    };
    const seen = play(ruleOf({ ...PACING, maxWait: '60s' }), vendor, bursts(20, 1, 15, anthropicHost), { until: 100 });
    expect(seen.throttled).toBeLessThan(15);
    expect(seen.answered).toBeGreaterThan(270);
  });
});

describe('what vendor pacing believes', () => {
  const host = { host: 'api.example.com' };
  const reading = (remaining: number, resetIn: number, said: object = {}) => ({
    signals: [
      {
        resource: 'requests',
        unit: 'requests' as const,
        limit: 100,
        remaining,
        resetAt: NOON + resetIn * SECOND,
        window: null,
        source: 'x-ratelimit-remaining',
      },
    ],
    throttle: null,
    retryAt: null,
    ...said,
  });
  const told = (rule: ReturnType<typeof ruleOf>, remaining: number, resetIn: number, said: object = {}) => {
    const facts = factsOf(host);
    pass(rule, facts, NOON);
    rule.heard?.(facts, reading(remaining, resetIn, said), 200, NOON);
    rule.ended?.(facts, outcomeOf(), NOON);
  };

  it('keeps a reserve for callers that nobody sees here', () => {
    const rule = ruleOf({ ...PACING, action: 'reject', ahead: '100%' });
    told(rule, 15, 60);
    const verdicts = Array.from({ length: 7 }, () => pass(rule, factsOf(host), NOON + SECOND).verdict);
    expect(verdicts.filter((one) => one === 'allow')).toHaveLength(5);
  });

  it('spreads what is left over the time to the reset', () => {
    const rule = ruleOf({ ...PACING, ahead: '0%', reserve: '0%' });
    told(rule, 60, 60);
    for (let call = 0; call < 5; call += 1) pass(rule, factsOf(host), NOON);
    const first = rule.due!;
    expect((first - NOON) / SECOND).toBeGreaterThan(0.9);
    expect((first - NOON) / SECOND).toBeLessThan(1.1);
  });

  it('Retry-After wins over what is left', () => {
    const rule = ruleOf(PACING);
    told(rule, 90, 60, { throttle: 'vendor-rate', retryAt: NOON + 5 * MINUTE });
    expect(rule.look(factsOf(host), NOON + MINUTE)).toMatchObject({
      verdict: 'wait',
      numbers: { retryAt: NOON + 5 * MINUTE },
    });
    expect(rule.look(factsOf(host), NOON + 5 * MINUTE).verdict).toBe('allow');
  });

  it('never goes above a limit of one’s own', () => {
    const rule = ruleOf({ ...PACING, limit: 2, window: '1m', action: 'reject' });
    told(rule, 100, 60);
    expect(pass(rule, factsOf(host), NOON).verdict).toBe('allow');
    const facts = factsOf(host);
    const opinion = pass(rule, facts, NOON);
    expect(opinion).toMatchObject({ verdict: 'deny', because: 'own-limit', numbers: { limit: 2, used: 2 } });
  });

  it('goes on after a restart as if there had been none', () => {
    const rule = ruleOf({ ...PACING, ahead: '100%' });
    told(rule, 14, 60);
    pass(rule, factsOf(host), NOON);
    const next = ruleOf({ ...PACING, ahead: '100%' });
    next.restore(JSON.parse(JSON.stringify(rule.save(NOON + SECOND))), NOON + SECOND);
    const verdicts = Array.from({ length: 5 }, () => pass(next, factsOf(host), NOON + SECOND).verdict);
    expect(verdicts).toEqual(['allow', 'allow', 'allow', 'wait', 'wait']);
    expect(runs(next)).toEqual([60, 60]);
  });
  const runs = (rule: ReturnType<typeof ruleOf>): number[] =>
    runTo(rule, NOON + 2 * MINUTE).map(({ at }) => (at - NOON) / SECOND);

  it('holds nobody for long for what is only a guess', () => {
    const rule = ruleOf(PACING);
    expect(pass(rule, factsOf(host), NOON).verdict).toBe('allow');
    expect(pass(rule, factsOf(host), NOON).because).toBe('first-answer');
    expect(runTo(rule, NOON + MINUTE).map(({ at, passed }) => [at - NOON, passed])).toEqual([[2 * SECOND, true]]);
  });
});
