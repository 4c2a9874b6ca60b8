// The map: every figure on it is a sum of the rows below it, and what changed is said in sentences.
import { describe, expect, test } from 'vitest';
import { drawMap } from '../../../../electron/engine/analytics/picture/dependency-map.ts';
import type { MapQuestion } from '../../../../electron/engine/analytics/picture/dependency-map.ts';
import type { EdgeSum, Sighting } from '../../../../electron/engine/store/picture-rows.ts';
import type { Declared } from '../../../../electron/engine/vendors/declared.ts';
import { dependencyMapSchema } from '../../../../shared/contract/map.ts';
import { AT, DAY, declare, edge, NOW, pictureOf, sighting } from './rows.ts';

const SPAN = { since: NOW - DAY, until: NOW };
const BEFORE = { since: NOW - 2 * DAY, until: NOW - DAY };

function draw(
  edges: EdgeSum[],
  more: Partial<MapQuestion> = {},
  given: { before?: EdgeSum[]; sightings?: Sighting[]; declared?: Declared } = {},
) {
  const map = drawMap(
    pictureOf(given.declared),
    {
      edges: ({ since }) => (since === BEFORE.since ? (given.before ?? []) : edges),
      sightings: () => given.sightings ?? [],
    },
    0.94,
    { ...SPAN, ...AT, endpoints: 12, apps: {}, ...more },
  );
  return dependencyMapSchema.parse(map);
}
const idsOf = (map: ReturnType<typeof draw>): string[] => map.nodes.map(({ id }) => id);

const EDGES = [
  edge('billing', 'api.stripe.com', 'POST /v1/charges', [10, 20], { errors: 1, costNanoUsd: 5, pricedCalls: 2 }),
  edge('shop', 'api.stripe.com', 'POST /v1/charges', [30]),
  edge('shop', 'api.stripe.com', 'GET /v1/charges/{id}', [40]),
  edge('shop', 'api.openai.com', null, [50]),
  edge(null, 'api.acme.dev', 'GET /', [60]),
  edge('shop', 'localhost', 'GET /health', [1, 1, 1]),
];

