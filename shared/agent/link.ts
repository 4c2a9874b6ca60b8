import type {
  Answered,
  Attempted,
  BodyDecoded,
  BodyShed,
  Closed,
  Informed,
  MessageSeen,
  RequestEnded,
  Upgraded,
} from '../events/call-event.ts';
import type { CallKind, Protocol } from '../model/call.ts';
import type { Tags, TraceContext } from '../model/caller.ts';

/**
 * What the agent inside a program and the engine say to each other over a local socket: frames of
 * `length u32 LE · kind u8 · payload`. Kind 0 is JSON, an array of messages; kind 1 is a piece of a body:
 * `call u32 LE · side u8 (0 request, 1 response) · at f64 LE (µs since the call's start) · bytes`.
 * `call` is the agent's own number, from 1 on, per connection. Times are as in shared/events.
 */
export const LINK_VERSION = 1;

/** Environment variables by which `run` tells a program's agent where to go. Anything else about it travels over the link. */
export const LINK_ENV = {
  /** Path of the engine's local socket (Windows: a named pipe). */
  socket: 'SALLYPORT_AGENT_SOCKET',
  /** Path of the file with the secret, readable by its owner only. */
  secretFile: 'SALLYPORT_AGENT_SECRET_FILE',
  /** The app's name, when the user chose one. */
  app: 'SALLYPORT_APP',
  /** The run's id, as in the proxy credentials. */
  run: 'SALLYPORT_RUN',
  /** `observe` (when left out) or `govern`. */
  mode: 'SALLYPORT_AGENT_MODE',
} as const;

export const AGENT_MODES = ['observe', 'govern'] as const;
export type AgentMode = (typeof AGENT_MODES)[number];

export interface Hello {
  type: 'hello';
  version: number;
  secret: string;
  pid: number;
  ppid: number;
  /** 0 for the main thread, else the worker's id. */
  thread: number;
  /** When the process began, µs since the epoch, as well as it knows. */
  startedAt: number;
  node: string;
  argv: string[];
  folder: string;
  app: string | null;
  run: string | null;
  mode: AgentMode;
}

/** A place that makes calls; told once, then named by its id. Nearest to the call first; paths or file URLs, before source maps. */
export interface SiteSeen {
  type: 'site';
  id: number;
  frames: { function: string | null; file: string; line: number; column: number }[];
}

/** What both forms of a call say of its origin. */
interface Origin {
  /** Id of a `site`; null when none was taken. */
  site: number | null;
  trace: TraceContext | null;
  tags: Tags | null;
  /** From `withApp`; null when nobody said so. */
  app: string | null;
}

/** A call that went to the engine's proxy, which records it: only who made it is told. */
export interface JoinedCall extends Origin {
  type: 'joined';
  /** The socket's own port, and which request it was on it, from 0 on; null when not known: then by method and target. */
  port: number;
  ordinal: number | null;
  method: string;
  target: string;
  /** µs since the epoch. */
  startedAt: number;
}

/** A call that went around the proxy: the agent tells all of it, in the facts below. */
export interface OwnCall extends Origin {
  type: 'opened';
  call: number;
  startedAt: number;
  kind: CallKind;
  method: string;
  scheme: string;
  host: string;
  port: number;
  target: string;
  protocol: Protocol;
  headers: string;
}

/** Facts as everybody emits them; pieces of bodies are frames of their own. */
export type OwnFact =
  | Attempted
  | RequestEnded
  | Informed
  | Answered
  | BodyDecoded
  | BodyShed
  | Upgraded
  | Closed
  /** `data` in base64; '' when not captured. */
  | (Omit<MessageSeen, 'data'> & { data: string });

/** A connection that is no call we can read (a database, another protocol) and went around the proxy. */
export interface OtherConnection {
  type: 'connection';
  host: string;
  address: string;
  port: number;
  at: number;
}

/** What could not be told since the last time, because the link was full. */
export interface Drops {
  type: 'drops';
  calls: number;
  bodies: number;
}

/** Govern mode: may this call leave? */
export interface Ask extends Origin {
  type: 'ask';
  id: number;
  method: string;
  url: string;
  headers: string;
  /** It would leave by way of the engine's proxy: when it is answered instead, the agent tells nothing more of it. */
  carried: boolean;
}

export type FromAgent = Hello | SiteSeen | JoinedCall | OwnCall | OwnFact | OtherConnection | Drops | Ask;

export interface Welcome {
  type: 'welcome';
  /** Ports of the engine's proxy on this machine: what goes there is recorded there. */
  proxyPorts: number[];
  /** Bytes of each body that are kept. */
  bodyLimit: number;
  /** Nothing is recorded just now: nothing need be told. */
  paused: boolean;
  /** Hosts and ports of the engine itself that are no calls. */
  ownPorts: number[];
}

export interface Verdict {
  type: 'verdict';
  id: number;
  /** `answer`: the program gets this answer, and nothing leaves. */
  verdict: 'allow' | 'answer';
  answer: { status: number; headers: string; body: string } | null;
  /** The call leaves, and not by way of the proxy: its host is one that is not to be read. */
  direct?: true;
}

/** The engine does not want this agent: wrong secret or version. It says nothing more. */
export interface Refused {
  type: 'refused';
  why: string;
}

/** `welcome` comes again when something of it has changed. */
export type FromEngine = Welcome | Verdict | Refused;
