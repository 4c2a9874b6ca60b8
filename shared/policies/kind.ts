import type { z } from 'zod';
import type { LimitReading } from '../model/limit-signal.ts';
import type { CallMetered, CallOutcome, DecisionNumbers, Policy, PolicyKind, Verdict } from '../model/policy.ts';
import type { CallFacts, ConnectionFacts, Needs } from './facts.ts';

/** What a rule says of a call. May be one object that the rule uses again: it counts until the rule is asked next. */
export interface Opinion {
  verdict: Exclude<Verdict, 'cut'>;
  /** A word of the kind's own for what `explain` makes a sentence of: `over-limit`, `method`, `private-address` … */
  because: string;
  /** Null for kinds without counters. */
  numbers: DecisionNumbers | null;
}

/** One policy at work, with its counters. Knows no clock: every moment is given, in microseconds since the epoch, and may even go backwards. */
export interface Rule {
  readonly needs: Partial<Needs>;
  /** True: what it allows is allowed, also where the file says `otherwise: deny`. */
  readonly grants?: boolean;
  /** For those who ask people: how long (microseconds) a call is held for an answer, and what counts without one. */
  readonly ask?: AskTerms;
  /** Says what it thinks of a call, and changes nothing. */
  look(facts: CallFacts, now: number): Opinion;
  /** The opinion in one sentence, for people: who said no, how much there is, how much was used, when to come back. */
  explain(facts: CallFacts, opinion: Opinion): string;
  /** The call leaves now: takes what it needs of the counters. After an opinion of `allow`, or at the end of a wait. */
  take(facts: CallFacts, now: number): void;
  /** After an opinion of `wait`: puts the call into the rule's queue. It takes by itself when its turn comes. */
  enqueue?(facts: CallFacts, now: number): void;
  /** The caller of a waiting call left, or another policy refused it. */
  dequeue?(call: number, now: number): void;
  /** When something may change without being asked (a queue's next turn); null: never. */
  readonly due?: number | null;
  /** Lets go whose turn has come, and gives up who waited too long. `let`: it has taken; `refuse`: with an opinion of `deny`. */
  advance?(now: number, let_: (call: number) => void, refuse: (call: number, opinion: Opinion) => void): void;
  /** A person answered for a call that it asked about. `untilUs`: to be remembered for calls like it; null: for this one only. */
  answered?(facts: CallFacts, verdict: 'allow' | 'deny', until: number | null): void;
  /** What became of a call that it matched, whoever decided: for those who count refusals and waits. `refusedBy`: the policy, null when it left; once more when its connection was refused after that. */
  judged?(facts: CallFacts, refusedBy: Policy | null, waitUs: number, now: number): void;
  /** For destinations: says of a connection whether the call may use it. */
  connect?(facts: CallFacts, connection: ConnectionFacts): Opinion;
  /** The answer's head: what the vendor says of its limits. */
  heard?(facts: CallFacts, reading: LimitReading, status: number, now: number): void;
  /** A stream goes on: so many tokens (or bytes, where no token is to be seen) so far. True: it is over budget and must end. */
  progress?(facts: CallFacts, outputTokens: number, now: number): boolean;
  /** It is over. Comes once for every call that took; gives back what was taken for nothing when it never left. */
  ended?(facts: CallFacts, outcome: CallOutcome, now: number): void;
  /** What it used and cost is known; after `ended`, or never (what was reserved then counts as used). */
  metered?(facts: CallFacts, metered: CallMetered, now: number): void;
  /** Its counters, for people: those closest to their limit first. */
  gauges(now: number, most: number): Gauge[];
  /** Counters as JSON, to go on after a restart; undefined: nothing to keep. */
  save(now: number): unknown;
  /** Takes them back; what cannot be read counts as nothing. Under other settings than they were saved with, as much as still makes sense. */
  restore(saved: unknown, now: number): void;
}

export interface AskTerms {
  readonly holdUs: number;
  readonly otherwise: 'allow' | 'deny';
  /** How long an answer is remembered where the person does not say; null: for that call only. */
  readonly rememberUs: number | null;
}

/** One counter of a rule, as it stands. */
export interface Gauge extends DecisionNumbers {
  /** Budgets: what of `used` is only reserved. */
  reserved: number | null;
  waiting: number;
  running: number;
}

export interface Kind<Settings> {
  readonly kind: PolicyKind;
  /** Reads what stands under `settings:` in the file; its errors have paths, for line and column. `describe` says what each is for. */
  readonly settings: z.ZodType<Settings>;
  /** What its settings do, for lists, after the words for which calls: `at most 3 calls a minute for each app, others are refused`. */
  describe?(settings: Settings): string;
  create(policy: Policy, settings: Settings, around: RuleSurroundings): Rule;
}

export interface RuleSurroundings {
  /** IANA name, for calendars that name none. */
  zone: string;
  /** For jitter; in [0, 1). Backtests give a seeded one. */
  random: () => number;
  /** Every call that takes leaves, as in a backtest of one policy: nothing need be kept only to give it back. */
  allLeave?: boolean;
  /** It only counts, for another that is given what it counted: that one tells of what is passed. */
  onlyCounts?: boolean;
  /** An alert of this policy opened or closed. */
  alerted: (alert: Omit<AlertChange, 'policy'>) => void;
}

export interface AlertChange {
  policy: Policy;
  /** Whose: `app=billing`; empty: one for all. */
  key: string;
  at: number;
  state: 'open' | 'closed';
  value: number;
  sentence: string;
}
