import type { CallWindowState } from '../../data/call-window.ts';
import { NARROWEST } from './column-layout.ts';
import type { CellTaste, Column } from './columns.tsx';

/** Rows whose text is measured. */
const MEASURED = 400;
const PADDING = 20;
const MARK = 22;

/** The width that shows the column's content of the latest rows whole, in pixels. */
export function fitColumn(column: Column, { rows, headers }: CallWindowState, taste: CellTaste): number {
  const context = document.createElement('canvas').getContext('2d');
  const sample = document.querySelector('.call-list');
  if (!context || !sample) return column.width;
  const { fontSize, fontFamily } = getComputedStyle(sample);
  context.font = `${fontSize} ${fontFamily}`;
  let widest = context.measureText(`${column.title} ↓`).width;
  for (const row of rows.slice(-MEASURED))
    widest = Math.max(widest, context.measureText(column.text(row, taste, headers.get(row.id))).width);
  return Math.max(NARROWEST, Math.ceil(widest) + PADDING + (column.mark ? MARK : 0));
}
