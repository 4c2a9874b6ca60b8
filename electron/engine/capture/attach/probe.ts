import { SELF_TEST_APP } from './self-test.ts';
import type { Ran } from './run-tool.ts';
import type { Surroundings } from './target.ts';
import { originalEnvironment } from './terminal-script.ts';
import { terminalEnv } from './terminal-env.ts';
import { createTrustFiles } from './trust-files.ts';

/** Prints what an address answers; all it knows of proxies and trust comes from its environment. */
export const PROBE = `fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text), (error) => { console.error(String(error.cause ?? error)); process.exitCode = 1; })`;

/** The desktop app's own program is Node only when told so. */
export const AS_NODE = { ELECTRON_RUN_AS_NODE: '1' };

/** What is set for a program of ours, as `run` and `env` set it for others. */
export function probeChanges(around: Surroundings): Record<string, string> {
  const before = originalEnvironment(around.environment);
  const trust = createTrustFiles({ dataDir: around.dataDir, caPath: around.caPath, log: () => {} });
  // Our program reads no settings of wget's: no copy of them is needed.
  const files = { ...trust.files, wgetrc: (existing: string | null) => existing ?? '' };
  return terminalEnv({ before, app: SELF_TEST_APP, proxy: around.proxy, files });
}

/** Runs a small program of ours under that environment. */
export function probeNode(around: Surroundings, url: string): Promise<Ran> {
  const env = { ...originalEnvironment(around.environment), ...probeChanges(around), ...AS_NODE };
  return around.runner.run(process.execPath, ['-e', PROBE, url], { env });
}
