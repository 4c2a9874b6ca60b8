import type { Picture } from '../picture/picture.ts';
import { statusOf } from '../picture/picture.ts';
import type { Sighting } from '../../store/picture-rows.ts';
import type { HostWords } from './callers.ts';

const DAY = 86_400_000_000;

/**
 * What is known of hosts beside their calls, as the reader's catalogue and people here say now: whose it is, and what a
 * vendor counted as at a moment. A vendor is new from the first call to one of its hosts on.
 */
export function tellHosts(picture: Picture, sightings: readonly Sighting[]): (host: string) => HostWords {
  const firstSeen = new Map<string, number>();
  for (const { kind, host, firstAt } of sightings) {
    if (kind !== 'host') continue;
    const vendor = picture.recognise(host)?.vendor.id;
    if (vendor !== undefined) firstSeen.set(vendor, Math.min(firstAt, firstSeen.get(vendor) ?? Infinity));
  }
  return (host) => {
    const found = picture.recognise(host);
    if (found === null) return NOBODY;
    const { vendor, service } = found;
    const statuses = new Map<number, ReturnType<HostWords['statusAt']>>();
    return {
      vendor: vendor.id,
      service: service?.id ?? null,
      category: vendor.category,
      data: picture.said(vendor.id).data,
      country: picture.countries(vendor, [host]).endpoint.country ?? vendor.country,
      statusAt(at) {
        // It changes by the day: an approval ends with one, and new is so for so many of them, to the call.
        const first = firstSeen.get(vendor.id) ?? null;
        const day = Math.floor(at / DAY);
        const edge = first !== null && Math.abs(at - first - 14 * DAY) < DAY;
        if (!edge && statuses.has(day)) return statuses.get(day)!;
        const status = statusOf(picture, vendor.id, first, {
          now: at,
          today: new Date(at / 1000).toISOString().slice(0, 10),
        });
        if (!edge) statuses.set(day, status);
        return status;
      },
    };
  };
}

const NOBODY: HostWords = {
  vendor: null,
  service: null,
  category: null,
  data: [],
  country: null,
  statusAt: () => null,
};
