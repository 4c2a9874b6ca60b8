import type { VendorRow } from '../../../../shared/contract/vendors.ts';
import type { CallSummary } from '../../../../shared/model/call-summary.ts';
import type { VendorStatus } from '../../../../shared/model/vendor.ts';
import type { PictureReader, Span } from '../../store/picture-rows.ts';
import { figuresOf } from './figures.ts';
import { statusOf } from './picture.ts';
import type { Moment, Picture } from './picture.ts';
import { seeVendors, startSeen } from './seen-vendors.ts';
import type { SeenVendor } from './seen-vendors.ts';

/** The calls of these ids that there still are. */
export type NamedCalls = (ids: readonly number[]) => Pick<CallSummary, 'id' | 'app' | 'package' | 'callsite'>[];

export interface VendorsQuestion extends Span, Moment {
  status?: VendorStatus | undefined;
}

/** Every vendor that was ever called or that people said something of; those called most in the span first. */
export function listVendors(
  picture: Picture,
  reader: Pick<PictureReader, 'edges' | 'sightings'>,
  named: NamedCalls,
  question: VendorsQuestion,
): { vendors: VendorRow[]; local: number } {
  const { vendors, local } = seeVendors(picture, reader.edges(question), reader.sightings({}));
  for (const { id } of picture.declared.vendors) {
    const vendor = vendors.has(id) ? null : picture.vendor(id);
    if (vendor !== null) vendors.set(id, startSeen(vendor));
  }
  const wanted = [...vendors.values()].filter(
    ({ vendor, firstSeen }) =>
      question.status === undefined || statusOf(picture, vendor.id, firstSeen, question) === question.status,
  );
  return { vendors: describeVendors(picture, wanted, named, question), local };
}

/** Vendors as the contract has them. */
export function describeVendors(
  picture: Picture,
  vendors: readonly SeenVendor[],
  named: NamedCalls,
  at: Moment,
): VendorRow[] {
  const ids = vendors.flatMap(({ first }) => (first === null ? [] : [first.call]));
  const calls = new Map(named(ids).map((call) => [call.id, call]));
  const rows = vendors.map((seen): VendorRow => {
    const { vendor, figures, firstSeen, lastSeen, first } = seen;
    const {
      id: _id,
      name: _name,
      category: _category,
      country: _country,
      hosts: _hosts,
      ...said
    } = picture.said(vendor.id);
    const status = statusOf(picture, vendor.id, firstSeen, at);
    const call = first === null ? undefined : calls.get(first.call);
    return {
      ...said,
      data: [...said.data],
      status,
      ...figuresOf(figures),
      id: vendor.id,
      name: vendor.name,
      company: vendor.company,
      category: vendor.category,
      logo: vendor.logo,
      listed: vendor.listed,
      shadow: firstSeen !== null && status !== 'approved',
      hosts: [...seen.hosts]
        .map(([host, { service, calls: count }]) => ({ host, service, calls: count }))
        .sort((a, b) => b.calls - a.calls || byText(a.host, b.host)),
      apps: [...seen.apps]
        .map(([app, count]) => ({ app, calls: count }))
        .sort((a, b) => b.calls - a.calls || byText(a.app ?? '', b.app ?? '')),
      countries: picture.countries(vendor, [...seen.hosts.keys()]),
      firstSeen,
      lastSeen,
      // A call that retention took is still known to have been the first.
      first: first && {
        call: first.call,
        app: call?.app ?? first.app,
        package: call?.package ?? null,
        callsite: call?.callsite ?? null,
      },
      urls: vendor.urls,
    };
  });
  return rows.sort((a, b) => b.calls - a.calls || byText(a.name.toLowerCase(), b.name.toLowerCase()));
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
