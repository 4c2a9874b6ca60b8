import type { Vendor } from '../../../../shared/model/vendor.ts';
import type { EdgeSum, Sighting } from '../../store/picture-rows.ts';
import { addRow, startFigures } from './figures.ts';
import type { FigureSum } from './figures.ts';
import type { Picture } from './picture.ts';

/** What calls tell of a vendor. */
export interface SeenVendor {
  vendor: Vendor;
  figures: FigureSum;
  /** Calls of the span by host; every host that was ever called is there. */
  hosts: Map<string, { service: string | null; calls: number }>;
  /** Calls of the span by app. */
  apps: Map<string | null, number>;
  /** Ever, microseconds since the epoch. */
  firstSeen: number | null;
  lastSeen: number | null;
  /** Who called it first, ever; null when no call is known. */
  first: { call: number; at: number; app: string | null } | null;
}

/** Adds up vendors from sums by host: those of the span, and all that were ever seen. `local`: calls to nobody’s hosts. */
export function seeVendors(
  picture: Picture,
  edges: readonly EdgeSum[],
  sightings: readonly Sighting[],
): { vendors: Map<string, SeenVendor>; local: number } {
  const vendors = new Map<string, SeenVendor>();
  let local = 0;
  const seenOf = (host: string): SeenVendor | null => {
    const found = picture.recognise(host);
    if (found === null) return null;
    let seen = vendors.get(found.vendor.id);
    if (seen === undefined) vendors.set(found.vendor.id, (seen = startSeen(found.vendor)));
    if (!seen.hosts.has(host)) seen.hosts.set(host, { service: found.service?.name ?? null, calls: 0 });
    return seen;
  };
  for (const edge of edges) {
    const seen = seenOf(edge.host);
    if (seen === null) {
      local += edge.calls;
      continue;
    }
    addRow(seen.figures, edge);
    seen.hosts.get(edge.host)!.calls += edge.calls;
    seen.apps.set(edge.app, (seen.apps.get(edge.app) ?? 0) + edge.calls);
  }
  for (const sighting of sightings) {
    if (sighting.kind === 'endpoint') continue;
    const seen = seenOf(sighting.host);
    if (seen === null) continue;
    const { firstAt, lastAt, firstCall, app } = sighting;
    seen.firstSeen = Math.min(seen.firstSeen ?? Infinity, firstAt);
    seen.lastSeen = Math.max(seen.lastSeen ?? 0, lastAt);
    const earlier = seen.first === null || firstAt < seen.first.at;
    // Of one call both a host and an app on it tell; the latter says more.
    if (earlier || (seen.first!.call === firstCall && app !== null)) seen.first = { call: firstCall, at: firstAt, app };
  }
  return { vendors, local };
}

export function startSeen(vendor: Vendor): SeenVendor {
  return {
    vendor,
    figures: startFigures(),
    hosts: new Map(),
    apps: new Map(),
    firstSeen: null,
    lastSeen: null,
    first: null,
  };
}
