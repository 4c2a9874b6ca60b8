import { describe, expect, it, onTestFinished } from 'vitest';
import type { EndpointMerge } from '../../../electron/engine/store/picture-rows.ts';
import { DEFAULT_BUDGETS, openStore } from '../../../electron/engine/store/store.ts';
import type { Budgets, Store } from '../../../electron/engine/store/store.ts';
import type { StoreReader } from '../../../electron/engine/store/store-reader.ts';
import { createStoreReader } from '../../../electron/engine/store/store-reader.ts';
import type { CallRecord } from '../../../shared/events/fold.ts';
import { fold, meter } from '../../../shared/events/fold.ts';
import type { LimitSignal, Throttle } from '../../../shared/model/limit-signal.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { costOf, finish } from './samples.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const BASE = Math.floor(1_795_000_000_000_000 / HOUR) * HOUR;
const span = { since: BASE, until: BASE + 3 * HOUR };

interface Put extends Partial<Metering> {
  id: number;
  at: number;
  host?: string;
  app?: string;
}

function openAt(dataDir: string, budgets: Partial<Budgets> = {}, now = BASE / 1000 + 7_200_000): Store {
  const store = openStore({ dataDir, budgets: { ...DEFAULT_BUDGETS, ...budgets }, log: () => {}, now: () => now });
  onTestFinished(() => store.close());
  return store;
}

function readAt(dataDir: string): StoreReader {
  const reader = createStoreReader(dataDir);
  onTestFinished(() => reader.close());
  return reader;
}

function put(store: Store, calls: readonly Put[], merges: readonly EndpointMerge[] = []): void {
  const closed = calls.map(({ id, at, host = 'api.github.com', app = 'billing', ...metering }) => {
    const record = factsOf(id, {
      opened: { startedAt: BASE + at, host, app },
      answered: { at: 0 },
    }).reduce<CallRecord | null>(fold, null)!;
    meter(record, metering);
    return record;
  });
  store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], merges, callHigh: 1000 }, true);
}

const left = (remaining: number | null, more: Partial<LimitSignal> = {}): Metering['limits'] => ({
  signals: [
    {
      resource: 'core',
      unit: 'requests',
      limit: 5000,
      remaining,
      resetAt: BASE + HOUR,
      window: 3600,
      source: 'h',
      ...more,
    },
  ],
  throttle: null,
  retryAt: null,
});
const refused = (throttle: Throttle): Metering['limits'] => ({ signals: [], throttle, retryAt: null });

/** Calls that ended at these addresses, some by way of another proxy. */
function putAt(
  store: Store,
  calls: readonly { id: number; at: number; host: string; address: string | null; via?: string }[],
): void {
  const closed = calls.map(({ id, at, host, address, via = null }) =>
    factsOf(id, {
      opened: { startedAt: BASE + at, host },
      between: (call) => [
        {
          ...{ type: 'attempted', call, startedAt: 1, reused: false, remoteAddress: address, remotePort: 443 },
          ...{ protocol: 'h2', dnsUs: 1, connectUs: 1, tlsUs: 1, via, failure: null, tls: null },
        },
      ],
    }).reduce<CallRecord | null>(fold, null)!,
  );
  store.commit({ open: [], closed, gaps: [], bodies: [], messages: [], merges: [], callHigh: 1000 }, false);
}

describe('where a host was found', () => {
  it('is its newest address, whatever ended later or without one, and never another proxy’s', () => {
    const dataDir = createDataDir(onTestFinished);
    let store = openAt(dataDir);
    putAt(store, [
      { id: 1, at: 0, host: 'a.example', address: '198.51.100.1' },
      { id: 2, at: 20, host: 'a.example', address: '198.51.100.2' },
      { id: 3, at: 10, host: 'a.example', address: '198.51.100.3' },
      { id: 4, at: 30, host: 'a.example', address: null },
      { id: 5, at: 40, host: 'a.example', address: '10.0.0.1', via: 'proxy.corp:3128' },
      { id: 6, at: 0, host: 'b.example', address: '10.0.0.1', via: 'proxy.corp:3128' },
    ]);
    // Added up after a crash it is the same.
    store.close();
    store = openAt(dataDir);
    store.settle();
    const reader = readAt(dataDir);
    expect([...reader.addresses()]).toEqual([['a.example', '198.51.100.2']]);
    putAt(store, [
      { id: 7, at: 15, host: 'a.example', address: '198.51.100.7' },
      { id: 8, at: 0, host: 'b.example', address: '2001:db8::1' },
    ]);
    store.settle();
    expect([...reader.addresses()]).toEqual([
      ['a.example', '198.51.100.2'],
      ['b.example', '2001:db8::1'],
    ]);
    store.remove({ ids: [8, 6], pinned: true, gap: null });
    store.settle();
    expect([...reader.addresses()]).toEqual([['a.example', '198.51.100.2']]);
  });
});

