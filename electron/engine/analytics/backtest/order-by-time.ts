/**
 * Rows in the order of their moments; of the same moment by row. Ids are given as calls come, so all but a few stand right
 * already and are put in their places one by one; what was imported does not, and is sorted.
 */
export function orderByTime(at: Float64Array, rows: number): Uint32Array {
  const order = new Uint32Array(rows);
  let moves = 0;
  for (let row = 0; row < rows; row += 1) {
    const moment = at[row]!;
    let place = row;
    while (place > 0 && at[order[place - 1]!]! > moment && moves <= rows * MOVES) {
      order[place] = order[place - 1]!;
      place -= 1;
      moves += 1;
    }
    order[place] = row;
    if (moves > rows * MOVES) return sorted(at, rows);
  }
  return order;
}

/** More moves than so many for a row, and sorting is quicker. */
const MOVES = 8;

function sorted(at: Float64Array, rows: number): Uint32Array {
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row += 1) order[row] = row;
  return order.sort((a, b) => at[a]! - at[b]! || a - b);
}
