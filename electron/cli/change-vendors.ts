import { userInfo } from 'node:os';
import type { EngineClient } from '../hosts/engine-client.ts';
import { countOf } from '../../shared/format/quantities.ts';
import { withEngine } from './change-apps.ts';
import { EXIT, Fault } from './fault.ts';
import { note } from './terminal.ts';
import type { SayOptions } from './vendors.ts';

type Change = Parameters<EngineClient['vendors']['change']>[0];

/** `sallyport vendors approve` */
export async function approveVendor(id: string, options: SayOptions): Promise<void> {
  const { until } = options;
  const by = options.by ?? userName();
  await change(options, {
    ...declarations(options),
    id,
    status: 'approved',
    approvedBy: emptyIsNull(by ?? ''),
    // A new approval does not end when the one before did.
    approvedUntil: emptyIsNull(until ?? ''),
  });
  note(`“${id}” is approved${until ? ` until ${until}` : ''}.`);
}

/** `sallyport vendors block` */
export async function blockVendor(id: string, options: SayOptions): Promise<void> {
  await change(options, { ...declarations(options), id, status: 'blocked' });
  note(`“${id}” is blocked: noted; enforced once policies are on. Until then calls to it go through, and are shown.`);
}

/** `sallyport vendors set` */
export async function setVendor(id: string, options: SayOptions): Promise<void> {
  const said = {
    ...declarations(options),
    ...(options.status !== undefined && { status: options.status }),
    ...(options.name !== undefined && { name: options.name }),
    ...(options.category !== undefined && { category: options.category }),
  };
  if (Object.keys(said).length === 0)
    throw new Fault(
      'Say something of it, like --owner or --status; `sallyport vendors set --help` has all.',
      EXIT.usage,
    );
  await change(options, { ...said, id });
  note(`What was said of “${id}” is kept.`);
}

/** `sallyport vendors assign` */
export async function assignHosts(id: string, hosts: string[], options: SayOptions): Promise<void> {
  const { name } = options;
  await withEngine(options, (client) => client.vendors.assign({ id, hosts, ...(name !== undefined && { name }) }));
  note(`${hosts.join(', ')} ${hosts.length === 1 ? 'counts' : 'count'} as “${id}” from now on, calls of before too.`);
}

/** `sallyport vendors template` */
export async function correctEndpoint(host: string, template: string, options: SayOptions): Promise<void> {
  const { keep = false } = options;
  const { changed } = await withEngine(options, (client) => client.vendors.template({ host, template, keep }));
  note(
    `${host} ${template} ${keep ? 'is an endpoint of its own' : 'is one endpoint'} from now on; ${countOf(changed, 'endpoint')} ${changed === 1 ? 'counts' : 'count'} otherwise.`,
  );
}

async function change(options: SayOptions, said: Change): Promise<void> {
  await withEngine(options, (client) => client.vendors.change(said));
}

function declarations(options: SayOptions): Omit<Change, 'id'> {
  const said: Record<string, unknown> = {};
  for (const key of ['owner', 'purpose', 'contract', 'declaredCountry', 'note'] as const)
    if (options[key] !== undefined) said[key] = emptyIsNull(options[key]);
  if (options.criticality !== undefined)
    said['criticality'] = options.criticality === 'none' ? null : options.criticality;
  if (options.dataClasses !== undefined) said['data'] = options.dataClasses;
  return said;
}

function emptyIsNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // No entry for this user, as in some containers.
    return null;
  }
}
