import type { BacktestResult, PolicyRow } from '../../shared/contract/policies.ts';
import type { Decision } from '../../shared/model/policy.ts';
import type { Decisions, PolicyScript } from './policy-script.ts';

/** A replay in which a quarter is refused, and some wait. */
export function resultOf(policy: string, change: Partial<BacktestResult>): BacktestResult {
  const hour = 3_600_000_000;
  const end = Math.floor((Date.now() * 1000) / hour) * hour;
  const series = Array.from({ length: 36 }, (_, index) => ({
    start: end - (36 - index) * hour,
    allowed: 60 + ((index * 37) % 90),
    denied: [18, 16, 24, 20, 14, 20][index - 21] ?? 0,
    delayed: index % 9 === 3 ? 8 : 0,
    savedNanoUsd: 0,
  }));
  return {
    policy,
    kind: 'limit',
    evaluated: 20_000,
    matched: 4210,
    denied: 112,
    delayed: 32,
    delayMs: { p50: 3100, p90: 7200, p99: 10_100, max: 11_000, mean: 3900 },
    savedNanoUsd: 12_400_000_000,
    spentNanoUsd: 301_000_000_000,
    vendor429s: 37,
    vendor429sAvoided: 37,
    alerts: 0,
    retries: 0,
    affected: {
      apps: [
        { name: 'support-bot', calls: 3120, denied: 96, delayed: 20 },
        { name: 'etl-nightly', calls: 1010, denied: 16, delayed: 12 },
        { name: null, calls: 80, denied: 0, delayed: 0 },
      ],
      features: [{ name: 'answers', calls: 2900, denied: 90, delayed: 18 }],
      callSites: [
        { name: 'src/agents/triage.ts:118', calls: 2100, denied: 70, delayed: 9 },
        { name: 'src/agents/summary.ts:64', calls: 1020, denied: 26, delayed: 11 },
      ],
      endpoints: [{ name: 'POST /v1/chat/completions', calls: 4100, denied: 112, delayed: 32 }],
      keys: [{ name: 'app=support-bot', calls: 3120, denied: 96, delayed: 20 }],
    },
    series,
    step: hour,
    calls: Array.from({ length: 12 }, (_, index) => ({
      id: 900 + index,
      at: end - (12 - index) * 6e7,
      verdict: index % 4 === 3 ? ('wait' as const) : ('deny' as const),
      waitUs: index % 4 === 3 ? 3_100_000 : 0,
      sentence:
        index % 4 === 3
          ? 'Would wait 3.1 s for its turn: 60 calls of support-bot in a minute were used.'
          : `Limit of ${policy}: 60 calls in a minute for support-bot, ${61 + index} used. Again in 24 s.`,
    })),
    unknowns: [
      'Callers that are refused may try again, or do something else: “as recorded” keeps their calls as they were.',
    ],
    tookMs: 41,
    ...change,
  };
}

/** A platform’s policies, with what came of them in a week. */
export function examplePolicies(script: PolicyScript): void {
  const now = Date.now() * 1000;
  script.write(
    EXAMPLE.replace('limit: 60 # agreed', 'limit: 40 # agreed').replace(
      'mode: enforce\n    match: { status',
      'mode: observe\n    match: { status',
    ),
    { author: 'kim', reason: 'First rules', at: now - 9 * 864e8 },
  );
  script.write(EXAMPLE.replace('mode: enforce\n    match: { status', 'mode: observe\n    match: { status'), {
    author: 'ada',
    reason: 'The vendor raised ours',
    at: now - 3 * 864e8,
  });
  script.write(EXAMPLE, { author: 'ada', at: now - 4 * 36e8 });
  const says: readonly [string, string, Partial<PolicyRow['hits']>, number][] = [
    [
      'openai-per-minute',
      'Calls of each app to OpenAI: at most 60 in any minute, more are refused',
      { asked: 48_310, denied: 412, lastAt: now - 12e6 },
      3 * 864e8,
    ],
    [
      'anthropic-queue',
      'Calls to Anthropic: 20 at once, more wait in a fair queue for up to 10 s',
      { asked: 9120, waited: 230, waitUs: 713e6, lastAt: now - 9 * 6e7 },
      9 * 864e8,
    ],
    [
      'no-metadata',
      'Calls to link-local and metadata addresses are refused',
      { asked: 48_900, denied: 2, lastAt: now - 2 * 864e8 },
      9 * 864e8,
    ],
    [
      'unapproved-vendors',
      'Calls to vendors that nobody approved are refused',
      { asked: 3210, denied: 41, faults: 1, lastAt: now - 5 * 36e8 },
      4 * 36e8,
    ],
    [
      'ask-before-stripe',
      'Somebody is asked before etl-nightly calls Stripe; without an answer in 30 s it is refused',
      { asked: 3, denied: 1, lastAt: now - 864e8 },
      9 * 864e8,
    ],
    ['monthly-openai', 'OpenAI: $400 a month for all, a warning at 80 %', { asked: 48_310 }, 9 * 864e8],
    ['daily-geocodes', 'Google Maps: 10,000 calls a day, by the clock of Vienna', {}, 9 * 864e8],
    [
      'error-rate',
      'Says when more than a tenth of a vendor’s calls fail, over 5 minutes',
      { asked: 61_002, lastAt: now - 3e6 },
      9 * 864e8,
    ],
  ];
  for (const [id, sentence, hits, age] of says) script.tell(id, { says: sentence, hits, changedAt: now - age });
}

