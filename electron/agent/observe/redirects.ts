const MOST = 64;

/** Remembers where answers sent their callers, so that the request that follows has the same origin. */
export function createRedirects<Origin>(): {
  note(url: string, headers: string, origin: Origin): void;
  /** Who was sent to this address; asked once. */
  leadsTo(url: string): Origin | null;
} {
  const expected = new Map<string, Origin>();
  return {
    note(url, headers, origin) {
      const location = /(?:^|\n)location:[ \t]*([^\r\n]+)/i.exec(headers)?.[1];
      if (location === undefined) return;
      const next = new URL(location, url);
      if (expected.size >= MOST) for (const oldest of expected.keys()) expected.delete(oldest);
      expected.set(next.origin + next.pathname + next.search, origin);
    },
    leadsTo(url) {
      const origin = expected.get(url) ?? null;
      if (origin !== null) expected.delete(url);
      return origin;
    },
  };
}
