import type { MapFace, VendorsFace } from '../../electron/api/picture-face.ts';
import { mapOf, vendorOfWorld } from './map-answers.ts';
import type { World } from './map-world.ts';

/** The map and vendors of a made-up installation that a test changes as it goes. */
export interface MapScript {
  map: MapFace;
  vendors: VendorsFace;
  /** What is answered from now on; null: nothing was ever called. */
  put(world: World | null): void;
  world(): World;
  /** What was asked to be exported. */
  exported: { format: string; vendor: string | undefined }[];
  /** Refuse to answer maps, with this sentence; null: answer. */
  break(why: string | null): void;
}

const EMPTY: World = { apps: [], vendors: [], calls: [] };

export function createMapScript(): MapScript {
  let world = EMPTY;
  let broken: string | null = null;
  const exported: MapScript['exported'] = [];
  const no = async (): Promise<{ problem: 'not-running' }> => ({ problem: 'not-running' });
  return {
    exported,
    put: (next) => (world = next ?? EMPTY),
    world: () => world,
    break: (why) => (broken = why),
    map: {
      async get(asked) {
        if (broken !== null) throw new Error(broken);
        return mapOf(world, asked);
      },
      async export({ format, vendor }) {
        exported.push({ format, vendor });
        if (format === 'graphql')
          return {
            problem: 'bad',
            why: 'No GraphQL operation was called in this span.',
            remedy: 'Choose a longer one.',
          };
        const text = `${format} of ${world.vendors.length} vendors`;
        return format === 'xlsx'
          ? {
              filename: 'register.xlsx',
              mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
              encoding: 'base64',
              content: Buffer.from(text).toString('base64'),
              notes: [],
            }
          : {
              filename: `map.${format}.json`,
              mediaType: 'application/json',
              encoding: 'text',
              content: text,
              notes: ['Incomplete: 6 % of connections were not seen.'],
            };
      },
    },
    vendors: {
      list: no,
      assign: no,
      template: no,
      headroom: no,
      async get({ id, since, until }) {
        const vendor = vendorOfWorld(world, id, { since, until });
        if (!vendor) return { problem: 'not-found', id };
        const others = world.vendors.filter(
          (one) => one.id !== id && one.category === vendor.category && one.category !== 'unknown',
        );
        return {
          ...vendor,
          endpoints: [],
          versions: [],
          deprecations: [],
          callsites: vendor.apps.map(({ app, calls }) => ({
            app,
            package: id,
            callsite: `src/${app}/${id}.ts:118`,
            calls,
            lastSeen: vendor.lastSeen ?? 0,
          })),
          features:
            vendor.calls === 0 || vendor.category === 'unknown'
              ? []
              : [{ tag: 'feature', value: 'triage', calls: Math.ceil(vendor.calls / 2) }],
          alternatives: [
            ...others.map((one) => ({ id: one.id, name: one.name, inUse: true })),
            ...(vendor.category === 'ai' ? [{ id: 'mistral', name: 'Mistral AI', inUse: false }] : []),
          ],
        };
      },
      async change({ id, name: _name, ...change }) {
        const vendor = world.vendors.find((one) => one.id === id);
        if (!vendor) return { problem: 'not-found', id };
        if (change.owner === 'nobody')
          return { problem: 'bad', why: 'Nobody cannot own a vendor.', remedy: 'Name a person or a team.' };
        if (change.status !== undefined) vendor.status = change.status;
        if (change.owner !== undefined) vendor.owner = change.owner;
        return { id };
      },
    },
  };
}
