import type { Countries, CountryClaim, Recognised, Vendor } from '../../../../shared/model/vendor.ts';
import type { AddressPlace } from '../../../../shared/vendors/countries/countries-of.ts';
import { countriesOf } from '../../../../shared/vendors/countries/countries-of.ts';

/** Of more hosts than these it is as of these: a vendor with a host for each customer has thousands. */
const LOOKED_AT = 200;

/**
 * The three answers to "where" for a vendor with several hosts: one place where they agree, else that it is not one place.
 * `hosts`: the most called first.
 */
export function tellCountries(
  vendor: Vendor,
  hosts: readonly string[],
  known: {
    /** What people wrote down of it. */
    declared: string | null;
    recognise: (host: string) => Recognised | null;
    placeOf: (host: string) => AddressPlace | null;
  },
): Countries {
  const { declared, recognise, placeOf } = known;
  if (hosts.length === 0) return countriesOf({ recognised: { vendor, service: null, region: null }, declared });
  const claims = hosts
    .slice(0, LOOKED_AT)
    .map((host) => countriesOf({ recognised: recognise(host), host, declared, address: placeOf(host) }));
  return {
    endpoint: agreeOn(claims.map(({ endpoint }) => endpoint)),
    declared: agreeOn(claims.map((claim) => claim.declared)),
    importer: claims[0]!.importer,
  };
}

function agreeOn(claims: readonly CountryClaim[]): CountryClaim {
  // A chain is as strong as its weakest link: of hosts that agree, the one least is known of speaks.
  const weakest = claims.reduce((weaker, claim) => (surenessOf(claim) < surenessOf(weaker) ? claim : weaker));
  const places = new Set(claims.map(({ country, region }) => `${country} ${region}`));
  if (places.size === 1) return weakest;
  const countries = new Set(claims.map(({ country }) => country));
  const named = [...countries].filter((country) => country !== null).toSorted();
  const rest = countries.has(null) ? ' For others of its hosts it is not known.' : '';
  if (named.length === 0)
    return { ...weakest, country: null, region: null, confidence: null, says: 'Not known for any of its hosts.' };
  const shown = claims.filter(({ country }) => country !== null);
  const byAddress = shown.filter(({ basis }) => basis === 'address').length;
  const by =
    byAddress === 0
      ? 'by the names of its hosts'
      : byAddress === shown.length
        ? 'by the addresses of its hosts, a weak hint'
        : 'by names and addresses of its hosts';
  if (countries.size === 1) {
    const regions = [...new Set(claims.map(({ region }) => region ?? 'no region'))].toSorted();
    return { ...weakest, region: null, says: `${named[0]}, ${by}, which say ${shortened(regions)}.` };
  }
  return {
    country: null,
    region: null,
    basis: null,
    confidence: null,
    says: `Not one place: ${shortened(named)}, ${by}.${rest}`,
  };
}

function surenessOf({ confidence }: CountryClaim): number {
  return confidence === null ? 0 : { low: 1, medium: 2, high: 3 }[confidence];
}

function shortened(words: readonly string[]): string {
  const shown = words.slice(0, 4).join(', ');
  return words.length > 4 ? `${shown} and ${words.length - 4} more` : shown;
}
