import { describe, expect, test } from 'vitest';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import { addressKind, hostLiteral, realAddress } from '../../../shared/policies/access/address-kinds.ts';
import { call, governorOf, setOf } from './policies-and-calls.ts';

const NOW = 1_795_000_000_000_000;
const governed = (settings: object) =>
  governorOf(setOf({ policies: [{ id: 'a', kind: 'access', mode: 'enforce', settings }] })).governor;
const verdict = (settings: object, facts: Partial<CallFacts> = {}) => {
  const ruling = governed(settings).consider(call(facts), NOW);
  return ruling.verdict === 'allow' ? 'allow' : (ruling.opinion?.because ?? '');
};
const connected = (
  settings: object,
  address: string | null,
  facts: Partial<CallFacts> = {},
  tlsVersion: string | null = 'TLSv1.3',
  country: string | null = null,
) => {
  const governor = governed(settings);
  const one = call(facts);
  const first = governor.consider(one, NOW);
  if (first.verdict !== 'allow') return `before: ${first.opinion?.because}`;
  const ruling = governor.connect(one.call, { address, tlsVersion, country }, NOW);
  return ruling.verdict === 'allow' ? 'allow' : ruling.opinion?.because;
};

test.each<[string, string]>([
  ['127.0.0.1', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::1', 'loopback'],
  ['::', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['192.168.0.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['::ffff:10.0.0.1', 'private'],
  ['::10.0.0.1', 'private'],
  ['64:ff9b::a00:1', 'private'],
  ['64:ff9b::a9fe:a9fe', 'metadata'],
  ['2002:a00:1::', 'private'],
  ['169.254.169.254', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
])('%s is %s', (text, kind) => {
  const bytes = hostLiteral(text);
  expect(bytes && addressKind(realAddress(bytes))).toBe(kind);
});

test('an address is an address in whatever form resolvers take it', () => {
  const shown = (host: string) => hostLiteral(host)?.join('.') ?? null;
  for (const host of ['2130706433', '0x7f.1', '0177.0.0.1', '127.1', '127.0.0.1.', '0x7f000001']) {
    expect([host, shown(host)]).toEqual([host, '127.0.0.1']);
  }
  for (const host of ['api.openai.com', '1.2.3.4.5', '256.1.1.1', '1.2.3.256', ''])
    expect([host, shown(host)]).toEqual([host, null]);
  expect(hostLiteral('[::1]')).toHaveLength(16);
});

describe('destinations', () => {
  test('are refused by the address that a host is written as, and by the one that is connected to', () => {
    const inside = { destinations: { private: 'deny', loopback: 'deny', linkLocal: 'deny' } };
    expect(verdict(inside, { host: '10.0.0.1' })).toBe('private');
    expect(verdict(inside, { host: '[::ffff:7f00:1]' })).toBe('loopback');
    expect(verdict(inside, { host: 'localhost' })).toBe('loopback');
    expect(verdict(inside, { host: '2852039166' })).toBe('metadata');
    // A name that resolves to a place inside: rebinding.
    expect(connected(inside, '192.168.1.1')).toBe('private');
    expect(connected(inside, '64:ff9b::a9fe:a9fe')).toBe('metadata');
    expect(connected(inside, '104.18.6.192')).toBe('allow');
  });

  test('metadata services can be refused alone, or let through where the rest is refused', () => {
    expect(connected({ destinations: { metadata: 'deny' } }, '169.254.169.254')).toBe('metadata');
    expect(connected({ destinations: { metadata: 'deny' } }, '169.254.1.1')).toBe('allow');
    expect(connected({ destinations: { linkLocal: 'deny', metadata: 'allow' } }, '169.254.169.254')).toBe('allow');
    expect(verdict({ destinations: { metadata: 'deny' } }, { host: 'metadata.google.internal' })).toBe('metadata');
  });

  test('networks are named, and taken out', () => {
    const named = { destinations: { addresses: ['10.1.0.0/16', '!10.1.9.0/24'] } };
    expect(connected(named, '10.1.2.3')).toBe('allow');
    expect(connected(named, '::ffff:10.1.2.3')).toBe('allow');
    expect(connected(named, '10.1.9.1')).toBe('address');
    expect(connected(named, '8.8.8.8')).toBe('address');
  });

  test('countries are named, and taken out; what is not known passes unless it is said', () => {
    const eu = { destinations: { countries: ['AT', 'DE'] } };
    expect(connected(eu, '8.8.8.8', { country: null }, 'TLSv1.3', 'US')).toBe('country');
    expect(connected(eu, '8.8.8.8', { country: null }, 'TLSv1.3', 'AT')).toBe('allow');
    expect(connected(eu, '8.8.8.8', { country: null })).toBe('allow');
    expect(connected({ destinations: { countries: ['!CN'], unknown: 'deny' } }, '8.8.8.8', { country: null })).toBe(
      'unknown-place',
    );
    expect(connected({ destinations: { private: 'deny', unknown: 'deny' } }, null)).toBe('unknown-place');
  });
});

test('TLS has a floor, and plain http is none', () => {
  expect(connected({ tls: '1.2' }, '8.8.8.8', {}, 'TLSv1.2')).toBe('allow');
  expect(connected({ tls: 1.3 }, '8.8.8.8', {}, 'TLSv1.2')).toBe('tls');
  expect(connected({ tls: '1.2' }, '8.8.8.8', {}, 'TLSv1')).toBe('tls');
  expect(connected({ tls: '1.2' }, '8.8.8.8', { scheme: 'http' }, null)).toBe('before: http');
  expect(verdict({ https: 'required' }, { scheme: 'http' })).toBe('http');
  expect(verdict({ https: 'required' }, { scheme: 'tls' })).toBe('allow');
});

test('methods, and vendors that nobody approved', () => {
  expect(verdict({ methods: ['get'] }, { method: 'POST' })).toBe('method');
  expect(verdict({ methods: ['get'] }, { method: 'GET' })).toBe('allow');
  expect(verdict({ methods: ['GET'] }, { scheme: 'tls', method: '' })).toBe('unread');
  expect(verdict({ unapproved: 'deny' }, { status: 'new' })).toBe('unapproved');
  expect(verdict({ unapproved: 'deny' }, { status: null })).toBe('unapproved');
  expect(verdict({ unapproved: 'deny' }, { status: 'approved' })).toBe('allow');
});
