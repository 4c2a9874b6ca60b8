import type { App } from '../../shared/contract/apps.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import type { SecretOptions } from './apps.ts';
import { withEngine } from './change-apps.ts';
import { EXIT, Fault } from './fault.ts';
import { credentialRecord, isLive, localTime } from './list-apps.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';

/** `sallyport apps add`: the address alone on standard output, so that a script can take it. */
export async function addSecret(name: string, options: SecretOptions): Promise<void> {
  const issued = await withEngine(options, (client) => client.apps.addCredential({ name }));
  await print(issued, options);
  note(
    `This is shown once; only a hash of it is kept. From now on calls count as “${nameIn(issued.proxyUrl)}” only with a secret of it.`,
  );
}

/** `sallyport apps secrets` */
export async function listSecrets(name: string, options: SecretOptions): Promise<void> {
  const { credentials } = await withEngine(options, (client) => appNamed(client, name));
  if (options.format === 'ndjson')
    return write(credentials.map((one) => `${JSON.stringify(credentialRecord(one))}\n`).join(''));
  if (credentials.length === 0) return note(`“${name}” has no secret; give it one with: sallyport apps add`);
  await write(
    textTable(
      ['ID', 'MADE', 'LAST USED', 'ENDS'],
      credentials.map((one) => [
        one.id,
        localTime(one.createdAt),
        localTime(one.lastUsedAt),
        one.endsAt === null ? '–' : `${isLive(one) ? '' : 'ended '}${localTime(one.endsAt)}`,
      ]),
      [],
    ),
  );
}

/** `sallyport apps rotate` */
export async function rotateSecret(name: string, id: string | undefined, options: SecretOptions): Promise<void> {
  const graceSeconds = options.grace ?? 86_400;
  const issued = await withEngine(options, async (client) => {
    const [one] = await chosen(client, name, id);
    return client.apps.rotateCredential({ name, id: one!.id, graceSeconds });
  });
  await print(issued, options);
  const ends =
    graceSeconds === 0 ? 'is refused from now on' : `works until ${localTime(Date.now() * 1000 + graceSeconds * 1e6)}`;
  note(`This is shown once; only a hash of it is kept. The old secret ${ends}.`);
}

/** `sallyport apps revoke` */
export async function revokeSecret(name: string, id: string | undefined, options: SecretOptions): Promise<void> {
  const revoked = await withEngine(options, async (client) => {
    const ones = options.all
      ? (await appNamed(client, name)).credentials.filter(isLive)
      : await chosen(client, name, id);
    let count = 0;
    for (const one of ones) if ((await client.apps.revokeCredential({ name, id: one.id })).revoked) count += 1;
    return count;
  });
  note(
    revoked === 0
      ? `Nothing to revoke: no secret of “${name}” counts any more.`
      : `${revoked === 1 ? 'It is' : `${revoked} secrets are`} refused from now on; connections that came in by ${revoked === 1 ? 'it' : 'them'} were cut.`,
  );
}

async function print(
  issued: { credential: { id: string }; proxyUrl: string },
  { format }: SecretOptions,
): Promise<void> {
  const { proxyUrl, credential } = issued;
  await write(
    format === 'ndjson'
      ? `${JSON.stringify({ name: nameIn(proxyUrl), id: credential.id, proxyUrl })}\n`
      : `${proxyUrl}\n`,
  );
}

function nameIn(proxyUrl: string): string {
  return decodeURIComponent(new URL(proxyUrl).username);
}

async function appNamed(client: EngineClient, name: string): Promise<App> {
  // Its calls are not asked for, only what is said of it.
  const now = Date.now() * 1000;
  const { apps } = await client.apps.list({ since: now, until: now });
  const app = apps.find((one) => one.name === name) ?? apps.find((one) => one.names.includes(name));
  if (!app)
    throw new Fault(
      `Nobody has said anything of an app “${name}”. List what there is with: sallyport apps`,
      EXIT.failed,
    );
  return app;
}

/** The one that was named, or the only one that counts. */
async function chosen(client: EngineClient, name: string, id: string | undefined): Promise<App['credentials']> {
  const { credentials } = await appNamed(client, name);
  const live = credentials.filter(isLive);
  if (id !== undefined) {
    const found = credentials.find((one) => one.id === id);
    if (!found)
      throw new Fault(
        `“${name}” has no secret ${id}. It has: ${live.map((one) => one.id).join(', ') || 'none'}.`,
        EXIT.failed,
      );
    return [found];
  }
  if (live.length === 1) return live;
  throw new Fault(
    live.length === 0
      ? `“${name}” has no secret that counts; give it one with: sallyport apps add`
      : `“${name}” has ${live.length} secrets; say which: ${live.map((one) => one.id).join(', ')}.`,
    EXIT.usage,
  );
}
