import type { VendorsFace } from '../../electron/api/picture-face.ts';
import type { Headroom, VendorDeclaration, VendorPage, VendorRow } from '../../shared/contract/vendors.ts';
import { createCatalogue } from '../../shared/vendors/catalogue/create-catalogue.ts';
import type { MapScript } from './map-script.ts';
import { vendorOfWorld } from './map-answers.ts';

/** The vendors of a made-up installation, with what people say of them; a test changes both as it goes. */
export interface VendorScript {
  face: VendorsFace;
  /** What stands wrong in vendors.yaml from now on. */
  complain(problems: { line: number; column: number; says: string }[]): void;
  /** What is left of limits, and what else a vendor’s page has. */
  tell(id: string, more: { headroom?: Headroom[]; page?: Partial<VendorPage>; row?: Partial<VendorRow> }): void;
  /** Hosts that were said to be somebody’s. */
  assigned: { id: string; hosts: readonly string[] }[];
}

type Told = Parameters<VendorScript['tell']>[1];

export function createVendorScript(map: MapScript): VendorScript {
  const said = new Map<string, Partial<VendorDeclaration>>();
  const told = new Map<string, Told>();
  const assigned: VendorScript['assigned'] = [];
  const catalogue = createCatalogue();
  let problems: { line: number; column: number; says: string }[] = [];
  const withSaid = <Row extends VendorRow>(row: Row): Row => {
    const logo = catalogue.vendor(row.id)?.logo ?? null;
    const urls = catalogue.vendor(row.id)?.urls ?? row.urls;
    return { ...row, logo, urls, ...said.get(row.id), ...told.get(row.id)?.row, status: row.status };
  };
  const listed = ({ id }: VendorRow): boolean => !assigned.some(({ hosts }) => hosts.includes(hostOf(id)));
  const hostOf = (id: string): string => map.world().vendors.find((one) => one.id === id)?.host ?? '';
  return {
    assigned,
    complain: (next) => (problems = next),
    tell: (id, more) => told.set(id, { ...told.get(id), ...more }),
    face: {
      ...map.vendors,
      async list({ since, until, status }) {
        const world = map.world();
        const vendors = world.vendors
          // Whoever was called ever is listed, with the figures of the span.
          .filter(({ id }) => (vendorOfWorld(world, id, { since: 0, until })?.calls ?? 0) > 0)
          .flatMap(({ id }) => vendorOfWorld(world, id, { since, until }) ?? [])
          .map(withSaid)
          .filter((one) => listed(one) && (status === undefined || one.status === status));
        return { vendors, local: 1204, file: '/home/ada/.sallyport/vendors.yaml', problems };
      },
      async get(asked) {
        const page = await map.vendors.get(asked);
        if ('problem' in page) return page;
        const more = told.get(asked.id)?.page ?? {};
        return { ...withSaid(page), ...more };
      },
      async change({ id, name: _name, category: _category, ...change }) {
        const done = await map.vendors.change({ id, ...change });
        if ('problem' in done) return done;
        const kept = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        said.set(id, { ...said.get(id), ...kept });
        return done;
      },
      async assign({ id, hosts }) {
        const own = map.world().vendors.find((one) => hosts.includes(one.host));
        // Given back to its domain, it is nobody else’s again.
        if (own?.id === id) assigned.splice(0, assigned.length);
        else assigned.push({ id, hosts });
        return { id };
      },
      async headroom({ vendor }) {
        const all = vendor === undefined ? [...told.keys()] : [vendor];
        return {
          headroom: all.flatMap((id) => (told.get(id)?.headroom ?? []).map((one) => ({ ...one, vendor: id }))),
        };
      },
    },
  };
}
