import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAgent } from '../../build/bundle-agent.ts';

/** The built agent in a folder of its own, as a program gets it. */
export interface BuiltAgent {
  folder: string;
  /** The file for `--require`. */
  file: string;
  remove(): void;
}

export async function buildAgent(): Promise<BuiltAgent> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-built-'));
  await bundleAgent(folder);
  return { folder, file: join(folder, 'agent.cjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Ran {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A program in a folder of its own below `folder`, so that it finds this repository's packages. */
export function writeProgram(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

export async function runNode(
  args: readonly string[],
  env: Record<string, string> = {},
  node = process.execPath,
): Promise<Ran> {
  const child = spawn(node, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ran: Ran = { code: null, signal: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ran.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ran.stderr += text));
  [ran.code, ran.signal] = (await once(child, 'close')) as [number | null, string | null];
  return ran;
}
