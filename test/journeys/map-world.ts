import type { Figures, VendorDeclaration } from '../../shared/contract/vendors.ts';
import type { VendorCategory, VendorStatus } from '../../shared/model/vendor.ts';

/** A vendor of a made-up installation. */
export interface WorldVendor {
  id: string;
  name: string;
  category: VendorCategory;
  status: VendorStatus;
  country: string | null;
  declared: string | null;
  importer: string | null;
  data: VendorDeclaration['data'];
  owner: string | null;
  /** Name of its picture among the workspace’s logos. */
  logo: string | null;
  host: string;
  endpoints: string[];
}

/** What calls what: `day` counts back from today. */
export interface WorldCall {
  app: string;
  vendor: string;
  endpoint: string;
  day: number;
  figures: Figures;
}

/** A made-up installation: the same seed makes the same. */
export interface World {
  apps: { name: string; team: string | null }[];
  vendors: WorldVendor[];
  calls: WorldCall[];
}

/** Numbers from 0 to 1 by a seed (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LOGOS: Readonly<Record<string, string>> = {
  openai: 'openai.mono',
  anthropic: 'anthropic.mono',
  stripe: 'stripe',
  twilio: 'twilio',
  salesforce: 'salesforce',
  aws: 'aws.plate',
  github: 'github.mono',
  npm: 'npm',
  mailgun: 'mailgun',
};

const v = (
  id: string,
  name: string,
  category: VendorCategory,
  status: VendorStatus,
  countries: string,
  host: string,
  endpoints: string[],
  more: Partial<WorldVendor> = {},
): WorldVendor => {
  const [country = null, declared = null, importer = null] = countries
    .split(' ')
    .map((one) => (one === '-' ? null : one));
  return {
    id,
    name,
    category,
    status,
    country,
    declared,
    importer,
    data: [],
    owner: null,
    logo: LOGOS[id] ?? null,
    host,
    endpoints,
    ...more,
  };
};

const KNOWN: readonly WorldVendor[] = [
  v(
    'openai',
    'OpenAI',
    'ai',
    'approved',
    'US US IE',
    'api.openai.com',
    ['POST /v1/chat/completions', 'POST /v1/embeddings'],
    { data: ['personal'], owner: 'Ada Okafor' },
  ),
  v('anthropic', 'Anthropic', 'ai', 'approved', 'US US US', 'api.anthropic.com', ['POST /v1/messages'], {
    data: ['personal', 'confidential'],
    owner: 'Ada Okafor',
  }),
  v(
    'stripe',
    'Stripe',
    'payments',
    'approved',
    'IE US IE',
    'api.stripe.com',
    ['POST /v1/payment_intents', 'GET /v1/customers/{id}', 'POST /v1/refunds'],
    { data: ['payment', 'personal'], owner: 'Payments' },
  ),
  v(
    'twilio',
    'Twilio',
    'communication',
    'known',
    'US - US',
    'api.twilio.com',
    ['POST /2010-04-01/Accounts/{sid}/Messages.json'],
    { data: ['personal'] },
  ),
  v(
    'salesforce',
    'Salesforce',
    'crm',
    'approved',
    'DE EU US',
    'acme.my.salesforce.com',
    ['GET /services/data/v61.0/query', 'PATCH /services/data/v61.0/sobjects/Account/{id}'],
    { data: ['personal'] },
  ),
  v(
    'aws',
    'Amazon Web Services',
    'cloud',
    'approved',
    'IE IE US',
    'acme-lake.s3.eu-west-1.amazonaws.com',
    ['PUT /raw/{date}/{uuid}', 'GET /raw/{date}/{uuid}'],
    { data: ['confidential'] },
  ),
  v('google-maps', 'Google Maps', 'maps', 'known', '- - IE', 'maps.googleapis.com', ['GET /maps/api/geocode/json']),
  v(
    'github',
    'GitHub',
    'source-control',
    'approved',
    'US US US',
    'api.github.com',
    ['GET /repos/{owner}/{repo}', 'GET /user'],
    { data: ['none'] },
  ),
  v('npm', 'npm', 'package-registry', 'approved', '- - US', 'packages.vendor.example', ['GET /{package}']),
  v('mailgun', 'Mailgun', 'email', 'deprecated', 'DE DE US', 'api.eu.mailgun.net', ['POST /v3/{domain}/messages'], {
    data: ['personal'],
  }),
  v('metrics-hub.io', 'metrics-hub.io', 'unknown', 'blocked', 'BG - -', 'collect.metrics-hub.io', ['POST /v2/events']),
  v('singlestore.example', 'singlestore.example', 'unknown', 'new', 'SG - -', 'api.singlestore.example', [
    'POST /query',
  ]),
];

const APPS = [
  { name: 'support-bot', team: 'AI' },
  { name: 'billing-api', team: 'Payments' },
  { name: 'web-checkout', team: 'Payments' },
  { name: 'etl-nightly', team: 'Data' },
  { name: 'npm', team: null },
  { name: 'curl', team: null },
];

/** Calls of an app to a vendor: how many a day, errors, microseconds, nano-dollars each. */
const USES: readonly [string, string, number, number, number, number | null][] = [
  ['support-bot', 'openai', 700, 0.004, 4_100_000, 1_160_000],
  ['support-bot', 'anthropic', 300, 0.001, 3_200_000, 2_010_000],
  ['support-bot', 'salesforce', 40, 0, 480_000, null],
  ['billing-api', 'stripe', 1000, 0.021, 290_000, 0],
  ['billing-api', 'mailgun', 60, 0, 210_000, 800_000],
  ['web-checkout', 'stripe', 400, 0.012, 310_000, 0],
  ['web-checkout', 'twilio', 400, 0.003, 220_000, 7_900_000],
  ['web-checkout', 'google-maps', 200, 0, 110_000, 5_000_000],
  ['etl-nightly', 'salesforce', 130, 0.002, 520_000, null],
  ['etl-nightly', 'aws', 2400, 0, 380_000, 5_000],
  ['etl-nightly', 'openai', 20, 0.5, 46_000, 20_000],
  ['etl-nightly', 'singlestore.example', 5, 0, 600_000, null],
  ['npm', 'npm', 30, 0, 90_000, null],
  ['npm', 'github', 30, 0.001, 97_000, null],
  ['curl', 'metrics-hub.io', 12, 1, 1_000, null],
];

