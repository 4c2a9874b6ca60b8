import { createHash, randomBytes } from 'node:crypto';

/** A browser that showed the token once and has a cookie since. */
export interface Session {
  /** Aborted when the session is ended: whatever is open under it ends too. */
  readonly ended: AbortSignal;
  end(): void;
}

/**
 * Sessions of browsers. A page that is open while the engine is started anew goes on, so sessions outlive it, as digests
 * that open nothing. And tickets, which open a session once: for places
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

/** Where sessions are between two starts of the engine. */
export interface SessionMemory {
  /** Digest of a session's id → when it was opened, milliseconds since the epoch. */
  read(): Record<string, number>;
  write(sessions: Record<string, number>): void;
}

/** A month: who has not come by then opens the link again. */
const LONGEST_MS = 30 * 24 * 3_600_000;
/** More browsers than a person has; the session opened longest ago makes room. */
const MOST_SESSIONS = 100;
const MOST_TICKETS = 100;
/** A browser that has not started by then will not start. */
const TICKET_MS = 60_000;

export function createSessions({
  now = Date.now,
  memory,
}: { now?: () => number; memory?: SessionMemory } = {}): Sessions {
  // Kept by digest: looking one up takes the same time whatever is guessed.
  const sessions = new Map<string, Session & { openedAt: number }>();
  for (const [key, openedAt] of Object.entries(memory?.read() ?? {}).sort((a, b) => a[1] - b[1])) keep(key, openedAt);
  const tickets = new Map<string, number>();

  function keep(key: string, openedAt: number): Session {
    const ending = new AbortController();
    const session = {
      openedAt,
      ended: ending.signal,
      end() {
        sessions.delete(key);
        ending.abort();
        remember();
      },
    };
    sessions.set(key, session);
    return session;
  }

  function remember(): void {
    memory?.write(Object.fromEntries([...sessions].map(([key, { openedAt }]) => [key, openedAt])));
  }

  return {
    open() {
      const id = randomBytes(32).toString('base64url');
      const session = keep(digest(id), now());
      if (sessions.size > MOST_SESSIONS) sessions.values().next().value?.end();
      remember();
      return { id, session };
    },
    find(id) {
      const session = sessions.get(digest(id));
      if (session === undefined || now() - session.openedAt <= LONGEST_MS) return session ?? null;
      session.end();
      return null;
    },
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
