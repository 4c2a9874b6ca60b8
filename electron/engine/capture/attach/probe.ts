import { RUNTIME_HOOKS } from './hooks/hooks.ts';
import { SELF_TEST_APP } from './self-test.ts';
import type { Ran } from './run-tool.ts';
import type { Surroundings } from './target.ts';
import { originalEnvironment } from './terminal-script.ts';
import { terminalEnv } from './terminal-env.ts';
import { createTrustFiles } from './trust-files.ts';

/** Prints what an address answers; all it knows of proxies and trust comes from its environment. */
export const PROBE = `fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text), (error) => { console.error(String(error.cause ?? error)); process.exitCode = 1; })`;

/**
 * A small program that prints what an address answers, going by its environment alone: our own Node, or curl in the
 * desktop app, whose program must not be run as Node. Null when there is none.
 */
export function probeCommand({ runner }: Surroundings, url: string): [file: string, ...args: string[]] | null {
  if (process.versions['electron'] === undefined) return [process.execPath, '-e', PROBE, url];
  const curl = runner.find('curl');
  if (curl !== null) return [curl, '-q', '-sS', url];
  const node = runner.find('node');
  return node === null ? null : [node, '-e', PROBE, url];
}

/** What is said where there is no program to try with. */
export const NO_PROBE: Ran = {
  code: null,
  stdout: '',
  stderr: 'There is neither curl nor Node on this machine to try it with.',
};

/** What is set for a program of ours, as `run` and `env` set it for others. */
export function probeChanges(around: Surroundings): Record<string, string> {
  const before = originalEnvironment(around.environment);
  const trust = createTrustFiles({ dataDir: around.dataDir, caPath: around.caPath, log: () => {} });
  // Our program reads no settings of wget's: no copy of them is needed.
  const files = { ...trust.files, wgetrc: (existing: string | null) => existing ?? '' };
  // It is Node or curl: no other runtime's hook is needed either.
  const without = RUNTIME_HOOKS.map((hook) => hook.id);
  return terminalEnv({
    before,
    app: SELF_TEST_APP,
    proxy: { ...around.proxy, secret: around.secret() },
    without,
    files,
  });
}

/** Runs that program under an environment. */
export async function probe(around: Surroundings, url: string, env: Record<string, string | undefined>): Promise<Ran> {
  const [file, ...args] = probeCommand(around, url) ?? [];
  return file === undefined ? NO_PROBE : around.runner.run(file, args, { env });
}
