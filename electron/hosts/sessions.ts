import { createHash, randomBytes } from 'node:crypto';

/** A browser that showed the token once and has a cookie since. */
export interface Session {
  /** Aborted when the session is ended: whatever is open under it ends too. */
  readonly ended: AbortSignal;
  end(): void;
}

/**
 * Sessions of browsers, in memory only: they end with the engine. And tickets, which open a session once: for places
 * that others can look into, such as the command line of a browser.
 */
export interface Sessions {
  /** Opens a session; `id` is the cookie's value, known to its browser alone. */
  open(): { id: string; session: Session };
  find(id: string): Session | null;
  endAll(): void;
  count(): number;
  /** A ticket good for one session within TICKET_MS. */
  issueTicket(): string;
  /** True once for each ticket. */
  redeemTicket(ticket: string): boolean;
}

/** More browsers than a person has; the session opened longest ago makes room. */
const MOST_SESSIONS = 100;
const MOST_TICKETS = 100;
/** A browser that has not started by then will not start. */
const TICKET_MS = 60_000;

export function createSessions(now: () => number = Date.now): Sessions {
  // Kept by digest: looking one up takes the same time whatever is guessed.
  const sessions = new Map<string, Session>();
  const tickets = new Map<string, number>();

  return {
    open() {
      const id = randomBytes(32).toString('base64url');
      const key = digest(id);
      const ending = new AbortController();
      const session = {
        ended: ending.signal,
        end() {
          sessions.delete(key);
          ending.abort();
        },
      };
      sessions.set(key, session);
      if (sessions.size > MOST_SESSIONS) sessions.values().next().value?.end();
      return { id, session };
    },
    find: (id) => sessions.get(digest(id)) ?? null,
    endAll() {
      for (const session of [...sessions.values()]) session.end();
    },
    count: () => sessions.size,
    issueTicket() {
      for (const [key, until] of tickets) if (until <= now() || tickets.size >= MOST_TICKETS) tickets.delete(key);
      const ticket = randomBytes(32).toString('base64url');
      tickets.set(digest(ticket), now() + TICKET_MS);
      return ticket;
    },
    redeemTicket(ticket) {
      const key = digest(ticket);
      const until = tickets.get(key);
      tickets.delete(key);
      return until !== undefined && until > now();
    },
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
