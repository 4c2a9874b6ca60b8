import type { AttachTarget, SelfTest } from '../../../../shared/contract/capture.ts';
import type { AgentPlace } from './node-agent.ts';
import type { Runner } from './run-tool.ts';
import type { SelfTester } from './self-test.ts';

/** What a way to point programs at us is given. */
export interface Surroundings {
  /** The engine's proxy. */
  proxy: { host: string; port: number };
  /** Proves to the proxy that a program of ours was started here. */
  secret: () => string;
  /** Whether programs of this machine have to prove who they are. */
  identityRequired: () => boolean;
  dataDir: string;
  /** File of our CA's certificate. */
  caPath: string;
  /** SHA-256 of its public key, base64. */
  caKeyHash: () => string;
  /** Path of a bundle with the machine's roots and ours. */
  bundle: () => string;
  /** How to start `sallyport` from any folder, and how to name this engine's data folder to it. */
  command: { program: readonly string[]; data: readonly string[] };
  /** The user's own folder. */
  home: string;
  environment: Record<string, string | undefined>;
  platform: NodeJS.Platform;
  runner: Runner;
  selfTest: SelfTester;
  /** Opens another port of the proxy: what comes in there is listed under this name. */
  openPort: (app: string) => Promise<{ port: number; close: () => Promise<void> }>;
  /** Where agents in programs reach this engine; null when it has no link for them. */
  agentPlace: () => AgentPlace | null;
  /** Has somebody put the system's proxy back should this process be killed. */
  guardSystemProxy: () => { dismiss: () => void };
  /** Whether the engine itself goes out through another proxy. */
  hasWayOut: () => boolean;
  /** Whether this machine's own store trusts our CA; null when that cannot be told. */
  machineTrustsUs: () => Promise<boolean | null>;
  log: (line: string) => void;
}

/** How a target stands on this machine just now. */
export type Standing = Pick<AttachTarget, 'available' | 'why' | 'lines' | 'on'>;

/** One way to point programs at us: a file beside this one, and a line in targets.ts. */
export interface Target extends Pick<AttachTarget, 'id' | 'kind' | 'title' | 'says'> {
  look(): Promise<Standing>;
  /** Sends a call of ours this way and looks whether it was seen. */
  test(): Promise<SelfTest>;
  /** Only for what can be switched. Throws Refused when it cannot be done here. */
  switch?(on: boolean): Promise<void>;
  /** Undoes what an engine that was killed left behind; at the start, before anything else. */
  restore?(): Promise<void>;
  /** Undoes what is on; the engine stops. */
  stop?(): Promise<void>;
}

/** Something cannot be done here: why, and what to do instead. */
export class Refused extends Error {
  readonly remedy: string;
  constructor(why: string, remedy: string) {
    super(why);
    this.remedy = remedy;
  }
}

/** Where something can be used. */
export function usable(lines: Standing['lines'], on: boolean | null = null): Standing {
  return { available: true, why: null, lines, on };
}

/** Where it cannot, and why. */
export function unusable(why: string, lines: Standing['lines'] = []): Standing {
  return { available: false, why, lines, on: null };
}
