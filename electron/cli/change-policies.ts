import { userInfo } from 'node:os';
import type { Mode } from '../../shared/model/policy.ts';
import { compareTexts } from '../../shared/diff/unified.ts';
import { describeChanges } from '../engine/govern/register/describe-changes.ts';
import { readPolicyText } from '../engine/govern/register/read-policies.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { withEngine } from './change-apps.ts';
import { confirm } from './confirm.ts';
import { EXIT, Fault } from './fault.ts';
import { openPolicies, painted, wholeVersion } from './policy-answers.ts';
import type { ChangePolicyOptions, DiffOptions, ExceptOptions } from './policy.ts';
import { problemLines } from './policy-files.ts';
import { readPolicyFile } from './read-policy-file.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';

/** `sallyport policy diff` */
export async function diffFile(file: string, options: DiffOptions): Promise<void> {
  const { name, text } = await readPolicyFile(file, options.data);
  const connection = await openPolicies(dataFolder(options.data));
  let inForce: Awaited<ReturnType<typeof textInForce>> = NONE;
  if (connection) {
    try {
      inForce = await textInForce(connection.client);
    } finally {
      await connection.close();
    }
  }
  const { changes, unified } = await compared(inForce, name, text);
  if (unified === '') return note(`${name} is what is in force, to the byte.`);
  if (options.text) await write(painted(unified));
  else await write(changes.map((change) => `${harmless(change)}\n`).join(''));
  if (options.exitCode) process.exitCode = EXIT.failed;
}

/** `sallyport policy apply` */
export async function applyFile(file: string, options: ChangePolicyOptions): Promise<void> {
  const { name, text } = await readPolicyFile(file, options.data);
  await withEngine(options, async ({ policies }) => {
    const inForce = await textInForce({ policies });
    const { changes, unified } = await compared(inForce, name, text);
    if (unified === '') return note(`${name} is in force already, to the byte.`);
    note(changes.map((change) => `  ${harmless(change)}`).join('\n'));
    if (!(await confirm(options.yes))) throw new Fault('Nothing was changed.', EXIT.failed);
    const { version } = await policies.apply({ text, base: inForce.version, ...said(options) });
    note(`Version ${version} is in force.`);
  });
}

/** `sallyport policy restore` */
export async function restoreVersion(version: string, options: ChangePolicyOptions): Promise<void> {
  const number = wholeVersion(version);
  await withEngine(options, async ({ policies }) => {
    const inForce = await textInForce({ policies });
    const { text } = await policies.version({ version: number });
    const { changes, unified } = await compared(inForce, `version ${number}`, text);
    if (unified === '') return note(`Version ${number} is what is in force, to the byte.`);
    note(changes.map((change) => `  ${harmless(change)}`).join('\n'));
    if (!(await confirm(options.yes))) throw new Fault('Nothing was changed.', EXIT.failed);
    const done = await policies.restore({ version: number, base: inForce.version, ...said(options) });
    note(`What version ${number} said is in force, as version ${done.version}.`);
  });
}

/** `sallyport policy mode` */
export async function setPolicyMode(id: string, mode: Mode, options: ChangePolicyOptions): Promise<void> {
  const { version } = await withEngine(options, ({ policies }) => policies.change({ id, mode, ...said(options) }));
  const does = { off: 'is off', observe: 'observes: it writes down, and does nothing', enforce: 'is enforced' }[mode];
  note(`“${id}” ${does} (version ${version}).`);
}

/** `sallyport policy except` */
export async function exceptCalls(id: string, options: ExceptOptions): Promise<void> {
  const match: Record<string, string | string[]> = {};
  for (const { field, pattern } of options.match) {
    const before = match[field];
    match[field] = before === undefined ? pattern : [...(Array.isArray(before) ? before : [before]), pattern];
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.until)) throw new Fault('--until must be a day: 2026-12-31.', EXIT.usage);
  const { version } = await withEngine(options, ({ policies }) =>
    policies.except({ policy: id, match, owner: options.owner, expires: options.until, ...said(options) }),
  );
  note(`Excepted until ${options.until} (version ${version}).`);
}

interface InForce {
  version: number;
  text: string;
}
const NONE: InForce = { version: 0, text: '' };

export async function textInForce({ policies }: Pick<EngineClient, 'policies'>): Promise<InForce> {
  try {
    const { version } = await policies.get({ since: 0, until: 0 });
    return version === 0 ? NONE : { version, text: (await policies.version({ version })).text };
  } catch (error) {
    throw refusalFault(error);
  }
}

/** What a text would change; a Fault with every mistake when it cannot be used. */
async function compared(inForce: InForce, name: string, text: string): Promise<{ changes: string[]; unified: string }> {
  const after = readPolicyText(text);
  if ('problems' in after) {
    await write(problemLines(name, after.problems));
    throw new Fault(`${name} is not in order, so nothing was changed.`, EXIT.failed);
  }
  const before = readPolicyText(inForce.text);
  const { changes } = describeChanges('value' in before ? before.value : { plain: {} }, after.value);
  const names = { before: inForce.version === 0 ? '/dev/null' : `version ${inForce.version}`, after: name };
  return { changes, unified: compareTexts(inForce.text, text, names).unified };
}

function said({ author, reason }: ChangePolicyOptions): { author?: string; reason?: string } {
  const who = author ?? userName();
  return { ...(who !== null && { author: who }), ...(reason !== undefined && { reason }) };
}

function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    // No entry for this user, as in some containers.
    return null;
  }
}
