import type { Recognised, Vendor, VendorCategory } from '../model/vendor.ts';

/** What people here add to the catalogue or put in its place (`vendors.yaml`), as far as recognising goes. */
export interface OwnVendor {
  id: string;
  name?: string;
  category?: VendorCategory;
  country?: string;
  /** As in `Service.hosts`; they win over the catalogue's. */
  hosts: readonly string[];
}

/** Whose a host is. Answers are remembered: hosts repeat. */
export interface Catalogue {
  /** Null: this machine, a private network, or no host name at all. Never throws, whatever the text. */
  recognise(host: string): Recognised | null;
  vendor(id: string): Vendor | null;
  /** The listed ones, by name. */
  all(): readonly Vendor[];
}
