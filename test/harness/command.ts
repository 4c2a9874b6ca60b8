import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `npm test` names the built one. */
const MAIN = process.env['COMMAND_LINE'] ?? fileURLToPath(new URL('../../electron/cli/main.ts', import.meta.url));

/** Proxy variables of whoever runs the tests must not decide them. */
const CLEAN = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/proxy|^FORCE_COLOR$|^NO_COLOR$|^SALLYPORT/i.test(name)),
);

/** Starts the command line: from its sources, or as it was built. */
export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [MAIN, ...args], { env: { ...CLEAN, ...env } });
}

/** Runs it to its end. */
export async function sallyport(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; stdout: string; stderr: string; bytes: Buffer }> {
  const child = start(args, env);
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  const bytes = Buffer.concat(out);
  return { code, stdout: bytes.toString(), stderr, bytes };
}
