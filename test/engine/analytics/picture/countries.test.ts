// Where a vendor with several hosts is: one place only where they agree, and the three questions never mixed.
import { expect, test } from 'vitest';
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
