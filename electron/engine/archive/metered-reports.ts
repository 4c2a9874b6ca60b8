import type { CallRecord } from '../../../shared/events/fold.ts';
import { reachedOrigin } from '../../../shared/model/failure.ts';
import type { CallMetered } from '../../../shared/model/policy.ts';
import { MOST_AWAITED, type MeteredCallReport } from './metered-calls.ts';

/** What governed calls used, for those who wait for it: on the archive’s thread. Of other calls nothing is told. */
export interface MeteredReports {
  await(calls: readonly number[]): void;
  /** A call is over, and what it used was read as far as it can be. */
  settled(record: CallRecord): void;
  send(): void;
}

/** Reports that go over at once. */
const MOST_AT_ONCE = 500;

export function createMeteredReports(say: (calls: MeteredCallReport[]) => void): MeteredReports {
  const awaited = new Set<number>();
  let ready: MeteredCallReport[] = [];

  function send(): void {
    if (ready.length === 0) return;
    say(ready);
    ready = [];
  }

  return {
    await(calls) {
      for (const call of calls) awaited.add(call);
      for (const oldest of awaited) {
        if (awaited.size <= MOST_AWAITED) break;
        awaited.delete(oldest);
      }
    },
    settled(record) {
      if (awaited.size === 0 || !awaited.delete(record.id)) return;
      ready.push({ call: record.id, metered: meteredOf(record), limits: record.metering.limits });
      if (ready.length >= MOST_AT_ONCE) send();
    },
    send,
  };
}

function meteredOf({ metering, failure, status }: CallRecord): CallMetered {
  const { usage, cost } = metering;
  // Nobody charges for what never reached them.
  const unsent = status === null && failure !== null && !reachedOrigin(failure.kind);
  return {
    inputTokens: usage?.tokens?.input ?? null,
    outputTokens: usage?.tokens?.output ?? null,
    units: usage?.units ?? {},
    nanoUsd: unsent ? 0 : (cost?.nanoUsd ?? null),
    model: usage?.model ?? usage?.requestModel ?? null,
    cut: usage?.cut ?? false,
  };
}
