import type { CostsFace } from '../../electron/api/picture-face.ts';
import { costSeries } from '../../electron/engine/analytics/costs/cost-series.ts';
import { costSummary } from '../../electron/engine/analytics/costs/cost-summary.ts';
import { costTable } from '../../electron/engine/analytics/costs/cost-table.ts';
import type { CellSource } from '../../electron/engine/analytics/costs/cost-cells.ts';
import type { EdgeSum, SpendingSum } from '../../electron/engine/store/picture-rows.ts';
import { createSketch } from '../../shared/measure/latency-sketch.ts';
import { createCatalogue } from '../../shared/vendors/catalogue/create-catalogue.ts';
import { dice } from './map-world.ts';

type Answer<Name extends keyof CostsFace> = Exclude<Awaited<ReturnType<CostsFace[Name]>>, { problem: string }>;

/** What was spent in a made-up installation: sums by the hour, worked on by the engine’s own arithmetic. */
export interface Spent {
  spending: SpendingSum[];
  teams: Record<string, string>;
  /** Calls that no reader had business with. */
  unmetered: { app: string; host: string; endpoint: string; calls: number }[];
  waste: Answer<'waste'>;
  prices: Answer<'prices'>;
  /** What pricing anew finds. */
  repricing: Answer<'reprice'>;
}

export interface CostScript {
  face: CostsFace;
  put(spent: Spent | null): void;
  /** What was written by pricing anew. */
  applied: { since: number; until: number }[];
}

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const USD = 1_000_000_000;

export function createCostScript(): CostScript {
  let spent: Spent | null = null;
  const applied: CostScript['applied'] = [];
  const catalogue = createCatalogue();
  const source = (): CellSource => ({
    teams: spent?.teams ?? {},
    recognise(host) {
      const known = catalogue.recognise(host);
      return known && { vendor: known.vendor.id, service: known.service?.id ?? null };
    },
    rows: {
      spending: ({ since, until }) => (spent?.spending ?? []).filter(({ start }) => start >= since && start < until),
      edges: ({ since, until }) => edgesOf(spent, since, until),
    },
  });
  const empty = { file: '/home/ada/.sallyport/prices.yaml', problems: [], versions: [], prices: [], contracts: [] };
  return {
    applied,
    put: (next) => (spent = next),
    face: {
      table: async ({ by, limit = 1000, ...asked }) =>
        finish(costTable(source(), { ...asked, limit, by: typeof by === 'string' ? by.split(',') : by })),
      series: async ({ steps = 60, values = 8, ...asked }) => finish(costSeries(source(), { ...asked, steps, values })),
      summary: async (asked) => finish(costSummary(source(), asked)),
      waste: async () => spent?.waste ?? { complete: true, looked: 0, wastes: [] },
      prices: async () => spent?.prices ?? empty,
      async reprice({ since, until, apply }) {
        if (!spent) return { problem: 'not-running' };
        if (apply) applied.push({ since, until });
        return { ...spent.repricing, since, until };
      },
      async repricings() {
        const one = spent?.repricing;
        return { repricings: one ? applied.map((span, id) => ({ ...one, ...span, id: id + 1 })) : [] };
      },
      reconcile: async () => ({ problem: 'not-running' }),
    },
  };
}

