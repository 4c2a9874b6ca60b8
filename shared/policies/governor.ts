import type { LimitReading } from '../model/limit-signal.ts';
import type { CallMetered, CallOutcome, Decision, Policy, PolicyException } from '../model/policy.ts';
import type { CallFacts, ConnectionFacts, Needs } from './facts.ts';
import type { AlertChange, Gauge, Opinion, Rule } from './kind.ts';

/** Policies as they are in force, compiled once. */
export interface PolicySet {
  version: number;
  /** What becomes of a call that no access policy speaks of. */
  otherwise: 'allow' | 'deny';
  /** IANA name. */
  zone: string;
  policies: readonly Policy[];
  exceptions: readonly PolicyException[];
}

/**
 * What all policies together say of a call. `wait` and `ask`: it is held; its ruling comes by `release` later.
 * `decisions` is made when it is asked for: sentences cost more than verdicts.
 */
export interface Ruling {
  readonly verdict: 'allow' | 'wait' | 'ask' | 'deny';
  /** Which policy decided; the first that spoke where all allow. Null: none spoke of the call, and nothing more need be told of it. */
  readonly policy: Policy | null;
  /** What the deciding policy says. */
  readonly opinion: Opinion | null;
  /** Of `ask`: until when an answer is waited for, and what counts without one. */
  readonly ask: { readonly until: number; readonly otherwise: 'allow' | 'deny' } | null;
  /**
   * What every policy that matched says, in the file's order, without words: for those who count a million of them. Whether
   * it observes stands in its mode. Read it at once: opinions may be used again.
   */
  readonly spoke: readonly { readonly policy: Policy; readonly opinion: Opinion }[];
  /**
   * The same in words; with `would-` before verdicts of those that observe. Rules use their opinions again: ask before the
   * governor is asked of the next call, or an error is thrown.
   */
  decisions(): Decision[];
}

/**
 * All policies at work on calls: sans-io, no clock, no randomness of its own. It runs live, in the backtest over history,
 * in tests of policy files and in the page's preview, and says the same everywhere.
 *
 * How it decides: every policy whose match fits is asked (`look`). One that enforces and says *deny* ends it; then nothing
 * is taken of any counter. Of several, the one that would be last to let it through is named. Then people are asked, then
 * the call waits in the queues of those who say *wait*, in the file's order; after each wait the others are asked again,
 * and those that allow take at the moment it leaves, so that their windows count departures. What a call took that does
 * not leave after all is given back.
 *
 * A policy that observes is asked as if it alone enforced: what it would refuse takes nothing of its counters, what it would
 * hold waits in its queue while the call itself goes on. It changes nothing for those that enforce.
 *
 * A policy that throws is left out of this call, or refuses it (`onFault: closed`), and the fault is told.
 */
export interface Governor {
  readonly set: PolicySet;
  /** No policy is in force: nothing need be asked. */
  readonly empty: boolean;
  /** What must be found out of a call before `consider`; by its facts without body, price and connection. */
  needs(facts: CallFacts): Needs;
  consider(facts: CallFacts, now: number): Ruling;
  /**
   * A person answered what was asked; without an answer in time, the policy's `otherwise` counts. `rememberUs`: for calls
   * like it too, as long (0: only this one, left out: as the policy says). Gives how many calls were let go or refused.
   */
  answer(call: number, verdict: 'allow' | 'deny', now: number, rememberUs?: number): number;
  /**
   * `deny`: the call must not use this connection. It may be asked again of another one; when there is none, `ended` with
   * `left: false` gives back what the call took.
   */
  connect(call: number, connection: ConnectionFacts, now: number): Ruling;
  /** The caller gave up. */
  leave(call: number, now: number): void;
  heard(call: number, reading: LimitReading, status: number, now: number): void;
  /** Not null: the stream must be cut; `decisions()` says `cut`. */
  progress(call: number, outputTokens: number, now: number): Ruling | null;
  /** Comes once for each call; `metered` may come after it. Of a call that was refused or held it says nothing new. */
  ended(call: number, outcome: CallOutcome, now: number): void;
  metered(call: number, metered: CallMetered, now: number): void;
  /** When `advance` should be called at the latest, microseconds since the epoch; null: nothing waits. */
  readonly due: number | null;
  advance(now: number): void;
  gauges(policy: string, now: number, most: number): Gauge[];
  /** Its rules, for a governor that comes in its place: by policy id. */
  readonly rules: ReadonlyMap<string, CarriedRule>;
  save(now: number): SavedCounters;
  restore(saved: SavedCounters, now: number): void;
}

/** A rule at work, and what it was made of. */
export interface CarriedRule {
  readonly policy: Policy;
  readonly zone: string;
  readonly rule: Rule;
}

/** By policy id. */
export type SavedCounters = Readonly<Record<string, unknown>>;

export interface GovernorSurroundings {
  /** A held call may leave now, or may not. */
  release: (call: number, ruling: Ruling) => void;
  /** A policy threw. */
  fault: (policy: Policy, error: unknown) => void;
  /** An alert opened or closed. */
  alerted?: (alert: AlertChange) => void;
  /** What policies that observe said after the call had left: `would-deny` of a connection, `would-cut` of a stream. */
  noted?: (call: number, decisions: Decision[]) => void;
  random: () => number;
}
