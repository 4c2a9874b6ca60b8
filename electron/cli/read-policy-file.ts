import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { policiesPath } from '../engine/govern/register/register.ts';
import { openSettings } from '../engine/settings/settings.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { EXIT, Fault } from './fault.ts';

/** A policy file as it was named: what people call it, and its text. */
export interface NamedFile {
  name: string;
  text: string;
}

/** Reads the file; `-` is standard input, nothing the data folder's own. */
export async function readPolicyFile(file: string | undefined, data: string | undefined): Promise<NamedFile> {
  if (file === '-') return { name: 'standard input', text: await text(process.stdin) };
  const path = file === undefined ? await ownPolicyFile(data) : resolve(file);
  try {
    return { name: file ?? path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? `There is no ${path}.${file === undefined ? ' Begin one with: sallyport policy init' : ''}`
        : `${path} cannot be read (${code ?? String(error)}).`;
    throw new Fault(why, EXIT.usage);
  }
}

/** Where the policies of a data folder stand. */
export async function ownPolicyFile(data: string | undefined): Promise<string> {
  const dataDir = dataFolder(data);
  if (!existsSync(dataDir)) return policiesPath(dataDir);
  const settings = await openSettings({ dataDir, flags: {}, onlyLooking: true, log: () => {} });
  return policiesPath(dataDir, settings.current.policies.file);
}
