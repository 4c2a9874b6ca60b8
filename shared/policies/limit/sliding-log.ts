import type { Meter } from './meter.ts';
import type { SteadyClock } from './steady-clock.ts';

/** When the last calls left, oldest first: a ring. */
export class CallLog {
  times: Float64Array;
  head = 0;
  size = 0;
  constructor(room: number) {
    this.times = new Float64Array(room);
  }
}

/** The exact sliding window: remembers when each call left. For calls, and limits that are not large. */
export function createSlidingLog(limit: number, window: number, clock: SteadyClock): Meter<CallLog> {
  const timeOf = (log: CallLog, index: number): number => log.times[(log.head + index) % log.times.length]!;
  /** Of calls that left, and then of those that wait: when each leaves. */
  const leaves = (log: CallLog, index: number, at: number): number => {
    if (index < log.size) return timeOf(log, index);
    return index < limit ? at : Math.max(at, leaves(log, index - limit, at) + window);
  };
  const forget = (log: CallLog, at: number): void => {
    while (log.size > 0 && log.times[log.head]! <= at - window) {
      log.head = log.head + 1 === log.times.length ? 0 : log.head + 1;
      log.size -= 1;
    }
  };
  const append = (log: CallLog, at: number): void => {
    if (log.size === log.times.length && log.size < limit) {
      const wider = new CallLog(Math.min(limit, log.size * 4));
      for (let index = 0; index < log.size; index += 1) wider.times[index] = timeOf(log, index);
      log.times = wider.times;
      log.head = 0;
    }
    if (log.size === log.times.length) {
      // More than allowed were taken, as from a time without the limit: the newest are those that count.
      log.head = (log.head + 1) % log.times.length;
      log.size -= 1;
    }
    log.times[(log.head + log.size) % log.times.length] = at;
    log.size += 1;
  };
  return {
    most: limit,
    holds: false,
    fresh: () => new CallLog(Math.min(limit, 8)),
    readyAt(log, cost, ahead, at) {
      forget(log, at);
      const last = log.size + ahead + cost - 1;
      return last < limit ? at : Math.max(at, leaves(log, last - limit, at) + window);
    },
    take(log, cost, at) {
      forget(log, at);
      for (let taken = 0; taken < cost; taken += 1) append(log, at);
    },
    amend(log, by, takenAt, at) {
      forget(log, at);
      for (let more = 0; more < by; more += 1) append(log, at);
      for (let less = 0; less < -by; less += 1) {
        let index = log.size - 1;
        while (index >= 0 && timeOf(log, index) > takenAt) index -= 1;
        if (index < 0 || timeOf(log, index) !== takenAt) return;
        for (; index < log.size - 1; index += 1) {
          log.times[(log.head + index) % log.times.length] = timeOf(log, index + 1);
        }
        log.size -= 1;
      }
    },
    limit: () => limit,
    used(log, at) {
      forget(log, at);
      return log.size;
    },
    resetAt(log, at) {
      forget(log, at);
      return log.size === 0 ? at : timeOf(log, log.size - 1) + window;
    },
    idle(log, at) {
      forget(log, at);
      return log.size === 0;
    },
    save(log, at) {
      forget(log, at);
      if (log.size === 0) return null;
      return Array.from({ length: log.size }, (_, index) => clock.wall(timeOf(log, index)));
    },
    load(times, at) {
      const log = new CallLog(Math.min(limit, 8));
      let last = -Infinity;
      for (const time of times) {
        last = Math.max(last, Math.min(time, at));
        append(log, last);
      }
      forget(log, at);
      return log.size === 0 ? null : log;
    },
  };
}
