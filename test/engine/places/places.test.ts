import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openPlaces } from '../../../electron/engine/places/places.ts';
import { writeMmdb } from './write-mmdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'places-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, bytes: Buffer | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}
async function open(...paths: string[]) {
  const opened = await openPlaces(paths);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened.places;
}

const countries = write(
  'countries.mmdb',
  writeMmdb({
    '52.16.0.0/15': { country: { iso_code: 'IE' }, registered_country: { iso_code: 'US' } },
    '104.16.0.0/13': { country: { iso_code: 'US' } },
    '198.51.0.0/16': { country: { iso_code: 'DE' }, traits: { is_anycast: true } },
    '45.0.0.0/8': { registered_country: { iso_code: 'FR' } },
    '77.0.0.0/8': { country: 7 },
  }),
);
const networks = write(
  'networks.mmdb',
  writeMmdb(
    {
      '52.16.0.0/15': { autonomous_system_number: 16_509, autonomous_system_organization: 'AMAZON-02' },
      '104.16.0.0/13': { autonomous_system_number: 13_335, autonomous_system_organization: 'CLOUDFLARENET' },
    },
    'Test-ASN',
  ),
);

test('an address has the country it is in, never the one it is registered in', async () => {
  const places = await open(countries);
  expect(places.placeOf('52.17.1.1')).toEqual({ country: 'IE', kind: 'place', network: null });
  expect(places.placeOf('45.1.1.1')).toBeNull();
  expect(places.placeOf('9.9.9.9')).toBeNull();
  expect(places.about).toMatchObject({ type: 'Test-Country', description: 'Written by a test' });
});

test('a content network’s address is an edge, by its network or by the database’s own word', async () => {
  const places = await open(networks, countries);
  expect(places.placeOf('104.16.0.1')).toEqual({ country: 'US', kind: 'edge', network: 'CLOUDFLARENET' });
  expect(places.placeOf('52.17.1.1')).toEqual({ country: 'IE', kind: 'place', network: 'AMAZON-02' });
  expect(places.placeOf('198.51.1.1')?.kind).toBe('edge');
});

test('flat records, as IPinfo writes them, are read too', async () => {
  const flat = write(
    'flat.mmdb',
    writeMmdb({ '1.0.0.0/8': { country_code: 'AU', asn: 'AS13335', as_name: 'Cloudflare, Inc.' } }),
  );
  expect((await open(flat)).placeOf('1.1.1.1')).toEqual({ country: 'AU', kind: 'edge', network: 'Cloudflare, Inc.' });
});

test.each(['', 'no address', '999.1.1.1', '::1', '2001:db8::1', '77.1.1.1', '1.2.3', 'a'.repeat(1000)])(
  'looking up “%s” says nothing and does not throw',
  async (text) => {
    expect((await open(countries)).placeOf(text)).toBeNull();
  },
);

test('what cannot be used says which file and why', async () => {
  const whole = writeMmdb({ '52.0.0.0/8': { country: { iso_code: 'IE' } } });
  const cases: [path: string, why: RegExp][] = [
    [join(folder, 'none.mmdb'), /none\.mmdb cannot be used: there is no such file/],
    [folder, /it is a folder/],
    [write('text.mmdb', 'hello'), /text\.mmdb is no MMDB database/],
    [write('empty.mmdb', ''), /empty\.mmdb is no MMDB database/],
    [write('cut.mmdb', whole.subarray(0, whole.length - 30)), /cut\.mmdb is no MMDB database/],
  ];
  for (const [path, why] of cases) {
    expect(await openPlaces([countries, path])).toMatchObject({ problem: expect.stringMatching(why) as unknown });
  }
  expect(await openPlaces([])).toHaveProperty('problem');
});
