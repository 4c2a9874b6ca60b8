import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { evaluate } from '../../../shared/query/evaluate.ts';
import type { CallDetails } from '../../../shared/query/evaluate.ts';
import { parseQuery } from '../../../shared/query/parse.ts';
import { callSummaries, queryTrees } from './trees.ts';

const NOW = Date.UTC(2026, 10, 23, 12) * 1000;

const CALL: CallSummary = {
  id: 7,
  state: 'closed',
  kind: 'http',
  source: 'proxy',
  startedAt: NOW - 60_000_000,
  app: 'Billing',
  clientAddress: '127.0.0.1',
  method: 'POST',
  scheme: 'https',
  host: 'api.stripe.com',
  port: 443,
  path: '/v1/charges/ch_1',
  query: '?expand=a',
  status: 402,
  failure: null,
  durationUs: 250_000,
  timeToFirstByteUs: 200_000,
  requestBytes: 600_000,
  responseBytes: 500_000,
  clientProtocol: 'http/1.1',
  protocol: 'h2',
  tlsVersion: 'TLSv1.3',
  remoteAddress: '10.1.2.3',
  contentType: 'application/json',
  decision: null,
  messages: 0,
  sources: ['proxy'],
  process: null,
  package: null,
  callsite: null,
  traceId: null,
  tags: {},
  vendor: null,
  service: null,
  endpoint: null,
  credential: null,
  throttle: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
  costNanoUsd: null,
  costProvenance: null,
  pinned: true,
  note: 'ask Kim',
};
const DETAILS: CallDetails = {
  headers: () => [
    ['X-Request-Id', 'abc-123'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ],
  bodies: () => [null, '{"error":"Card declined","star":"a*b"}'],
};
const UNTOUCHED: CallDetails = {
  headers: () => {
    throw new Error('headers were read');
  },
  bodies: () => {
    throw new Error('bodies were read');
  },
};

function passes(query: string, call = CALL, details = DETAILS): boolean {
  const reading = parseQuery(query, { now: NOW });
  if (!reading.ok) throw new Error(reading.error.message);
  return evaluate(reading.tree, call, details);
}

describe('passes', () => {
  test.each([
    '',
    'stripe',
    'STRIPE',
    'com/v1',
    'api*charges',
    'method:post',
    'status:4xx',
    'status:402',
    'status:>=400',
    'host:*.stripe.com',
    'host:api.stripe.com',
    'path:/v1/*',
    'path:charges',
    'query:expand',
    'url:https://api.stripe.com/v1',
    'url:https://*expand=a',
    'app:billing',
    'source:proxy',
    'duration:>=250ms',
    'duration:0..1s',
    'ttfb:200ms',
    'size:>1MB',
    'size:1.1MB',
    'request-size:600kB',
    'tls:1.3',
    'tls:>1.2',
    'protocol:h2',
    'header.x-request-id:abc',
    'header.X-REQUEST-ID:',
    'header.set-cookie:b=*',
    'body:"card DECLINED"',
    'body:"a*b"',
    'since:-1h',
    'until:now',
    'since:-1m',
    'not status:200',
    '-host:localhost',
    'localhost or stripe',
    'api.stripe.com:443',
    'id:7',
    'app:*',
    'not failure:*',
    'remote:10.*',
    'type:*json',
    'not vendor:*',
    'not decision:*',
  ])('%s', (query) => expect(passes(query)).toBe(true));
});

describe('who called', () => {
  const called: CallSummary = {
    ...CALL,
    sources: ['proxy', 'agent'],
    process: { pid: 4211, name: 'node', user: 'ada', command: 'node /srv/shop/Pay.mjs' },
    package: '@aws-sdk/client-s3',
    callsite: '/srv/shop/pay.ts:42',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    tags: { run: 'r1', 'cost centre': 'Berlin 2' },
  };
  test.each([
    'pid:4211',
    'pid:>4000',
    'process:node',
    'process:shop/pay',
    'process:n*e',
    'process:node*/shop/*mjs',
    'user:ADA',
    'package:@aws-sdk/*',
    'callsite:pay.ts:42',
    'callsite:*/pay.ts:*',
    'trace:4BF92f3577b34da6a3ce929d0e0e4736',
    'tag:run',
    'tag:RUN=r*',
    'tag:"cost centre=berlin 2"',
    'source:agent source:proxy',
  ])('%s passes', (query) => expect(passes(query, called, UNTOUCHED)).toBe(true));
  test.each([
    'pid:421',
    'process:nodejs',
    'process:pay.mjs',
    'process:shop/pay*',
    'user:a',
    'package:client-s3',
    'trace:4bf9',
    'tag:feature',
    'tag:run=r',
    'tag:"cost centre=berlin"',
    'source:gateway',
  ])('%s does not', (query) => expect(passes(query, called, UNTOUCHED)).toBe(false));
  test('what is not known is not compared', () => {
    for (const query of ['pid:>0', 'process:*', 'user:*', 'package:*', 'callsite:*', 'trace:*', 'tag:run'])
      expect(passes(query)).toBe(false);
  });
});

describe('does not pass', () => {
  test.each([
    'paypal',
    'expand',
    'method:POS',
    'status:5xx',
    'status:<402',
    'host:stripe.com',
    'path:v1/*',
    'app:bill',
    'duration:>250ms',
    'size:>1.1MB',
    'tls:<1.3',
    'header.x-request-id:b*',
    'header.set-cookie:a=1b',
    'header.cookie:',
    'body:"a.b"',
    'since:now',
    'until:-1m',
    'not status:402',
    'failure:*',
    'vendor:stripe',
    'url:http://api',
    'url:https://api.stripe.com:443',
  ])('%s', (query) => expect(passes(query)).toBe(false));
});

test('what a pattern has before and after its star does not overlap', () => {
  expect(passes('host:a*a', { ...CALL, host: 'a' })).toBe(false);
  expect(passes('host:a*a', { ...CALL, host: 'aa' })).toBe(true);
});

test('absent values compare as false and `not` turns that into true', () => {
  const open: CallSummary = { ...CALL, status: null, durationUs: null, tlsVersion: null, app: null, protocol: null };
  for (const query of ['status:>=0', 'status:<999', 'duration:>=0', 'tls:>=1.0', 'tls:<1.2', 'app:*', 'protocol:*']) {
    expect(passes(query, open), query).toBe(false);
    expect(passes(`not ${query}`, open), query).toBe(true);
  }
});

test('headers and bodies are read only by the terms that need them', () => {
  expect(passes('stripe status:402 -method:GET', CALL, UNTOUCHED)).toBe(true);
  expect(passes('paypal body:x', CALL, UNTOUCHED)).toBe(false);
});

test('case is ignored for ASCII only, as SQLite does', () => {
  expect(passes('é', { ...CALL, path: '/É' })).toBe(false);
  // The Kelvin sign lower-cases to k.
  expect(passes('k', { ...CALL, host: 'x', path: '/\u212a' })).toBe(false);
});

test('a filter and its negation never agree', () => {
  fc.assert(
    fc.property(queryTrees, callSummaries, (tree, call) => {
      expect(evaluate({ op: 'not', part: tree }, call, DETAILS)).toBe(!evaluate(tree, call, DETAILS));
    }),
    { numRuns: 500 },
  );
});

test('a hostile pattern takes time linear in the text', () => {
  const path = '/' + 'a'.repeat(20_000);
  expect(passes(`path:${'*a'.repeat(100)}*b`, { ...CALL, path })).toBe(false);
});
