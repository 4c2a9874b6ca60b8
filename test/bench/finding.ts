/** One line of the report: what was measured against what it should be. */
export interface Finding {
  id: string;
  what: string;
  target: string;
  measured: string;
  /** null: nothing to compare with (a peer is missing, or the line only informs). */
  met: boolean | null;
}

/** What a benchmark gives: its lines, and tables for whoever wants to see more. */
export interface BenchResult {
  findings: Finding[];
  /** Markdown. */
  details?: string;
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [
    `| ${header.join(' | ')} |`,
    `|${header.map((_, i) => (rows.every((row) => /^[–\d−-]|^$/.test(row[i] ?? '')) ? '---:' : '---')).join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

export const rounded = (value: number, digits = 0): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits })
    : '–';
