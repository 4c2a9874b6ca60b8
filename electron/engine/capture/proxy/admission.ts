import type { Duplex } from 'node:stream';
import type { Tags } from '../../../../shared/model/caller.ts';
import type { Failure } from '../../../../shared/model/failure.ts';
import { claimIn, claimOf, type Claim } from './claim.ts';
import { cutConnection } from './cut.ts';

/** A secret that is right: one object for as long as it counts, shared by every connection that came in by it. */
export interface Pass {
  /** Why it counts no more; null while it does. */
  ended: Failure | null;
  /** Set with each use; who keeps the secrets notes the time and takes it back now and then. */
  used: boolean;
  /** Cut the connections that came in by it; called when it ends. */
  readonly holders: Map<object, () => void>;
}

/** Who knows the secrets. */
export interface Identities {
  /** Whether the secret is this app's. */
  prove(app: string | null, secret: string): Pass | 'wrong' | 'ended';
  /** Secrets that this engine gave to programs started here; such a one may say any name. */
  readonly local: { prove(secret: string): Pass | null };
  /** Whether a name counts only with its secret. */
  isProtected(app: string): boolean;
  /** Another number whenever an answer of the above may be another. */
  readonly version: number;
}

/** Where a connection came in: at a port opened for one program, from this machine, or from elsewhere. */
export type Gate = 'named' | 'here' | 'elsewhere';

/** What somebody's credentials are worth. */
export interface Verdict {
  /** As recorded; null where the name is not theirs to use. */
  readonly app: string | null;
  readonly tags: Tags | null;
  /** What proves it; null when it is only said. */
  readonly pass: Pass | null;
  /** Why it is refused where everybody has to prove who they are. */
  readonly doubt: Failure | null;
  /** A secret of ours that is not right is refused everywhere. */
  readonly wrong: boolean;
}

export interface Admission {
  /** Decides about a request (or a tunnel) by its credentials: what they are worth, or why it is refused. */
  admit(leg: AdmittedLeg, credentials: string | null): Verdict | Failure;
  /** The same for user and password. */
  admitPair(leg: AdmittedLeg, user: string | null, password: string | null): Verdict | Failure;
  /** Whether nothing is passed on for it before it has proved who it is. */
  mustProve(leg: AdmittedLeg): boolean;
  /** Whether another refusal is worth a row: a flood of them must not push out real calls. */
  isWorthARow(): boolean;
}

/** What of a connection counts for admission. */
export interface AdmittedLeg {
  readonly gate: Gate;
  /** By what its tunnel was opened; null outside of one, or when nobody had to prove anything. */
  readonly pass: Pass | null;
}

const HOW =
  'Give the program a proxy address with a secret of its own: “sallyport apps add NAME” on the engine’s machine prints one. What is started with “sallyport run” has one already.';

const required = (why: string): Failure => ({ kind: 'identity-required', detail: `${why} ${HOW}` });

const UNSAID = required('This proxy wants to know who calls, and the program did not say.');

/** Somebody who says nothing. */
const NOBODY: Verdict = { app: null, tags: null, pass: null, doubt: UNSAID, wrong: false };

/** Credentials that are remembered; programs send the same ones with every request. */
const REMEMBERED = 1000;
const LONGEST_REMEMBERED = 1024;
/** Somebody without a right secret gets this many chances on one connection, and so long (ms) for each. */
export const CHANCES = 16;
export const CHANCE_MS = 15_000;
/** Refusals that become rows: so many at once, and so many a second after that. */
const ROWS_AT_ONCE = 100;
const ROWS_A_SECOND = 5;
const TELL_EVERY_MS = 60_000;

/**
 * Admission to the proxy. A secret is looked at once, not once a request: verdicts are remembered, in bounded memory,
 * until the secrets change; what ends meanwhile says so itself (`Pass.ended`).
 * @param everywhere whether programs of this machine have to prove who they are, too
 * @param log one line, when refusals come faster than they are recorded
 */
