export interface Csv {
  separator: string;
  rows: string[][];
  /** In which line of the text each row begins, from 1: a cell in quotes may have several lines. */
  lines: number[];
  /** Cells of the widest row. */
  columns: number;
  /** Whether rows were left out because there are more than `most`. */
  more: boolean;
}

/** A table in text: comma, semicolon, tab or bar between cells (whichever is commonest in the first line), quotes undone. */
export function readCsv(text: string, most = 1_000_000): Csv {
  const source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const separator = separatorOf(source);
  const rows: string[][] = [];
  let row: string[] = [];
  let columns = 0;
  let at = 0;
  let line = 1;
  let begins = 1;
  const lines: number[] = [];
  const endRow = (): void => {
    rows.push(row);
    lines.push(begins);
    begins = line;
    columns = Math.max(columns, row.length);
    row = [];
  };
  while (at < source.length && rows.length < most) {
    let cell = '';
    if (source[at] === '"') {
      at++;
      for (;;) {
        const quote = source.indexOf('"', at);
        if (quote < 0) {
          cell += source.slice(at);
          at = source.length;
          break;
        }
        cell += source.slice(at, quote);
        line += source.slice(at, quote).split('\n').length - 1;
        at = quote + 1;
        if (source[at] !== '"') break;
        cell += '"';
        at++;
      }
    }
    let end = at;
    while (end < source.length && source[end] !== separator && source[end] !== '\n' && source[end] !== '\r') end++;
    cell += source.slice(at, end);
    at = end;
    row.push(cell);
    if (source[at] === separator) {
      at++;
      if (at === source.length) row.push('');
      continue;
    }
    if (source[at] === '\r') at++;
    // A lone carriage return ends a line, too.
    if (source[at] === '\n') at++;
    line++;
    endRow();
  }
  if (row.length > 0) endRow();
  return { separator, rows, lines, columns, more: at < source.length };
}

function separatorOf(text: string): string {
  const first = text.slice(0, text.indexOf('\n') < 0 ? 2000 : text.indexOf('\n')).replace(/"[^"]*"/g, '');
  const count = (char: string): number => first.split(char).length;
  return [',', ';', '\t', '|'].reduce((best, char) => (count(char) > count(best) ? char : best), ',');
}
