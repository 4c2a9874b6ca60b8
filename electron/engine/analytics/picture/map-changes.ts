import type { DependencyMap } from '../../../../shared/contract/map.ts';
import type { EdgeSum } from '../../store/picture-rows.ts';
import { appId, appName, endpointId, vendorId } from './map-ids.ts';
import type { Picture } from './picture.ts';

/** A row, and whose host it is. */
export interface OwnedEdge {
  edge: EdgeSum;
  vendor: string;
}

type Change = DependencyMap['changes'][number];

interface Endpoint {
  vendor: string;
  host: string;
  name: string;
}

/** What was called in a span: nodes and edges by their ids. */
interface Scene {
  apps: Map<string, { name: string; vendors: Set<string> }>;
  vendors: Map<string, Set<string>>;
  endpoints: Map<string, Endpoint>;
}

const MOST_CHANGES = 200;
const LISTED_NAMES = 3;

/**
 * What came and what went between two spans, vendors first. Of a vendor that came or went, its edges and endpoints are not
 * told again, nor of an app its edges.
 */
export function tellChanges(given: {
  picture: Picture;
  before: readonly OwnedEdge[];
  now: readonly OwnedEdge[];
  /** Whether a vendor was called for the first time ever after the span that is compared with. */
  isNew: (vendor: string) => boolean;
}): Change[] {
  const { picture, before, now, isNew } = given;
  const [then, today] = [sceneOf(before), sceneOf(now)];
  const nameOf = (vendor: string): string => picture.vendor(vendor)?.name ?? vendor;
  const changes: Change[] = [];

  for (const [change, here, there] of [
    ['added', today, then],
    ['gone', then, today],
  ] as const) {
    const came = change === 'added';
    const add = (kind: Change['kind'], id: string, name: string, says: string): void => {
      changes.push({ change, kind, id, name, says });
    };
    for (const [vendor, apps] of here.vendors) {
      if (there.vendors.has(vendor)) continue;
      const name = nameOf(vendor);
      const who = listNames([...apps]);
      // It may have been called long before the span it is compared with.
      const says = !came
        ? `${name} is not called any more; ${who} did.`
        : isNew(vendor)
          ? `${name} is new: ${who} ${apps.size === 1 ? 'calls' : 'call'} it.`
          : `${name} is called again, by ${who}.`;
      add('vendor', vendorId(vendor), name, says);
    }
    for (const [id, { name, vendors }] of here.apps) {
      if (there.apps.has(id)) continue;
      const whom = listNames([...vendors].map(nameOf));
      add(
        'app',
        id,
        name,
        came ? `${name} calls ${whom}; it called nobody before.` : `${name} calls nobody any more; it called ${whom}.`,
      );
    }
    for (const [id, { name, vendors }] of here.apps)
      for (const vendor of vendors) {
        const other = there.apps.get(id);
        if (other === undefined || other.vendors.has(vendor) || !there.vendors.has(vendor)) continue;
        const edge = `${id} → ${vendorId(vendor)}`;
        const to = nameOf(vendor);
        add(
          'edge',
          edge,
          `${name} → ${to}`,
          came ? `${name} calls ${to} now.` : `${name} does not call ${to} any more.`,
        );
      }
    for (const [id, { vendor, host, name }] of here.endpoints) {
      if (there.endpoints.has(id) || !there.vendors.has(vendor)) continue;
      const what = `${name} of ${nameOf(vendor)}`;
      add(
        'endpoint',
        id,
        name === host ? host : `${host} ${name}`,
        came ? `${what} is called now.` : `${what} is not called any more.`,
      );
    }
  }
  const order: Change['kind'][] = ['vendor', 'app', 'edge', 'endpoint'];
  return changes.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).slice(0, MOST_CHANGES);
}

function sceneOf(edges: readonly OwnedEdge[]): Scene {
  const scene: Scene = { apps: new Map(), vendors: new Map(), endpoints: new Map() };
  for (const { edge, vendor } of edges) {
    if (edge.calls === 0) continue;
    const id = appId(edge.app);
    const name = appName(edge.app);
    let app = scene.apps.get(id);
    if (app === undefined) scene.apps.set(id, (app = { name, vendors: new Set() }));
    app.vendors.add(vendor);
    const apps = scene.vendors.get(vendor);
    if (apps === undefined) scene.vendors.set(vendor, new Set([name]));
    else apps.add(name);
    const endpoint = endpointId(edge.host, edge.endpoint);
    if (!scene.endpoints.has(endpoint))
      scene.endpoints.set(endpoint, { vendor, host: edge.host, name: edge.endpoint ?? edge.host });
  }
  return scene;
}

function listNames(names: readonly string[]): string {
  const shown = names.toSorted().slice(0, LISTED_NAMES);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} ${rest === 1 ? 'other' : 'others'}`;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
