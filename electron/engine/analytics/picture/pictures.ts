import type { DependencyMap } from '../../../../shared/contract/map.ts';
import type { Headroom, VendorPage, VendorRow } from '../../../../shared/contract/vendors.ts';
import type { Recognised } from '../../../../shared/model/vendor.ts';
import type { AddressPlace } from '../../../../shared/vendors/countries/countries-of.ts';
import type { Catalogue, OwnVendor } from '../../../../shared/vendors/catalogue.ts';
import type { PictureReader } from '../../store/picture-rows.ts';
import { NOTHING_DECLARED, ownVendors } from '../../vendors/declared.ts';
import type { Declared } from '../../vendors/declared.ts';
import { matchesTemplate } from '../../vendors/match-template.ts';
import { drawMap } from './dependency-map.ts';
import type { MapQuestion } from './dependency-map.ts';
import { readHeadroom } from './headroom.ts';
import type { HeadroomQuestion } from './headroom.ts';
import { createPicture } from './picture.ts';
import type { Picture } from './picture.ts';
import { describeVendor } from './vendor-page.ts';
import type { SearchCalls, VendorQuestion } from './vendor-page.ts';
import { listVendors } from './vendor-rows.ts';
import type { NamedCalls, VendorsQuestion } from './vendor-rows.ts';

/** Where an address is; null when nothing is known of it. Must not throw. */
type PlaceOf = (address: string) => AddressPlace | null;

/** Questions about who depends on whom, as the reader's thread answers them. */
export interface Pictures {
  /** What is known beside the calls, now; for others who read the store in the same thread. */
  now(): Picture;
  /** What people say counts from the next question on. */
  setDeclared(declared: Declared): void;
  /** Says where an address is, from the next question on; null: nothing does. */
  setPlaces(placeOf: PlaceOf | null): void;
  /** Whose a host is, by the catalogue and what people say now. */
  recognise(host: string): Recognised | null;
  vendors(question: VendorsQuestion): { vendors: VendorRow[]; local: number };
  vendor(question: VendorQuestion): Generator<void, VendorPage | null>;
  /** Whether there is such a vendor: called, listed, or declared. */
  knows(id: string): boolean;
  /** Names of a host’s endpoints that a path, with `{name}` where it varies, stands for. */
  endpointsLike(question: { host: string; template: string }): string[];
  headroom(question: HeadroomQuestion): (Headroom & { vendor: string | null })[];
  map(question: MapQuestion): DependencyMap;
}

export function createPictures(given: {
  reader: PictureReader & {
    named: NamedCalls;
    search: SearchCalls;
    coverage(span: { since: number; until: number }): { share: number | null } | null;
  };
  createCatalogue: (own: readonly OwnVendor[]) => Catalogue;
}): Pictures {
  const { reader, createCatalogue } = given;
  let declared = NOTHING_DECLARED;
  let picture: Picture | null = null;
  let placeOf: PlaceOf | null = null;
  /** As they were when the question came. */
  let addresses: Map<string, string> | null = null;

  function placeOfHost(host: string): AddressPlace | null {
    if (placeOf === null) return null;
    addresses ??= reader.addresses();
    const address = addresses.get(host);
    return address === undefined ? null : placeOf(address);
  }

  /** For a new question: hosts may have moved. */
  function anew(): Picture {
    addresses = null;
    return now();
  }

  /** The catalogue is built when somebody asks, not with the thread. */
  function now(): Picture {
    picture ??= createPicture(createCatalogue(ownVendors(declared)), declared, placeOfHost);
    return picture;
  }

  return {
    now: anew,
    setDeclared(next) {
      declared = next;
      picture = null;
    },
    setPlaces(next) {
      placeOf = next;
    },
    recognise: (host) => now().recognise(host),
    vendors: (question) => listVendors(anew(), reader, reader.named, question),
    vendor: (question) => describeVendor(anew(), reader, reader.named, reader.search, question),
    knows(id) {
      const current = now();
      if (current.isDeclared(id) || current.vendor(id)?.listed === true) return true;
      return reader.hosts().some((host) => current.recognise(host)?.vendor.id === id);
    },
    endpointsLike({ host, template }) {
      const names = reader
        .sightings({ hosts: [host] })
        .flatMap(({ kind, endpoint }) => (kind === 'endpoint' && endpoint !== null ? [endpoint] : []));
      return [...new Set(names)].filter((name) => matchesTemplate(template, name));
    },
    headroom: (question) => readHeadroom(now(), reader, question),
    map: (question) => drawMap(anew(), reader, reader.coverage(question)?.share ?? null, question),
  };
}
