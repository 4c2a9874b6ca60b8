/**
 * Steps back that are shorter are waited out; longer ones are taken as the clock having been set. Short enough that
 * nobody notices the wait, long enough that moments which come a little out of order do not make time run faster.
 */
const STEP = 1_000_000;

/** Time that only goes forward, made of a clock that people and networks set. Microseconds. */
export interface SteadyClock {
  /** The steady moment of a moment by the wall. */
  read(now: number): number;
  /** The same for what is told late, as the end of a call: an earlier moment is no sign of a clock that was set. */
  late(now: number): number;
  /** What a clock on the wall shows, or will show, at a steady moment. */
  wall(steady: number): number;
  /** The other way round, for moments that somebody else says: of one by the wall, as it stands now. */
  steady(wall: number): number;
}

/** @param step how far back makes a jump; what is aligned to the wall keeps its alignment when this is its length. */
export function createSteadyClock(step = STEP): SteadyClock {
  let last = 0;
  let offset = 0;
  return {
    read(now) {
      const moment = now + offset;
      if (moment >= last) {
        last = moment;
        return moment;
      }
      // A day back: without this nothing would be allowed for a day.
      if (last - moment >= step) offset += Math.floor((last - moment) / step) * step;
      return last;
    },
    late(now) {
      if (now + offset > last) last = now + offset;
      return last;
    },
    wall: (steady) => steady - offset,
    steady: (wall) => wall + offset,
  };
}
