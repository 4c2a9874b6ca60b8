import type { VendorDeclaration } from '../../../shared/contract/vendors.ts';
import type { VendorCategory } from '../../../shared/model/vendor.ts';
import { problemOfPattern } from '../../../shared/vendors/catalogue/host-index.ts';
import type { Declared } from './declared.ts';
import type { Edit } from './edit-file.ts';
import { hasVariable, isPathTemplate, isVendorId } from './names.ts';
import { bad, type Hindrance } from '../registers/register.ts';

/** What can be said of a vendor; what is left out stays, null takes it away. */
export type VendorChange = { [K in keyof VendorDeclaration]?: VendorDeclaration[K] | undefined } & {
  id: string;
  name?: string | undefined;
  category?: VendorCategory | undefined;
};

/** The keys in the order in which they are written. */
const TEXTS = [
  'name',
  'category',
  'status',
  'approvedBy',
  'approvedUntil',
  'owner',
  'purpose',
  'criticality',
  'contract',
  'declaredCountry',
  'note',
] as const;

/**
 * What to write for a change. `new` takes away what was said of the standing, so that it is as observed; whoever takes an
 * approval away takes by whom and until when with it.
 */
export function changeVendor(change: VendorChange): Edit[] | Hindrance {
  const { id } = change;
  if (!isVendorId(id)) return noId(id);
  const { declaredCountry } = change;
  if (typeof declaredCountry === 'string' && !/^[A-Z]{2}$/.test(declaredCountry))
    return bad(`“${declaredCountry}” is no country.`, 'Say two capital letters (ISO 3166-1), like DE.');
  const { status } = change;
  const ends = status !== undefined && status !== 'approved';
  const edits: Edit[] = [];
  for (const key of TEXTS) {
    let value = change[key];
    if (key === 'status' && value === 'new') value = null;
    if (ends && (key === 'approvedBy' || key === 'approvedUntil')) value ??= null;
    if (value !== undefined) edits.push({ path: ['vendors', id, key], value: value === '' ? null : value });
  }
  if (change.data !== undefined) edits.push({ path: ['vendors', id, 'data'], value: [...new Set(change.data)] });
  return edits;
}

/** What to write so that hosts are this vendor’s, and nobody else’s in the file. */
export function assignHosts(
  declared: Declared,
  { id, name, hosts }: { id: string; name?: string | undefined; hosts: readonly string[] },
): Edit[] | Hindrance {
  if (!isVendorId(id)) return noId(id);
  const wanted = [...new Set(hosts.map((host) => host.trim().toLowerCase().replace(/\.$/, '')))];
  const wrong = wanted.find((host) => problemOfPattern(host) !== null);
  if (wrong !== undefined)
    return bad(
      problemOfPattern(wrong) ?? '',
      'Say it without scheme, port and path: api.example.com, *.example.com or {tenant}.example.com.',
    );
  const edits: Edit[] = [];
  for (const other of declared.vendors) {
    if (other.id === id || !other.hosts.some((host) => wanted.includes(host))) continue;
    edits.push({ path: ['vendors', other.id, 'hosts'], value: other.hosts.filter((host) => !wanted.includes(host)) });
  }
  const own = declared.vendors.find((vendor) => vendor.id === id);
  if (name !== undefined) edits.push({ path: ['vendors', id, 'name'], value: name });
  edits.push({ path: ['vendors', id, 'hosts'], value: [...new Set([...(own?.hosts ?? []), ...wanted])] });
  return edits;
}

/** What to write so that endpoints of a host count as this path says. A method before it (`GET /v1/…`) is left away. */
export function correctEndpoint(
  declared: Declared,
  { host, template, keep }: { host: string; template: string; keep: boolean },
): Edit[] | Hindrance {
  const at = host.trim().toLowerCase().replace(/\.$/, '');
  const wrong = problemOfPattern(at);
  if (wrong !== null) return bad(wrong, 'Say it without scheme, port and path.');
  const path = pathOf(template);
  if (!isPathTemplate(path))
    return bad(
      `“${template}” is no path.`,
      'Say one that begins with a slash, with {name} where it varies: /v1/sites/{site}.',
    );
  if (!keep && !hasVariable(path))
    return bad(
      `“${path}” says of nothing that it varies.`,
      'Write {name} where it does, or keep it as an endpoint of its own.',
    );
  const said = declared.endpoints.find((correction) => correction.host === at);
  const [list, other] = keep ? (['keep', 'merge'] as const) : (['merge', 'keep'] as const);
  const edits: Edit[] = [];
  if (said?.[other].includes(path))
    edits.push({ path: ['endpoints', at, other], value: said[other].filter((one) => one !== path) });
  edits.push({ path: ['endpoints', at, list], value: [...new Set([...(said?.[list] ?? []), path])] });
  return edits;
}

/** The path of an endpoint’s name: `POST /v1/charges/{id}` → `/v1/charges/{id}`; of a path itself, it. */
export function pathOf(endpoint: string): string {
  return /^(?:[A-Z]+ )?(\/\S*)/.exec(endpoint.trim())?.[1] ?? endpoint.trim();
}

function noId(id: string): Hindrance {
  return bad(
    `“${id}” is no vendor’s id.`,
    'Say lower-case letters, digits, dots, hyphens and underscores, like acme or acme.example.',
  );
}
