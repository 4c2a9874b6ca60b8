import type { CallFacts } from '../../facts.ts';
import type { Waiter } from '../fair-queue.ts';
import type { Door } from '../waiting-room.ts';
import { createBrake } from './brake.ts';
import type { Brake } from './brake.ts';
import type { Bucket, Weight } from './bucket.ts';

/** A call that waits for its vendor. */
export interface PacedWaiter extends Waiter {
  weight: Weight;
  /** Of the configured limit, if there is one. */
  gate: Gate | null;
}

/** One key’s share of the configured limit. */
export interface Gate {
  key: string;
  count: unknown;
}

/** Calls that the same buckets hold for; they wait in one queue. */
export interface Lane extends Door<PacedWaiter> {
  partition: Partition;
  buckets: Bucket[];
  /** False: no answer has said yet what holds for it. The buckets are then those of its neighbours, a guess. */
  known: boolean;
  running: number;
  /** When the call left that will tell. */
  askedAt: number;
  /** Vendors that limit each method: of this lane alone. Else the partition’s. */
  brake: Brake;
}

/** One credential at one host: buckets are never shared beyond that, as far as anybody can see. */
export interface Partition {
  credential: string | null;
  host: string;
  buckets: Map<string, Bucket>;
  lanes: Map<string, Lane>;
  /** By model, endpoint (or path), method. */
  routes: Map<string | null, Map<string, Map<string, Lane>>>;
  routeCount: number;
  latest: Lane | null;
  running: number;
  /** Most at the same time, learned from refusals. */
  cap: number;
  brake: Brake;
  usedAt: number;
  /** A quota of the vendor’s is used up until then. */
  quotaUntil: number;
}

const MOST_PARTITIONS = 1000;
const MOST_ROUTES = 500;
/** Their limits are by method (docs.slack.dev, rate limits), and nothing in an answer says so. */
const BY_METHOD = /(?:^|\.)slack\.com$/;

export interface Partitions {
  find(credential: string | null, host: string, at: number): Partition;
  laneOf(partition: Partition, facts: CallFacts): Lane;
  /** An answer said which buckets hold for this call. */
  learn(lane: Lane, facts: CallFacts, buckets: Bucket[]): Lane;
  put(partition: Partition, model: string | null, place: string, method: string, buckets: Bucket[]): void;
  all(): Iterable<Partition>;
}

export function createPartitions(): Partitions {
  const byCredential = new Map<string | null, Map<string, Partition>>();
  let size = 0;

  const forget = (at: number): void => {
    for (const [credential, hosts] of byCredential) {
      for (const [host, one] of hosts) {
        if (one.running > 0 || at - one.usedAt < 3_600_000_000) continue;
        hosts.delete(host);
        size -= 1;
      }
      if (hosts.size === 0) byCredential.delete(credential);
    }
  };
  const newLane = (partition: Partition, buckets: Bucket[], known: boolean): Lane => ({
    partition,
    buckets,
    known,
    running: 0,
    askedAt: -Infinity,
    brake: BY_METHOD.test(partition.host) ? createBrake() : partition.brake,
    queue: null,
    dueAt: Infinity,
    place: -1,
  });
  const setRoute = (partition: Partition, model: string | null, place: string, method: string, lane: Lane): void => {
    if (partition.routeCount >= MOST_ROUTES) {
      partition.routes.clear();
      partition.routeCount = 0;
    }
    let places = partition.routes.get(model);
    if (!places) partition.routes.set(model, (places = new Map<string, Map<string, Lane>>()));
    let methods = places.get(place);
    if (!methods) places.set(place, (methods = new Map<string, Lane>()));
    if (!methods.has(method)) partition.routeCount += 1;
    methods.set(method, lane);
  };
  const laneFor = (partition: Partition, buckets: Bucket[], name: string): Lane => {
    const key = `${BY_METHOD.test(partition.host) ? `${name}\n` : ''}${buckets
      .map(({ resource }) => resource)
      .toSorted()
      .join('\n')}`;
    let lane = partition.lanes.get(key);
    if (!lane) {
      if (partition.lanes.size >= MOST_ROUTES) partition.lanes.clear();
      partition.lanes.set(key, (lane = newLane(partition, buckets, true)));
    }
    return lane;
  };
  return {
    find(credential, host, at) {
      let hosts = byCredential.get(credential);
      if (!hosts) byCredential.set(credential, (hosts = new Map<string, Partition>()));
      let partition = hosts.get(host);
      if (!partition) {
        if (size >= MOST_PARTITIONS) forget(at);
        if (!byCredential.has(credential)) byCredential.set(credential, hosts);
        partition = {
          credential,
          host,
          buckets: new Map(),
          lanes: new Map(),
          routes: new Map(),
          routeCount: 0,
          latest: null,
          running: 0,
          cap: Infinity,
          brake: createBrake(),
          usedAt: at,
          quotaUntil: -Infinity,
        };
        hosts.set(host, partition);
        size += 1;
      }
      return partition;
    },
    laneOf(partition, facts) {
      const place = facts.endpoint ?? facts.path;
      const known = partition.routes.get(facts.model)?.get(place)?.get(facts.method);
      if (known) return known;
      const kind = facts.endpoint ?? firstPart(facts.path);
      // Paths with ids in them are of one kind by how they begin, until endpoints are learned.
      const alike = kind === place ? undefined : partition.routes.get(facts.model)?.get(kind)?.get(facts.method);
      const lane = alike ?? newLane(partition, guess(partition, facts.model), false);
      if (!alike && kind !== place) setRoute(partition, facts.model, kind, facts.method, lane);
      setRoute(partition, facts.model, place, facts.method, lane);
      return lane;
    },
    learn(lane, facts, buckets) {
      const { partition } = lane;
      const kind = facts.endpoint ?? firstPart(facts.path);
      const proper = laneFor(partition, buckets, kind);
      partition.latest = proper;
      // Who waits there already goes on by what is known now.
      if (lane !== proper) lane.buckets = buckets;
      lane.known = true;
      const place = facts.endpoint ?? facts.path;
      if (lane !== proper) {
        setRoute(partition, facts.model, place, facts.method, proper);
        if (kind !== place) setRoute(partition, facts.model, kind, facts.method, proper);
      }
      return proper;
    },
    put(partition, model, place, method, buckets) {
      setRoute(partition, model, place, method, laneFor(partition, buckets, place));
      partition.latest = laneFor(partition, buckets, place);
    },
    *all() {
      for (const hosts of byCredential.values()) yield* hosts.values();
    },
  };
}

/** Neighbours’ buckets; those of another model say nothing of this one. */
function guess(partition: Partition, model: string | null): Bucket[] {
  const { latest } = partition;
  if (latest === null) return [];
  return model === null || latest.buckets.every(({ resource }) => !resource.includes(' ')) ? latest.buckets : [];
}

function firstPart(path: string): string {
  const end = path.indexOf('/', 1);
  // `/v1/…` and `/api/…` say nothing.
  const second = end > 0 ? path.indexOf('/', end + 1) : -1;
  return second > 0 ? path.slice(0, second) : path;
}
