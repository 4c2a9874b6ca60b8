import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VENDOR_CATEGORIES } from '../../../../shared/model/vendor.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';
import { problemOfPattern } from '../../../../shared/vendors/catalogue/host-index.ts';
import { HOST_REGIONS } from '../../../../shared/vendors/catalogue/host-regions.ts';
import { listings } from '../../../../shared/vendors/catalogue/listed/index.ts';
import { countryOfRegion } from '../../../../shared/vendors/countries/cloud-regions.ts';

const listed = listings.flatMap(({ vendors }) => vendors);
const vendors = createCatalogue().all();
const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const isCountry = (code: string) => /^[A-Z]{2}$/.test(code) && names.of(code) !== undefined && code !== 'ZZ';
const repeated = (list: readonly string[]) => list.filter((word, at) => list.indexOf(word) !== at);

test('at least 300 vendors are listed, each once, in a category that exists', () => {
  expect(listed.length).toBeGreaterThanOrEqual(330);
  expect(repeated(listed.map(({ id }) => id))).toEqual([]);
  expect(repeated(listed.map(({ name }) => name))).toEqual([]);
  expect(listed.filter(({ id }) => !/^[a-z\d][a-z\d-]*$/.test(id))).toEqual([]);
  expect(listings.filter(({ category }) => !VENDOR_CATEGORIES.includes(category))).toEqual([]);
});

test('a host pattern is one vendor’s and one service’s', () => {
  const patterns = listed.flatMap(({ services = {}, others = [] }) => [
    ...Object.values(services).flatMap(([, ...hosts]) => hosts),
    ...others,
  ]);
  expect(repeated(patterns)).toEqual([]);
  expect(patterns.filter((pattern) => problemOfPattern(pattern) !== null)).toEqual([]);
  expect(repeated(listed.flatMap(({ domains }) => domains))).toEqual([]);
});

test('countries are ISO 3166-1 codes, addresses are https', () => {
  const countries = vendors.flatMap(({ country, importer }) => [country, importer?.country ?? null]);
  expect(countries.filter((code) => code !== null && !isCountry(code))).toEqual([]);
  const regions = HOST_REGIONS.map(({ country }) => country).filter((code) => code !== null && code !== 'EU');
  expect(regions.filter((code) => code !== null && !isCountry(code))).toEqual([]);
  const urls = vendors.flatMap(({ urls }) => Object.values(urls)).filter((url) => url !== null);
  expect(urls.filter((url) => new URL(url).protocol !== 'https:')).toEqual([]);
  expect(urls.length).toBeGreaterThan(300);
});

test('rows of regions are of listed vendors, and say where', () => {
  const ids = new Set(listed.map(({ id }) => id));
  expect(HOST_REGIONS.filter(({ vendor }) => !ids.has(vendor)).map(({ vendor }) => vendor)).toEqual([]);
  expect(HOST_REGIONS.filter(({ region, country }) => region !== null && country === null)).toEqual([]);
  expect(countryOfRegion('eu-west-1')).toBe('IE');
});

test('every picture is there', () => {
  const logos = vendors.flatMap(({ logo }) => (logo === null ? [] : [logo]));
  const missing = logos.filter((logo) => !existsSync(`renderer/public/logos/${logo}.svg`));
  expect(missing).toEqual([]);
});
