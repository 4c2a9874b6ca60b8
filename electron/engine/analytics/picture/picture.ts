import type { App } from '../../../../shared/contract/apps.ts';
import type { Countries, Recognised, Vendor, VendorStatus } from '../../../../shared/model/vendor.ts';
import type { AddressPlace } from '../../../../shared/vendors/countries/countries-of.ts';
import type { Catalogue } from '../../../../shared/vendors/catalogue.ts';
import { emptyVendor, standingOf } from '../../vendors/declared.ts';
import type { Declared, DeclaredVendor } from '../../vendors/declared.ts';
import { tellCountries } from './tell-countries.ts';

/** What is known beside the calls: whose hosts are, and what people say. */
export interface Picture {
  /** Whose a host is; null: this machine, a private network, or no host name. */
  recognise(host: string): Recognised | null;
  vendor(id: string): Vendor | null;
  readonly catalogue: Catalogue;
  readonly declared: Declared;
  /** What people say of a vendor; of whom they say nothing, nothing. */
  said(id: string): DeclaredVendor;
  /** Whether people said anything of it. */
  isDeclared(id: string): boolean;
  countries(vendor: Vendor, hosts: readonly string[]): Countries;
}

/** When a question is asked, for what depends on it: microseconds since the epoch, and the day it is here. */
export interface Moment {
  now: number;
  /** As 2026-11-23. */
  today: string;
}

/** What people say of apps, by the names they are shown by. */
export type DeclaredApps = Readonly<Record<string, Pick<App, 'team' | 'criticality'>>>;

export function createPicture(
  catalogue: Catalogue,
  declared: Declared,
  /** Where a host’s address is, as far as anything says; leave it out when nothing does. */
  placeOf: (host: string) => AddressPlace | null = () => null,
): Picture {
  const said = new Map(declared.vendors.map((vendor) => [vendor.id, vendor]));
  return {
    catalogue,
    declared,
    recognise: (host) => catalogue.recognise(host),
    vendor: (id) => catalogue.vendor(id),
    said: (id) => said.get(id) ?? emptyVendor(id),
    isDeclared: (id) => said.has(id),
    countries: (vendor, hosts) =>
      tellCountries(vendor, hosts, {
        declared: said.get(vendor.id)?.declaredCountry ?? null,
        recognise: (host) => catalogue.recognise(host),
        placeOf,
      }),
  };
}

/** What a vendor counts as. */
export function statusOf(picture: Picture, id: string, firstSeen: number | null, at: Moment): VendorStatus {
  return standingOf(picture.said(id), firstSeen, at).status;
}
