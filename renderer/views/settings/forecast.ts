/** What is stored, and how much came in a while. Bytes, microseconds. */
export interface Present {
  /** Calls and bytes on disk. */
  calls: number;
  callBytes: number;
  bodyBytes: number;
  /** When the oldest call began. */
  oldest: number;
  now: number;
  /** Calls that came in a span that ends now. */
  recent: { calls: number; us: number };
}

export interface Limits {
  callBytes: number;
  callAgeDays: number;
  bodyBytes: number;
  bodyAgeDays: number;
}

export interface Forecast {
  callsPerDay: number;
  callBytesPerDay: number;
  bodyBytesPerDay: number;
  /** How far back each will reach, and what ends it. */
  calls: { days: number; by: 'room' | 'age' };
  bodies: { days: number; by: 'room' | 'age' };
}

const DAY = 86_400_000_000;
const ENOUGH_US = 600_000_000;

/** What budgets mean in days when calls go on coming as they do now; null while too little is known. */
export function forecast(present: Present, limits: Limits): Forecast | null {
  const { calls, callBytes, bodyBytes, oldest, now, recent } = present;
  const us = Math.min(recent.us, now - oldest);
  if (calls === 0 || recent.calls === 0 || us < ENOUGH_US) return null;
  const callsPerDay = (recent.calls / us) * DAY;
  const callBytesPerDay = (callBytes / calls) * callsPerDay;
  const bodyBytesPerDay = (bodyBytes / calls) * callsPerDay;
  return {
    callsPerDay,
    callBytesPerDay,
    bodyBytesPerDay,
    calls: reach(limits.callBytes, callBytesPerDay, limits.callAgeDays),
    bodies: reach(limits.bodyBytes, bodyBytesPerDay, limits.bodyAgeDays),
  };
}

function reach(room: number, perDay: number, ageDays: number): Forecast['calls'] {
  const days = perDay === 0 ? Infinity : room / perDay;
  return days < ageDays ? { days, by: 'room' } : { days: ageDays, by: 'age' };
}
