import type { VendorDeclaration } from '../../../shared/contract/vendors.ts';
import type { VendorCategory, VendorStatus } from '../../../shared/model/vendor.ts';
import type { Correction } from '../../../shared/endpoints/corrections.ts';
import type { OwnVendor } from '../../../shared/vendors/catalogue.ts';

/** What people can say of a vendor’s standing. `new` is only ever by observation. */
export const SAID_STATUSES = ['known', 'approved', 'deprecated', 'blocked'] as const satisfies readonly VendorStatus[];
export type SaidStatus = (typeof SAID_STATUSES)[number];

/** What `vendors.yaml` says of one vendor; null and empty: nothing. */
export interface DeclaredVendor extends Omit<VendorDeclaration, 'status'> {
  id: string;
  name: string | null;
  category: VendorCategory | null;
  /** Of its seat. */
  country: string | null;
  hosts: readonly string[];
  status: SaidStatus | null;
}

/** Corrections of one host’s endpoints: paths, with `{name}` where they vary. */
export interface EndpointCorrection {
  host: string;
  /** Paths that are one. */
  merge: readonly string[];
  /** Paths that stay on their own, whatever was found to vary. */
  keep: readonly string[];
}

export interface Declared {
  vendors: readonly DeclaredVendor[];
  endpoints: readonly EndpointCorrection[];
}

export const NOTHING_DECLARED: Declared = Object.freeze({ vendors: [], endpoints: [] });

export function emptyVendor(id: string): DeclaredVendor {
  return {
    id,
    name: null,
    category: null,
    country: null,
    hosts: [],
    status: null,
    approvedBy: null,
    approvedUntil: null,
    owner: null,
    purpose: null,
    criticality: null,
    contract: null,
    data: [],
    declaredCountry: null,
    note: null,
  };
}

/** The vendors as recognising hosts takes them. */
export function ownVendors({ vendors }: Declared): OwnVendor[] {
  return vendors.map(({ id, name, category, country, hosts }) => ({
    id,
    ...(name !== null && { name }),
    ...(category !== null && { category }),
    ...(country !== null && { country }),
    hosts,
  }));
}

/** The corrections as naming endpoints takes them. */
export function correctionsOf({ endpoints }: Declared): Correction[] {
  return endpoints.flatMap(({ host, merge, keep }) => [
    ...merge.map((template) => ({ host, template, keep: false })),
    ...keep.map((template) => ({ host, template, keep: true })),
  ]);
}

/** So long is a vendor new that nobody said anything of, in microseconds. */
export const NEW_FOR = 14 * 86_400 * 1_000_000;

/** What a vendor counts as, at a moment. */
export interface Standing {
  status: VendorStatus;
  /** It was approved, and that has ended. */
  expired: boolean;
}

/**
 * What people say, else what is observed: *new* for 14 days after it was first seen, then *known*. An approval counts up to
 * the end of its last day (`today`, as 2026-11-23, is the day it is here), and then as if nobody had said anything: the vendor is known.
 * Times in microseconds since the epoch.
 */
export function standingOf(
  said: Pick<DeclaredVendor, 'status' | 'approvedUntil'> | null,
  firstSeen: number | null,
  { now, today }: { now: number; today: string },
): Standing {
  if (said !== null && said.status !== null) {
    const expired = said.status === 'approved' && said.approvedUntil !== null && said.approvedUntil < today;
    return { status: expired ? 'known' : said.status, expired };
  }
  const isNew = firstSeen !== null && now - firstSeen < NEW_FOR;
  return { status: isNew ? 'new' : 'known', expired: false };
}
