import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import type { AppsOptions, OwnOptions } from './apps.ts';
import { connectOrFault } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';
import { note } from './terminal.ts';

type Place = Pick<AppsOptions, 'data'>;

/** `sallyport apps rename` */
export async function renameApp(name: string, newName: string, options: Place): Promise<void> {
  const done = await withEngine(options, (client) => client.apps.change({ name, newName }));
  note(`“${name}” is shown as “${done.name}” from now on.`);
}

/** `sallyport apps merge` */
export async function mergeApps(name: string, others: string[], options: Place): Promise<void> {
  const done = await withEngine(options, (client) => client.apps.merge({ name, others }));
  note(
    `${others.map((other) => `“${other}”`).join(', ')} ${others.length === 1 ? 'counts' : 'count'} as “${done.name}” from now on; “apps split” takes it back.`,
  );
}

/** `sallyport apps split` */
export async function splitApp(name: string, other: string, options: Place): Promise<void> {
  const done = await withEngine(options, (client) => client.apps.split({ name, other }));
  note(`“${other}” is no part of “${done.name}” any more.`);
}

/** `sallyport apps own` */
export async function ownApp(name: string, { owner, team, criticality, ...options }: OwnOptions): Promise<void> {
  if (owner === undefined && team === undefined && criticality === undefined)
    throw new Fault('Say at least one of --owner, --team and --criticality.', EXIT.usage);
  const done = await withEngine(options, (client) =>
    client.apps.change({
      name,
      ...(owner !== undefined && { owner: owner.trim() || null }),
      ...(team !== undefined && { team: team.trim() || null }),
      ...(criticality !== undefined && { criticality: criticality === 'none' ? null : criticality }),
    }),
  );
  note(`What was said of “${done.name}” is kept.`);
}

/** Asks the engine of the folder; its refusals become faults for people. */
export async function withEngine<T>(options: Place, ask: (client: EngineClient) => Promise<T>): Promise<T> {
  const { client, close } = await connectOrFault(dataFolder(options.data));
  try {
    return await ask(client);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await close();
  }
}