describe('the map', () => {
  test('goes from app to vendor to endpoint, every figure a sum of what is below', () => {
    const map = draw(EDGES);
    expect(idsOf(map)).toEqual([
      'app:shop',
      'app:billing',
      'app:',
      'vendor:stripe',
      'vendor:openai',
      'vendor:acme.dev',
      'endpoint:api.stripe.com POST /v1/charges',
      'endpoint:api.stripe.com GET /v1/charges/{id}',
      'endpoint:api.openai.com',
      'endpoint:api.acme.dev GET /',
    ]);
    const ids = new Set(idsOf(map));
    for (const { from, to } of map.edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    for (const node of map.nodes.filter(({ kind }) => kind === 'vendor')) {
      const into = map.edges.filter(({ to }) => to === node.id);
      const out = map.edges.filter(({ from }) => from === node.id);
      for (const side of [into, out]) expect(side.reduce((sum, { calls }) => sum + calls, 0)).toBe(node.calls);
    }
    expect(map.total).toMatchObject({ calls: 6, errors: 1, costNanoUsd: 5, pricedCalls: 2, unpricedCalls: 4 });
    expect(map.nodes.find(({ id }) => id === 'vendor:openai')).toMatchObject({ costNanoUsd: null, category: 'ai' });
    expect(map.coverage).toBe(0.94);
  });

  test('says what people and calls say of its nodes', () => {
    const map = draw(
      EDGES,
      { apps: { shop: { team: 'web', criticality: 'high' } } },
      {
        declared: declare('vendors:\n  stripe: {status: approved, data: [payment], criticality: critical}\n'),
        sightings: [
          sighting('api.stripe.com', null, NOW - 40 * DAY, 1),
          sighting('api.stripe.com', 'shop', NOW - 20 * DAY, 2),
          sighting('api.stripe.com', null, NOW - 30 * DAY, 3, 'POST /v1/charges'),
          sighting('api.openai.com', null, NOW - DAY, 4),
        ],
      },
    );
    const node = (id: string) => map.nodes.find((one) => one.id === id);
    expect(node('app:shop')).toMatchObject({ team: 'web', criticality: 'high', firstSeen: NOW - 20 * DAY });
    expect(node('app:billing')).toMatchObject({ team: null, criticality: null });
    expect(node('vendor:stripe')).toMatchObject({
      status: 'approved',
      data: ['payment'],
      criticality: 'critical',
      firstSeen: NOW - 40 * DAY,
    });
    expect(node('vendor:openai')?.status).toBe('new');
    expect(node('endpoint:api.stripe.com POST /v1/charges')).toMatchObject({
      vendor: 'stripe',
      host: 'api.stripe.com',
      firstSeen: NOW - 30 * DAY,
    });
  });

  test('is of one app or one vendor when asked so', () => {
    expect(idsOf(draw(EDGES, { app: 'billing' }))).toEqual([
      'app:billing',
      'vendor:stripe',
      'endpoint:api.stripe.com POST /v1/charges',
    ]);
    expect(draw(EDGES, { vendor: 'stripe' }).total.calls).toBe(4);
    expect(idsOf(draw(EDGES, { app: '' }))[0]).toBe('app:');
  });

  test('folds endpoints beyond the most called ones, and loses none of their calls', () => {
    const edges = Array.from({ length: 10 }, (_, n) =>
      edge(
        'shop',
        'api.stripe.com',
        `GET /v1/${n}`,
        Array.from({ length: 10 - n }, () => 1),
      ),
    );
    const map = draw(edges, { endpoints: 3 });
    const endpoints = map.nodes.filter(({ kind }) => kind === 'endpoint');
    expect(endpoints.map(({ name, calls }) => [name, calls])).toEqual([
      ['GET /v1/0', 10],
      ['GET /v1/1', 9],
      ['GET /v1/2', 8],
      ['7 more endpoints', 28],
    ]);
    expect([map.folded, endpoints[3]?.id]).toEqual([7, 'endpoint:stripe …']);
    // One that would stand for one is shown itself.
    expect(draw(edges.slice(0, 4), { endpoints: 3 })).toMatchObject({ folded: 0 });
    expect(draw(edges, { endpoints: 0 }).nodes.filter(({ kind }) => kind === 'endpoint')).toEqual([]);
  });
});

describe('what changed', () => {
  const before = [
    edge('shop', 'api.stripe.com', 'POST /v1/charges', [1]),
    edge('shop', 'api.stripe.com', 'GET /v1/old', [1]),
    edge('billing', 'api.stripe.com', 'POST /v1/charges', [1]),
    edge('shop', 'api.twilio.com', 'POST /sms', [1]),
    edge('cron', 'api.stripe.com', 'POST /v1/charges', [1]),
    edge('shop', 'api.openai.com', 'POST /v1/responses', [1]),
  ];
  const now = [
    edge('shop', 'api.stripe.com', 'POST /v1/charges', [1]),
    edge('billing', 'api.stripe.com', 'POST /v1/charges', [1]),
    edge('billing', 'api.openai.com', 'POST /v1/responses', [1]),
    edge('shop', 'api.acme.dev', 'GET /', [1]),
    edge('billing', 'api.acme.dev', 'GET /', [1]),
    edge('shop', 'api.adyen.com', 'GET /pay', [1]),
  ];
  const sightings = [
    sighting('api.acme.dev', null, NOW - 3_600_000_000, 1),
    sighting('api.adyen.com', null, NOW - 300 * DAY, 2),
  ];

  test('is said in sentences, what follows from another is not said again', () => {
    const { changes } = draw(now, { compare: BEFORE }, { before, sightings });
    expect(changes.map(({ change, kind, id, says }) => [change, kind, id, says])).toEqual([
      ['added', 'vendor', 'vendor:acme.dev', 'acme.dev is new: billing and shop call it.'],
      ['added', 'vendor', 'vendor:adyen', 'Adyen is called again, by shop.'],
      ['gone', 'vendor', 'vendor:twilio', 'Twilio is not called any more; shop did.'],
      ['gone', 'app', 'app:cron', 'cron calls nobody any more; it called Stripe.'],
      ['added', 'edge', 'app:billing → vendor:openai', 'billing calls OpenAI now.'],
      ['gone', 'edge', 'app:shop → vendor:openai', 'shop does not call OpenAI any more.'],
      ['gone', 'endpoint', 'endpoint:api.stripe.com GET /v1/old', 'GET /v1/old of Stripe is not called any more.'],
    ]);
  });

  test('is nothing without a span to compare with, and between equal ones', () => {
    expect(draw(now).changes).toEqual([]);
    expect(draw(now, { compare: BEFORE }, { before: now }).changes).toEqual([]);
  });
});
