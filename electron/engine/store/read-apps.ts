import type { Project } from '../../../shared/model/caller.ts';
import { SOURCE_CODES, isByAgent, sourceCodeOf } from './codes.ts';
import { readAppCoverage } from './coverage-rows.ts';
import type { Db } from './open.ts';
import { readIdentity } from './process-rows.ts';
import { keptFrom, splitRange } from './read-rollups.ts';
import { prepared } from './read-rows.ts';
import { DIMENSION, PERIODS } from './rollups.ts';
import { uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

/** What calls tell of an app. Times are microseconds since the epoch, to the minute when they are older than a second. */
export interface SeenApp {
  /** As it is shown. */
  name: string;
  /** Names its calls were recorded under. */
  names: string[];
  calls: number;
  /** Calls that failed, or were answered with a status from 400 on. */
  errors: number;
  hosts: number;
  topHosts: { host: string; calls: number }[];
  /** Ever, not only in the span. */
  firstSeen: number | null;
  lastSeen: number | null;
  /** Short names of its programs, the newest first. */
  processes: string[];
  /** Of its newest process. */
  project: Project | null;
  /** Whether an agent saw calls of it. */
  agent: boolean;
  /** Connections seen, and gone around; null while nobody looked. */
  coverage: { seen: number; notSeen: number } | null;
}

export interface SeenApps {
  /** Every app that was ever seen, the ones with most calls in the span first. */
  apps: SeenApp[];
  /** Calls of the span of which no app is known. */
  unnamed: number;
}

const TOP_HOSTS = 5;
const SHOWN_PROCESSES = 10;
/** The newest processes looked at for their names; a loop of short-lived ones has thousands. */
const LOOKED_AT = 200;

interface Group {
  words: Set<number>;
  calls: number;
  errors: number;
  hosts: Map<number, number>;
  first: number;
  last: number;
  agent: boolean;
}

/** Adds up apps over a span, from rollups and the few calls that are not in them yet. */
export function readApps(db: Db, words: WordReader, span: { since: number; until: number }): SeenApps {
  // One moment of the database: between two, a call could be counted twice or not at all.
  return db.transaction(() => {
    const groups = new Map<number, Group>();
    const groupOf = (app: number): Group => {
      const key = words.appOf(app);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = startGroup()));
      group.words.add(app);
      return group;
    };
    addSeen(db, groupOf);
    addSums(db, span, groupOf);
    for (const { row, calls } of uncounted(db)) {
      const group = groupOf(row.app ?? 0);
      if (calls > 0) {
        group.first = Math.min(group.first, row.started_at);
        group.last = Math.max(group.last, row.started_at);
        group.agent ||= isByAgent(row.flags) || sourceCodeOf(row.flags) === SOURCE_CODES.agent;
      }
      if (row.started_at < span.since || row.started_at >= span.until) continue;
      group.calls += calls;
      if (row.failure !== null || (row.status ?? 0) >= 400) group.errors += calls;
      group.hosts.set(row.host, (group.hosts.get(row.host) ?? 0) + calls);
    }
    const unnamed = groups.get(0)?.calls ?? 0;
    groups.delete(0);
    const coverage = readAppCoverage(db, span);
    const apps = [...groups].map(([app, group]) => describe(db, words, app, group, coverage));
    return { apps: apps.sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1)), unnamed };
  })();
}

function startGroup(): Group {
  return { words: new Set(), calls: 0, errors: 0, hosts: new Map(), first: Infinity, last: 0, agent: false };
}

/** When each app was first and last seen: the day, in it the hour, in it the minute, as far as these are kept. */
function addSeen(db: Db, groupOf: (app: number) => Group): void {
  const days = prepared(
    db,
    'SELECT app, MIN(start) AS first, MAX(start) AS last FROM rollups WHERE period = 2 AND dimension = ? GROUP BY app',
  ).all(DIMENSION.app) as { app: number; first: number; last: number }[];
  const within = prepared(
    db,
    'SELECT MIN(start) AS first, MAX(start) AS last FROM rollups WHERE period = ? AND dimension = ? AND start >= ? AND start < ? AND app = ?',
  );
  const refine = (app: number, day: number, side: 'first' | 'last'): number => {
    let start = day;
    for (const period of [1, 0]) {
      const row = within.get(period, DIMENSION.app, start, start + PERIODS[period + 1]!, app) as {
        first: number | null;
        last: number | null;
      };
      start = row[side] ?? start;
    }
    return start * 1_000_000;
  };
  for (const { app, first, last } of days) {
    const group = groupOf(app);
    if (app === 0) continue;
    group.first = Math.min(group.first, refine(app, first, 'first'));
    group.last = Math.max(group.last, refine(app, last, 'last'));
  }
}

