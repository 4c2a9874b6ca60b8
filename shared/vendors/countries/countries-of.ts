import type { Countries, CountryClaim, Recognised } from '../../model/vendor.ts';
import { HOST_REGIONS, hostRegionOf } from '../catalogue/host-regions.ts';
import type { HostRegion } from '../catalogue/host-regions.ts';
import { adequacyOf, isInEea } from './adequacy.ts';
import { countryOfRegion } from './cloud-regions.ts';

/** What a database or a provider's list says of an address. */
export interface AddressPlace {
  /** ISO 3166-1 alpha-2; null when it does not say. */
  country: string | null;
  /** `edge`: a content network or anycast address, served from many places, so its country says nothing. */
  kind: 'place' | 'edge';
  /** Whose network it is, as the database names it. */
  network: string | null;
  /** Null: from a database; else the region of the provider's published ranges. */
  region?: string | null;
}

/** Everything that bears on where a call went. What is left out was not looked at. */
export interface CountryEvidence {
  recognised: Recognised | null;
  /** Finds what the vendor promises of this very host. */
  host?: string;
  /** Country that people here wrote down from a contract or order form; ISO 3166-1 alpha-2 or `EU`. */
  declared?: string | null;
  address?: AddressPlace | null;
  /** Where the answer says it ran: `us`, `global`, `eu-west-1`. */
  usageRegion?: string | null;
  /** What the request asked for, in the same words. */
  requestRegion?: string | null;
}

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });
const NOTHING: CountryClaim = { country: null, region: null, basis: null, confidence: null, says: '' };

/**
 * Three answers to three questions, each the best rung of the ladder it has evidence for, with what that rests on and
 * what it leaves open. What a network shows is where a connection ended and what was said; it never shows where data
 * stayed, so no sentence says that.
 */
export function countriesOf(evidence: CountryEvidence): Countries {
  return { endpoint: endpointOf(evidence), declared: declaredOf(evidence), importer: importerOf(evidence) };
}

function endpointOf({ recognised, host, address }: CountryEvidence): CountryClaim {
  const region = recognised?.region ?? null;
  const row = promiseFor(recognised, host);
  const country = row?.country ?? (region === null ? null : countryOfRegion(region));
  if (region !== null && country !== null) {
    const promised = row !== null && row.promise.length > 0;
    return {
      country,
      region,
      basis: promised ? 'host-promised' : 'host',
      confidence: row?.promise.includes('tls') === true ? 'high' : 'medium',
      says: promised
        ? `The host name says ${region} (${nameOf(country)}), and the vendor promises ${listed(row.promise)} there.${reservation(row)}`
        : `The host name says ${region} (${nameOf(country)}). It may pass calls on to elsewhere.`,
    };
  }
  if (address?.kind === 'edge') {
    const whose = address.network === null ? '' : ` (${address.network})`;
    return { ...NOTHING, basis: 'address', says: `Edge of a content network${whose}: location unknown.` };
  }
  if (address && address.country !== null) {
    const ranges = address.region !== undefined && address.region !== null;
    return {
      country: address.country,
      region: address.region ?? null,
      basis: ranges ? 'address-range' : 'address',
      confidence: ranges ? 'medium' : 'low',
      says: ranges
        ? `The provider lists this address in ${address.region} (${nameOf(address.country)}). What stands behind it is not seen.`
        : `The address is registered or located in ${nameOf(address.country)}, as a database has it: a weak hint.`,
    };
  }
  if (region !== null)
    return { ...NOTHING, region, basis: 'host', says: `The host name says ${region}; its country is not known here.` };
  return { ...NOTHING, says: 'Not known: the host name says no region.' };
}