function finish<Result>(work: Generator<void, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

function edgesOf(spent: Spent | null, since: number, until: number): EdgeSum[] {
  const plain = { errors: 0, failures: 0, throttled: 0, requestBytes: 0, responseBytes: 0, costNanoUsd: 0 };
  const more = { ...plain, pricedCalls: 0, from: since, to: until, sketch: createSketch() };
  return (spent?.unmetered ?? []).map((one) => ({ ...one, ...more }));
}

const USES: readonly [
  app: string,
  host: string,
  endpoint: string,
  model: string | null,
  feature: string | null,
  perDay: number,
  usd: number | null,
  provenance: SpendingSum['provenance'],
][] = [
  ['support-bot', 'api.openai.com', 'POST /v1/chat/completions', 'gpt-5', 'answers', 640, 0.024, 'reported'],
  ['support-bot', 'api.openai.com', 'POST /v1/chat/completions', 'gpt-5-mini', 'triage', 1900, 0.0021, 'reported'],
  ['support-bot', 'api.anthropic.com', 'POST /v1/messages', 'claude-sonnet-4-5', 'answers', 410, 0.031, 'reported'],
  ['etl-nightly', 'api.openai.com', 'POST /v1/embeddings', 'text-embedding-3-small', null, 5200, 0.00002, 'reported'],
  ['etl-nightly', 'api.mistral.ai', 'POST /v1/chat/completions', 'mistral-large', 'enrich', 60, 0.008, 'estimated'],
  [
    'web-checkout',
    'api.twilio.com',
    'POST /2010-04-01/Accounts/{id}/Messages.json',
    null,
    null,
    380,
    0.0079,
    'reported',
  ],
  ['web-checkout', 'maps.googleapis.com', 'GET /maps/api/geocode/json', null, 'address', 210, 0.005, 'estimated'],
  ['support-bot', 'api.openai.com', 'POST /v1/responses', 'gpt-6-preview', 'answers', 3, null, 'reported'],
];

/** A month and a half of spending, a model come new last week, and one without a price. `now`: microseconds. */
export function exampleCosts(now: number): Spent {
  const random = dice(11);
  const spending: SpendingSum[] = [];
  const today = Math.floor(now / DAY) * DAY;
  for (let day = 62; day >= 0; day--) {
    for (const [app, host, endpoint, model, feature, perDay, usd, provenance] of USES) {
      if (model === 'mistral-large' && day > 8) continue;
      for (const hour of [8, 10, 13, 16, 21]) {
        const start = today - day * DAY + hour * HOUR;
        if (start > now) continue;
        const calls = Math.max(1, Math.round((perDay / 5) * (0.7 + random() * 0.6) * (1 + (62 - day) / 80)));
        const tokens = model === null ? 0 : calls;
        spending.push({
          start,
          app,
          host,
          endpoint,
          model,
          credential: 'Bearer …a1b2',
          tags: feature === null ? {} : { feature, user: ['ada', 'bob', 'kim'][Math.floor(random() * 3)] ?? 'ada' },
          provenance,
          calls,
          costNanoUsd: usd === null ? 0 : Math.round(calls * usd * USD),
          pricedCalls: usd === null ? 0 : calls,
          tokenCalls: tokens,
          inputTokens: tokens * 1840,
          cacheReadTokens: model === 'gpt-5' ? tokens * 1100 : 0,
          cacheWriteTokens: 0,
          outputTokens: model === 'text-embedding-3-small' ? 0 : tokens * 410,
          reasoningTokens: 0,
        });
      }
    }
  }
  return {
    spending,
    teams: { 'support-bot': 'AI', 'etl-nightly': 'Data', 'web-checkout': 'Payments' },
    unmetered: [
      { app: 'etl-nightly', host: 'acme.my.salesforce.com', endpoint: 'GET /services/data/v61.0/query', calls: 3910 },
    ],
    waste: {
      complete: false,
      looked: 50_000,
      wastes: [
        {
          kind: 'duplicates',
          calls: 1204,
          nanoUsd: 18_420_000_000,
          says: '1,204 calls sent a prompt that had been answered within the hour before. A cache would have saved $18.42.',
          examples: [
            { id: 4711, says: 'The same prompt as call 4699, 3.2 min before; $0.0241.' },
            { id: 4715, says: 'The same prompt as call 4699, 4.1 min before; $0.0238.' },
          ],
          groups: [
            {
              says: 'support-bot, POST /v1/chat/completions, gpt-5',
              calls: 1180,
              nanoUsd: 18_110_000_000,
              query: 'app:support-bot model:gpt-5',
            },
            {
              says: 'etl-nightly, POST /v1/chat/completions',
              calls: 24,
              nanoUsd: 310_000_000,
              query: 'app:etl-nightly',
            },
          ],
        },
        {
          kind: 'retries',
          calls: 37,
          nanoUsd: 1_120_000_000,
          says: '37 calls were paid and asked again, because the answer broke off or came too late.',
          examples: [
            {
              id: 901,
              says: 'Broke off after 61 s, and was asked again 1.2 s later as call 902; $0.0310 paid for the first.',
            },
          ],
          groups: [
            {
              says: 'support-bot, POST /v1/messages',
              calls: 37,
              nanoUsd: 1_120_000_000,
              query: 'app:support-bot vendor:anthropic',
            },
          ],
        },
        {
          kind: 'cacheable',
          calls: 610,
          nanoUsd: null,
          says: '610 answers said how long they could be kept, and were asked for again before that.',
          examples: [],
          groups: [
            { says: 'web-checkout, GET /maps/api/geocode/json', calls: 610, nanoUsd: null, query: 'app:web-checkout' },
          ],
        },
      ],
    },
    prices: {
      file: '/home/ada/.sallyport/prices.yaml',
      problems: [{ line: 14, column: 5, says: '“perr” is no key of a price. Did you mean “per”?' }],
      versions: [
        { source: 'genai-prices', version: '0.1.8' },
        { source: 'sallyport', version: '2026-11' },
      ],
      prices: [
        price('openai/gpt-5', 'openai', 'gpt-5', 'input', 1_250_000_000, 'million', 42_310),
        price('openai/gpt-5', 'openai', 'gpt-5', 'cache_read', 125_000_000, 'million', 42_310),
        price('openai/gpt-5', 'openai', 'gpt-5', 'output', 10_000_000_000, 'million', 42_310),
        price('twilio/sms', 'twilio', null, 'sms_segment', 7_900_000, 'one', 24_800),
      ],
      contracts: [
        {
          vendor: 'openai',
          says: '12 % less than the list, 10,000 dollars a year promised',
          from: '2026-01-01',
          until: '2026-12-31',
          commitmentNanoUsd: 10_000 * USD,
          usedNanoUsd: 7_412 * USD,
        },
      ],
    },
    repricing: {
      id: 1,
      at: now,
      since: now - 30 * DAY,
      until: now,
      calls: 93,
      looked: 84_120,
      beforeNanoUsd: 912_400_000_000,
      afterNanoUsd: 914_900_000_000,
      nowKnown: 93,
      nowUnknown: 0,
      rows: [
        {
          vendor: 'openai',
          model: 'gpt-6-preview',
          calls: 93,
          beforeNanoUsd: null,
          afterNanoUsd: 2_500_000_000,
          price: 'own/gpt-6-preview',
          priceVersion: 'prices.yaml 2026-11-23',
        },
      ],
    },
  };
}

function price(
  id: string,
  vendor: string,
  model: string | null,
  what: string,
  priceNanoUsd: number,
  per: 'million' | 'one',
  calls: number,
): Answer<'prices'>['prices'][number] {
  const source = model === null ? 'sallyport' : 'genai-prices';
  return { id, vendor, model, what, priceNanoUsd, per, source, from: model === null ? '2026-01-01' : null, calls };
}
