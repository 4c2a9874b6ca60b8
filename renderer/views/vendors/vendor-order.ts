import type { VendorRow } from '../../../shared/contract/vendors.ts';
import type { VendorStatus } from '../../../shared/model/vendor.ts';

/** Spans the view offers, in microseconds; all time reaches back to the beginning. */
export const SPANS = { '24h': 86_400_000_000, '7d': 604_800_000_000, '30d': 2_592_000_000_000, all: null } as const;
export type SpanName = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as SpanName[];

export const COLUMNS = [
  'name',
  'category',
  'status',
  'calls',
  'errors',
  'throttled',
  'bytes',
  'cost',
  'apps',
  'country',
  'last',
  'first',
] as const;
export type ColumnId = (typeof COLUMNS)[number];
export interface Order {
  by: ColumnId;
  descending: boolean;
}

const USUAL: Order = { by: 'calls', descending: true };
/** What needs somebody comes first. */
const WEIGHT: Readonly<Record<VendorStatus, number>> = { new: 0, known: 1, blocked: 2, deprecated: 3, approved: 4 };
/** Names are wanted from A, amounts and times the largest first. */
const FROM_A: readonly ColumnId[] = ['name', 'category', 'status', 'country'];

/** Reads `-calls` of an address. */
export function readOrder(text: string): Order {
  const by = COLUMNS.find((one) => one === text.replace(/^-/, ''));
  return by ? { by, descending: text.startsWith('-') } : USUAL;
}

/** The order a click on a column's head asks for, as it stands in the address; '' for the usual one. */
export function nextOrder(now: Order, id: string): string {
  const by = COLUMNS.find((one) => one === id);
  if (by === undefined) return '';
  const descending = now.by === by ? !now.descending : !FROM_A.includes(by);
  return by === USUAL.by && descending === USUAL.descending ? '' : `${descending ? '-' : ''}${by}`;
}

const VALUE: Readonly<Record<ColumnId, (vendor: VendorRow) => number | string | null>> = {
  name: ({ name }) => name.toLowerCase(),
  category: ({ category }) => (category === 'unknown' ? null : category),
  status: ({ status }) => WEIGHT[status],
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  throttled: ({ throttled }) => throttled,
  bytes: ({ requestBytes, responseBytes }) => requestBytes + responseBytes,
  cost: ({ costNanoUsd }) => costNanoUsd,
  apps: (vendor) => vendor.apps.length,
  country: ({ countries }) => countries.endpoint.country,
  last: ({ lastSeen }) => lastSeen,
  first: ({ firstSeen }) => firstSeen,
};

/** In order; what has no value comes last, whichever way round, and equals by name. */
export function orderVendors(vendors: readonly VendorRow[], { by, descending }: Order): VendorRow[] {
  const value = VALUE[by];
  return vendors.toSorted((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    const step = x < y ? -1 : x > y ? 1 : 0;
    return step === 0 ? byName(a, b) : descending ? -step : step;
  });
}

const byName = (a: VendorRow, b: VendorRow): number =>
  a.name.toLowerCase() < b.name.toLowerCase() ? -1 : a.name === b.name ? 0 : 1;

/** Vendors that have every word typed in their names, hosts, apps, categories or what was said of them, with a status. */
export function findVendors(vendors: readonly VendorRow[], typed: string, status: VendorStatus | null): VendorRow[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0 && status === null) return [...vendors];
  return vendors.filter((vendor) => {
    if (status !== null && vendor.status !== status) return false;
    if (wanted.length === 0) return true;
    const { name, id, company, category, owner, purpose, countries, hosts, apps } = vendor;
    const text = [
      name,
      id,
      company,
      category,
      owner,
      purpose,
      countries.endpoint.country,
      ...hosts.map(({ host }) => host),
      ...apps.map(({ app }) => app),
    ]
      .join('\n')
      .toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

/** What waits for a decision: seen and not approved; the newest first, for that is what changed. */
export function inboxOf(vendors: readonly VendorRow[]): VendorRow[] {
  return vendors
    .filter(({ shadow, status, calls }) => shadow && status !== 'blocked' && calls > 0)
    .toSorted((a, b) => (b.firstSeen ?? 0) - (a.firstSeen ?? 0) || byName(a, b));
}

/** A name as an id of a vendor: `Metrics Hub!` → `metrics-hub`; '' when nothing is left of it. */
export function idOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 100);
}
