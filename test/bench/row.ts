/** One line of the benchmark report. `met` is null where there is no target. */
export interface Row {
  id: string;
  what: string;
  figure: string;
  target: string;
  met: boolean | null;
}

export function printRows(rows: readonly Row[]): void {
  for (const { id, what, figure, target, met } of rows) {
    console.log(
      `${id}  ${met === null ? '     ' : met ? 'met  ' : 'missed'} ${what}: ${figure}${target === '' ? '' : ` (target ${target})`}`,
    );
  }
}
