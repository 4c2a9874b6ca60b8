import type { LatencySketch } from '../../../shared/measure/latency-sketch.ts';
import {
  addDuration,
  createSketch,
  mergeSketch,
  packSketch,
  unpackSketch,
} from '../../../shared/measure/latency-sketch.ts';
import type { CallRow } from './call-row.ts';
import { throttleCodeOf } from './codes.ts';
import type { Db } from './open.ts';
import { PERIODS } from './rollups.ts';

/** What calls of one app to one endpoint of one host add up to. Words by id, 0 for not known. */
export interface Edge {
  /** Seconds since the epoch. */
  start: number;
  host: number;
  app: number;
  endpoint: number;
  calls: number;
  errors: number;
  failures: number;
  throttled: number;
  requestBytes: number;
  responseBytes: number;
  cost: number;
  priced: number;
  sketch: LatencySketch;
}

/** What of a row an edge is told from. */
export type EdgeRow = Pick<
  CallRow,
  | 'startedAt'
  | 'host'
  | 'app'
  | 'endpoint'
  | 'flags'
  | 'status'
  | 'failure'
  | 'requestBytes'
  | 'responseBytes'
  | 'duration'
  | 'cost'
>;

/** Edges in the making, by the hour. */
export type EdgeHours = Map<number, Map<number, Map<number, Edge>>>;

/** Words' ids stay below this. */
const WORDS = 2 ** 26;

/** The edge of a key, made when it is new. */
export function edgeIn(hours: EdgeHours, start: number, host: number, app: number, endpoint: number): Edge {
  let endpoints = hours.get(start);
  if (!endpoints) hours.set(start, (endpoints = new Map<number, Map<number, Edge>>()));
  let pairs = endpoints.get(endpoint);
  if (!pairs) endpoints.set(endpoint, (pairs = new Map<number, Edge>()));
  const key = host * WORDS + app;
  let edge = pairs.get(key);
  if (!edge) pairs.set(key, (edge = createEdge(start, host, app, endpoint)));
  return edge;
}

export function createEdge(start: number, host: number, app: number, endpoint: number): Edge {
  return {
    start,
    host,
    app,
    endpoint,
    calls: 0,
    errors: 0,
    failures: 0,
    throttled: 0,
    requestBytes: 0,
    responseBytes: 0,
    cost: 0,
    priced: 0,
    sketch: createSketch(),
  };
}

/** Adds a call to its edge; `calls` -1 takes it out again. */
export function addToEdge(edge: Edge, row: EdgeRow, calls: 1 | -1): void {
  edge.calls += calls;
  if (row.failure !== null || (row.status !== null && row.status >= 400)) edge.errors += calls;
  if (row.failure !== null) edge.failures += calls;
  if (throttleCodeOf(row.flags) !== 0) edge.throttled += calls;
  edge.requestBytes += calls * row.requestBytes;
  edge.responseBytes += calls * row.responseBytes;
  if (row.cost !== null) {
    edge.cost += calls * row.cost;
    edge.priced += calls;
  }
  addDuration(edge.sketch, row.duration ?? 0, calls);
}

export function mergeEdge(into: Edge, other: Edge): void {
  into.calls += other.calls;
  into.errors += other.errors;
  into.failures += other.failures;
  into.throttled += other.throttled;
  into.requestBytes += other.requestBytes;
  into.responseBytes += other.responseBytes;
  into.cost += other.cost;
  into.priced += other.priced;
  mergeSketch(into.sketch, other.sketch);
}

function* everyEdge(hours: EdgeHours): Generator<Edge> {
  for (const endpoints of hours.values()) for (const pairs of endpoints.values()) yield* pairs.values();
}

interface StoredEdge {
  calls: number;
  errors: number;
  failures: number;
  throttled: number;
  request_bytes: number;
  response_bytes: number;
  cost: number;
  priced: number;
  sketch: Buffer;
}

/** Adds edges to those on disk: to their hours and days, or to one of these alone. Within the caller's transaction. */
export function createEdgeWriter(db: Db): {
  add(hours: EdgeHours): void;
  addTo(period: 1 | 2, edges: EdgeHours): void;
} {
  const find = db.prepare<unknown[], StoredEdge>(
    'SELECT calls, errors, failures, throttled, request_bytes, response_bytes, cost, priced, sketch FROM edges WHERE period = ? AND start = ? AND host = ? AND app = ? AND endpoint = ?',
  );
  const put = db.prepare(
    'INSERT OR REPLACE INTO edges (period, start, host, app, endpoint, calls, errors, failures, throttled, request_bytes, response_bytes, cost, priced, sketch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const drop = db.prepare('DELETE FROM edges WHERE period = ? AND start = ? AND host = ? AND app = ? AND endpoint = ?');

  function write(period: number, edge: Edge): void {
    const key = [period, edge.start, edge.host, edge.app, edge.endpoint] as const;
    const stored = find.get(...key);
    let { sketch } = edge;
    if (stored) {
      sketch = unpackSketch(stored.sketch);
      mergeSketch(sketch, edge.sketch);
    }
    const calls = edge.calls + (stored?.calls ?? 0);
    if (calls <= 0) {
      if (stored) drop.run(...key);
      return;
    }
    put.run(
      ...key,
      calls,
      edge.errors + (stored?.errors ?? 0),
      edge.failures + (stored?.failures ?? 0),
      edge.throttled + (stored?.throttled ?? 0),
      edge.requestBytes + (stored?.request_bytes ?? 0),
      edge.responseBytes + (stored?.response_bytes ?? 0),
      edge.cost + (stored?.cost ?? 0),
      edge.priced + (stored?.priced ?? 0),
      packSketch(sketch),
    );
  }

  function addTo(period: 1 | 2, edges: EdgeHours): void {
    for (const edge of everyEdge(edges)) write(period, edge);
  }

  return {
    add(hours) {
      addTo(1, hours);
      const days: EdgeHours = new Map();
      for (const edge of everyEdge(hours)) {
        const day = Math.floor(edge.start / PERIODS[2]) * PERIODS[2];
        mergeEdge(edgeIn(days, day, edge.host, edge.app, edge.endpoint), edge);
      }
      addTo(2, days);
    },
    addTo,
  };
}