function declaredOf(evidence: CountryEvidence): CountryClaim {
  const { recognised, host, declared, usageRegion, requestRegion } = evidence;
  const said = usageRegion ?? null;
  if (declared !== undefined && declared !== null) {
    const ran = said === null ? null : countryOfRegion(said);
    const differs = ran !== null && !agree(ran, declared);
    return {
      country: declared,
      region: null,
      basis: 'declared',
      confidence: differs ? 'low' : 'medium',
      says: differs
        ? `A contract says ${nameOf(declared)}, as written down here. The vendor’s answers say ${said} (${nameOf(ran)}).`
        : `A contract says ${nameOf(declared)}, as written down here. Not verified by what was observed.`,
    };
  }
  if (said !== null) {
    const country = countryOfRegion(said);
    return {
      country,
      region: said,
      basis: 'response',
      confidence: country === null ? null : 'high',
      says:
        country === null
          ? `The vendor’s answers say “${said}”, which is no one country.`
          : `The vendor’s answers say they were processed in ${said} (${nameOf(country)}). Storage and logs are apart from that.`,
    };
  }
  if (requestRegion !== undefined && requestRegion !== null) {
    const country = countryOfRegion(requestRegion);
    return {
      country,
      region: requestRegion,
      basis: 'request',
      confidence: country === null ? null : 'medium',
      says:
        country === null
          ? `Requests ask for “${requestRegion}”, which is no one country.`
          : `Requests ask for ${requestRegion} (${nameOf(country)}). Whether it was kept to is not seen.`,
    };
  }
  const region = recognised?.region ?? null;
  const row = promiseFor(recognised, host);
  const country = row?.country ?? (region === null ? null : countryOfRegion(region));
  if (row && country !== null && row.promise.some((what) => what !== 'tls')) {
    return {
      country,
      region,
      basis: 'host-promised',
      confidence: row.promise.includes('processing') ? 'high' : 'medium',
      says: `The vendor promises ${listed(row.promise)} in ${nameOf(country)} for this host.${reservation(row)}`,
    };
  }
  return { ...NOTHING, says: 'Nobody said: no contract is written down, and neither host nor answers say a place.' };
}

function importerOf({ recognised }: CountryEvidence): CountryClaim {
  const vendor = recognised?.vendor ?? null;
  const country = vendor?.importer?.country ?? vendor?.country ?? null;
  if (!vendor || country === null)
    return { ...NOTHING, says: 'Not known: this vendor’s seat is not in the catalogue.' };
  const who = vendor.importer?.entity ?? vendor.company ?? vendor.name;
  const seat =
    vendor.country !== null && vendor.country !== country
      ? ` Its group has its seat in ${nameOf(vendor.country)}.`
      : '';
  return {
    country,
    region: null,
    basis: 'seat',
    confidence: vendor.importer ? 'medium' : 'low',
    says: `${who}, ${nameOf(country)}: ${vendor.importer ? 'whom customers in the EEA usually contract with' : 'the vendor’s seat'}. ${transfer(country)}${seat}`,
  };
}

/** What a seat means for data from the EEA. */
function transfer(country: string): string {
  if (isInEea(country)) return 'In the EEA; access from outside it can still be a transfer.';
  const decision = adequacyOf(country);
  if (!decision) return 'No EU adequacy decision: a transfer from the EEA needs another instrument.';
  return `There is an EU adequacy decision${decision.scope === null ? '' : ` (${decision.scope})`}.`;
}

function promiseFor(recognised: Recognised | null, host: string | undefined): HostRegion | null {
  const byHost = host === undefined ? null : hostRegionOf(host);
  if (byHost) return byHost.vendor === recognised?.vendor.id ? byHost : null;
  if (!recognised || recognised.region === null || host !== undefined) return null;
  return HOST_REGIONS.find((row) => row.vendor === recognised.vendor.id && row.region === recognised.region) ?? null;
}

function agree(a: string, b: string): boolean {
  return a === b || (a === 'EU' && isInEea(b)) || (b === 'EU' && isInEea(a));
}

function nameOf(country: string): string {
  return country === 'EU'
    ? 'the European Union'
    : /^[A-Z]{2}$/.test(country)
      ? (names.of(country) ?? country)
      : country;
}

function listed(promise: readonly string[]): string {
  const words = promise.map((what) => (what === 'tls' ? 'that the connection ends' : what));
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function reservation(row: HostRegion): string {
  return row.reservation === null ? '' : ` ${row.reservation}`;
}
