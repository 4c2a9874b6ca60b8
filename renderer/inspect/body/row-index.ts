/** Rows of a text for a window over it: a line, or a piece of a long one. */
export interface RowIndex {
  rows: number;
  lines: number;
  longestLine: number;
  /** Where a row begins in the text. */
  startOf(row: number): number;
  /** Where it ends, without its line break. */
  endOf(row: number): number;
  /** The row that holds an offset. */
  rowAt(offset: number): number;
  /** Number of the line a row begins, from 1; 0 for a row that goes on with the line above. */
  lineOf(row: number): number;
}

/** Characters of a row at most: a line of a megabyte is shown in pieces. */
export const WIDEST_ROW = 240;

export function indexRows(text: string, widest = WIDEST_ROW): RowIndex {
  let starts = new Uint32Array(1024);
  let numbers = new Uint32Array(1024);
  let rows = 0;
  let line = 0;
  let longestLine = 0;
  const add = (start: number, number: number): void => {
    if (rows === starts.length) {
      const more = new Uint32Array(rows * 2);
      more.set(starts);
      starts = more;
      const moreNumbers = new Uint32Array(rows * 2);
      moreNumbers.set(numbers);
      numbers = moreNumbers;
    }
    starts[rows] = start;
    numbers[rows++] = number;
  };
  for (let at = 0; at <= text.length;) {
    let end = text.indexOf('\n', at);
    if (end < 0) end = text.length;
    if (end - at > longestLine) longestLine = end - at;
    add(at, ++line);
    for (let piece = at + widest; piece < end; piece += widest) add(piece, 0);
    at = end + 1;
  }
  const startOf = (row: number): number => starts[row] ?? text.length;
  return {
    rows,
    lines: line,
    longestLine,
    startOf,
    endOf(row) {
      const next = row + 1 < rows ? startOf(row + 1) : text.length;
      if (row + 1 < rows && (numbers[row + 1] ?? 0) > 0) {
        const end = next - 1;
        return text.charCodeAt(end - 1) === 13 && end > startOf(row) ? end - 1 : end;
      }
      return next;
    },
    rowAt(offset) {
      let low = 0;
      let high = rows - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (startOf(middle) <= offset) low = middle;
        else high = middle - 1;
      }
      return low;
    },
    lineOf: (row) => numbers[row] ?? 0,
  };
}
