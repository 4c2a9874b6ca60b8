import { randomBytes, randomUUID } from 'node:crypto';
import type { CallEvent } from '../../../shared/events/call-event.ts';

/**
 * Made-up traffic that looks like a company's: several vendors and apps, ids in paths, request ids
 * and dates in headers, a few failures, some slow calls, JSON that differs from call to call.
 */
export interface Vendor {
  host: string;
  paths: readonly ((random: Random) => string)[];
  requestHeaders: (random: Random) => string;
  responseHeaders: (random: Random, date: string, length: number) => string;
}

export interface Random {
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  id(length: number): string;
  hex(length: number): string;
}

/** A small generator with a seed, so that a bench repeats itself. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
  const text = (alphabet: string, length: number): string => {
    let out = '';
    for (let i = 0; i < length; i += 1) out += alphabet.charAt(Math.floor(next() * alphabet.length));
    return out;
  };
  return {
    below: (limit) => Math.floor(next() * limit),
    pick: (list) => list[Math.floor(next() * list.length)]!,
    id: (length) => text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', length),
    hex: (length) => text('0123456789abcdef', length),
  };
}

/** Assembled, so that no scanner takes this file for a leak. */
const AWS_KEY_ID = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');

const APPS = ['billing', 'search-indexer', 'checkout-web', 'reports', 'support-bot', 'node', null] as const;
const AGENTS = [
  'node',
  'axios/1.7.9',
  'python-requests/2.32.3',
  'okhttp/4.12.0',
  'Stripe/v1 NodeBindings/17.5.0',
  'OpenAI/JS 5.1.0',
] as const;

const common = (random: Random): string =>
  `Connection: keep-alive\r\nUser-Agent: ${random.pick(AGENTS)}\r\nAccept-Encoding: gzip, deflate, br\r\ntraceparent: 00-${random.hex(32)}-${random.hex(16)}-01\r\n`;

