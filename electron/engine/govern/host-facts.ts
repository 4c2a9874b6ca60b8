import type { Recognised, VendorCategory, VendorStatus } from '../../../shared/model/vendor.ts';
import type { Catalogue } from '../../../shared/vendors/catalogue.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { ownVendors, standingOf } from '../vendors/declared.ts';
import type { Declared, DeclaredVendor } from '../vendors/declared.ts';

/** What is known of a host before anything is sent to it. */
export interface HostFacts {
  vendor: string | null;
  service: string | null;
  category: VendorCategory | null;
  status: VendorStatus | null;
  data: readonly string[];
  country: string | null;
}

export interface HostBook {
  of(host: string): HostFacts;
  recognise(host: string): Recognised | null;
  /** What people say of vendors from now on. */
  declare(declared: Declared): void;
  /** When vendors were first seen, µs since the epoch, by id. */
  seen(vendors: ReadonlyMap<string, number>): void;
}

/** Hosts repeat; what is known of so many is kept. */
const REMEMBERED = 5000;
/** Approvals end at midnight, new vendors become known ones. */
const KEPT_MS = 60_000;
const NO_DATA: readonly string[] = Object.freeze([]);
const NOBODY: HostFacts = Object.freeze({
  vendor: null,
  service: null,
  category: null,
  status: null,
  data: NO_DATA,
  country: null,
});

/** `now`: microseconds since the epoch. The catalogue is built by the first host that is asked about. */
export function createHostBook(given: { now: () => number; today: () => string }): HostBook {
  let declared: Declared = { vendors: [], endpoints: [] };
  let byId = new Map<string, DeclaredVendor>();
  let catalogue: Catalogue | null = null;
  let firstSeen: ReadonlyMap<string, number> = new Map();
  const book = new Map<string, { facts: HostFacts; until: number }>();

  function recognise(host: string): Recognised | null {
    return (catalogue ??= createCatalogue(ownVendors(declared))).recognise(host);
  }

  function look(host: string): HostFacts {
    const recognised = recognise(host);
    if (recognised === null) return NOBODY;
    const { vendor, service } = recognised;
    const said = byId.get(vendor.id) ?? null;
    const now = given.now();
    const { status } = standingOf(said, firstSeen.get(vendor.id) ?? null, { now, today: given.today() });
    return {
      vendor: vendor.id,
      service: service?.id ?? null,
      category: vendor.category,
      status,
      data: said?.data ?? NO_DATA,
      country: said?.declaredCountry ?? vendor.country,
    };
  }

  return {
    recognise,
    of(host) {
      const now = performance.now();
      const known = book.get(host);
      if (known !== undefined && known.until > now) return known.facts;
      if (book.size >= REMEMBERED) book.clear();
      const facts = look(host);
      book.set(host, { facts, until: now + KEPT_MS });
      return facts;
    },
    declare(next) {
      declared = next;
      byId = new Map(next.vendors.map((vendor) => [vendor.id, vendor]));
      catalogue = null;
      book.clear();
    },
    seen(vendors) {
      firstSeen = vendors;
      book.clear();
    },
  };
}
