import { isOpen, throttleNamed, unitNamed } from './codes.ts';
import type { Db } from './open.ts';
import type { DeprecationSeen, LimitSum, Sighting, Span, ThrottleSum, VersionSeen } from './picture-rows.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import { uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

interface SightingRow {
  host: number;
  app: number;
  endpoint: number;
  first_call: number;
  first_at: number;
  last_at: number;
}

/** When hosts, apps at hosts and endpoints were seen first and last; apps and endpoints by what they are shown as. */
export function readSightings(db: Db, words: WordReader, hosts?: readonly string[]): Sighting[] {
  const wanted = hosts && new Set(hosts);
  const found = new Map<string, Sighting>();
  for (const row of everySighting(db)) {
    const host = words.text(row.host);
    if (wanted && !wanted.has(host)) continue;
    const app = row.app === 0 ? null : words.appName(row.app);
    const endpoint = row.endpoint === 0 ? null : words.text(words.endpointOf(row.host, row.endpoint));
    const key = `${host}\n${app ?? ''}\n${endpoint ?? ''}`;
    const known = found.get(key);
    if (!known) {
      found.set(key, {
        kind: endpoint !== null ? 'endpoint' : app !== null ? 'app-host' : 'host',
        app,
        host,
        endpoint,
        firstCall: row.first_call,
        firstAt: row.first_at,
        lastAt: row.last_at,
      });
      continue;
    }
    if (row.first_at < known.firstAt) {
      known.firstAt = row.first_at;
      known.firstCall = row.first_call;
    }
    known.lastAt = Math.max(known.lastAt, row.last_at);
  }
  return [...found.values()];
}

/** Those kept, and those of calls that were stored a moment ago and are in no sum yet: together in one moment of the database. */
function everySighting(db: Db): SightingRow[] {
  return db.transaction(() => {
    const rows = prepared(
      db,
      'SELECT host, app, endpoint, first_call, first_at, last_at FROM sightings',
    ).all() as SightingRow[];
    for (const { row, calls } of uncounted(db)) {
      if (calls < 0 || isOpen(row.flags)) continue;
      const { host, app, endpoint, id, started_at: at } = row;
      const seen = { host, app: 0, endpoint: 0, first_call: id, first_at: at, last_at: at };
      rows.push(seen);
      if (app !== null) rows.push({ ...seen, app });
      if (endpoint !== null) rows.push({ ...seen, endpoint });
    }
    return rows;
  })();
}

export function readHosts(db: Db): string[] {
  return (
    prepared(
      db,
      'SELECT w.text FROM sightings s JOIN words w ON w.id = s.host WHERE s.app = 0 AND s.endpoint = 0 ORDER BY w.text',
    ).all() as { text: string }[]
  ).map(({ text }) => text);
}

/** Where each host was found last; hosts that were only reached through another proxy are not among them. */
export function readAddresses(db: Db): Map<string, string> {
  const rows = prepared(
    db,
    `SELECT h.text AS host, a.text AS address FROM sightings s JOIN words h ON h.id = s.host JOIN words a ON a.id = s.address
     WHERE s.app = 0 AND s.endpoint = 0`,
  ).all() as { host: string; address: string }[];
  return new Map(rows.map(({ host, address }) => [host, address]));
}

export function readVersions(db: Db, words: WordReader): VersionSeen[] {
  return (
    prepared(
      db,
      'SELECT host, version, calls, first_at AS firstAt, last_at AS lastAt FROM versions ORDER BY last_at DESC',
    ).all() as (Omit<VersionSeen, 'host' | 'version'> & { host: number; version: number })[]
  ).map((row) => ({ ...row, host: words.text(row.host), version: words.text(row.version) }));
}

export function readDeprecations(db: Db, words: WordReader): DeprecationSeen[] {
  const found = new Map<string, DeprecationSeen>();
  // The newest first: what was said last of an endpoint counts.
  for (const row of prepared(
    db,
    'SELECT host, endpoint, deprecated_at AS deprecatedAt, sunset_at AS sunsetAt, link, calls, last_at AS lastAt FROM deprecations ORDER BY last_at DESC',
  ).all() as (Omit<DeprecationSeen, 'host' | 'endpoint'> & { host: number; endpoint: number })[]) {
    const host = words.text(row.host);
    const endpoint = row.endpoint === 0 ? '' : words.text(words.endpointOf(row.host, row.endpoint));
    const known = found.get(`${host}\n${endpoint}`);
    if (known) known.calls += row.calls;
    else found.set(`${host}\n${endpoint}`, { ...row, host, endpoint });
  }
  return [...found.values()];
}

const DAYS_BY_MINUTE = 2;

/** What vendors said of their limits in a span, oldest first; minutes, or hours for more than two days. */
export function readLimits(
  db: Db,
  words: WordReader,
  { since, until, hosts }: Span & { hosts?: readonly string[] | undefined },
): LimitSum[] {
  const period = until - since <= DAYS_BY_MINUTE * 86_400_000_000 ? 0 : 1;
  const length = PERIODS[period];
  const wanted = hosts && new Set(hosts);
  const found: LimitSum[] = [];
  for (const row of prepared(
    db,
    `SELECT start AS at, host, credential, resource, unit, "limit", remaining, lowest, reset_at AS resetAt, "window", seen_at AS seenAt
     FROM limits WHERE period = ? AND start >= ? AND start < ? ORDER BY start`,
  ).iterate(period, Math.floor(since / 1_000_000 / length) * length, until / 1_000_000) as IterableIterator<
    Omit<LimitSum, 'host' | 'credential' | 'resource' | 'unit'> & {
      host: number;
      credential: number;
      resource: number;
      unit: number;
    }
  >) {
    const host = words.text(row.host);
    if (wanted && !wanted.has(host)) continue;
    found.push({
      ...row,
      at: row.at * 1_000_000,
      host,
      credential: row.credential === 0 ? null : words.text(row.credential),
      resource: words.text(row.resource),
      unit: unitNamed(row.unit),
    });
  }
  return found;
}

/** Refusals by the hour; the span is widened to whole hours. Up to a second behind. */
export function readThrottles(db: Db, words: WordReader, { since, until }: Span): ThrottleSum[] {
  return (
    prepared(
      db,
      'SELECT start AS at, host, credential, kind, calls FROM throttles WHERE period = 1 AND start >= ? AND start < ? ORDER BY start',
    ).all(Math.floor(since / 1_000_000 / PERIODS[1]) * PERIODS[1], until / 1_000_000) as {
      at: number;
      host: number;
      credential: number;
      kind: number;
      calls: number;
    }[]
  ).map(({ at, host, credential, kind, calls }) => ({
    at: at * 1_000_000,
    host: words.text(host),
    credential: credential === 0 ? null : words.text(credential),
    kind: throttleNamed(kind),
    calls,
  }));
}
