import type { LimitSignal } from '../../../model/limit-signal.ts';
import type { SteadyClock } from '../steady-clock.ts';
import { createBucket, leftAt } from './bucket.ts';
import type { Bucket } from './bucket.ts';
import type { Partition, Partitions } from './partition.ts';

interface SavedBucket {
  resource: string;
  unit: LimitSignal['unit'];
  limit: number | null;
  left: number | null;
  resetAt: number | null;
  assumed: boolean;
  takenSince: number;
  refill: number;
  typical: number | null;
  closedUntil: number | null;
  quota: boolean;
}
interface SavedPartition {
  credential: string | null;
  host: string;
  cap: number | null;
  until: number | null;
  quotaUntil: number | null;
  buckets: SavedBucket[];
  routes: [model: string | null, place: string, method: string, resources: string[]][];
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** What vendors have said, to go on with after a restart; calls on their way then count as made. */
export function savePartitions(partitions: Partitions, clock: SteadyClock, at: number): unknown {
  const wall = (moment: number | null): number | null =>
    moment === null || !Number.isFinite(moment) ? null : clock.wall(moment);
  const saved: SavedPartition[] = [];
  for (const partition of partitions.all()) {
    const { credential, host, cap, brake, quotaUntil } = partition;
    const routes: SavedPartition['routes'] = [];
    for (const [model, places] of partition.routes)
      for (const [place, methods] of places)
        for (const [method, lane] of methods)
          if (lane.known) routes.push([model, place, method, lane.buckets.map(({ resource }) => resource)]);
    const buckets = [...partition.buckets.values()].map((bucket) => saveBucket(bucket, wall, at));
    saved.push({
      credential,
      host,
      cap: finite(cap),
      until: wall(brake.until),
      quotaUntil: wall(quotaUntil),
      buckets,
      routes,
    });
  }
  return saved.length === 0 ? undefined : { at: clock.wall(at), partitions: saved };
}

function saveBucket(bucket: Bucket, wall: (moment: number | null) => number | null, at: number): SavedBucket {
  const { resource, unit, limit, resetAt, assumed, takenSince, refill, typical, closedUntil, quota } = bucket;
  const left = unit === 'concurrency' ? bucket.left : leftAt(bucket, at) - bucket.flying;
  const passed = resetAt !== null && resetAt <= at;
  return {
    resource,
    unit,
    limit,
    left: finite(left),
    resetAt: passed ? null : wall(resetAt),
    assumed,
    takenSince,
    refill,
    typical: finite(typical),
    closedUntil: wall(closedUntil),
    quota,
  };
}

/** Takes it back; what cannot be read counts as not known. */
export function restorePartitions(saved: unknown, partitions: Partitions, clock: SteadyClock): void {
  if (!isObject(saved) || typeof saved['at'] !== 'number' || !Array.isArray(saved['partitions'])) return;
  const at = clock.read(saved['at']);
  const moment = (value: unknown): number | null => (typeof value === 'number' ? clock.steady(value) : null);
  for (const one of saved['partitions'] as unknown[]) {
    if (!isObject(one) || typeof one['host'] !== 'string' || !Array.isArray(one['buckets'])) continue;
    const credential = typeof one['credential'] === 'string' ? one['credential'] : null;
    const partition = partitions.find(credential, one['host'], at);
    if (typeof one['cap'] === 'number' && one['cap'] >= 1) partition.cap = one['cap'];
    partition.brake.until = moment(one['until']) ?? -Infinity;
    partition.quotaUntil = moment(one['quotaUntil']) ?? -Infinity;
    for (const bucket of one['buckets'] as unknown[]) restoreBucket(bucket, partition, moment, at);
    if (!Array.isArray(one['routes'])) continue;
    for (const route of one['routes'] as unknown[]) {
      if (!Array.isArray(route) || !Array.isArray(route[3])) continue;
      const [model, place, method] = route as unknown[];
      const buckets = (route[3] as unknown[]).flatMap((name) => partition.buckets.get(String(name)) ?? []);
      if (typeof place === 'string' && typeof method === 'string' && (model === null || typeof model === 'string'))
        partitions.put(partition, model, place, method, buckets);
    }
  }
}

function restoreBucket(
  said: unknown,
  partition: Partition,
  moment: (value: unknown) => number | null,
  at: number,
): void {
  if (!isObject(said) || typeof said['resource'] !== 'string' || typeof said['unit'] !== 'string') return;
  const bucket = createBucket(
    { resource: said['resource'], unit: said['unit'] as LimitSignal['unit'] },
    partition.host,
    at,
  );
  const number = (name: string): number | null => (typeof said[name] === 'number' ? said[name] : null);
  bucket.limit = number('limit');
  bucket.left = number('left') ?? Infinity;
  bucket.heardAt = at;
  bucket.resetAt = moment(said['resetAt']);
  bucket.assumed = said['assumed'] === true;
  bucket.takenSince = number('takenSince') ?? 0;
  bucket.refill = Math.max(0, number('refill') ?? 0);
  bucket.typical = number('typical') ?? NaN;
  bucket.closedUntil = moment(said['closedUntil']) ?? -Infinity;
  bucket.quota = said['quota'] === true;
  partition.buckets.set(bucket.resource, bucket);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
