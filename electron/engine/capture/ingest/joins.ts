import { UNRECORDED } from '../../../../shared/events/call-event.ts';
import type { Emit } from '../../../../shared/events/call-event.ts';
import type { CallSite } from '../../../../shared/model/caller.ts';
import type { BegunCall, KnownConnection } from '../identity/client-connection.ts';
import type { Joining, LinkOrigin } from './messages.ts';
import { tagsWithRun } from './own-calls.ts';

/** A connection of a program to the proxy, live or closed a moment ago. */
export type SeenConnection = Pick<KnownConnection, 'process' | 'callAt' | 'allOf'>;

/** How agents' words found the proxy's calls. */
export interface JoinCounts {
  joined: number;
  /** No call of the proxy's was found, or more than one could have been meant. */
  missed: number;
}

/** Finds the proxy's call for each that an agent says it sent through the proxy, and says on it who made it. */
export interface Joins {
  /** `siteOf`: asked when it is joined. */
  add(origin: LinkOrigin, calls: readonly Joining[], siteOf: (id: number) => CallSite | null): void;
  readonly counts: JoinCounts;
  close(): void;
}

/** The agent may be faster than its request: it is looked for so long (ms), so often. */
const PATIENCE_MS = 5_000;
const LOOK_AGAIN_MS = 25;
/** However many wait, looking takes this share of the thread at most. */
const LOOKING_SHARE = 1 / 40;
const MOST_WAITING = { link: 2_000, all: 20_000 };
/** Ids of joined calls that are remembered, so that none is joined twice. */
const REMEMBERED = 100_000;

interface Waiting {
  origin: LinkOrigin;
  call: Joining;
  siteOf: (id: number) => CallSite | null;
  /** Monotonic ms. */
  until: number;
}

/**
 * A join is right or is not made: port and order have to name a call whose method and target agree and whose
 * connection, as far as that is known, is of the same process. Without an order, exactly one call may fit, and
 * exactly one word that waits.
 */
export function createJoins(given: {
  connectionAt: (port: number) => SeenConnection | null;
  emit: Emit;
  /** Monotonic ms. */
  now?: () => number;
}): Joins {
  const { connectionAt, emit, now = () => performance.now() } = given;
  const counts: JoinCounts = { joined: 0, missed: 0 };
  const taken = new Set<number>();
  let waiting: Waiting[] = [];
  /** How many wait of each link: one that floods does not take the others' places. */
  const waitingOf = new Map<number, number>();
  let timer: NodeJS.Timeout | null = null;
  let closed = false;

  function find({ origin, call }: Waiting): BegunCall | null {
    const connection = connectionAt(call.port);
    if (connection === null) return null;
    // The port was somebody else's before, or is by now.
    const { process } = connection;
    if (process !== null && origin.process !== null && process !== origin.process) return null;
    const target = originForm(call.target);
    if (call.ordinal !== null) {
      const seen = connection.callAt(call.ordinal);
      return seen !== null && fits(seen, call.method, target) ? seen : null;
    }
    const free = connection
      .allOf(call.method, target)
      .filter((seen) => seen.call === UNRECORDED || !taken.has(seen.call));
    return free.length === 1 ? free[0]! : null;
  }

  function join(one: Waiting, alone: boolean): boolean {
    if (!alone && one.call.ordinal === null) return false;
    const seen = find(one);
    if (seen === null) return false;
    if (seen.call !== UNRECORDED) {
      if (taken.has(seen.call)) return false;
      remember(seen.call);
      const { origin, call, siteOf } = one;
      emit({
        type: 'identified',
        call: seen.call,
        by: 'agent',
        app: call.app ?? origin.app,
        process: origin.process,
        unknown: null,
        site: call.site === null ? null : siteOf(call.site),
        trace: call.trace,
        tags: tagsWithRun(call.tags, origin.run),
      });
    }
    counts.joined += 1;
    return true;
  }

  function countWaiting({ origin: { link } }: Waiting): void {
    waitingOf.set(link, (waitingOf.get(link) ?? 0) + 1);
  }

  function remember(call: number): void {
    taken.add(call);
    if (taken.size <= REMEMBERED) return;
    let left = REMEMBERED / 2;
    for (const old of taken) {
      taken.delete(old);
      if ((left -= 1) === 0) break;
    }
  }

  function look(): void {
    timer = null;
    const began = performance.now();
    const present = now();
    const alike = countAlike(waiting);
    waitingOf.clear();
    waiting = waiting.filter((one) => {
      if (join(one, one.call.ordinal !== null || alike.get(keyOf(one)) === 1)) return false;
      if (present < one.until) {
        countWaiting(one);
        return true;
      }
      counts.missed += 1;
      return false;
    });
    lookAgain((performance.now() - began) / LOOKING_SHARE);
  }

  function lookAgain(ms = 0): void {
    if (waiting.length > 0 && !closed) timer ??= setTimeout(look, Math.max(LOOK_AGAIN_MS, ms)).unref();
  }

  return {
    add(origin, calls, siteOf) {
      const until = now() + PATIENCE_MS;
      const fresh = calls.map((call) => ({ origin, call, siteOf, until }));
      for (const one of fresh) {
        // Without an order it is only sure once nobody else can be meant: at the next look.
        if (one.call.ordinal !== null && join(one, true)) continue;
        if (waiting.length >= MOST_WAITING.all || (waitingOf.get(origin.link) ?? 0) >= MOST_WAITING.link) {
          counts.missed += 1;
          continue;
        }
        waiting.push(one);
        countWaiting(one);
      }
      lookAgain();
    },
    counts,
    close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      counts.missed += waiting.length;
      waiting = [];
    },
  };
}

function fits(seen: BegunCall, method: string, target: string): boolean {
  return seen.method === method && seen.target === target;
}

/** As the proxy compares: path and query. */
function originForm(target: string): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target);
  if (absolute === null) return target;
  const rest = absolute[1]!;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function keyOf({ call }: Waiting): string {
  return `${call.port} ${call.method} ${call.target}`;
}

function countAlike(waiting: readonly Waiting[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of waiting) {
    if (one.call.ordinal !== null) continue;
    const key = keyOf(one);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
