import { createPicture } from '../../../../electron/engine/analytics/picture/picture.ts';
import type { Picture } from '../../../../electron/engine/analytics/picture/picture.ts';
import type { EdgeSum, LimitSum, Sighting } from '../../../../electron/engine/store/picture-rows.ts';
import { NOTHING_DECLARED, ownVendors } from '../../../../electron/engine/vendors/declared.ts';
import type { Declared } from '../../../../electron/engine/vendors/declared.ts';
import { readVendorsText } from '../../../../electron/engine/vendors/read-file.ts';
import { addDuration, createSketch } from '../../../../shared/measure/latency-sketch.ts';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';

export const HOUR = 3_600_000_000;
export const DAY = 24 * HOUR;
/** 2026-11-23 11:33:20 UTC. */
export const NOW = 1_795_433_600_000_000;
export const AT = { now: NOW, today: '2026-11-23' };

export function declare(text: string): Declared {
  const read = readVendorsText(text);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.value;
}

export function pictureOf(declared: Declared = NOTHING_DECLARED): Picture {
  return createPicture(createCatalogue(ownVendors(declared)), declared);
}

/** Calls that took these times, in microseconds. */
export function edge(
  app: string | null,
  host: string,
  endpoint: string | null,
  durations: readonly number[],
  more: Partial<EdgeSum> = {},
): EdgeSum {
  const sketch = createSketch();
  for (const duration of durations) addDuration(sketch, duration);
  return {
    app,
    host,
    endpoint,
    calls: durations.length,
    errors: 0,
    failures: 0,
    throttled: 0,
    requestBytes: 100 * durations.length,
    responseBytes: 1000 * durations.length,
    sketch,
    costNanoUsd: 0,
    pricedCalls: 0,
    from: NOW - HOUR,
    to: NOW - HOUR,
    ...more,
  };
}

export function sighting(
  host: string,
  app: string | null,
  firstAt: number,
  firstCall: number,
  endpoint: string | null = null,
): Sighting {
  const kind = endpoint !== null ? 'endpoint' : app !== null ? 'app-host' : 'host';
  return { kind, app, host, endpoint, firstCall, firstAt, lastAt: Math.max(firstAt, NOW - HOUR) };
}

export function limit(remaining: number | null, secondsAgo: number, more: Partial<LimitSum> = {}): LimitSum {
  const seenAt = NOW - secondsAgo * 1_000_000;
  return {
    at: Math.floor(seenAt / 60_000_000) * 60_000_000,
    host: 'api.openai.com',
    credential: 'Bearer #1',
    resource: 'requests',
    unit: 'requests',
    limit: 1000,
    remaining,
    lowest: remaining,
    resetAt: null,
    window: 60,
    seenAt,
    ...more,
  };
}
