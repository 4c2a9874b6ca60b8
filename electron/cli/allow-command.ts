import type { Policy } from '../../shared/model/policy.ts';
import { countOf } from '../../shared/format/quantities.ts';
import {
  commandsOf,
  fingerprintCommand,
  readAllowed,
  writeAllowed,
  type Allowed,
} from '../engine/govern/alerts/allowed-commands.ts';
import { readPolicyText } from '../engine/govern/register/read-policies.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { textInForce } from './change-policies.ts';
import { confirm } from './confirm.ts';
import { EXIT, Fault } from './fault.ts';
import { localTime } from './list-apps.ts';
import { openPolicies } from './policy-answers.ts';
import type { AllowOptions } from './policy.ts';
import { harmless, note, write } from './terminal.ts';
import { textTable } from './text-table.ts';

/** `sallyport policy allow-command`: the only way by which a program that an alert names may be started. */
export async function allowCommand(id: string | undefined, options: AllowOptions): Promise<void> {
  const dataDir = dataFolder(options.data);
  if (options.list) return listAllowed(dataDir);
  if (id === undefined) throw new Fault('Say which policy: sallyport policy allow-command ID, or --list.', EXIT.usage);
  const allowed = allowedIn(dataDir);
  if (options.revoke) return revoke(dataDir, id, allowed);

  const commands = commandsOf(await policyInForce(dataDir, id));
  if (commands.length === 0) throw new Fault(`The policy “${id}” starts no program, so there is nothing to allow.`);
  const ours = commands.map((command) => ({ command, sha256: fingerprintCommand(command) }));
  const fresh = ours.filter(({ sha256 }) => !isAllowed(allowed, id, sha256));
  if (fresh.length === 0)
    return note(`“${id}” may start its ${commands.length === 1 ? 'command' : 'commands'} already.`);

  note(`When the alert “${id}” opens and closes, this is run as ${process.env['USER'] ?? 'you'}, without a shell:`);
  for (const { command, sha256 } of fresh) note(`  ${sayCommand(command)}\n  sha-256 ${sha256}`);
  if (!(await confirm(options.yes))) throw new Fault('Nothing was allowed.', EXIT.failed);
  const at = Date.now() * 1000;
  // What an edited policy started before is allowed no more.
  const kept = allowed.filter(({ policy, sha256 }) => policy !== id || ours.some((one) => one.sha256 === sha256));
  put(dataDir, [...kept, ...fresh.map(({ sha256 }) => ({ policy: id, sha256, at }))]);
  note(`Allowed for “${id}”: ${countOf(fresh.length, 'command')}. An engine that runs takes note within a second.`);
}

async function listAllowed(dataDir: string): Promise<void> {
  const allowed = allowedIn(dataDir);
  if (allowed.length === 0) return note('No alert may start a program.');
  const inForce = await policiesInForce(dataDir);
  const rows = allowed.map(({ policy, sha256, at }) => {
    const found = inForce.find(({ id }) => id === policy);
    const command = found && commandsOf(found).find((one) => fingerprintCommand(one) === sha256);
    return [policy, localTime(at), sha256.slice(0, 12), command ? sayCommand(command) : 'of no policy in force'];
  });
  await write(textTable(['POLICY', 'ALLOWED', 'SHA-256', 'COMMAND'], rows, []));
}

function revoke(dataDir: string, id: string, allowed: readonly Allowed[]): void {
  const kept = allowed.filter(({ policy }) => policy !== id);
  if (kept.length === allowed.length) throw new Fault(`Nothing is allowed for “${id}”: see --list.`, EXIT.failed);
  put(dataDir, kept);
  note(`“${id}” may start no program any more.`);
}

async function policyInForce(dataDir: string, id: string): Promise<Policy> {
  const found = (await policiesInForce(dataDir)).find((policy) => policy.id === id);
  if (found) return found;
  throw new Fault(`There is no policy “${id}” in force: see sallyport policy list.`, EXIT.failed);
}

/** As the engine has them in force, not as they stand in a file that has a mistake. */
async function policiesInForce(dataDir: string): Promise<readonly Policy[]> {
  const connection = await openPolicies(dataDir);
  if (!connection) return [];
  try {
    const read = readPolicyText((await textInForce(connection.client)).text);
    return 'value' in read ? read.value.set.policies : [];
  } finally {
    await connection.close();
  }
}

function isAllowed(allowed: readonly Allowed[], id: string, fingerprint: string): boolean {
  return allowed.some(({ policy, sha256 }) => policy === id && sha256 === fingerprint);
}

/** Every argument in quotes and in one line, so that none can pass for two or hide behind a line’s end. */
function sayCommand(command: readonly string[]): string {
  const said = harmless(JSON.stringify(command));
  return said.replace(/\p{Cf}/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}

function allowedIn(dataDir: string): Allowed[] {
  try {
    return readAllowed(dataDir);
  } catch (error) {
    throw new Fault(error instanceof Error ? error.message : String(error), EXIT.failed);
  }
}

function put(dataDir: string, allowed: readonly Allowed[]): void {
  try {
    writeAllowed(dataDir, allowed);
  } catch (error) {
    throw new Fault(`It cannot be kept in ${dataDir}: ${String(error)}`, EXIT.failed);
  }
}
