import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNTRY_BASES } from '../../../../shared/model/vendor.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { ADEQUACY, ADEQUACY_CHECKED, adequacyOf, isInEea } from '../../../../shared/vendors/countries/adequacy.ts';
import { countryOfRegion } from '../../../../shared/vendors/countries/cloud-regions.ts';
import { countriesOf } from '../../../../shared/vendors/countries/countries-of.ts';
import type { CountryEvidence } from '../../../../shared/vendors/countries/countries-of.ts';

const catalogue = createCatalogue();
const of = (host: string, more: Partial<CountryEvidence> = {}) =>
  countriesOf({ recognised: catalogue.recognise(host), host, ...more });

test('a cloud’s region in the host is where the endpoint is, and no promise', () => {
  const { endpoint, declared, importer } = of('bedrock-runtime.eu-west-1.amazonaws.com');
  expect(endpoint).toMatchObject({ country: 'IE', region: 'eu-west-1', basis: 'host', confidence: 'medium' });
  expect(declared).toMatchObject({ country: null, basis: null });
  expect(importer).toMatchObject({ country: 'LU', basis: 'seat' });
});

test('a host whose region is promised says what is promised, and what is not', () => {
  const { endpoint, declared } = of('eu.api.openai.com');
  expect(endpoint).toMatchObject({ country: 'EU', basis: 'host-promised', confidence: 'high' });
  expect(declared).toMatchObject({ country: 'EU', basis: 'host-promised' });
  expect(declared.says).toContain('may leave the region');
  expect(of('o1.ingest.de.sentry.io').declared.says).toContain('promises storage in Germany');
  expect(of('monitoring.europe-west3.rep.googleapis.com').endpoint).toMatchObject({
    country: 'DE',
    basis: 'host-promised',
  });
  expect(of('europe-west3-aiplatform.googleapis.com').endpoint).toMatchObject({ country: 'DE', basis: 'host' });
});

test('what the answer says comes before what the request asks, and both before the host', () => {
  const host = 'eu.api.openai.com';
  expect(of(host, { requestRegion: 'us' }).declared).toMatchObject({ country: 'US', basis: 'request' });
  expect(of(host, { requestRegion: 'us', usageRegion: 'jp' }).declared).toMatchObject({
    country: 'JP',
    basis: 'response',
  });
  expect(of('api.anthropic.com', { usageRegion: 'global' }).declared).toMatchObject({
    country: null,
    region: 'global',
    basis: 'response',
  });
});

test('a contract counts for what is declared, never for what is observed, and disagreement is said', () => {
  const { endpoint, declared } = of('api.anthropic.com', { declared: 'IE', usageRegion: 'us' });
  expect(endpoint.country).toBeNull();
  expect(declared).toMatchObject({ country: 'IE', basis: 'declared', confidence: 'low' });
  expect(declared.says).toContain('United States');
  expect(of('x.de', { declared: 'EU', usageRegion: 'eu-central-1' }).declared.confidence).toBe('medium');
});

test('an address is a weak hint, and the edge of a content network none', () => {
  const place = { country: 'US', kind: 'place', network: 'EXAMPLE' } as const;
  expect(of('api.acme.io', { address: place }).endpoint).toMatchObject({
    country: 'US',
    basis: 'address',
    confidence: 'low',
  });
  expect(of('api.acme.io', { address: { ...place, kind: 'edge' } }).endpoint).toEqual({
    country: null,
    region: null,
    basis: 'address',
    confidence: null,
    says: 'Edge of a content network (EXAMPLE): location unknown.',
  });
  // The host's region is the better rung.
  expect(of('sqs.eu-north-1.amazonaws.com', { address: place }).endpoint.country).toBe('SE');
});

test('no sentence claims where data stayed', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const region = fc.constantFrom('us', 'eu', 'global', 'eu-west-1', 'westeurope', 'nowhere', '');
  const country = fc.constantFrom('IE', 'US', 'CN', 'EU', 'ZZ');
  const host = fc.constantFrom(
    'eu.api.openai.com',
    'api.stripe.com',
    's3.eu-west-1.amazonaws.com',
    'a.io',
    '::1',
    'api.eu.mailgun.net',
  );
  const address = fc.record({
    country: maybe(country),
    kind: fc.constantFrom('place' as const, 'edge' as const),
    network: maybe(fc.constant('NET')),
    region: maybe(region),
  });
  fc.assert(
    fc.property(
      host,
      maybe(country),
      maybe(address),
      maybe(region),
      maybe(region),
      (name, declared, place, ran, asked) => {
        const claims = Object.values(of(name, { declared, address: place, usageRegion: ran, requestRegion: asked }));
        for (const { says, basis, country: found, confidence } of claims) {
          expect(says).toMatch(/\.$/);
          expect(says).not.toMatch(/stay(?:ed|s)?\b|never le(?:ft|aves)|remain(?:ed|s)?|kept (?:in|within)/i);
          if (basis !== null) expect(COUNTRY_BASES).toContain(basis);
          if (found !== null) expect(confidence).not.toBeNull();
        }
      },
    ),
  );
});

test('regions of the three large clouds and their zones have countries', () => {
  expect(countryOfRegion('us-east-1a')).toBe('US');
  expect(countryOfRegion('europe-west4-b')).toBe('NL');
  expect(countryOfRegion('swedencentral')).toBe('SE');
  expect(countryOfRegion('somewhere')).toBeNull();
});

test('adequacy has each country once, and the EEA needs none', () => {
  expect(new Set(ADEQUACY.map(({ country }) => country)).size).toBe(ADEQUACY.length);
  expect(ADEQUACY.filter(({ country }) => isInEea(country))).toEqual([]);
  expect(adequacyOf('CA')?.scope).toContain('PIPEDA');
  expect(adequacyOf('CN')).toBeNull();
  const days = (Date.now() - Date.parse(ADEQUACY_CHECKED)) / 86_400_000;
  if (days > 90)
    console.warn(`The list of adequacy decisions was last checked on ${ADEQUACY_CHECKED}: check it again.`);
  for (const { country, until } of ADEQUACY) {
    if (until !== null && Date.parse(until) - Date.now() < 90 * 86_400_000) {
      console.warn(`The adequacy decision for ${country} ends on ${until}.`);
    }
  }
});