export function createAdmission(
  identities: Identities,
  everywhere: () => boolean,
  log: (line: string) => void,
): Admission {
  const remembered = new Map<string, Verdict>();
  let { version } = identities;
  let last: string | null = null;
  let lastVerdict = NOBODY;

  function judge(credentials: string): Verdict {
    if (version !== identities.version) {
      ({ version } = identities);
      remembered.clear();
      last = null;
    }
    if (credentials === last) return lastVerdict;
    let verdict = remembered.get(credentials);
    if (verdict === undefined) {
      verdict = verdictOn(claimIn(credentials), identities);
      // What is wrong is not worth remembering: guesses would push out what is right.
      if (!verdict.wrong && credentials.length <= LONGEST_REMEMBERED) {
        if (remembered.size >= REMEMBERED) remembered.clear();
        remembered.set(credentials, verdict);
      }
    }
    last = credentials;
    lastVerdict = verdict;
    return verdict;
  }

  function mustProve({ gate, pass }: AdmittedLeg): boolean {
    return pass === null && gate !== 'named' && (gate === 'elsewhere' || everywhere());
  }

  function decide(leg: AdmittedLeg, verdict: Verdict): Verdict | Failure {
    const through = leg.pass;
    if (through !== null) {
      if (through.ended !== null) return through.ended;
      through.used = true;
    }
    const { pass } = verdict;
    if (pass !== null) {
      pass.used = true;
      return pass.ended ?? verdict;
    }
    return verdict.doubt !== null && (verdict.wrong || mustProve(leg)) ? verdict.doubt : verdict;
  }

  let allowance = ROWS_AT_ONCE;
  let filledAt = performance.now();
  let untold = 0;
  let toldAt = -Infinity;

  return {
    admit: (leg, credentials) => decide(leg, credentials === null ? NOBODY : judge(credentials)),
    admitPair: (leg, user, password) => decide(leg, verdictOn(claimOf(user, password), identities)),
    mustProve,
    isWorthARow() {
      const now = performance.now();
      allowance = Math.min(ROWS_AT_ONCE, allowance + ((now - filledAt) / 1000) * ROWS_A_SECOND);
      filledAt = now;
      if (allowance >= 1) {
        allowance -= 1;
        return true;
      }
      untold += 1;
      if (now - toldAt > TELL_EVERY_MS) {
        toldAt = now;
        log(`${untold} callers without a right secret were refused and not recorded: they come too fast.`);
        untold = 0;
      }
      return false;
    },
  };
}

function verdictOn({ app, tags, secret, local }: Claim, identities: Identities): Verdict {
  const proof =
    secret === null ? null : local ? (identities.local.prove(secret) ?? 'ended') : identities.prove(app, secret);
  if (proof !== null && typeof proof !== 'string') return { app, tags, pass: proof, doubt: null, wrong: false };
  const named = app === null ? '' : ` for “${app}”`;
  const doubt =
    proof === null
      ? app === null
        ? UNSAID
        : required(`The program says it is “${app}”, and does not prove it.`)
      : local
        ? required('The secret in its proxy address was given to a program whose run has ended, or by another engine.')
        : required(
            proof === 'ended'
              ? `The secret it gave${named} was revoked or replaced.`
              : `The secret it gave${named} is not right.`,
          );
  const wrong = proof !== null && !local;
  // A name that has a secret is not taken from somebody without it; what was said is kept beside.
  return app !== null && identities.isProtected(app)
    ? { app: null, tags: { ...tags, unproven: app }, pass: null, doubt, wrong }
    : { app, tags, pass: null, doubt, wrong };
}

/** The connection is cut when the secret it came in by ends. */
export function holdPass(pass: Pass, socket: Duplex, bottom: Duplex): void {
  if (pass.holders.has(socket)) return;
  pass.holders.set(socket, () => cutConnection(socket, bottom));
  socket.once('close', () => pass.holders.delete(socket));
}