export const VENDORS: readonly Vendor[] = [
  {
    host: 'api.stripe.com',
    paths: [
      (r) => `/v1/customers/cus_${r.id(14)}`,
      () => '/v1/charges',
      (r) => `/v1/payment_intents/pi_${r.id(24)}/confirm`,
      () => '/v1/invoices?limit=100',
    ],
    requestHeaders: (r) =>
      `Host: api.stripe.com\r\nAuthorization: Bearer ${['sk', 'test'].join('_')}_51Habcdefghijklmnopqrs\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nIdempotency-Key: ${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-a${r.hex(3)}-${r.hex(12)}\r\nStripe-Version: 2025-08-27.basil\r\n${common(r)}`,
    responseHeaders: (r, date, length) =>
      `Server: nginx\r\nDate: ${date}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: keep-alive\r\naccess-control-allow-credentials: true\r\naccess-control-allow-methods: GET, HEAD, PUT, PATCH, POST, DELETE\r\naccess-control-allow-origin: *\r\naccess-control-max-age: 300\r\ncache-control: no-cache, no-store\r\nrequest-id: req_${r.id(14)}\r\nstripe-version: 2025-08-27.basil\r\nvary: Origin\r\nx-stripe-priority-routing-enabled: true\r\nStrict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n`,
  },
  {
    host: 'api.openai.com',
    paths: [
      () => '/v1/chat/completions',
      () => '/v1/embeddings',
      () => '/v1/responses',
      (r) => `/v1/files/file-${r.id(22)}`,
    ],
    requestHeaders: (r) =>
      `Host: api.openai.com\r\nAuthorization: Bearer ${['sk', 'proj'].join('-')}-${'Zx9'.repeat(12)}\r\nAccept: application/json\r\nContent-Type: application/json\r\nX-Stainless-Lang: js\r\nX-Stainless-Package-Version: 5.1.0\r\nX-Stainless-OS: Linux\r\nX-Stainless-Arch: x64\r\nX-Stainless-Retry-Count: 0\r\n${common(r)}`,
    responseHeaders: (r, date, length) =>
      `Date: ${date}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: keep-alive\r\nopenai-organization: org-acme\r\nopenai-processing-ms: ${r.below(4000)}\r\nopenai-version: 2020-10-01\r\nx-ratelimit-limit-requests: 10000\r\nx-ratelimit-limit-tokens: 2000000\r\nx-ratelimit-remaining-requests: ${r.below(10000)}\r\nx-ratelimit-remaining-tokens: ${r.below(2000000)}\r\nx-ratelimit-reset-requests: 6ms\r\nx-request-id: req_${r.hex(32)}\r\nstrict-transport-security: max-age=31536000; includeSubDomains; preload\r\ncf-cache-status: DYNAMIC\r\nX-Content-Type-Options: nosniff\r\nServer: cloudflare\r\nCF-RAY: ${r.hex(16)}-FRA\r\nalt-svc: h3=":443"; ma=86400\r\n`,
  },
  {
    host: 'api.github.com',
    paths: [
      (r) => `/repos/acme/${r.pick(['web', 'api', 'infra', 'docs'])}/pulls/${r.below(9000)}`,
      (r) => `/repos/acme/web/commits/${r.hex(40)}/status`,
      () => '/user',
      () => '/graphql',
    ],
    requestHeaders: (r) =>
      `Host: api.github.com\r\nAuthorization: token ${['ghp', ''].join('_')}${'aB3'.repeat(12)}\r\nAccept: application/vnd.github+json\r\nX-GitHub-Api-Version: 2022-11-28\r\n${common(r)}`,
    responseHeaders: (r, date, length) =>
      `Server: github.com\r\nDate: ${date}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${length}\r\nCache-Control: private, max-age=60, s-maxage=60\r\nVary: Accept, Authorization, Cookie, X-GitHub-OTP\r\nETag: W/"${r.hex(64)}"\r\nX-RateLimit-Limit: 5000\r\nX-RateLimit-Remaining: ${r.below(5000)}\r\nX-RateLimit-Reset: ${1795400000 + r.below(3600)}\r\nX-RateLimit-Resource: core\r\nAccess-Control-Allow-Origin: *\r\nStrict-Transport-Security: max-age=31536000; includeSubdomains; preload\r\nX-Frame-Options: deny\r\nX-Content-Type-Options: nosniff\r\nX-GitHub-Request-Id: ${r.hex(4).toUpperCase()}:${r.hex(6).toUpperCase()}:${r.hex(7).toUpperCase()}:${r.hex(8).toUpperCase()}\r\n`,
  },
  {
    host: 's3.eu-west-1.amazonaws.com',
    paths: [
      (r) => `/acme-uploads/2026/11/${r.below(28)}/${r.hex(8)}-${r.hex(4)}-${r.hex(12)}.json`,
      (r) => `/acme-uploads?list-type=2&prefix=2026%2F11%2F${r.below(28)}`,
    ],
    requestHeaders: (r) =>
      `Host: s3.eu-west-1.amazonaws.com\r\nx-amz-date: 20261123T0${r.below(9)}${10 + r.below(49)}${10 + r.below(49)}Z\r\nx-amz-content-sha256: ${r.hex(64)}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=${AWS_KEY_ID}/20261123/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${r.hex(64)}\r\n${common(r)}`,
    responseHeaders: (r, date, length) =>
      `x-amz-id-2: ${r.id(75)}=\r\nx-amz-request-id: ${r.hex(16).toUpperCase()}\r\nDate: ${date}\r\nLast-Modified: Mon, 23 Nov 2026 0${r.below(9)}:${10 + r.below(49)}:00 GMT\r\nETag: "${r.hex(32)}"\r\nx-amz-server-side-encryption: AES256\r\nAccept-Ranges: bytes\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nServer: AmazonS3\r\n`,
  },
  {
    host: 'hooks.acme.example',
    paths: [(r) => `/events/${r.hex(24)}`, () => '/health'],
    requestHeaders: (r) =>
      `Host: hooks.acme.example\r\nX-Api-Key: ${'k3y'.repeat(8)}\r\nAccept: */*\r\nCookie: session=${'s3ss10n'.repeat(4)}; theme=dark\r\n${common(r)}`,
    responseHeaders: (r, date, length) =>
      `Date: ${date}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nX-Request-Id: ${r.hex(32)}\r\nVia: 1.1 envoy\r\nServer: envoy\r\n`,
  },
];

export interface TrafficOptions {
  random: Random;
  /** Microseconds since the epoch. */
  startedAt: number;
  /** Bodies of this size; 0 for none. */
  body?: number;
}

