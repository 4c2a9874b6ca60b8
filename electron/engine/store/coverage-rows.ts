import { WORD } from './codes.ts';
import type { Db } from './open.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';
import type { Words } from './words.ts';

/** Why connections were not seen, in the words of the contract; a reason's code is its place here. Append only. */
const REASONS = ['around', 'never-captured', 'pass-through', 'pinned'] as const;
export type NotSeenReason = (typeof REASONS)[number];

/** What is counted of an hour; each number is added to what is there. Connections, unless it says otherwise. */
export interface CoverageCounts {
  seen: number;
  around: number;
  neverCaptured: number;
  passThrough: number;
  pinned: number;
  /** Calls. */
  bodiesShed: number;
  callsLost: number;
  agentDrops: number;
}

/** Connections of one program to one place that were not seen. */
export interface NotSeenConnections {
  app: string | null;
  /** The program's short name. */
  process: string;
  /** The newest one, with its command line (redacted on the way in). */
  pid: number | null;
  command: string | null;
  /** Host name where it is known, else the address. */
  host: string;
  address: string;
  port: number;
  /** Microseconds since the epoch. */
  firstSeen: number;
  lastSeen: number;
  /** How many since this was told last: they are added up. */
  connections: number;
  reason: NotSeenReason;
}

/** What a sampler tells of an hour, or of a part of it; told in pieces, the pieces add up. */
export interface CoverageReport {
  /** Any moment of the hour, microseconds since the epoch. */
  at: number;
  counts: Partial<CoverageCounts>;
  /** Which apps the `seen` of `counts` are of, as far as that is known. */
  apps?: readonly { app: string; seen: number }[];
  notSeen: readonly NotSeenConnections[];
}

/** As the contract's `coverageSchema` has them. */
export interface CoverageParts extends CoverageCounts {
  neverCapturedApps: number;
}
export interface CoverageSum {
  /** `seen / (seen + around)`; null while there were none. */
  share: number | null;
  parts: CoverageParts;
}

const HOUR = 3_600_000_000;
/** Rows of not-seen connections kept of one hour; others are only counted. */
export const LISTED_AN_HOUR = 10_000;

const COLUMNS = {
  seen: 'seen',
  around: 'around',
  neverCaptured: 'never_captured',
  passThrough: 'pass_through',
  pinned: 'pinned',
  bodiesShed: 'bodies_shed',
  callsLost: 'calls_lost',
  agentDrops: 'agent_drops',
} as const satisfies Record<keyof CoverageCounts, string>;
const NAMES = Object.keys(COLUMNS) as (keyof CoverageCounts)[];

