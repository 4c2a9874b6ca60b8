/** How the engine reaches origins and by what rules, as options say it: files by their paths. */
export interface ReachFiles {
  connectTo?: { host: string; port: number; toHost: string; toPort: number }[];
  upstreamCa?: string[];
  passThrough?: string[];
  clientCertificate?: { host: string; cert: string; key: string }[];
  /** The policies that calls go by, where it is not the data folder's file. */
  policies?: string;
}

/** Where the proxy listens beside loopback, and who has to prove who they are, as options say it. */
export interface AccessOptions {
  listen?: string[];
  requireIdentity?: 'elsewhere' | 'everywhere';
}

/** What an engine in a process of its own is started with. */
export interface EngineProcessOptions {
  dataDir: string;
  version: string;
  /** Undefined: the usual port, or a free one. */
  proxyPort?: number;
  workspacePort?: number;
  access?: AccessOptions;
  reach: ReachFiles;
  /** `reach` as arguments of the command line. */
  reachArguments: string[];
  /** How the command line is started, where it is not by its name or from a clone. */
  program?: string[];
}

/** Where a running engine is. */
export interface EnginePlace {
  pid: number;
  proxy: string;
  /** `http://127.0.0.1:PORT/` */
  workspace: string;
  token: string;
  ca: string;
}

/** What a shell says to the engine's process. */
export type ToEngine =
  /** Serve the contract on the port that comes with this. */
  | { say: 'port' }
  | { say: 'stop'; why: string }
  /** What would be done to make this machine trust the authority, or forget it. */
  | { say: 'plan-trust'; id: number; what: 'install' | 'uninstall' }
  | { say: 'change-trust'; id: number; what: 'install' | 'uninstall' };

/** What the engine's process says to its shell. */
export type FromEngine =
  | { say: 'ready'; at: EnginePlace }
  | { say: 'cannot-start'; why: string; kind: 'held' | 'usage' | 'engine' | 'bug' }
  | { say: 'log'; line: string }
  /** Everything is stored and closed; the process ends. */
  | { say: 'stopped'; why: string }
  | { say: 'trust-plan'; id: number; plan: TrustPlan }
  | { say: 'trust-changed'; id: number; outcome: { done: boolean; why: string | null; left: string[] } };

/** Steps as they are shown before they are done. */
export interface TrustPlan {
  certificate: { name: string; path: string };
  steps: { says: string; command: string; optional: boolean }[];
  /** Why there are none. */
  why: string | null;
}
