import { createSketch, eachBucket } from '../../../shared/measure/latency-sketch.ts';
import { addToEdge, createEdge } from './edge-sums.ts';
import type { Edge, EdgeRow } from './edge-sums.ts';
import { isOpen } from './codes.ts';
import type { Db } from './open.ts';
import type { EdgeSum, Span } from './picture-rows.ts';
import { prepared } from './read-rows.ts';
import { PERIODS } from './rollups.ts';
import { closedCalls, cutSpan } from './sum-span.ts';
import { uncounted } from './uncounted.ts';
import type { WordReader } from './word-reader.ts';

/** What edges are added up by; words, 0 for not known. */
interface Group extends Edge {
  from: number;
  to: number;
}

/** `start, host, app, endpoint, calls, errors, failures, throttled, request_bytes, response_bytes, cost, priced, sketch`. */
type Row = [number, number, number, number, number, number, number, number, number, number, number, number, Buffer];

const COLUMNS = `c.started_at AS startedAt, c.host, c.app, c.endpoint, c.flags, c.status, c.failure, c.request_bytes AS requestBytes,
  c.response_bytes AS responseBytes, c.duration, u.cost`;

/** Who called what in a span. Sums and what is not in them yet are read in one moment of the database. */
export function readEdges(db: Db, words: WordReader, span: Span): EdgeSum[] {
  const groups = new Map<string, Group>();
  const aliases = words.aliases();
  const groupOf = (host: number, app: number, endpoint: number, start: number): Group => {
    const shownApp = words.appOf(app);
    const shownEndpoint = aliases.get(host)?.get(endpoint) ?? endpoint;
    const key = `${host} ${shownApp} ${shownEndpoint}`;
    let group = groups.get(key);
    if (!group) {
      group = { ...createEdge(start, host, shownApp, shownEndpoint), from: start, to: start };
      groups.set(key, group);
    }
    if (start < group.from) group.from = start;
    if (start > group.to) group.to = start;
    return group;
  };
  const add = (row: EdgeRow, calls: 1 | -1): void => {
    const start = Math.floor(row.startedAt / 1_000_000 / PERIODS[1]) * PERIODS[1];
    addToEdge(groupOf(row.host, row.app ?? 0, row.endpoint ?? 0, start), row, calls);
  };

  db.transaction(() => {
    const { sums, covered, calls } = cutSpan(db, span, 2);
    const read = prepared(
      db,
      'SELECT start, host, app, endpoint, calls, errors, failures, throttled, request_bytes, response_bytes, cost, priced, sketch FROM edges WHERE period = ? AND start >= ? AND start < ?',
    ).raw(true);
    for (const piece of sums) {
      for (const row of read.iterate(...piece) as IterableIterator<Row>) {
        const [start, host, app, endpoint] = row;
        addRow(groupOf(host, app, endpoint, start), row);
      }
    }
    for (const { row, calls: counted } of uncounted(db)) {
      if (isOpen(row.flags) || row.started_at < covered.since || row.started_at >= covered.until) continue;
      add(
        {
          startedAt: row.started_at,
          host: row.host,
          app: row.app,
          endpoint: row.endpoint,
          flags: row.flags,
          status: row.status,
          failure: row.failure,
          requestBytes: row.request_bytes,
          responseBytes: row.response_bytes,
          duration: row.duration,
          cost: words.usageOf(row.id)?.cost ?? null,
        },
        counted,
      );
    }
    for (const piece of calls)
      for (const row of closedCalls<EdgeRow>(db, words, piece.span, COLUMNS)) add(row, piece.calls);
  })();

  return [...groups.values()]
    .filter((group) => group.calls > 0)
    .map((group) => ({
      app: group.app === 0 ? null : words.appName(group.app),
      host: words.text(group.host),
      endpoint: group.endpoint === 0 ? null : words.text(group.endpoint),
      calls: group.calls,
      errors: group.errors,
      failures: group.failures,
      throttled: group.throttled,
      requestBytes: group.requestBytes,
      responseBytes: group.responseBytes,
      sketch: clean(group.sketch),
      costNanoUsd: group.cost,
      pricedCalls: group.priced,
      from: group.from * 1_000_000,
      to: group.to * 1_000_000,
    }));
}

function addRow(group: Group, row: Row): void {
  group.calls += row[4];
  group.errors += row[5];
  group.failures += row[6];
  group.throttled += row[7];
  group.requestBytes += row[8];
  group.responseBytes += row[9];
  group.cost += row[10];
  group.priced += row[11];
  const { counts } = group.sketch;
  eachBucket(row[12], (bucket, count) => counts.set(bucket, (counts.get(bucket) ?? 0) + count));
}

/** Without buckets that calls were added to and taken out of again. */
function clean({ counts }: Edge['sketch']): Edge['sketch'] {
  const sketch = createSketch();
  for (const [bucket, count] of [...counts].sort(([a], [b]) => a - b)) {
    if (count <= 0) continue;
    sketch.counts.set(bucket, count);
    sketch.total += count;
  }
  return sketch;
}
