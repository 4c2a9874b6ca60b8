import type { LimitSignal } from '../../../shared/model/limit-signal.ts';
import type { Deprecation, Metering } from '../../../shared/model/metering.ts';
import type { CallRow } from './call-row.ts';
import { UNIT_CODES, WORD } from './codes.ts';
import type { Db } from './open.ts';
import { PERIODS } from './rollups.ts';
import type { Words } from './words.ts';

/**
 * What vendors say in answers: versions of their APIs, that an endpoint goes, what is left of a limit. Written with the calls
 * that said it, in their transaction. Limits are as they were said, whatever becomes of the calls.
 */
export interface VendorWords {
  hear(row: CallRow, metering: Said, day: number): void;
  /** Takes a deleted call's version and announcement out again. */
  unhear(row: CallRow, metering: Said, day: number): void;
  /** Writes what was heard. */
  write(): void;
  reset(): void;
}

type Said = Pick<Metering, 'apiVersion' | 'deprecation' | 'limits'>;

interface Times {
  calls: number;
  firstAt: number;
  lastAt: number;
}

interface Left {
  key: [start: number, host: number, credential: number, resource: number, unit: number];
  signal: LimitSignal;
  lowest: number | null;
  seenAt: number;
}

const MINUTE = 60;
/** Words' ids stay below this. */
const WORDS = 2 ** 26;

export function createVendorWords(db: Db, words: Words): VendorWords {
  const putVersion = db.prepare(
    `INSERT INTO versions (host, version, calls, first_at, last_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       calls = calls + excluded.calls, first_at = MIN(first_at, excluded.first_at), last_at = MAX(last_at, excluded.last_at)`,
  );
  const putDeprecation = db.prepare(
    `INSERT INTO deprecations (host, endpoint, deprecated_at, sunset_at, link, calls, last_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       deprecated_at = CASE WHEN excluded.last_at >= last_at THEN excluded.deprecated_at ELSE deprecated_at END,
       sunset_at = CASE WHEN excluded.last_at >= last_at THEN excluded.sunset_at ELSE sunset_at END,
       link = CASE WHEN excluded.last_at >= last_at THEN excluded.link ELSE link END,
       calls = calls + excluded.calls, last_at = MAX(last_at, excluded.last_at)`,
  );
  const lessVersion = db.prepare('UPDATE versions SET calls = calls - 1 WHERE host = ? AND version = ?');
  const lessDeprecation = db.prepare('UPDATE deprecations SET calls = calls - 1 WHERE host = ? AND endpoint = ?');
  const drops = [
    'DELETE FROM versions WHERE host = ? AND calls <= 0',
    'DELETE FROM deprecations WHERE host = ? AND calls <= 0',
  ].map((sql) => db.prepare(sql));
  const putLimit = db.prepare(
    `INSERT INTO limits (period, start, host, credential, resource, unit, "limit", remaining, lowest, reset_at, "window", seen_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       "limit" = CASE WHEN excluded.seen_at >= seen_at THEN excluded."limit" ELSE "limit" END,
       remaining = CASE WHEN excluded.seen_at >= seen_at THEN excluded.remaining ELSE remaining END,
       reset_at = CASE WHEN excluded.seen_at >= seen_at THEN excluded.reset_at ELSE reset_at END,
       "window" = CASE WHEN excluded.seen_at >= seen_at THEN excluded."window" ELSE "window" END,
       lowest = MIN(COALESCE(lowest, excluded.lowest), COALESCE(excluded.lowest, lowest)), seen_at = MAX(seen_at, excluded.seen_at)`,
  );
  const versions = new Map<number, { key: [number, number] } & Times>();
  const deprecations = new Map<string, { key: [number, number]; said: Deprecation } & Times>();
  const limits = new Map<string, Left>();
  /** What was heard last by host and resource: of the same minute and secret, as a rule. */
  const recent = new Map<number, Left>();

  function hearLimit(row: CallRow, signal: LimitSignal, seenAt: number, day: number): void {
    const minute = Math.floor(seenAt / 1_000_000 / MINUTE) * MINUTE;
    const credential = row.credential ?? 0;
    const resource = words.idOf(WORD.resource, signal.resource, day);
    const unit = UNIT_CODES[signal.unit];
    const place = row.host * WORDS + resource;
    let left = recent.get(place);
    if (left === undefined || left.key[0] !== minute || left.key[2] !== credential || left.key[4] !== unit) {
      const key: Left['key'] = [minute, row.host, credential, resource, unit];
      const text = key.join(' ');
      left = limits.get(text);
      if (!left) limits.set(text, (left = { key, signal, lowest: signal.remaining, seenAt }));
      recent.set(place, left);
    }
    if (signal.remaining !== null) left.lowest = Math.min(left.lowest ?? Infinity, signal.remaining);
    if (seenAt < left.seenAt) return;
    left.signal = signal;
    left.seenAt = seenAt;
  }

  function count(times: Times, at: number): void {
    times.calls += 1;
    times.firstAt = Math.min(times.firstAt, at);
    times.lastAt = Math.max(times.lastAt, at);
  }

  return {
    hear(row, { apiVersion, deprecation, limits: reading }, day) {
      const at = row.startedAt;
      if (apiVersion !== null) {
        const version = words.idOf(WORD.apiVersion, apiVersion, day);
        const place = row.host * WORDS + version;
        let seen = versions.get(place);
        if (!seen) versions.set(place, (seen = { key: [row.host, version], calls: 0, firstAt: at, lastAt: at }));
        count(seen, at);
      }
      if (deprecation !== null) {
        const text = `${row.host} ${row.endpoint ?? 0}`;
        let seen = deprecations.get(text);
        if (!seen) {
          seen = { key: [row.host, row.endpoint ?? 0], said: deprecation, calls: 0, firstAt: at, lastAt: at };
          deprecations.set(text, seen);
        }
        if (at >= seen.lastAt) seen.said = deprecation;
        count(seen, at);
      }
      for (const signal of reading?.signals ?? []) hearLimit(row, signal, at + (row.ttfb ?? 0), day);
    },
    unhear(row, { apiVersion, deprecation }, day) {
      if (apiVersion !== null) lessVersion.run(row.host, words.idOf(WORD.apiVersion, apiVersion, day));
      if (deprecation !== null) lessDeprecation.run(row.host, row.endpoint ?? 0);
      if (apiVersion !== null || deprecation !== null) for (const drop of drops) drop.run(row.host);
    },
    write() {
      for (const { key, calls, firstAt, lastAt } of versions.values()) putVersion.run(...key, calls, firstAt, lastAt);
      for (const { key, said, calls, lastAt } of deprecations.values())
        putDeprecation.run(...key, said.deprecatedAt, said.sunsetAt, said.link, calls, lastAt);
      for (const { key, signal, lowest, seenAt } of limits.values()) {
        const [minute, ...what] = key;
        const said = [signal.limit, signal.remaining, lowest, signal.resetAt, signal.window, seenAt];
        putLimit.run(0, minute, ...what, ...said);
        putLimit.run(1, Math.floor(minute / PERIODS[1]) * PERIODS[1], ...what, ...said);
      }
      this.reset();
    },
    reset() {
      for (const map of [versions, deprecations, limits, recent]) map.clear();
    },
  };
}
