import type { Service, Vendor, VendorCategory } from '../../model/vendor.ts';

/** A vendor as it is written down here. What is left out is not known, and null in a `Vendor`. */
export interface Listing {
  id: string;
  name: string;
  /** Legal entity. */
  company?: string;
  /** ISO 3166-1 alpha-2 of its seat. */
  country?: string;
  /** Whom customers in the EEA contract with, and that company's country. */
  importer?: readonly [entity: string, country: string];
  /** Domains that are the vendor's own as a whole: what no service lists is the vendor's, without a service. */
  domains: readonly string[];
  /** Patterns that are the vendor's although nobody listed the service: `{service}.{region}.amazonaws.com`. */
  others?: readonly string[];
  /** Service id → its name and its hosts. */
  services?: Readonly<Record<string, readonly [name: string, ...hosts: string[]]>>;
  docs?: string;
  status?: string;
  dpa?: string;
  subprocessors?: string;
}

/** Vendors of one category, in the order they are written. */
export interface Listings {
  category: VendorCategory;
  vendors: readonly Listing[];
}

/** The vendor of a listing; `logo` is its picture's name. */
export function vendorOf(listing: Listing, category: VendorCategory, logo: string | null): Vendor {
  const { id, name, company = null, country = null, importer, services = {} } = listing;
  return {
    id,
    name,
    company,
    category,
    country,
    importer: importer ? { entity: importer[0], country: importer[1] } : null,
    urls: {
      docs: listing.docs ?? null,
      status: listing.status ?? null,
      dpa: listing.dpa ?? null,
      subprocessors: listing.subprocessors ?? null,
    },
    services: Object.entries(services).map(([service, [title, ...hosts]]): Service => ({
      id: service,
      name: title,
      hosts,
    })),
    logo,
    listed: true,
  };
}
