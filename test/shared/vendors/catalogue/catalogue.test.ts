import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';

const catalogue = createCatalogue();
const idOf = (host: string) => catalogue.recognise(host)?.vendor.id ?? null;

describe('what is nobody’s', () => {
  test.each([
    'localhost',
    'LOCALHOST:3000',
    'db',
    'printer.local',
    'api.corp.internal',
    'stand-in.test',
    'payments.svc.cluster.local',
    '127.0.0.1',
    '10.1.2.3:443',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    '[::1]:8080',
    'fd00::1',
    'fe80::1%eth0',
    '[fe80::1]',
    '::ffff:10.0.0.1',
    '',
    '.',
    '..',
    'a..b.com',
    'https://api.stripe.com/v1',
    'api stripe.com',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    'co.uk',
  ])('“%s” has no vendor', (host) => {
    expect(catalogue.recognise(host)).toBeNull();
  });
});

describe('the long tail', () => {
  test.each([
    ['api.acme.co.uk', 'acme.co.uk'],
    ['a.b.c.acme.io', 'acme.io'],
    ['shop.vercel.app', 'shop.vercel.app'],
    ['v2.shop.vercel.app', 'shop.vercel.app'],
    ['someone.github.io', 'someone.github.io'],
    ['d111111abcdef8.cloudfront.net', 'd111111abcdef8.cloudfront.net'],
    ['github.io', 'github.io'],
    ['api.thing.madeuptld', 'thing.madeuptld'],
    ['8.8.8.8', '8.8.8.8'],
    ['172.32.0.1:443', '172.32.0.1'],
    ['[2001:4860:4860:0:0:0:0:8888]:443', '2001:4860:4860::8888'],
    ['::ffff:8.8.8.8', '8.8.8.8'],
  ])('%s goes by %s, of no category', (host, id) => {
    const recognised = catalogue.recognise(host);
    expect(recognised).toMatchObject({ service: null, vendor: { id, name: id, category: 'unknown', listed: false } });
    expect(catalogue.vendor(id)).toEqual(recognised?.vendor);
  });

  test('what runs on a cloud for a customer is the customer’s, and its region is known all the same', () => {
    expect(catalogue.recognise('abc123.execute-api.eu-west-1.amazonaws.com')).toMatchObject({
      vendor: { id: 'abc123.execute-api.eu-west-1.amazonaws.com', listed: false },
      region: 'eu-west-1',
    });
    expect(catalogue.recognise('us-central1-shop.cloudfunctions.net')).toMatchObject({
      vendor: { listed: false },
      region: 'us-central1',
    });
  });
});

describe('what people here say', () => {
  test('their hosts win over the catalogue’s', () => {
    const own = createCatalogue([
      { id: 'acme', name: 'Acme', category: 'finance', country: 'FR', hosts: ['*.acme.io', 'api.stripe.com'] },
    ]);
    expect(own.recognise('api.stripe.com')?.vendor).toMatchObject({ id: 'acme', listed: true, country: 'FR' });
    expect(own.recognise('files.stripe.com')?.vendor.id).toBe('stripe');
    expect(own.recognise('x.y.acme.io')?.vendor.name).toBe('Acme');
    expect(own.recognise('acme.io')?.vendor).toMatchObject({ id: 'acme.io', listed: false });
    expect(own.vendor('acme')?.category).toBe('finance');
    expect(own.all().map(({ id }) => id)).toContain('acme');
  });

  test('they may say whose a private host or an address is', () => {
    const own = createCatalogue([{ id: 'ledger', hosts: ['ledger.internal', '10.0.0.7', '2001:db8:0::7'] }]);
    expect(own.recognise('ledger.internal:8443')?.vendor).toMatchObject({ id: 'ledger', name: 'ledger' });
    expect(own.recognise('10.0.0.7')?.vendor.id).toBe('ledger');
    expect(own.recognise('[2001:db8::7]:443')?.vendor.id).toBe('ledger');
    expect(own.recognise('10.0.0.8')).toBeNull();
  });

  test('a listed vendor keeps what they do not say, and its services', () => {
    const own = createCatalogue([{ id: 'stripe', name: 'Our payments', hosts: ['pay.example.com'] }]);
    expect(own.recognise('api.stripe.com')).toMatchObject({
      vendor: { id: 'stripe', name: 'Our payments', category: 'payments' },
      service: { id: 'api' },
    });
    expect(own.recognise('pay.example.com')).toMatchObject({ vendor: { id: 'stripe' }, service: null });
  });

  test('a vendor of the long tail may be named by its domain alone', () => {
    const own = createCatalogue([{ id: 'acme.io', name: 'Acme', category: 'crm', hosts: [] }]);
    expect(own.recognise('api.acme.io')?.vendor).toMatchObject({ name: 'Acme', category: 'crm', listed: true });
  });

  test('patterns that mean nothing are passed over', () => {
    const own = createCatalogue([{ id: 'all', hosts: ['*', 'https://x', 'a*.b.com', 'a..b', '{x}', ''] }]);
    expect(own.recognise('api.stripe.com')?.vendor.id).toBe('stripe');
  });
});

test('any text has an answer, the same each time', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.webAuthority(), fc.ipV6(), fc.domain(), fc.string());
  fc.assert(
    fc.property(texts, (text) => {
      const first = catalogue.recognise(text);
      expect(catalogue.recognise(text)).toEqual(first);
      if (first) expect(catalogue.vendor(first.vendor.id)?.id).toBe(first.vendor.id);
    }),
    { numRuns: 2000 },
  );
});

test('case, port and final dot change nothing', () => {
  for (const host of ['API.Stripe.COM', 'api.stripe.com:443', 'api.stripe.com.']) expect(idOf(host)).toBe('stripe');
});
