import fc from 'fast-check';
import { FIELDS } from '../../../shared/query/fields.ts';
import { normalise } from '../../../shared/query/compose.ts';
import type { Comparison, NumberField, QueryTree, TextField } from '../../../shared/query/tree.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { Source } from '../../../shared/model/call.ts';
import { SOURCES, CALL_KINDS, PROTOCOLS } from '../../../shared/model/call.ts';
import { THROTTLES } from '../../../shared/model/limit-signal.ts';
import { PROVENANCES } from '../../../shared/model/money.ts';
import type { Tags } from '../../../shared/model/caller.ts';
import { FAILURE_KINDS } from '../../../shared/model/failure.ts';

/** Any filter the parser could make, in its normal shape, and calls that such filters tell apart. */

const comparison = fc.constantFrom<Comparison>('=', '<', '<=', '>', '>=');
/** Few letters, so that patterns often hit; the odd ones for quoting. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', 'B', 'c', '/', '.', '*', ' ', '"', '\\', '(', ')', ':', '-', '%', '_', 'é', '>', 'K'),
    maxLength: 8,
  }),
  fc.constantFrom('api.stripe.com', '/v1/*', '*.com', 'GET', 'and', 'or', 'Not', 'stripe', '/v1/charges', '*'),
);
const searchable = text.filter((value) => value.replaceAll('*', '') !== '');
const numberFields: NumberField[] = [];
const openTextFields: TextField[] = [];
const closed: { field: TextField; values: readonly string[] }[] = [];
for (const { value } of FIELDS) {
  if (value.type === 'number') numberFields.push(value.field);
  else if (value.type === 'text' && value.values) closed.push({ field: value.field, values: value.values });
  else if (value.type === 'text') openTextFields.push(value.field);
}

const amount = fc.oneof(
  fc.constantFrom(0, 1, 200, 404, 500, 1000, 1024, 500_000, 1_000_000, 3_600_000_000),
  fc.nat(),
  fc.maxSafeNat(),
);
const leaf: fc.Arbitrary<QueryTree> = fc.oneof(
  searchable.map((value): QueryTree => ({ op: 'word', text: value })),
  fc.record({ op: fc.constant('text' as const), field: fc.constantFrom(...openTextFields), pattern: text }),
  fc
    .constantFrom(...closed)
    .chain(({ field, values }) =>
      fc
        .constantFrom(...values, `${values[0]?.slice(0, 3)}*`, '*')
        .map((pattern): QueryTree => ({ op: 'text', field, pattern })),
    ),
  fc.record({ op: fc.constant('number' as const), field: fc.constantFrom(...numberFields), comparison, value: amount }),
  fc.record({ op: fc.constant('tls' as const), comparison, value: fc.integer({ min: 10, max: 13 }) }),
  fc.record({
    op: fc.constant('time' as const),
    bound: fc.constantFrom('since' as const, 'until' as const),
    at: fc.nat({ max: 4e15 }),
  }),
  fc.record({
    op: fc.constant('header' as const),
    name: fc.constantFrom('x-a', 'accept', 'a.b', 'content-type'),
    pattern: text,
  }),
  text.map((value): QueryTree => ({ op: 'body', text: value })),
  fc.record({
    op: fc.constant('tag' as const),
    name: fc.constantFrom('run', 'feature', 'cost centre', 'é', 'nobody'),
    pattern: fc.option(fc.oneof(text, fc.constantFrom('', 'a*', 'checkout', 'A*C 100%', '= x'))),
  }),
  // Values that calls have, so that these are not always told from none at all.
  fc.constantFrom<QueryTree>(
    { op: 'number', field: 'pid', comparison: '=', value: 4211 },
    { op: 'number', field: 'pid', comparison: '<', value: 4211 },
    { op: 'text', field: 'process', pattern: 'curl' },
    { op: 'text', field: 'process', pattern: 'n*e' },
    { op: 'text', field: 'process', pattern: '//api.Stripe' },
    { op: 'text', field: 'process', pattern: 'curl*//*stripe*' },
    { op: 'text', field: 'user', pattern: 'a*' },
    { op: 'text', field: 'user', pattern: 'ROOT' },
    { op: 'text', field: 'package', pattern: 'stripe' },
    { op: 'text', field: 'package', pattern: '@aws-sdk/*' },
    { op: 'text', field: 'callsite', pattern: 'PAY.ts:42' },
    { op: 'text', field: 'callsite', pattern: '/srv/shop/*.js:*' },
    { op: 'text', field: 'trace', pattern: '4BF92f3577b34da6a3ce929d0e0e4736' },
    { op: 'text', field: 'trace', pattern: '00f0*' },
    { op: 'text', field: 'trace', pattern: '00f067AA0b*' },
    { op: 'text', field: 'trace', pattern: '00f067aa0c*' },
    { op: 'text', field: 'trace', pattern: '00f*' },
    { op: 'text', field: 'trace', pattern: '*b7' },
    { op: 'text', field: 'source', pattern: 'agent' },
    { op: 'text', field: 'vendor', pattern: 'stripe' },
    { op: 'text', field: 'vendor', pattern: '*' },
    { op: 'text', field: 'service', pattern: 'a*' },
    { op: 'text', field: 'endpoint', pattern: '/v1/Charges' },
    { op: 'text', field: 'endpoint', pattern: 'get /v1/*' },
    { op: 'text', field: 'endpoint', pattern: '{ID}' },
    { op: 'text', field: 'endpoint', pattern: '*' },
    { op: 'text', field: 'model', pattern: 'gpt-5' },
    { op: 'text', field: 'model', pattern: 'GPT*' },
    { op: 'text', field: 'credential', pattern: 'BEARER' },
    { op: 'text', field: 'credential', pattern: '*%' },
    { op: 'text', field: 'throttle', pattern: 'vendor-*' },
    { op: 'number', field: 'cost', comparison: '>', value: 1_000_000_000 },
    { op: 'number', field: 'cost', comparison: '>=', value: 0 },
    { op: 'number', field: 'tokens', comparison: '<', value: 4000 },
  ),
);

export const queryTrees: fc.Arbitrary<QueryTree> = fc
  .letrec<{ tree: QueryTree }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts): QueryTree => ({ op: 'and', parts })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((parts): QueryTree => ({ op: 'or', parts })),
      tie('tree').map((part): QueryTree => ({ op: 'not', part })),
    ),
  }))
  .tree.map(normalise);

const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

export const callSummaries: fc.Arbitrary<CallSummary> = fc
  .record({
    id: fc.integer({ min: 1, max: 1100 }),
    state: fc.constantFrom('open' as const, 'closed' as const),
    kind: fc.constantFrom(...CALL_KINDS),
    source: fc.constantFrom(...SOURCES),
    startedAt: fc.nat({ max: 4e15 }),
    app: orNull(fc.constantFrom('', 'billing', 'aBc', 'a')),
    clientAddress: orNull(fc.constantFrom('127.0.0.1', '::1')),
    method: fc.constantFrom('GET', 'POST', 'get'),
    scheme: fc.constantFrom('http', 'https', 'ws', 'tls'),
    host: fc.constantFrom('api.stripe.com', 'localhost', '::1', 'a.B', 'É.com'),
    port: fc.constantFrom(80, 443, 8443),
    path: fc.constantFrom('', '/', '/v1/charges', '/a b"c', '/v1/*', '/K'),
    query: fc.constantFrom('', '?', '?page=2&a=B'),
    status: orNull(fc.constantFrom(200, 204, 301, 404, 500)),
    failure: orNull(fc.constantFrom(...FAILURE_KINDS)),
    durationUs: orNull(amount),
    timeToFirstByteUs: orNull(amount),
    requestBytes: fc.nat({ max: 2_000_000 }),
    responseBytes: fc.nat({ max: 2_000_000 }),
    clientProtocol: fc.constantFrom(...PROTOCOLS),
    protocol: orNull(fc.constantFrom(...PROTOCOLS)),
    tlsVersion: orNull(fc.constantFrom('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'SSLv3')),
    remoteAddress: orNull(fc.constantFrom('10.0.0.1', '2001:db8::1')),
    contentType: orNull(fc.constantFrom('application/json', 'text/plain')),
    decision: orNull(fc.constantFrom('blocked')),
    messages: fc.nat({ max: 3 }),
    sources: fc.constantFrom<Source[]>(['proxy'], ['proxy', 'agent']),
    process: orNull(
      fc.record({
        pid: fc.constantFrom(7, 4211),
        name: fc.constantFrom('node', 'curl'),
        user: orNull(fc.constantFrom('ada', 'root')),
        command: orNull(fc.constant('curl -s https://api.stripe.com')),
      }),
    ),
    package: orNull(fc.constantFrom('stripe', '@aws-sdk/client-s3')),
    callsite: orNull(fc.constantFrom('/srv/shop/pay.ts:42', '/srv/shop/index.js:7')),
    traceId: orNull(fc.constantFrom('4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b700f067aa0ba902b7')),
    tags: fc.constantFrom<Tags>(
      {},
      { run: 'a1' },
      { feature: 'Checkout', 'cost centre': 'a*c 100%' },
      { é: 'K', run: '' },
    ),
    // Not recorded: made of the host when reading.
    vendor: fc.constant(null),
    service: fc.constant(null),
    endpoint: orNull(fc.constantFrom('POST /v1/charges', 'GET /v1/*', 'POST /graphql query GetUser', '')),
    credential: orNull(fc.constantFrom('Bearer a1b2c3', 'basic a*c 100%')),
    throttle: orNull(fc.constantFrom(...THROTTLES)),
    model: orNull(fc.constantFrom('gpt-5', 'GPT-5-mini', 'a*c')),
    inputTokens: orNull(fc.nat({ max: 2_000_000 })),
    outputTokens: orNull(fc.nat({ max: 5000 })),
    costNanoUsd: orNull(fc.nat({ max: 4_000_000_000 })),
    costProvenance: orNull(fc.constantFrom(...PROVENANCES)),
    pinned: fc.boolean(),
    note: orNull(fc.constantFrom('ask Kim', 'a*c 100%', 'É')),
  })
  // As samples record it.
  .map((call) => (call.decision === null ? call : { ...call, policies: [`p=${call.decision}`] }))
  // Read when it is over.
  .map((call) =>
    call.state === 'open'
      ? { ...call, ...UNREAD }
      : { ...call, costNanoUsd: call.costProvenance === null ? null : call.costNanoUsd },
  );

const UNREAD = {
  model: null,
  inputTokens: null,
  outputTokens: null,
  costNanoUsd: null,
  costProvenance: null,
} satisfies Partial<CallSummary>;
