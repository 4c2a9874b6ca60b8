import { writeXlsx } from 'hucre/xlsx';
import { REGISTER_COLUMNS } from './register.ts';
import type { RegisterCell } from './register.ts';

/** Formats of numbers by the titles they stand under. */
const FORMATS: Readonly<Record<string, string>> = { 'Cost (USD)': '0.00########' };

/** The register as a workbook of one sheet: figures are numbers, texts are texts and never formulas. */
export async function writeRegisterXlsx(
  rows: readonly (readonly RegisterCell[])[],
  until: number,
): Promise<Uint8Array> {
  const titles = REGISTER_COLUMNS.map(({ title }) => title);
  const at = new Date(until / 1000);
  return writeXlsx({
    sheets: [
      {
        name: 'Register',
        columns: REGISTER_COLUMNS.map(({ title, width }) => ({
          width,
          ...(FORMATS[title] !== undefined && { numFmt: FORMATS[title] }),
        })),
        rows: [titles, ...rows.map((row) => row.map(withoutControls))],
        freezePane: { rows: 1 },
      },
    ],
    properties: { title: 'Register of APIs called', creator: 'Sallyport', created: at, modified: at },
  });
}

/** XML has no way to write them. */
function withoutControls(cell: RegisterCell): RegisterCell {
  // oxlint-disable-next-line no-control-regex
  return typeof cell === 'string'
    ? cell.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    : cell;
}