/** Adds what was seen and what was not to their hour. Within the caller's transaction. */
export function createCoverageWriter(db: Db, words: Words) {
  const addHour = db.prepare(
    `INSERT INTO coverage_hours (start, ${Object.values(COLUMNS).join(', ')}, listed, unlisted) VALUES (?, ${NAMES.map(() => '?').join(', ')}, 0, 0)
     ON CONFLICT DO UPDATE SET ${Object.values(COLUMNS)
       .map((name) => `${name} = ${name} + excluded.${name}`)
       .join(', ')}`,
  );
  const listedOf = db.prepare<[number], { listed: number }>('SELECT listed FROM coverage_hours WHERE start = ?');
  const setListed = db.prepare('UPDATE coverage_hours SET listed = ?, unlisted = unlisted + ? WHERE start = ?');
  const key = 'hour = ? AND process = ? AND app = ? AND host = ? AND address = ? AND port = ? AND reason = ?';
  const grow = db.prepare(
    `UPDATE not_seen SET pid = CASE WHEN ? >= last THEN ? ELSE pid END, command = CASE WHEN ? >= last THEN ? ELSE command END,
       first = MIN(first, ?), last = MAX(last, ?), connections = connections + ? WHERE ${key}`,
  );
  const add = db.prepare(
    'INSERT INTO not_seen (hour, process, app, host, address, port, reason, pid, command, first, last, connections) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const addApp = db.prepare(
    'INSERT INTO coverage_apps (hour, app, seen) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen = seen + excluded.seen',
  );
  const dropApps = db.prepare('DELETE FROM coverage_apps WHERE hour < ?');
  const dropHours = db.prepare('DELETE FROM coverage_hours WHERE start < ?');
  const dropRows = db.prepare('DELETE FROM not_seen WHERE hour < ?');

  return {
    /** Gives how many of the connections have a row now, and how many are only counted. */
    add({ at, counts, apps = [], notSeen }: CoverageReport, day: number): { listed: number; unlisted: number } {
      const hour = Math.floor(at / HOUR) * 3600;
      addHour.run(hour, ...NAMES.map((name) => Math.round(counts[name] ?? 0)));
      for (const { app, seen } of apps) addApp.run(hour, words.idOf(WORD.app, app, day), Math.round(seen));
      let rows = listedOf.get(hour)?.listed ?? 0;
      const told = { listed: 0, unlisted: 0 };
      for (const one of notSeen) {
        const keys = [
          hour,
          words.idOf(WORD.program, one.process, day),
          one.app === null ? 0 : words.idOf(WORD.app, one.app, day),
          words.idOf(WORD.host, one.host, day),
          words.idOf(WORD.remote, one.address, day),
          one.port,
          REASONS.indexOf(one.reason),
        ];
        const command = one.command === null ? null : words.idOf(WORD.command, one.command, day);
        const [first, last] = [Math.round(one.firstSeen), Math.round(one.lastSeen)];
        if (grow.run(last, one.pid, last, command, first, last, one.connections, ...keys).changes === 0) {
          if (rows >= LISTED_AN_HOUR) {
            told.unlisted += one.connections;
            continue;
          }
          add.run(...keys, one.pid, command, first, last, one.connections);
          rows += 1;
        }
        told.listed += one.connections;
      }
      setListed.run(rows, told.unlisted, hour);
      return told;
    },
    /** Forgets hours that began before a moment (microseconds). */
    forget(before: number): void {
      const hour = Math.floor(before / 1_000_000);
      dropHours.run(hour);
      dropApps.run(hour);
      dropRows.run(hour);
    },
  };
}

interface Span {
  /** Microseconds since the epoch; whole hours that touch the span are counted. */
  since: number;
  until: number;
}

function hoursOf({ since, until }: Span): [from: number, to: number] {
  return [Math.floor(since / HOUR) * 3600, Math.ceil(Math.min(until, Number.MAX_SAFE_INTEGER) / 1_000_000)];
}

const SUMS = NAMES.map((name) => `SUM(${COLUMNS[name]}) AS ${name}`).join(', ');

/** Coverage by the hour, oldest first; hours nobody looked at are left out. */
export function readCoverageHours(db: Db, span: Span): ({ start: number } & CoverageSum)[] {
  const [from, to] = hoursOf(span);
  const apps = new Map(
    (
      prepared(
        db,
        `SELECT hour, COUNT(DISTINCT process) AS apps FROM not_seen WHERE hour >= ? AND hour < ? AND reason = ${REASONS.indexOf('never-captured')} GROUP BY hour`,
      ).all(from, to) as { hour: number; apps: number }[]
    ).map(({ hour, apps: count }) => [hour, count]),
  );
  const rows = prepared(
    db,
    `SELECT start, ${SUMS} FROM coverage_hours WHERE start >= ? AND start < ? GROUP BY start ORDER BY start`,
  ).all(from, to) as ({ start: number } & CoverageCounts)[];
  return rows.map(({ start, ...counts }) => ({ start: start * 1_000_000, ...sumOf(counts, apps.get(start) ?? 0) }));
}

