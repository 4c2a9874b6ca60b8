import { harmless, paint } from './terminal.ts';

/** A table of texts, each column as wide as it needs; those named in `right` are set to the right. */
export function textTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[],
): string {
  const cells = rows.map((row) => row.map((text) => harmless(text)));
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => [...(row[i] ?? '')].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const room = ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...text].length));
        return right.includes(titles[i] ?? '') ? room + text : text + room;
      })
      .join('  ')
      .trimEnd();
  return [paint('bold', line(titles)), ...cells.map(line)].map((text) => `${text}\n`).join('');
}
