import { provenanceNamed } from './codes.ts';
import type { Db } from './open.ts';
import { candidateRanges } from './candidate-ranges.ts';
import type { MeteredCall, MeteredPage, MeteredQuestion, RepricingRecord } from './picture-rows.ts';
import { createPruner } from './prune.ts';
import { readStoredMetering } from './read-details.ts';
import { prepared } from './read-rows.ts';
import type { WordReader } from './word-reader.ts';

interface Row {
  id: number;
  started_at: number;
  status: number | null;
  host: number;
  path: number | string;
  app: number | null;
  method: number;
  request_body: number | null;
  endpoint: number | null;
  credential: number | null;
  provenance: number | null;
  cost: number | null;
  price: number | null;
  price_version: number | null;
}

/** Metered calls of a span by their numbers, a page at a time; calls that are open are left out. */
export function* readMetered(
  db: Db,
  words: WordReader,
  { since, until, after = 0, limit, hosts, all = false }: MeteredQuestion,
): Generator<void, MeteredPage> {
  const calls: MeteredCall[] = [];
  const { id: oldest } = prepared(db, 'SELECT MIN(id) AS id FROM calls').get() as { id: number | null };
  const { id: newest } = prepared(db, 'SELECT MAX(id) AS id FROM calls').get() as { id: number | null };
  if (oldest === null || newest === null) return { calls, more: false };
  const wanted = hosts && new Set(hosts);
  const pruner = createPruner(
    {
      op: 'and',
      parts: [
        { op: 'time', bound: 'since', at: since },
        { op: 'time', bound: 'until', at: until },
      ],
    },
    words,
  );
  const select = prepared(
    db,
    `SELECT c.id, c.started_at, c.status, c.host, c.path, c.app, c.method, c.request_body, c.endpoint, c.credential, u.provenance, u.cost, u.price, u.price_version
     FROM ${all ? 'calls c LEFT JOIN usages u ON u.call = c.id' : 'usages u JOIN calls c ON c.id = u.call'}
     WHERE ${all ? 'c.id' : 'u.call'} BETWEEN ? AND ? AND c.started_at >= ? AND c.started_at < ? AND (c.flags & 1) = 0 ORDER BY ${all ? 'c.id' : 'u.call'}`,
  );
  const shown = (word: number | null): string | null => (word === null ? null : words.text(word));
  for (const [high, low] of candidateRanges(db, pruner, newest, Math.max(oldest, after + 1), true)) {
    if (high >= low) {
      for (const row of select.all(low, high, since, until) as Row[]) {
        const host = words.text(row.host);
        if (wanted && !wanted.has(host)) continue;
        if (calls.length >= limit) return { calls, more: true };
        calls.push({
          id: row.id,
          startedAt: row.started_at,
          app: row.app === null ? null : words.appName(row.app),
          host,
          path: typeof row.path === 'number' ? words.text(row.path) : row.path,
          endpoint: row.endpoint === null ? null : words.text(words.endpointOf(row.host, row.endpoint)),
          method: words.text(row.method),
          status: row.status,
          credential: shown(row.credential),
          requestBody: row.request_body,
          usage: row.provenance === null ? null : (readStoredMetering(db, row.id, row.started_at)?.usage ?? null),
          costNanoUsd: row.cost,
          provenance: provenanceNamed(row.provenance ?? 0) ?? 'none',
          price: shown(row.price),
          priceVersion: shown(row.price_version),
        });
      }
    }
    yield;
  }
  return { calls, more: false };
}

/** What was priced anew, the newest first. */
export function readRepricings(db: Db): ({ id: number } & RepricingRecord)[] {
  return (
    prepared(db, 'SELECT id, record FROM repricings ORDER BY id DESC').all() as { id: number; record: string }[]
  ).map(({ id, record }) => ({ id, ...(JSON.parse(record) as RepricingRecord) }));
}
