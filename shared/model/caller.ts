/**
 * Who made a call: the process at the other end of the socket, and for programs that carry our agent
 * the place in their code. Times are integer microseconds since the Unix epoch.
 */

/** How a project that a program belongs to is known. */
export const PROJECT_KINDS = ['npm', 'python', 'go', 'ruby', 'java', 'dotnet', 'rust', 'php'] as const;
export type ProjectKind = (typeof PROJECT_KINDS)[number];

/** The project folder a process runs in, as its own files name it. */
export interface Project {
  kind: ProjectKind;
  /** As package.json, pyproject.toml, go.mod … say. */
  name: string;
  /** Absolute path. */
  folder: string;
  /** Where its history is kept, without credentials; null when it is no git clone. */
  gitRemote: string | null;
  gitBranch: string | null;
}

/** One operating-system process, as it was when a call of it was first seen. */
export interface ProcessIdentity {
  pid: number;
  /** When it began; with `pid` it names the process for good. Null where the system does not say. */
  startedAt: number | null;
  /** Short name: the program's file, or for an interpreter the script it runs. */
  name: string;
  /** Absolute path of the program file. */
  executable: string | null;
  /** Command line, credentials redacted, at most 2,000 characters. */
  command: string | null;
  /** Working folder. */
  folder: string | null;
  user: string | null;
  /** `docker:0f3c…`, `podman:…`, `kubernetes:…`; null outside of containers. */
  container: string | null;
  /** Nearest first, at most 8. */
  parents: { pid: number; name: string }[];
  project: Project | null;
}

/** As much of a process as lists show. */
export interface ProcessSummary {
  pid: number;
  name: string;
  user: string | null;
  command: string | null;
}

/** Why the process of a call is not known. Never guessed: one of these instead. */
export const PROCESS_UNKNOWN = [
  /** It had closed its connection before it could be looked up. */
  'gone',
  /** It belongs to somebody whose processes we may not read. */
  'not-permitted',
  /** The connection came from another machine or network namespace. */
  'elsewhere',
  /** Several processes hold the same socket. */
  'shared',
  /** This system is not supported, or its tools failed. */
  'unsupported',
] as const;
export type ProcessUnknown = (typeof PROCESS_UNKNOWN)[number];

/** One step of the stack that led to a call, nearest to the call first. */
export interface Frame {
  /** Null for code outside of any function. */
  function: string | null;
  /** Absolute path, after source maps. */
  file: string;
  line: number;
  column: number;
  /** npm package the file belongs to; null for the program's own code. */
  package: string | null;
  version: string | null;
}

/** Where in a program a call was made. */
export interface CallSite {
  /** The npm package that the program's own code called and that made the call; null when its own code did. */
  package: string | null;
  /** `file:line` of the program's own code, the path absolute; null when no own code is on the stack. */
  callsite: string | null;
  /** At most 10. */
  frames: Frame[];
}

/** W3C trace context (https://www.w3.org/TR/trace-context/), lower-case hex. */
export interface TraceContext {
  traceId: string;
  spanId: string | null;
}

/** What the program says of a call: feature, tenant, user, cost-centre …; and `run`, which `sallyport run` sets. */
export type Tags = Readonly<Record<string, string>>;

/** Says that a call was answered by a mock, and by which: `SET/ID`; `SET/-` when none matched and it was refused. */
export const MOCK_TAG = 'mock';

/** Bounds of tags, so that a record stays small. */
export const TAG_LIMITS = { count: 16, name: 64, value: 200 } as const;

/** `pid@startedAt`: names a process on this machine for good. */
export function processKey(identity: { pid: number; startedAt: number | null }): string {
  return `${identity.pid}@${identity.startedAt ?? 0}`;
}