const EXAMPLE = `# Rules for what leaves our machines. Questions: platform@example.com
zone: Europe/Vienna
otherwise: allow

policies:
  # OpenAI asks us for patience above 100 a minute.
  - id: openai-per-minute
    kind: limit
    mode: observe
    match: { vendor: openai } # all its services
    settings:
      algorithm: sliding-window
      limit: 60 # agreed with the support team
      window: 1m
      per: [app]
      action: reject
    owner: platform@example.com
    reason: Their limit is shared by all of us

  - id: anthropic-queue
    kind: limit
    mode: enforce
    match: { vendor: anthropic }
    settings: { algorithm: concurrency, limit: 20, action: wait, maxWait: 10s }
    owner: platform@example.com

  - id: no-metadata
    kind: access
    mode: enforce
    settings:
      action: allow
      destinations: { linkLocal: deny, metadata: deny }
    owner: security@example.com
    onFault: closed

  - id: unapproved-vendors
    kind: access
    mode: enforce
    match: { status: [new, known] }
    settings: { action: deny, unapproved: deny }
    owner: security@example.com
    expires: 2027-03-31

  - id: ask-before-stripe
    kind: access
    mode: enforce
    match: { vendor: stripe, app: etl-nightly }
    settings: { action: ask, hold: 30s, otherwise: deny }
    owner: ada@example.com

  - id: monthly-openai
    kind: budget
    mode: observe
    match: { vendor: openai }
    settings: { limit: 400 USD, period: month, soft: 80% }
    owner: finance@example.com

  - id: daily-geocodes
    kind: quota
    mode: off
    match: { vendor: google-maps }
    settings: { limit: 10000, unit: calls, period: day }

  - id: error-rate
    kind: alert
    mode: observe
    settings: { metric: error-rate, above: 0.1, over: 5m, per: [vendor], notify: [desktop] }
    owner: platform@example.com

tests:
  - { name: the sixty-first waits, call: { app: billing, vendor: openai }, times: 61, expect: deny, by: openai-per-minute }
`;

/** A week of decisions: what was refused and delayed, and what would have been. */
export function exampleDecisions(now: number): Decisions {
  const hour = 3_600_000_000;
  const step = (7 * 24 * hour) / 72;
  const until = Math.ceil((now + 1e6) / step) * step;
  const series = Array.from({ length: 72 }, (_, index) => {
    const start = until - (72 - index) * step;
    const busy = index % 10 > 3 && index % 10 < 8 ? 1 : 0.2;
    const count = (most: number, turn: number): number => Math.round(most * busy * (0.4 + ((index * turn) % 7) / 10));
    return [
      { start, verdict: 'would-deny', calls: count(14, 5) },
      { start, verdict: 'wait', calls: count(8, 3) },
      { start, verdict: 'deny', calls: index > 60 ? count(6, 2) : 0 },
      { start, verdict: 'allow', calls: count(900, 4) },
    ].filter(({ calls }) => calls > 0);
  }).flat();
  const row = (policy: string, verdict: string, app: string | null, host: string, calls: number, waitUs = 0) => ({
    policy,
    verdict,
    app,
    host,
    calls,
    waitUs,
  });
  return {
    step,
    series,
    rows: [
      row('openai-per-minute', 'would-deny', 'support-bot', 'api.openai.com', 380),
      row('openai-per-minute', 'would-deny', 'etl-nightly', 'api.openai.com', 32),
      row('openai-per-minute', 'allow', 'support-bot', 'api.openai.com', 39_800),
      row('anthropic-queue', 'wait', 'support-bot', 'api.anthropic.com', 230, 713_000_000),
      row('anthropic-queue', 'allow', 'support-bot', 'api.anthropic.com', 8890),
      row('unapproved-vendors', 'deny', 'etl-nightly', 'metrics-hub.io', 21),
      row('unapproved-vendors', 'deny', 'etl-nightly', 'api.singlestore.example', 12),
      row('unapproved-vendors', 'deny', null, 'metrics-hub.io', 8),
      row('no-metadata', 'deny', 'web-checkout', '169.254.169.254', 2),
      row('ask-before-stripe', 'ask', 'etl-nightly', 'api.stripe.com', 3, 41_000_000),
    ],
  };
}

/** What three policies said of one call. */
export function callDecisions(now: number): Decision[] {
  const said = { version: 3, tookUs: 14, owner: 'platform@example.com' };
  const none = { used: null, remaining: null, resetAt: null, waitUs: null, retryAt: null };
  return [
    {
      ...said,
      policy: 'openai-per-minute',
      verdict: 'deny',
      kind: 'limit',
      mode: 'enforce',
      sentence: 'At most 60 calls of support-bot in any minute: 60 were made. Again in 24 s.',
      numbers: {
        ...none,
        key: 'app=support-bot',
        unit: 'calls',
        limit: 60,
        used: 61,
        remaining: 0,
        resetAt: now + 24e6,
        retryAt: now + 24e6,
      },
    },
    {
      ...said,
      policy: 'anthropic-queue',
      verdict: 'would-wait',
      kind: 'limit',
      mode: 'observe',
      sentence: 'Would wait 3.1 s for its turn: 20 of 20 were under way.',
      numbers: { ...none, key: '', unit: 'concurrent', limit: 20, used: 20, waitUs: 3_100_000 },
    },
    {
      ...said,
      policy: 'unapproved-vendors',
      verdict: 'allow',
      kind: 'access',
      mode: 'enforce',
      owner: null,
      sentence: 'OpenAI is approved.',
      numbers: null,
    },
  ];
}