describe('what vendors say', () => {
  it('of limits is kept by the minute: what was said last, and the least that was left', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, at: 0, credential: 'Bearer a', limits: left(90) },
      { id: 2, at: 2 * MINUTE + 30_000_000, credential: 'Bearer a', limits: left(70) },
      { id: 3, at: 2 * MINUTE, credential: 'Bearer a', limits: left(40, { limit: 100 }) },
      { id: 4, at: 2 * MINUTE, credential: null, limits: left(null, { resource: 'search' }) },
    ]);
    // Told later, begun earlier: it is not what was said last.
    put(store, [{ id: 5, at: 2 * MINUTE + 1, credential: 'Bearer a', limits: left(30, { limit: 1 }) }]);
    const core = readAt(dataDir)
      .limits({ ...span, hosts: ['api.github.com'] })
      .filter(({ resource }) => resource === 'core');
    expect(core).toMatchObject([
      { at: BASE, credential: 'Bearer a', limit: 5000, remaining: 90, lowest: 90, unit: 'requests', window: 3600 },
      { at: BASE + 2 * MINUTE, limit: 5000, remaining: 70, lowest: 30, seenAt: BASE + 2 * MINUTE + 30_000_000 },
    ]);
    const reader = readAt(dataDir);
    expect(reader.limits({ ...span, hosts: ['other.example'] })).toEqual([]);
    // Of long spans by the hour.
    const hours = reader.limits({ since: BASE - 72 * HOUR, until: span.until });
    expect(hours.sort((a, b) => (a.resource < b.resource ? -1 : 1))).toMatchObject([
      { at: BASE, resource: 'core', remaining: 70, lowest: 30 },
      { at: BASE, resource: 'search', credential: null, remaining: null, lowest: null },
    ]);
  });

  it('of versions and ends, and refusals, is counted; a deletion takes its calls out', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    const goes = (sunsetAt: number): Metering['deprecation'] => ({ deprecatedAt: null, sunsetAt, link: null });
    put(store, [
      { id: 1, at: 0, apiVersion: 'v1', endpoint: 'GET /a', deprecation: goes(1), limits: refused('vendor-rate') },
      { id: 2, at: 5, apiVersion: 'v1', endpoint: 'GET /a', deprecation: goes(2), limits: refused('vendor-rate') },
      { id: 3, at: HOUR, apiVersion: 'v2', endpoint: 'GET /b', limits: refused('vendor-quota') },
    ]);
    store.settle();
    const reader = readAt(dataDir);
    expect(reader.versions()).toEqual([
      { host: 'api.github.com', version: 'v2', calls: 1, firstAt: BASE + HOUR, lastAt: BASE + HOUR },
      { host: 'api.github.com', version: 'v1', calls: 2, firstAt: BASE, lastAt: BASE + 5 },
    ]);
    expect(reader.deprecations()).toMatchObject([{ endpoint: 'GET /a', sunsetAt: 2, calls: 2, lastAt: BASE + 5 }]);
    const throttles = () => reader.throttles(span).map(({ at, kind, calls }) => [at - BASE, kind, calls]);
    expect(throttles()).toEqual([
      [0, 'vendor-rate', 2],
      [HOUR, 'vendor-quota', 1],
    ]);
    store.remove({ ids: [1, 3], pinned: false, gap: null });
    expect(reader.versions()).toMatchObject([{ version: 'v1', calls: 1 }]);
    expect(reader.deprecations()).toMatchObject([{ calls: 1 }]);
    expect(throttles()).toEqual([[0, 'vendor-rate', 1]]);
    expect(reader.call(2)).toMatchObject({
      apiVersion: 'v1',
      deprecation: { sunsetAt: 2 },
      limits: { throttle: 'vendor-rate' },
    });
  });
});

describe('endpoints that turn out to be one', () => {
  it('count as one everywhere, for calls recorded before too, and can be told apart again', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, at: 0, endpoint: 'GET /a/1' },
      { id: 2, at: 1, endpoint: 'GET /a/2' },
      { id: 3, at: 2, endpoint: 'GET /a/1', host: 'other.example' },
    ]);
    const host = 'api.github.com';
    put(
      store,
      [{ id: 4, at: 3, endpoint: 'GET /a/{id}' }],
      [{ host, from: ['GET /a/1', 'GET /a/2'], to: 'GET /a/{id}' }],
    );
    // Wider still: what counted as the narrower one does as the wider.
    put(store, [], [{ host, from: ['GET /a/{id}'], to: 'GET /{x}/{id}' }]);
    const reader = readAt(dataDir);
    const endpoints = () => reader.edges(span).map(({ host: of, endpoint, calls }) => [of, endpoint, calls]);
    expect(endpoints()).toEqual([
      [host, 'GET /{x}/{id}', 3],
      ['other.example', 'GET /a/1', 1],
    ]);
    const found = (pattern: string): number[] =>
      finish(reader.search({ tree: { op: 'text', field: 'endpoint', pattern }, limit: 10 })).calls.map(({ id }) => id);
    expect(found('*GET /{x}/{id}')).toEqual([4, 2, 1]);
    expect(found('*GET /a/1')).toEqual([3]);
    expect(reader.call(1)!.endpoint).toBe('GET /{x}/{id}');
    expect(reader.sightings({ hosts: [host] }).filter(({ kind }) => kind === 'endpoint')).toMatchObject([
      { endpoint: 'GET /{x}/{id}', firstCall: 1, firstAt: BASE, lastAt: BASE + 3 },
    ]);
    put(store, [], [{ host, from: [], to: 'GET /a/{id}' }]);
    expect(endpoints()).toEqual([
      [host, 'GET /a/{id}', 3],
      ['other.example', 'GET /a/1', 1],
    ]);
  });

  it('what the namer learned is there at the next start', () => {
    const dataDir = createDataDir(onTestFinished);
    const batch = { open: [], closed: [], gaps: [], bodies: [], messages: [], callHigh: 1 };
    const store = openAt(dataDir);
    expect(store.learned()).toBeNull();
    store.commit({ ...batch, learned: 'all of it' }, false);
    store.commit({ ...batch, learned: null }, false);
    store.close();
    expect(openAt(dataDir).learned()).toBe('all of it');
  });
});