/** The installation of the pictures: twelve vendors, thirty days, one vendor that came and one that went. */
export function smallWorld(days = 30): World {
  const random = dice(7);
  const calls: WorldCall[] = [];
  for (let day = 0; day < days * 2; day++) {
    for (const [app, vendor, perDay, rate, us, nano] of USES) {
      // The registry of metrics came two weeks ago; the mailer was left with last month.
      if ((vendor === 'metrics-hub.io' || vendor === 'singlestore.example') && day > 14) continue;
      if (vendor === 'mailgun' && day < days) continue;
      const { endpoints } = KNOWN.find((one) => one.id === vendor) ?? { endpoints: [] };
      endpoints.forEach((endpoint, index) => {
        if (endpoint.includes('refunds') && day > 9) return;
        const count = Math.round((perDay / (index * 2 + 1)) * (0.7 + random() * 0.6));
        calls.push({
          app,
          vendor,
          endpoint,
          day,
          figures: figuresOf(
            count,
            rate,
            us * (0.8 + random() * 0.4),
            nano,
            vendor === 'openai' && app === 'etl-nightly',
            random,
          ),
        });
      });
    }
  }
  return { apps: APPS, vendors: [...KNOWN], calls };
}

function figuresOf(
  calls: number,
  rate: number,
  us: number,
  nano: number | null,
  throttled: boolean,
  random: () => number,
): Figures {
  const errors = Math.round(calls * rate);
  return {
    calls,
    errors,
    failures: Math.round(errors * 0.2),
    throttled: throttled ? errors : 0,
    requestBytes: Math.round(calls * (400 + random() * 2000)),
    responseBytes: Math.round(calls * (900 + random() * 9000)),
    p50: us * 0.4,
    p95: us,
    costNanoUsd: nano === null ? null : Math.round(calls * nano),
    pricedCalls: nano === null ? 0 : calls,
    unpricedCalls: nano === null ? calls : 0,
  };
}

const STATUSES: readonly VendorStatus[] = [
  'approved',
  'approved',
  'approved',
  'known',
  'known',
  'new',
  'deprecated',
  'blocked',
];
const SOME: readonly VendorCategory[] = [
  'ai',
  'payments',
  'crm',
  'cloud',
  'email',
  'maps',
  'observability',
  'search',
  'storage',
  'unknown',
];
const PLACES = ['US', 'IE', 'DE', 'FR', 'SG', 'JP', 'GB', 'NL', 'BR', 'IN', 'AU', null];
const TEAMS = ['AI', 'Payments', 'Data', 'Growth', 'Platform', 'Mobile', null];
const THINGS = ['users', 'orders', 'events', 'files', 'messages', 'search', 'tokens', 'reports', 'invoices', 'sites'];

/** An installation of any size. */
export function largeWorld({
  apps,
  vendors,
  endpoints,
  seed = 1,
  days = 1,
}: {
  apps: number;
  vendors: number;
  endpoints: number;
  seed?: number;
  days?: number;
}): World {
  const random = dice(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const made = Array.from({ length: vendors }, (_, index): WorldVendor => {
    const place = pick(PLACES);
    const known = KNOWN[index];
    if (known) return { ...known, endpoints: [...known.endpoints] };
    return {
      id: `vendor-${index}.example`,
      name: `Vendor ${index}`,
      category: pick(SOME),
      status: pick(STATUSES),
      country: place,
      declared: random() < 0.5 ? place : null,
      importer: random() < 0.5 ? pick(PLACES) : null,
      data: random() < 0.5 ? [pick(['personal', 'payment', 'confidential', 'public'] as const)] : [],
      owner: null,
      logo: null,
      host: `api.vendor-${index}.example`,
      endpoints: [],
    };
  });
  for (let index = made.reduce((sum, one) => sum + one.endpoints.length, 0); index < endpoints; index++) {
    // Few vendors have many endpoints.
    const vendor = made[Math.floor(random() ** 2 * made.length)];
    vendor?.endpoints.push(
      `${pick(['GET', 'POST', 'PUT', 'DELETE'])} /v1/${pick(THINGS)}/{id}/${pick(THINGS)}-${index}`,
    );
  }
  const names = Array.from({ length: apps }, (_, index) => ({ name: `service-${index}`, team: pick(TEAMS) }));
  const calls: WorldCall[] = [];
  for (const vendor of made) {
    if (vendor.endpoints.length === 0) vendor.endpoints.push('POST /v1/events');
    const callers = Array.from({ length: 1 + Math.floor(random() ** 3 * 5) }, () => pick(names).name);
    for (const app of new Set(callers)) {
      for (const endpoint of vendor.endpoints) {
        for (let day = 0; day < days; day++) {
          const count = Math.ceil(10 ** (random() * 4.5));
          calls.push({
            app,
            vendor: vendor.id,
            endpoint,
            day,
            figures: figuresOf(
              count,
              random() < 0.7 ? 0 : random() ** 3,
              10 ** (4 + random() * 3),
              random() < 0.4 ? 1_000_000 : null,
              false,
              random,
            ),
          });
        }
      }
    }
  }
  return { apps: names, vendors: made, calls };
}