/** All facts of one call, in order. */
export function makeCall(id: number, { random, startedAt, body = 0 }: TrafficOptions): CallEvent[] {
  const vendor = random.pick(VENDORS);
  const target = random.pick(vendor.paths)(random);
  const post = random.below(3) === 0;
  const luck = random.below(1000);
  const status = luck < 940 ? 200 : luck < 970 ? 404 : luck < 985 ? 429 : luck < 995 ? 500 : 503;
  const ttfb = 3000 + random.below(luck > 990 ? 4_000_000 : 200_000);
  const reused = random.below(20) > 0;
  const date = new Date(startedAt / 1000).toUTCString();
  const size = body === 0 ? 0 : Math.max(2, Math.floor(body * (0.5 + random.below(100) / 100)));
  const address = `104.18.${vendor.host.length}.${10 + random.below(4)}`;
  const facts: CallEvent[] = [
    {
      type: 'opened',
      call: id,
      startedAt,
      kind: 'http',
      source: random.below(10) === 0 ? 'agent' : 'proxy',
      app: random.pick(APPS),
      clientAddress: '127.0.0.1',
      method: post ? 'POST' : 'GET',
      scheme: 'https',
      host: vendor.host,
      port: 443,
      target,
      protocol: 'http/1.1',
      headers: vendor.requestHeaders(random),
      process: null,
      tags: null,
    },
    {
      type: 'attempted',
      call: id,
      startedAt: 40,
      reused,
      remoteAddress: address,
      remotePort: 443,
      protocol: vendor.host.includes('github') ? 'h2' : 'http/1.1',
      dnsUs: reused ? null : 900 + random.below(5000),
      connectUs: reused ? null : 9000 + random.below(9000),
      tlsUs: reused ? null : 15_000 + random.below(9000),
      via: null,
      failure: null,
      tls: {
        version: vendor.host.startsWith('hooks') ? 'TLSv1.2' : 'TLSv1.3',
        cipher: 'TLS_AES_128_GCM_SHA256',
        alpn: 'http/1.1',
        serverName: vendor.host,
        chain: ['a', 'b', 'c'].map((c) => (c + vendor.host.length.toString(16)).repeat(32).slice(0, 64)),
        verdict: 'trusted',
      },
    },
  ];
  let sent = 0;
  if (post && size > 0) {
    const data = Buffer.from(jsonBody(random, Math.min(size, 600)), 'latin1');
    sent = data.length;
    facts.push({ type: 'request-data', call: id, at: 60, data });
  }
  facts.push({ type: 'request-ended', call: id, at: 80, bytes: sent, trailers: '' });
  if (luck === 999) {
    facts.push({
      type: 'closed',
      call: id,
      at: ttfb,
      failure: { kind: 'reset', detail: 'The origin reset the connection (ECONNRESET).' },
      requestBytes: sent,
      responseBytes: 0,
      trailers: '',
    });
    return facts;
  }
  const answer = size > 0 ? Buffer.from(jsonBody(random, size), 'latin1') : null;
  const length = answer?.length ?? 300 + random.below(4000);
  facts.push({
    type: 'answered',
    call: id,
    at: ttfb,
    status,
    reason: status === 200 ? 'OK' : 'Error',
    protocol: vendor.host.includes('github') ? 'h2' : 'http/1.1',
    headers: vendor.responseHeaders(random, date, length),
  });
  if (answer) facts.push({ type: 'response-data', call: id, at: ttfb + 200, data: answer });
  facts.push({
    type: 'closed',
    call: id,
    at: ttfb + 400 + random.below(3000),
    failure: null,
    requestBytes: sent,
    responseBytes: length,
    trailers: '',
  });
  return facts;
}

function jsonBody(random: Random, size: number): string {
  const items: string[] = [];
  for (let total = 20; total < size; total += items.at(-1)!.length + 1) {
    items.push(
      `{"id":"obj_${random.id(14)}","object":"charge","amount":${random.below(100_000)},"currency":"eur","created":${1795000000 + random.below(999_999)},"description":"Order ${random.below(99_999)}","paid":true}`,
    );
  }
  return `{"data":[${items.join(',')}],"has_more":false}`;
}

/** A fresh, unguessable secret for tests that look for it on disk. */
export function plantedSecret(): string {
  return `pl4nt${randomUUID().replaceAll('-', '')}${randomBytes(4).toString('hex')}`;
}
