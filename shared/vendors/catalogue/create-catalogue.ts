import { parse } from 'tldts';
import type { Recognised, Service, Vendor } from '../../model/vendor.ts';
import type { Catalogue, OwnVendor } from '../catalogue.ts';
import { createHostIndex, problemOfPattern } from './host-index.ts';
import { readHost } from './host-names.ts';
import { findHostRegion } from './host-regions.ts';
import { listings } from './listed/index.ts';
import { vendorOf } from './listing.ts';
import { LOGOS } from './logos.ts';

/** Whose a pattern is. */
interface Owner {
  vendor: Vendor;
  service: Service | null;
}

/** Hosts whose answer is kept, in each of two generations; longer texts are no hosts, and are worked out each time. */
const REMEMBERED = 20_000;
const LONGEST = 300;

/** The catalogue's own vendors, built once: they are the same for every catalogue. */
const listed = listings.flatMap(({ category, vendors }) =>
  vendors.map((listing) => ({
    vendor: vendorOf(listing, category, LOGOS[listing.id] ?? null),
    others: listing.others ?? [],
    domains: listing.domains,
  })),
);

/**
 * Whose hosts are. Own patterns come first, then the most specific of the catalogue's services, then the vendors'
 * domains, then the registrable domain by itself. Patterns that `problemOfPattern` complains of are passed over, and of
 * two own vendors with the same pattern the first counts.
 */
export function createCatalogue(own: readonly OwnVendor[] = []): Catalogue {
  const byId = new Map(listed.map(({ vendor }) => [vendor.id, vendor]));
  for (const mine of own) {
    const { id, name, category, country } = mine;
    const known = byId.get(id);
    byId.set(id, {
      ...(known ?? unlisted(id)),
      ...(name === undefined ? {} : { name }),
      ...(category === undefined ? {} : { category }),
      ...(country === undefined ? {} : { country }),
      listed: true,
    });
  }
  const services = createHostIndex<Owner>();
  const domains = new Map<string, Vendor>();
  for (const entry of listed) {
    const vendor = byId.get(entry.vendor.id) ?? entry.vendor;
    for (const service of vendor.services) for (const host of service.hosts) services.add(host, { vendor, service });
    for (const pattern of entry.others) services.add(pattern, { vendor, service: null });
    for (const domain of entry.domains) domains.set(domain, vendor);
  }
  const mine = createHostIndex<Vendor>();
  let anyOwn = false;
  for (const { id, hosts } of own) {
    const vendor = byId.get(id);
    for (const host of hosts) {
      const pattern = patternOf(host);
      if (!vendor || problemOfPattern(pattern) !== null) continue;
      mine.add(pattern, vendor);
      anyOwn = true;
    }
  }

  function workOut(text: string): Recognised | null {
    const host = readHost(text);
    if (host.name === null) return null;
    const labels = host.kind === 'name' ? host.labels : host.name.split('.');
    const ownFound = anyOwn ? mine.find(labels) : null;
    if (host.kind !== 'name') {
      if (ownFound) return { vendor: ownFound.value, service: null, region: ownFound.region };
      return host.kind === 'local' ? null : { vendor: tail(host.name), service: null, region: null };
    }
    const theirs = services.find(labels);
    const region = ownFound?.region ?? theirs?.region ?? findHostRegion(labels);
    if (ownFound) {
      const service = theirs?.value.vendor.id === ownFound.value.id ? theirs.value.service : null;
      return { vendor: ownFound.value, service, region };
    }
    if (theirs) return { ...theirs.value, region };
    const vendor = vendorByDomain(host.name, labels);
    return vendor && { vendor, service: null, region };
  }

  function vendorByDomain(name: string, labels: readonly string[]): Vendor | null {
    const { domain, publicSuffix } = parse(name, { allowPrivateDomains: true, validateHostname: false });
    for (let from = 0; from < labels.length - 1; from += 1) {
      const candidate = labels.slice(from).join('.');
      const vendor = domains.get(candidate);
      if (!vendor) continue;
      // `shop.vercel.app`: below a suffix that a platform gives to its customers, the host is the customer's.
      if (from > 0 && publicSuffix !== null && publicSuffix.length >= candidate.length) break;
      return vendor;
    }
    // `github.io` itself: a private suffix is somebody's domain, too.
    const id = domain ?? parse(name, { validateHostname: false }).domain;
    return id === null ? null : tail(id);
  }

  /** A vendor that goes by its domain, unless people here said something of it. */
  function tail(id: string): Vendor {
    return byId.get(id) ?? unlisted(id);
  }

  let fresh = new Map<string, Recognised | null>();
  let old = new Map<string, Recognised | null>();
  function recognise(host: string): Recognised | null {
    if (host.length > LONGEST) return workOut(host);
    let answer = fresh.get(host);
    if (answer !== undefined) return answer;
    answer = old.get(host);
    if (answer === undefined) answer = workOut(host);
    if (fresh.size >= REMEMBERED) {
      old = fresh;
      fresh = new Map();
    }
    fresh.set(host, answer);
    return answer;
  }

  const sorted = [...byId.values()].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  return {
    recognise,
    vendor(id) {
      const known = byId.get(id);
      if (known) return known;
      const found = recognise(id)?.vendor;
      return found?.id === id ? found : null;
    },
    all: () => sorted,
  };
}

/** As the index holds it: an IPv6 address in its shortest writing is one label. */
function patternOf(host: string): string {
  return host.includes(':') ? (readHost(host).name ?? host) : host.toLowerCase();
}

function unlisted(id: string): Vendor {
  return {
    id,
    name: id,
    company: null,
    category: 'unknown',
    country: null,
    importer: null,
    urls: { docs: null, status: null, dpa: null, subprocessors: null },
    services: [],
    logo: null,
    listed: false,
  };
}
