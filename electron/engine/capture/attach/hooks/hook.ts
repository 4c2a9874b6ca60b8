import type { HookName } from './names.ts';

/**
 * What a hook is given to go by. A hook brings in one runtime that proxy variables alone do not: by variables that its
 * runtime reads at its start, and small files that they name.
 */
export interface HookGiven {
  /** The environment the program would have had. */
  before: Readonly<Record<string, string | undefined>>;
  /** The proxy's address with the app as user name, as in `http_proxy`. */
  address: string;
  /** Where runtimes that can say no name go: a port that is this app's alone, else the engine's own. */
  nameless: { host: string; port: number };
  /** PEM: the machine's roots, those in force before, and our CA. */
  bundle: string;
  /** What `NO_PROXY` names, as the user set it; '' when not set. */
  noProxy: string;
  platform: NodeJS.Platform;
  files: HookFiles;
}

/** Writes the files that a hook's variables name; see trust-files.ts. */
export interface HookFiles {
  /** Puts a file among the hooks' and returns its path. No secrets: it stays, for programs that outlive the run. */
  keep(name: string, content: string | Uint8Array): string;
  /** The file itself, or a copy that lasts as long as the run, so that a program that gives up root's rights can read it. */
  readable(path: string): string;
  /** The certificates of a bundle, as a store of Java's. */
  javaStore(bundle: string): string;
}

/** One runtime's hook: a file beside this one, and a line in hooks.ts. */
export interface Hook {
  id: HookName;
  /** The variables to set, whole: what they held before is taken over by the hook. None where it has nothing to do. */
  variables(given: HookGiven): Record<string, string>;
}

/** Entries of a `NO_PROXY`, without blanks. */
export function noProxyEntries(noProxy: string): string[] {
  return noProxy.split(/[\s,]+/).filter(Boolean);
}
