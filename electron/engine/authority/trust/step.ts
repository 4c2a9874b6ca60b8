/**
 * One thing to do to this machine so that programs trust the CA, or no longer do. Lists of steps are
 * data: they are shown before they are run, and tested without running.
 */
export interface TrustStep {
  /** What it does, for people. */
  says: string;
  /** The program and its arguments; never a shell line. */
  command: readonly [file: string, ...args: string[]];
  /** Needs the rights of the administrator. */
  asRoot: boolean;
  /** The machine is not worse off without it: its failure is told and the rest goes on. */
  optional: boolean;
}

/** What the lists need to know of the machine; gathered by survey.ts. */
export interface Machine {
  home: string;
  /** Finds a program on the PATH. */
  has: (program: string) => boolean;
  isFolder: (path: string) => boolean;
  /** Folders right in this one; none when it cannot be read. */
  foldersIn: (path: string) => string[];
}

export interface Certificate {
  /** The CA's certificate file. */
  path: string;
  /** Its common name: how trust stores list it. */
  name: string;
  /** SHA-1 fingerprint in upper-case hex without colons: how macOS and Windows find it. */
  sha1: string;
  /** Short and unique, for file names and nicknames: changes with the key. */
  mark: string;
}
