import { expect, test } from 'vitest';
import {
  findVendors,
  idOf,
  inboxOf,
  nextOrder,
  orderVendors,
  readOrder,
} from '../../../renderer/views/vendors/vendor-order.ts';
import type { VendorRow } from '../../../shared/contract/vendors.ts';
import { vendorOfWorld } from '../../journeys/map-answers.ts';
import { smallWorld } from '../../journeys/map-world.ts';

/** The list of vendors: its order, what is found in it, and what waits for a decision. */

const world = smallWorld(20);
const span = { since: 0, until: Date.now() * 1000 };
const vendors = world.vendors.flatMap(({ id }) => vendorOfWorld(world, id, span) ?? []);
const names = (list: readonly VendorRow[]): string[] => list.map(({ name }) => name);

test('what is not known comes last, whichever way round', () => {
  for (const descending of [true, false]) {
    const costs = orderVendors(vendors, { by: 'cost', descending }).map(({ costNanoUsd }) => costNanoUsd);
    const known = costs.filter((cost) => cost !== null);
    expect(costs.slice(known.length).every((cost) => cost === null)).toBe(true);
    expect(known).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
  }
});

test('the address says the order, and says nothing of the usual one', () => {
  expect(readOrder('')).toEqual({ by: 'calls', descending: true });
  expect(readOrder('name')).toEqual({ by: 'name', descending: false });
  expect(readOrder('-nonsense')).toEqual({ by: 'calls', descending: true });
  expect(nextOrder(readOrder(''), 'calls')).toBe('calls');
  expect(nextOrder(readOrder('calls'), 'calls')).toBe('');
  expect(nextOrder(readOrder(''), 'cost')).toBe('-cost');
  expect(nextOrder(readOrder(''), 'name')).toBe('name');
});

test('every word must be there: in names, hosts, apps, owners', () => {
  expect(names(findVendors(vendors, 'support-bot ai', null)).toSorted()).toEqual(['Anthropic', 'OpenAI']);
  expect(names(findVendors(vendors, 'myshop', null))).toEqual([]);
  expect(names(findVendors(vendors, '', 'blocked'))).toEqual(['metrics-hub.io']);
});

test('the inbox is what was called and nobody decided about, the newest first', () => {
  const waiting = inboxOf(vendors);
  expect(names(waiting)[0]).toBe('singlestore.example');
  expect(waiting.every(({ status, calls }) => (status === 'new' || status === 'known') && calls > 0)).toBe(true);
});

test('a name becomes an id that a vendor may have', () => {
  expect(idOf('Metrics Hub!')).toBe('metrics-hub');
  expect(idOf('  Économie & Co. ')).toBe('economie-co');
  expect(idOf('???')).toBe('');
});
