import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HOOK_NAMES, type HookName } from '../hooks/names.ts';
import { certificatesOf, writeJavaStore } from '../java-store.ts';
import { terminalEnv } from '../terminal-env.ts';
import { INSIDE } from './rewrite.ts';

/** `NAME=value` lines of an image's configuration, as `docker image inspect` gives them; null when they are not known. */
export type ImageEnvironment = readonly string[] | null;

/**
 * The variables for a container, with paths as they are inside of it; the files they name are written to `folder`,
 * which everybody may read: whoever the container runs as. Nothing secret is in it.
 */
export function containerEnv(given: {
  app: string;
  run: string | null;
  /** As the container reaches it. */
  proxy: Parameters<typeof terminalEnv>[0]['proxy'];
  /** A port for runtimes that can say no name; null where the container has to prove who it is, which they cannot. */
  ownPort: number | null;
  bundle: string;
  caPath: string;
  folder: string;
  image: ImageEnvironment;
  /** Hooks to leave out. */
  without: readonly HookName[];
}): Record<string, string> {
  const { app, run, proxy, ownPort, bundle, caPath, folder, image, without } = given;
  const put = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    for (let inside = dirname(path); inside.length >= folder.length; inside = dirname(inside)) chmodSync(inside, 0o755);
    writeFileSync(path, content, { mode: 0o644 });
    return `${INSIDE}/${name}`;
  };
  const before = Object.fromEntries(
    (image ?? []).map((line) => {
      const end = line.indexOf('=');
      return [line.slice(0, end), line.slice(end + 1)];
    }),
  );
  const pem = readFileSync(bundle, 'latin1');
  return terminalEnv({
    before,
    app,
    run,
    proxy,
    ownPort,
    // Hooks take over what an image has in their variables: they stay away where that is not known.
    without: image === null ? HOOK_NAMES : ownPort === null ? [...without, 'java'] : without,
    platform: 'linux',
    files: {
      bundle: () => put('ca-bundle.pem', pem),
      extraCa: () => put('ca.pem', readFileSync(caPath)),
      wgetrc: (_, path) => put('wgetrc', `ca_certificate = ${path}\n`),
      keep: put,
      readable: (path) => path,
      javaStore: () => put('java-trust.jks', writeJavaStore(certificatesOf(pem))),
    },
  });
}
