// What is told of vendors: figures by company, standing, who called first, what would break.
import { describe, expect, test } from 'vitest';
import { describeVendor } from '../../../../electron/engine/analytics/picture/vendor-page.ts';
import { listVendors } from '../../../../electron/engine/analytics/picture/vendor-rows.ts';
import type { EdgeSum, Sighting } from '../../../../electron/engine/store/picture-rows.ts';
import type { Declared } from '../../../../electron/engine/vendors/declared.ts';
import type { CallSummary } from '../../../../shared/model/call-summary.ts';
import { AT, DAY, declare, edge, HOUR, NOW, pictureOf, sighting } from './rows.ts';

const SPAN = { since: NOW - DAY, until: NOW };
const EDGES = [
  edge('billing', 'api.stripe.com', 'POST /v1/charges', [100_000, 300_000], {
    errors: 1,
    costNanoUsd: 7,
    pricedCalls: 1,
  }),
  edge('shop', 'files.stripe.com', 'GET /v1/files/{id}', [200_000]),
  edge(null, 'api.acme.dev', 'GET /', [1]),
  edge('billing', 'localhost', 'GET /health', [1, 1, 1]),
];
const SIGHTINGS = [
  sighting('api.stripe.com', null, NOW - 40 * DAY, 1),
  sighting('api.stripe.com', 'billing', NOW - 40 * DAY, 1),
  sighting('files.stripe.com', null, NOW - 2 * DAY, 9),
  sighting('files.stripe.com', 'shop', NOW - 2 * DAY, 9),
  sighting('api.acme.dev', null, NOW - 3 * DAY, 5),
  sighting('api.twilio.com', null, NOW - 90 * DAY, 0),
  sighting('localhost', 'billing', NOW - DAY, 4),
  sighting('api.stripe.com', null, NOW - 40 * DAY, 1, 'POST /v1/charges'),
];
const CALLS = [{ id: 1, app: 'billing', package: 'stripe', callsite: '/srv/pay.ts:42' }];

function list(
  declared?: Declared,
  status?: 'new' | 'approved',
  edges: EdgeSum[] = EDGES,
  sightings: Sighting[] = SIGHTINGS,
) {
  return listVendors(
    pictureOf(declared),
    { edges: () => edges, sightings: () => sightings },
    (ids) => CALLS.filter(({ id }) => ids.includes(id)),
    { ...SPAN, ...AT, status },
  );
}
const find = (result: ReturnType<typeof list>, id: string) => result.vendors.find((vendor) => vendor.id === id);

describe('the list', () => {
  test('adds up a company over its hosts, percentiles from all of its calls', () => {
    const result = list();
    expect(result.local).toBe(3);
    expect(result.vendors.map(({ id }) => id)).toEqual(['stripe', 'acme.dev', 'twilio']);
    const stripe = find(result, 'stripe')!;
    expect(stripe).toMatchObject({
      calls: 3,
      errors: 1,
      requestBytes: 300,
      costNanoUsd: 7,
      pricedCalls: 1,
      unpricedCalls: 2,
      hosts: [
        { host: 'api.stripe.com', calls: 2 },
        { host: 'files.stripe.com', calls: 1 },
      ],
      apps: [
        { app: 'billing', calls: 2 },
        { app: 'shop', calls: 1 },
      ],
      firstSeen: NOW - 40 * DAY,
      lastSeen: NOW - HOUR,
      first: { call: 1, app: 'billing', package: 'stripe', callsite: '/srv/pay.ts:42' },
      status: 'known',
      shadow: true,
    });
    expect(stripe.p50! / 200_000).toBeCloseTo(1, 1);
    // Not known is not 0.
    expect(find(result, 'acme.dev')).toMatchObject({ costNanoUsd: null, listed: false, status: 'new' });
    // Ever seen, though not in the span; its first call is gone, and so is who made it.
    expect(find(result, 'twilio')).toMatchObject({ calls: 0, p50: null, first: { call: 0, app: null }, shadow: true });
  });

  test('joins what people say, and asks by what counts today', () => {
    const declared = declare(`
vendors:
  stripe: {status: approved, approvedUntil: 2026-11-22, owner: ana, data: [payment], declaredCountry: IE}
  acme: {name: Acme, hosts: [api.acme.dev], status: approved, approvedBy: board}
  adyen: {status: blocked}
`);
    const all = list(declared);
    // The approval ended yesterday; who gave it is still told.
    expect(find(all, 'stripe')).toMatchObject({
      status: 'known',
      approvedUntil: '2026-11-22',
      shadow: true,
      data: ['payment'],
      countries: { declared: { country: 'IE' } },
    });
    expect(find(all, 'acme')).toMatchObject({
      name: 'Acme',
      calls: 1,
      shadow: false,
      listed: true,
      approvedBy: 'board',
    });
    expect(find(all, 'acme.dev')).toBeUndefined();
    expect(find(all, 'adyen')).toMatchObject({ status: 'blocked', calls: 0, shadow: false, firstSeen: null });
    expect(list(declared, 'approved').vendors.map(({ id }) => id)).toEqual(['acme']);
    expect(list(undefined, 'new').vendors.map(({ id }) => id)).toEqual(['acme.dev']);
  });
});