describe('pricing anew', () => {
  it('changes calls, lists and sums, is told to followers, and is kept', () => {
    const dataDir = createDataDir(onTestFinished);
    const store = openAt(dataDir);
    put(store, [
      { id: 1, at: 0, cost: costOf({ nanoUsd: 500, price: 'a/b', priceVersion: '1' }) },
      { id: 2, at: 0, cost: costOf({ nanoUsd: null, provenance: 'none', why: 'No price.' }) },
      { id: 3, at: 0 },
    ]);
    store.settle();
    const reader = readAt(dataDir);
    const seen = reader.changedSince({ seq: 0, limit: 100, tree: null }).seq;
    const line = { what: 'sms', quantity: 2, priceNanoUsd: 35, per: 'one', nanoUsd: 70 } as const;
    const told = store.reprice([
      { call: 1, cost: costOf({ nanoUsd: 70, price: 'a/b', priceVersion: '2', lines: [line] }) },
      { call: 3, cost: costOf({ nanoUsd: 9, provenance: 'estimated' }) },
      { call: 99, cost: null },
    ]);
    expect(told.changed).toBe(2);
    expect(reader.changedSince({ seq: seen, limit: 100, tree: null })).toMatchObject({
      seq: told.seq,
      calls: [
        { id: 1, costNanoUsd: 70 },
        { id: 3, costNanoUsd: 9, costProvenance: 'estimated' },
      ],
    });
    expect(reader.call(1)!.cost).toMatchObject({ nanoUsd: 70, priceVersion: '2', lines: [line] });
    const dear = { op: 'number', field: 'cost', comparison: '>', value: 60 } as const;
    expect(finish(reader.search({ tree: dear, limit: 10 })).calls.map(({ id }) => id)).toEqual([1]);
    expect(reader.edges(span)).toMatchObject([{ calls: 3, pricedCalls: 2, costNanoUsd: 79 }]);
    const record = {
      ...span,
      at: BASE,
      calls: 2,
      looked: 3,
      beforeNanoUsd: 500,
      afterNanoUsd: 79,
      nowKnown: 1,
      nowUnknown: 0,
      rows: [],
    };
    const id = store.addRepricing(record);
    store.addRepricing({ ...record, at: BASE + 1 });
    expect(reader.repricings()).toMatchObject([{ at: BASE + 1 }, { ...record, id }]);
  });
});

it('calls that retention took stay in edges and spending, and with the metering of others, which is whole', () => {
  const dataDir = createDataDir(onTestFinished);
  const day = 24 * HOUR;
  const store = openAt(dataDir, { callAgeDays: 10 }, BASE / 1000 + 11 * 86_400_000);
  const metered = { endpoint: 'POST /v1/chat', cost: costOf({ nanoUsd: 500 }) };
  put(store, [{ id: 1, at: 0, ...metered }]);
  store.settle();
  put(store, [{ id: 2, at: 5 * day, ...metered }]);
  store.settle();
  while (store.retain());
  const reader = readAt(dataDir);
  expect(finish(reader.metered({ since: 0, until: BASE + 9 * day, limit: 10 })).calls.map(({ id }) => id)).toEqual([2]);
  // Into the hour whose calls are gone: it counts whole.
  const all = { since: BASE + 1, until: BASE + 9 * day };
  expect(reader.edges(all)).toMatchObject([{ calls: 2, costNanoUsd: 1000, endpoint: 'POST /v1/chat' }]);
  expect(reader.spending({ ...all, by: 'day' }).map(({ costNanoUsd }) => costNanoUsd)).toEqual([500, 500]);
  const facets = finish(reader.facets({ tree: null, ...all, fields: ['endpoint'], limit: 5 }));
  expect(facets).toMatchObject({ counted: 1, facets: [{ values: [{ value: 'POST /v1/chat', calls: 1 }] }] });
});
