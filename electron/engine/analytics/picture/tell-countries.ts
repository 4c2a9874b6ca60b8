import type { Countries, CountryClaim, Vendor } from '../../../../shared/model/vendor.ts';
import { hostRegionOf } from '../../../../shared/vendors/catalogue/host-regions.ts';
import { countryOfRegion } from '../../../../shared/vendors/countries/cloud-regions.ts';

/**
 * The three answers to "where" as far as hosts, the catalogue and what people say can tell: addresses are not looked at.
 * `regionOf`: the region that a host’s name says. The forbidden sentence is that data stayed somewhere: nobody saw that.
 */
export function tellCountries(
  vendor: Vendor,
  hosts: readonly string[],
  declaredCountry: string | null,
  regionOf: (host: string) => string | null,
): Countries {
  return {
    endpoint: endpointOf(hosts, regionOf),
    declared: declaredOf(vendor, hosts, declaredCountry),
    importer: importerOf(vendor),
  };
}

const unknown = (says: string): CountryClaim => ({ country: null, region: null, basis: null, confidence: null, says });

function endpointOf(hosts: readonly string[], regionOf: (host: string) => string | null): CountryClaim {
  const regions = new Set(hosts.map((host) => regionOf(host)));
  if (hosts.length === 0) return unknown('Never called.');
  const named = [...regions].filter((region) => region !== null);
  if (named.length === 0) return unknown('Not known: its host names say no region.');
  const countries = new Set(named.map((region) => countryOfRegion(region)));
  const [country = null] = countries;
  if (countries.size > 1 || regions.size > named.length)
    return unknown(
      `Not one place: hosts name ${listed(named)}${regions.size > named.length ? ', others no region' : ''}.`,
    );
  return {
    country,
    region: named.length === 1 ? named[0]! : null,
    basis: 'host',
    confidence: country === null ? null : 'medium',
    says: `${country ?? 'A place not known'}, by the region in the host’s name (${listed(named)}); where it is processed is another question.`,
  };
}

function declaredOf(vendor: Vendor, hosts: readonly string[], declaredCountry: string | null): CountryClaim {
  if (declaredCountry !== null)
    return {
      country: declaredCountry,
      region: null,
      basis: 'declared',
      confidence: 'high',
      says: `${declaredCountry}, as declared in vendors.yaml.`,
    };
  const promised = hosts.map((host) => hostRegionOf(host));
  const first = promised[0] ?? null;
  if (first === null || first.vendor !== vendor.id || !first.promise.includes('processing'))
    return unknown('Nobody declared it.');
  if (promised.some((one) => one === null || one.country !== first.country || !one.promise.includes('processing')))
    return unknown('Not one place: some of its hosts promise a region, others do not.');
  return {
    country: first.country,
    region: first.region,
    basis: 'host-promised',
    confidence: 'medium',
    says: [`${first.country ?? 'A region'}, as the vendor promises for this host.`, first.reservation]
      .filter(Boolean)
      .join(' '),
  };
}

function importerOf({ importer, country, company, name }: Vendor): CountryClaim {
  if (importer !== null)
    return {
      country: importer.country,
      region: null,
      basis: 'seat',
      confidence: 'medium',
      says: `${importer.entity} (${importer.country}), with whom customers in the EEA contract.`,
    };
  if (country === null) return unknown('Not known: nobody wrote down where its seat is.');
  return {
    country,
    region: null,
    basis: 'seat',
    confidence: 'low',
    says: `${company ?? name} (${country}), by its seat; with whom you contract may be another company.`,
  };
}

function listed(words: readonly string[]): string {
  const shown = words.toSorted().slice(0, 3).join(', ');
  return words.length > 3 ? `${shown} and ${words.length - 3} others` : shown;
}
