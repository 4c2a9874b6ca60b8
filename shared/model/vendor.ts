/** Companies whose APIs are called, what they offer, and what people decided about them. */

export const VENDOR_CATEGORIES = [
  'ai',
  'analytics',
  'advertising',
  'cloud',
  'collaboration',
  'commerce',
  'communication',
  'crm',
  'data',
  'database',
  'design',
  'developer-tools',
  'email',
  'finance',
  'hr',
  'identity',
  'infrastructure',
  'legal',
  'logistics',
  'maps',
  'marketing',
  'media',
  'observability',
  'package-registry',
  'payments',
  'productivity',
  'search',
  'security',
  'social',
  'source-control',
  'storage',
  'support',
  'travel',
  'other',
  'unknown',
] as const;
export type VendorCategory = (typeof VENDOR_CATEGORIES)[number];

/** One API of a vendor. */
export interface Service {
  /** Unique within its vendor: `api`, `s3`, `maps`. */
  id: string;
  name: string;
  /** Host names and patterns: `api.stripe.com`, `*.stripe.com`, `s3.{region}.amazonaws.com`. The most specific one wins. */
  hosts: readonly string[];
}

/** A vendor as the catalogue knows it; nothing in here is this installation's. */
export interface Vendor {
  /** Stable, lower case: `stripe`. Of a vendor nobody listed: its registrable domain. */
  id: string;
  name: string;
  /** Legal entity; null when not known. */
  company: string | null;
  category: VendorCategory;
  /** ISO 3166-1 alpha-2 of its seat; null when not known. */
  country: string | null;
  /** Whom customers in the EEA contract with, and so who imports the data; null when not known. */
  importer: { entity: string; country: string } | null;
  urls: { docs: string | null; status: string | null; dpa: string | null; subprocessors: string | null };
  services: readonly Service[];
  /** Name of its picture among the workspace's logos; null when there is none we may ship. */
  logo: string | null;
  /** False for the long tail by domain. */
  listed: boolean;
}

/** What a host is. */
export interface Recognised {
  vendor: Vendor;
  service: Service | null;
  /** From the host name: `eu-west-1`; null when it says none. */
  region: string | null;
}

export const VENDOR_STATUSES = ['new', 'known', 'approved', 'deprecated', 'blocked'] as const;
export type VendorStatus = (typeof VENDOR_STATUSES)[number];

/** How sure a country is, and by what: the rungs of the ladder, best first. */
export const COUNTRY_BASES = [
  'response', // the answer says where it ran
  'request', // the request asks for a place
  'host-promised', // the host name's region, which the vendor promises
  'host', // the host name's region
  'address-range', // the provider's published ranges
  'address', // registry or geolocation of the address
  'seat', // the vendor's seat or contracting entity
  'declared', // what people here wrote down (contract, order form)
] as const;
export type CountryBasis = (typeof COUNTRY_BASES)[number];

/** One answer to "where", with what it rests on. */
export interface CountryClaim {
  /** ISO 3166-1 alpha-2, or `EU` where only that is said; null: not known. */
  country: string | null;
  region: string | null;
  basis: CountryBasis | null;
  confidence: 'high' | 'medium' | 'low' | null;
  /** In a sentence, with the reservation: “Edge of a content network: location unknown.” */
  says: string;
}

/** The three questions that are never to be mixed up. */
export interface Countries {
  endpoint: CountryClaim;
  declared: CountryClaim;
  importer: CountryClaim;
}