/** Coverage of a whole span; null when nobody looked in it. */
export function readCoverage(db: Db, span: Span): CoverageSum | null {
  const [from, to] = hoursOf(span);
  const { hours, ...counts } = prepared(
    db,
    `SELECT COUNT(*) AS hours, ${SUMS} FROM coverage_hours WHERE start >= ? AND start < ?`,
  ).get(from, to) as { hours: number } & CoverageCounts;
  if (hours === 0) return null;
  const { apps } = prepared(
    db,
    `SELECT COUNT(DISTINCT process) AS apps FROM not_seen WHERE hour >= ? AND hour < ? AND reason = ${REASONS.indexOf('never-captured')}`,
  ).get(from, to) as { apps: number };
  return sumOf(counts, apps);
}

/** Connections of apps (words) that were seen, and that went around; null when nobody looked in the span. */
export function readAppCoverage(db: Db, span: Span): Map<number, { seen: number; notSeen: number }> | null {
  const [from, to] = hoursOf(span);
  const { hours } = prepared(db, 'SELECT COUNT(*) AS hours FROM coverage_hours WHERE start >= ? AND start < ?').get(
    from,
    to,
  ) as { hours: number };
  if (hours === 0) return null;
  const rows = prepared(
    db,
    `SELECT app, SUM(seen) AS seen, SUM(around) AS notSeen FROM (
       SELECT app, seen, 0 AS around FROM coverage_apps WHERE hour >= @from AND hour < @to
       UNION ALL
       SELECT app, 0, connections FROM not_seen WHERE hour >= @from AND hour < @to AND reason = ${REASONS.indexOf('around')} AND app <> 0
     ) GROUP BY app`,
  ).all({ from, to }) as { app: number; seen: number; notSeen: number }[];
  return new Map(rows.map(({ app, seen, notSeen }) => [app, { seen, notSeen }]));
}

function sumOf(counts: CoverageCounts, neverCapturedApps: number): CoverageSum {
  const { seen, around } = counts;
  return { share: seen + around === 0 ? null : seen / (seen + around), parts: { ...counts, neverCapturedApps } };
}

interface NotSeenRow {
  process: number;
  app: number;
  host: number;
  address: number;
  port: number;
  reason: number;
  first: number;
  /** `last|pid|command`, -1 for what is not known. */
  newest: string;
  connections: number;
}

/** Connections that were not seen, by program and remote host, the newest first; `app`: as it is shown. */
export function readNotSeen(
  db: Db,
  words: WordReader,
  { app, limit, ...span }: Span & { app?: string | undefined; limit: number },
): { notSeen: NotSeenConnections[]; more: boolean } {
  const [from, to] = hoursOf(span);
  const apps = app === undefined ? null : words.appsWhere((name) => name === app);
  // Of several hours the newest one's pid and command: they travel with the moment that is compared.
  const rows = prepared(
    db,
    `SELECT process, app, host, address, port, reason, MIN(first) AS first, MAX(printf('%016d|%d|%d', last, COALESCE(pid, -1), COALESCE(command, -1))) AS newest, SUM(connections) AS connections
     FROM not_seen WHERE hour >= ? AND hour < ? ${apps === null ? '' : `AND app IN (${apps.join(',')})`}
     GROUP BY process, app, host, address, port, reason HAVING MAX(last) >= ? AND MIN(first) < ? ORDER BY newest DESC, process, host, port LIMIT ?`,
  ).all(from, to, span.since, span.until, limit + 1) as NotSeenRow[];
  return {
    notSeen: rows.slice(0, limit).map((row) => {
      const [last = 0, pid = -1, command = -1] = row.newest.split('|').map(Number);
      return {
        app: row.app === 0 ? null : words.appName(row.app),
        process: words.text(row.process),
        pid: pid < 0 ? null : pid,
        command: command < 0 ? null : words.text(command),
        host: words.text(row.host),
        address: words.text(row.address),
        port: row.port,
        firstSeen: row.first,
        lastSeen: last,
        connections: row.connections,
        reason: REASONS[row.reason] ?? 'around',
      };
    }),
    more: rows.length > limit,
  };
}
