import { text as readAll } from 'node:stream/consumers';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { attachEngine } from './attach-engine.ts';
import { connect, connectOrFault, openStoreOffline } from './connect.ts';
import type { EnvironmentOptions } from './environment.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';

/** `sallyport environment`: names and plain values; of secrets only whether they have one. */
export async function listEnvironments(options: EnvironmentOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  const connection = (await connect(dataDir)) ?? (await openStoreOffline(dataDir));
  try {
    const { environments, credentials, unreadable } = await connection.client.environments.list();
    if (unreadable !== null) throw new Fault(unreadable);
    const rows = environments.flatMap(({ name, variables, secrets }) => [
      ...Object.entries(variables).map(([key, value]) => [name, key, value]),
      ...secrets.map((one) => [name, one.name, one.isSet ? '(secret)' : '(secret, not set)']),
    ]);
    if (rows.length > 0) await write(textTable(['ENVIRONMENT', 'VARIABLE', 'VALUE'], rows, []));
    if (credentials.length > 0) await write(`Stored credentials: ${credentials.join(', ')}\n`);
    if (rows.length + credentials.length === 0)
      note('There are no environments yet. Make one with: sallyport environment set NAME VARIABLE=VALUE');
  } finally {
    await connection.close();
  }
}

export function setVariable(environment: string, variable: string, options: EnvironmentOptions): Promise<void> {
  return withEngine(options, async (client) => {
    const [key = '', value] = variable.split(/=(.*)/s, 2);
    if (options.secret === true && value !== undefined)
      throw new Fault(
        'A secret is not given as an argument, where others can read it: leave the value out.',
        EXIT.usage,
      );
    if (options.secret !== true && value === undefined)
      throw new Fault('It must be NAME=VALUE, or a name with --secret.', EXIT.usage);
    const asked = { environment, key, value: value ?? (await readSecret(key)), secret: options.secret ?? false };
    await client.environments.set(asked);
    note(`${environment}: ${key} is set.`);
  });
}

export function unsetVariable(environment: string, key: string | null, options: EnvironmentOptions): Promise<void> {
  return withEngine(options, async (client) => {
    await client.environments.unset({ environment, key });
    note(key === null ? `There is no environment ${environment} any more.` : `${environment}: ${key} is gone.`);
  });
}

export function storeCredential(name: string, { user, header, query, ...options }: EnvironmentOptions): Promise<void> {
  return withEngine(options, async (client) => {
    const secret = await readSecret(name);
    await client.environments.credential({
      name,
      value:
        secret === ''
          ? null
          : user !== undefined
            ? { kind: 'basic', user, password: secret }
            : header !== undefined
              ? { kind: 'header', name: header, value: secret }
              : query !== undefined
                ? { kind: 'query', name: query, value: secret }
                : { kind: 'bearer', token: secret },
    });
    note(secret === '' ? `The credential ${name} is gone.` : `The credential ${name} is stored.`);
  });
}

/** The engine that runs, or one started for as long as this takes. */
async function withEngine(options: EnvironmentOptions, act: (client: EngineClient) => Promise<void>): Promise<void> {
  const dataDir = dataFolder(options.data);
  const running = await connect(dataDir);
  const held = running === null ? await attachEngine({ dataDir, leaseName: 'environment', reach: {} }) : null;
  const connection = running ?? (await connectOrFault(dataDir));
  try {
    await act(connection.client);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CANNOT_DO') throw new Fault((error as Error).message);
    throw refusalFault(error);
  } finally {
    await connection.close();
    await held?.release();
  }
}

/** From standard input without its last line break; on a terminal what is typed is not shown. */
async function readSecret(name: string): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) return (await readAll(stdin)).replace(/\r?\n$/, '');
  process.stderr.write(`${name}: `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    for await (const piece of stdin as AsyncIterable<string>)
      for (const char of piece) {
        if (char === '\r' || char === '\n' || char === '\u0004') return typed;
        if (char === '\u0003') throw new Fault('Nothing was changed.', EXIT.failed);
        typed = char === '\u007f' || char === '\b' ? typed.slice(0, -1) : typed + char;
      }
    return typed;
  } finally {
    stdin.setRawMode(false);
    process.stderr.write('\n');
  }
}
