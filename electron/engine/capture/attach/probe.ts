import { SELF_TEST_APP } from './self-test.ts';
import type { Ran } from './run-tool.ts';
import type { Surroundings } from './target.ts';
import { originalEnvironment } from './terminal-script.ts';
import { terminalEnv } from './terminal-env.ts';
import { createTrustFiles } from './trust-files.ts';

/** Prints what an address answers; all it knows of proxies and trust comes from its environment. */
export const PROBE = `fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text), (error) => { console.error(String(error.cause ?? error)); process.exitCode = 1; })`;

/** The environment a program of ours gets under `run` or in a terminal that was set up. */
export function probeEnvironment(around: Surroundings): Record<string, string | undefined> {
  const before = originalEnvironment(around.environment);
  const trust = createTrustFiles({ dataDir: around.dataDir, caPath: around.caPath, log: () => {} });
  return { ...before, ...terminalEnv({ before, app: SELF_TEST_APP, proxy: around.proxy, files: trust.files }) };
}

/** Runs a small program of ours under that environment. */
export function probeNode(around: Surroundings, url: string): Promise<Ran> {
  const env = { ...probeEnvironment(around), ELECTRON_RUN_AS_NODE: '1' };
  return around.runner.run(process.execPath, ['-e', PROBE, url], { env });
}
