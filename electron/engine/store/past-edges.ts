import { unpackSketch } from '../../../shared/measure/latency-sketch.ts';
import type { EdgeHours } from './edge-sums.ts';
import { createEdgeWriter, edgeIn, mergeEdge } from './edge-sums.ts';
import type { Db } from './open.ts';
import { DIMENSION } from './rollups.ts';

/**
 * Makes edges and sightings of what was recorded before there were any: once, from the rollups. Which endpoints these were,
 * what they cost and which were refused for their number nobody wrote down.
 */
export function makePastEdges(db: Db): void {
  const done = db.prepare<[], { value: number }>("SELECT value FROM meta WHERE name = 'edges'").get();
  if (done) return;
  db.transaction(() => {
    const read = db.prepare(
      `SELECT start, host, app, class, calls, failures, request_bytes, response_bytes, sketch FROM rollups WHERE period = ? AND dimension = ${DIMENSION.all}`,
    );
    const readAll = (period: number): EdgeHours => {
      const hours: EdgeHours = new Map();
      for (const row of read.iterate(period) as IterableIterator<{
        start: number;
        host: number;
        app: number;
        class: number;
        calls: number;
        failures: number;
        request_bytes: number;
        response_bytes: number;
        sketch: Buffer;
      }>) {
        mergeEdge(edgeIn(hours, row.start, row.host, row.app, 0), {
          start: row.start,
          host: row.host,
          app: row.app,
          endpoint: 0,
          calls: row.calls,
          errors: row.class >= 4 ? row.calls : row.failures,
          failures: row.failures,
          throttled: 0,
          requestBytes: row.request_bytes,
          responseBytes: row.response_bytes,
          cost: 0,
          priced: 0,
          sketch: unpackSketch(row.sketch),
        });
      }
      return hours;
    };
    const writer = createEdgeWriter(db);
    writer.addTo(1, readAll(1));
    writer.addTo(2, readAll(2));
    seePast(db);
    db.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('edges', 1)").run();
  })();
}

/** Days tell of calls that are gone, calls that are there tell it to the moment. */
function seePast(db: Db): void {
  const ofDays = (key: string, dimension: number, where: string): string => `
    SELECT host, ${key} AS app, MIN(start) * 1000000 AS first_at, MAX(start) * 1000000 AS last_at FROM rollups
    WHERE period = 2 AND dimension = ${dimension} ${where} GROUP BY host${key === '0' ? '' : `, ${key}`}`;
  const ofCalls = (key: string, where: string): string => `
    SELECT host, ${key} AS app, MIN(id) AS first_call, MIN(started_at) AS first_at, MAX(started_at) AS last_at FROM calls
    WHERE (flags & 1) = 0 ${where} GROUP BY host${key === '0' ? '' : `, ${key}`}`;
  for (const [days, calls] of [
    [ofDays('0', DIMENSION.host, ''), ofCalls('0', '')],
    [ofDays('app', DIMENSION.all, 'AND app <> 0'), ofCalls('app', 'AND app IS NOT NULL')],
  ] as const) {
    // A day that began less than a day before the first call that is there is that call's day.
    db.prepare(
      `INSERT INTO sightings (host, app, endpoint, first_call, first_at, last_at)
       SELECT d.host, d.app, 0, COALESCE(c.first_call, 0),
         CASE WHEN c.first_at IS NOT NULL AND c.first_at - d.first_at < 86400000000 THEN c.first_at ELSE d.first_at END,
         MAX(d.last_at, COALESCE(c.last_at, 0))
       FROM (${days}) d LEFT JOIN (${calls}) c ON c.host = d.host AND c.app = d.app`,
    ).run();
  }
}
