import { Drain, levelAt } from '../drain.ts';

/**
 * What is done after a vendor said no and did not say how much it allows: wait as long as it says, and a token bucket of
 * our own whose rate follows what went well, as the adaptive mode of the AWS SDKs does (CUBIC: RFC 9438).
 */
export interface Brake {
  /** Nobody leaves before, steady. */
  until: number;
  /** After an outage: one at a time, until one went well. */
  careful: boolean;
  /** Refusals one after the other. */
  refusals: number;
  /** Null: no rate is known to be too much. */
  bucket: Drain | null;
  /** Calls a second before the last refusal, and when that was. */
  before: number;
  refusedAt: number;
  /** Calls a second that left lately. */
  measured: number;
  slot: number;
  inSlot: number;
}

const BETA = 0.7;
const SCALE = 0.4;
const SLOT = 500_000;
const SMOOTH = 0.8;
const LEAST = 0.5;
/** So long after the last refusal, and so much above the rate it was at, the rate is no matter any more. */
const FORGET_AFTER = 60;
const LONGEST = 30_000_000;
const SECOND = 1_000_000;

export function createBrake(): Brake {
  return {
    until: -Infinity,
    careful: false,
    refusals: 0,
    bucket: null,
    before: 0,
    refusedAt: -Infinity,
    measured: 0,
    slot: 0,
    inSlot: 0,
  };
}

export function brakeOpensAt(brake: Brake, running: number, at: number): number {
  if (brake.until > at) return brake.until;
  if (brake.careful && running > 0) return Infinity;
  const { bucket } = brake;
  if (bucket === null) return at;
  const over = levelAt(bucket, at) + 1 - bucket.most;
  return over <= 1e-9 ? at : at + Math.ceil(over * bucket.perUnit);
}

export function passBrake(brake: Brake, at: number): void {
  const slot = Math.floor(at / SLOT);
  if (slot > brake.slot) {
    const rate = brake.inSlot / (((slot - brake.slot) * SLOT) / SECOND);
    brake.measured = brake.slot === 0 ? 0 : rate * SMOOTH + brake.measured * (1 - SMOOTH);
    brake.slot = slot;
    brake.inSlot = 0;
  }
  brake.inSlot += 1;
  const { bucket } = brake;
  if (bucket === null) return;
  bucket.level = levelAt(bucket, at) + 1;
  bucket.at = at;
}

/** Too many for its rate. `sentAt`: when the refused call left; of calls sent together, one refusal counts. */
export function slowDown(brake: Brake, sentAt: number, at: number): void {
  if (sentAt < brake.refusedAt) return;
  const measured = Math.max(brake.measured, brake.inSlot / (SLOT / SECOND));
  const used = brake.bucket === null ? measured : Math.min(measured, SECOND / brake.bucket.perUnit);
  brake.before = Math.max(LEAST, used);
  brake.refusedAt = at;
  setRate(brake, brake.before * BETA, at);
}

/** It is overloaded, or said nothing of when: longer each time. */
export function holdOff(brake: Brake, random: number, at: number): void {
  brake.refusals += 1;
  const longest = Math.min(LONGEST, SECOND * 2 ** (brake.refusals - 1));
  brake.until = Math.max(brake.until, at + longest * (0.5 + random / 2));
}

export function wentWell(brake: Brake, at: number): void {
  brake.refusals = 0;
  brake.careful = false;
  if (brake.bucket === null) return;
  const since = (at - brake.refusedAt) / SECOND;
  const back = Math.cbrt((brake.before * (1 - BETA)) / SCALE);
  const rate = SCALE * (since - back) ** 3 + brake.before;
  if (since > FORGET_AFTER && rate > brake.before * 4) {
    brake.bucket = null;
    return;
  }
  setRate(brake, Math.max(LEAST, Math.min(rate, Math.max(LEAST, brake.measured * 2))), at);
}

function setRate(brake: Brake, rate: number, at: number): void {
  const most = Math.max(1, rate);
  const { bucket } = brake;
  if (bucket === null) {
    // What just left has used it up.
    brake.bucket = new Drain(at, most, SECOND / rate);
    brake.bucket.level = most;
    return;
  }
  bucket.level = Math.min(levelAt(bucket, at), most);
  bucket.at = at;
  bucket.perUnit = SECOND / rate;
  bucket.most = most;
}