/** Calls, errors and hosts of the span, which is widened to whole minutes (hours, days where minutes are forgotten). */
function addSums(db: Db, span: { since: number; until: number }, groupOf: (app: number) => Group): void {
  const ever = prepared(
    db,
    'SELECT MIN(start) AS first, MAX(start) AS last FROM rollups WHERE period = 2 AND dimension = ?',
  ).get(DIMENSION.none) as { first: number | null; last: number | null };
  if (ever.first === null || ever.last === null) return;
  const since = Math.max(ever.first, span.since / 1_000_000);
  const until = Math.min(ever.last + 86_400, span.until / 1_000_000);
  const step = since >= keptFrom(db, 0) ? 60 : since >= keptFrom(db, 1) ? 3600 : 86_400;
  const read = prepared(
    db,
    `SELECT app, host, SUM(calls) AS calls, SUM(CASE WHEN class >= 4 THEN calls ELSE failures END) AS errors, MAX(source = ${SOURCE_CODES.agent}) AS agent
     FROM rollups WHERE period = ? AND dimension = ? AND start >= ? AND start < ? GROUP BY app, host`,
  );
  for (const [period, start, end] of splitRange(Math.floor(since / step) * step, Math.ceil(until / step) * step, 2)) {
    for (const row of read.iterate(period, DIMENSION.all, start, end) as IterableIterator<{
      app: number;
      host: number;
      calls: number;
      errors: number;
      agent: number;
    }>) {
      const group = groupOf(row.app);
      group.calls += row.calls;
      group.errors += row.errors;
      group.hosts.set(row.host, (group.hosts.get(row.host) ?? 0) + row.calls);
      if (row.agent === 1) group.agent = true;
    }
  }
}

function describe(
  db: Db,
  words: WordReader,
  app: number,
  group: Group,
  coverage: ReadonlyMap<number, { seen: number; notSeen: number }> | null,
): SeenApp {
  const hosts = [...group.hosts].filter(([, calls]) => calls > 0).sort(([, a], [, b]) => b - a);
  const newest: { process: number; name: string }[] = [];
  let { agent } = group;
  for (const word of group.words) {
    newest.push(
      ...(prepared(
        db,
        `SELECT a.process, p.name FROM app_processes a JOIN processes p ON p.word = a.process WHERE a.app = ? ORDER BY a.process DESC LIMIT ${LOOKED_AT}`,
      ).all(word) as { process: number; name: string }[]),
    );
    agent ||=
      (
        prepared(db, 'SELECT MAX(agent) AS agent FROM app_processes WHERE app = ?').get(word) as {
          agent: number | null;
        }
      ).agent === 1;
  }
  newest.sort((a, b) => b.process - a.process);
  const seen = { seen: 0, notSeen: 0 };
  const looked = [...group.words].some((word) => coverage?.has(word));
  for (const word of group.words) {
    seen.seen += coverage?.get(word)?.seen ?? 0;
    seen.notSeen += coverage?.get(word)?.notSeen ?? 0;
  }
  const name = words.appName(app);
  const names = [...group.words]
    .map((word) => words.text(word))
    .sort((a, b) => (a === name ? -1 : b === name ? 1 : a < b ? -1 : 1));
  return {
    name,
    names,
    calls: group.calls,
    errors: group.errors,
    hosts: hosts.length,
    topHosts: hosts.slice(0, TOP_HOSTS).map(([host, calls]) => ({ host: words.text(host), calls })),
    firstSeen: group.first === Infinity ? null : group.first,
    lastSeen: group.last === 0 ? null : group.last,
    processes: [...new Set(newest.map((process) => process.name))].slice(0, SHOWN_PROCESSES),
    project: newest[0] ? (readIdentity(db, newest[0].process)?.project ?? null) : null,
    agent,
    coverage: looked ? seen : null,
  };
}
