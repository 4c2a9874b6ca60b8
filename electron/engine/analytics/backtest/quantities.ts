const UNKNOWN = 0xffff_ffff;
const LARGE = 0xffff_fffe;

/** Whole numbers of rows in four bytes each; -1 stands for what is not known. The few that do not fit lie beside. */
export interface Quantities {
  readonly bytes: number;
  at(row: number): number;
  set(row: number, value: number): void;
  /** Room for so many rows; what is there stays. */
  reserve(rows: number): void;
}

export function createQuantities(): Quantities {
  let values = new Uint32Array(0);
  const large = new Map<number, number>();
  return {
    get bytes() {
      return values.byteLength + large.size * 32;
    },
    at(row) {
      const value = values[row]!;
      return value < LARGE ? value : value === UNKNOWN ? -1 : large.get(row)!;
    },
    set(row, value) {
      if (value < 0) values[row] = UNKNOWN;
      else if (value < LARGE) values[row] = value;
      else {
        values[row] = LARGE;
        large.set(row, value);
      }
    },
    reserve(rows) {
      if (rows <= values.length) return;
      const larger = new Uint32Array(rows);
      larger.set(values);
      values = larger;
    },
  };
}
