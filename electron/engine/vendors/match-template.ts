import { pathOf } from './change-vendors.ts';

/**
 * Whether an endpoint’s name (`GET /v1/sites/berlin`, `POST /v1/sites/{id}`) is one that a path stands for
 * (`/v1/sites/{site}`): as many parts, equal but where the template varies. What stands behind the path (an RPC’s operation) is
 * left out of it.
 */
export function matchesTemplate(template: string, endpoint: string): boolean {
  const parts = pathOf(endpoint).split('/');
  const wanted = template.split('/');
  return parts.length === wanted.length && wanted.every((part, at) => matchesPart(part, parts[at]!));
}

/** The name that an endpoint counts under by a template: its method and what stands behind its path stay. */
export function renameTo(template: string, endpoint: string): string {
  const path = pathOf(endpoint);
  const at = endpoint.indexOf(path);
  return `${endpoint.slice(0, at)}${template}${endpoint.slice(at + path.length)}`;
}

function matchesPart(wanted: string, part: string): boolean {
  if (!wanted.includes('{')) return wanted === part;
  // `{id}.json`: what stands around the name must be there.
  const pattern = wanted
    .split(/\{[^}]*\}/)
    .map((text) => text.replaceAll(/[.*+?^$()|[\]\\{}]/g, String.raw`\$&`))
    .join('(?:[^/]+)');
  return new RegExp(`^${pattern}$`).test(part);
}
