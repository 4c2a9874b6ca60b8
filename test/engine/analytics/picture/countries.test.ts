// Where a vendor with several hosts is: one place only where they agree, and the three questions never mixed.
import { expect, test } from 'vitest';
import { createPicture } from '../../../../electron/engine/analytics/picture/picture.ts';
import { NOTHING_DECLARED } from '../../../../electron/engine/vendors/declared.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import type { AddressPlace } from '../../../../shared/vendors/countries/countries-of.ts';
import { declare, pictureOf } from './rows.ts';

const told = (hosts: string[], text = '') => {
  const picture = pictureOf(declare(text));
  return picture.countries(picture.recognise(hosts[0] ?? 'sqs.amazonaws.com')!.vendor, hosts);
};

test('one place is said where all hosts name it', () => {
  expect(told(['sqs.eu-north-1.amazonaws.com', 'sns.eu-north-1.amazonaws.com']).endpoint).toMatchObject({
    country: 'SE',
    region: 'eu-north-1',
    basis: 'host',
  });
});

test('hosts in several places are not one place, and those that say nothing are told of', () => {
  const { endpoint } = told(['sqs.eu-north-1.amazonaws.com', 'sqs.us-east-1.amazonaws.com', 'sts.amazonaws.com']);
  expect(endpoint).toMatchObject({ country: null, basis: null, confidence: null });
  expect(endpoint.says).toMatch(/^Not one place: SE, US, .* For others of its hosts it is not known\.$/);
});

test('a contract counts for what is declared, and for nothing that is observed', () => {
  const { endpoint, declared, importer } = told(['api.stripe.com'], 'vendors: {stripe: {declaredCountry: IE}}');
  expect([endpoint.country, declared.country, declared.basis]).toEqual([null, 'IE', 'declared']);
  expect(importer).toMatchObject({ basis: 'seat', says: expect.stringContaining('Stripe') });
});

test('a vendor that was never called has a seat all the same', () => {
  const picture = pictureOf();
  const { endpoint, importer } = picture.countries(picture.vendor('adyen')!, []);
  expect([endpoint.country, importer.country]).toEqual([null, 'NL']);
});

test('addresses speak where host names do not, and of hosts that agree the least sure one speaks', () => {
  const at = (country: string, kind: AddressPlace['kind'] = 'place'): AddressPlace => ({ country, kind, network: 'N' });
  const placed: Record<string, AddressPlace> = {
    'api.stripe.com': at('IE'),
    'sts.amazonaws.com': at('SE'),
    'iam.amazonaws.com': at('FR'),
    'api.adyen.com': at('US', 'edge'),
  };
  const picture = createPicture(createCatalogue([]), NOTHING_DECLARED, (host) => placed[host] ?? null);
  const endpointOf = (...hosts: string[]) => picture.countries(picture.recognise(hosts[0]!)!.vendor, hosts).endpoint;
  expect(endpointOf('api.stripe.com')).toMatchObject({ country: 'IE', basis: 'address', confidence: 'low' });
  expect(endpointOf('api.adyen.com')).toMatchObject({
    country: null,
    says: expect.stringContaining('location unknown'),
  });
  expect(endpointOf('sqs.eu-north-1.amazonaws.com', 'sts.amazonaws.com')).toMatchObject({
    country: 'SE',
    confidence: 'low',
    says: expect.stringContaining('by names and addresses'),
  });
  expect(endpointOf('sts.amazonaws.com', 'iam.amazonaws.com')).toMatchObject({
    country: null,
    says: 'Not one place: FR, SE, by the addresses of its hosts, a weak hint.',
  });
});