describe('a vendor’s page', () => {
  const made = (app: string, callsite: string | null, tags: Record<string, string>, startedAt: number) =>
    ({ app, package: null, callsite, tags, startedAt }) as unknown as CallSummary;
  function page(id: string, calls: CallSummary[] = [], declared?: Declared) {
    const asked: unknown[] = [];
    const steps = describeVendor(
      pictureOf(declared),
      {
        edges: () => EDGES,
        sightings: () => SIGHTINGS,
        versions: () => [{ host: 'api.stripe.com', version: '2024-06-20', calls: 2, firstAt: 1, lastAt: 2 }],
        deprecations: () => [
          { host: 'api.acme.dev', endpoint: 'GET /', calls: 1, lastAt: 3, deprecatedAt: null, sunsetAt: 4, link: null },
        ],
      },
      () => [],
      function* (search) {
        asked.push(search);
        yield;
        return { calls };
      },
      { id, ...SPAN, ...AT },
    );
    let step = steps.next();
    while (!step.done) step = steps.next();
    return { page: step.value, asked };
  }

  test('tells its endpoints, versions, code and features, and whom else one could call', () => {
    const { page: stripe, asked } = page('stripe', [
      made('billing', '/srv/pay.ts:42', { feature: 'checkout', run: 'r1' }, 3),
      made('billing', '/srv/pay.ts:42', { feature: 'checkout', run: 'r2' }, 5),
      made('shop', null, {}, 4),
    ]);
    expect(stripe?.endpoints.map(({ host, endpoint, calls, learned }) => [host, endpoint, calls, learned])).toEqual([
      ['api.stripe.com', 'POST /v1/charges', 2, false],
      ['files.stripe.com', 'GET /v1/files/{id}', 1, true],
    ]);
    expect(stripe?.versions).toHaveLength(1);
    expect(stripe?.deprecations).toEqual([]);
    expect(stripe?.callsites[0]).toEqual({
      app: 'billing',
      package: null,
      callsite: '/srv/pay.ts:42',
      calls: 2,
      lastSeen: 5,
    });
    expect(stripe?.features).toEqual([{ tag: 'feature', value: 'checkout', calls: 2 }]);
    expect(stripe?.alternatives).toContainEqual({ id: 'adyen', name: 'Adyen', inUse: false });
    // However many calls there are, so many are looked at.
    expect(asked).toMatchObject([{ limit: 2000 }]);
  });

  test('is there for whom the catalogue or people know, and for nobody else', () => {
    expect(page('adyen').page).toMatchObject({ calls: 0, firstSeen: null });
    expect(page('acme.dev').page).toMatchObject({ calls: 1, listed: false });
    expect(page('nobody').page).toBeNull();
    expect(page('never-called.dev').page).toBeNull();
    expect(page('mine', [], declare('vendors: {mine: {hosts: [api.mine.dev]}}')).page).toMatchObject({ listed: true });
  });

  test('does not call a written template learned', () => {
    const declared = declare('endpoints:\n  files.stripe.com:\n    merge:\n      - /v1/files/{id}\n');
    expect(page('stripe', [], declared).page?.endpoints.map(({ learned }) => learned)).toEqual([false, false]);
  });
});
