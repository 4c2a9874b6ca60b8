import type { CallSummary } from '../../shared/model/call-summary.ts';
import { formatDuration, formatSize } from '../../shared/format/quantities.ts';
import { harmless, paint, terminalWidth } from './terminal.ts';

interface Column {
  title: string;
  right?: true;
  text: (call: CallSummary) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', right: true, text: (call) => String(call.id) },
  { title: 'TIME', text: (call) => localTime(call.startedAt) },
  { title: 'APP', text: (call) => call.app ?? call.process?.name ?? '–' },
  { title: 'METHOD', text: (call) => (call.kind === 'tunnel' ? 'tunnel' : call.method) },
  { title: 'STATUS', text: statusText },
  { title: 'TIME TAKEN', right: true, text: (call) => (call.state === 'open' ? '…' : formatDuration(call.durationUs)) },
  { title: 'SIZE', right: true, text: (call) => formatSize(call.requestBytes + call.responseBytes) },
  { title: 'ADDRESS', text: addressText },
];

export interface CallTable {
  head(): string;
  row(call: CallSummary): string;
  all(calls: readonly CallSummary[]): string;
}

/** Given up for the address on a narrow terminal, in this order; the whole of a call is in `call ID`. */
const FIRST_TO_GO: readonly Column['title'][] = ['SIZE', 'TIME TAKEN', 'APP', 'TIME'];
/** So much of the addresses is shown at least, as long as there is a column to give up. */
const ADDRESS_WIDTH = 32;

/**
 * A table whose columns fit these calls and the terminal; the last column is cut at the terminal's
 * edge, never in a pipe. `terminal` gives its width, null for a pipe.
 */
export function callTable(sample: readonly CallSummary[], terminal: () => number | null = terminalWidth): CallTable {
  const widthIn = ({ title, text }: Column): number =>
    Math.max(title.length, ...sample.map((call) => widthOf(harmless(text(call)))));
  const columns = [...COLUMNS];
  for (const title of FIRST_TO_GO) {
    const needed = columns.map((column, i) =>
      i === columns.length - 1 ? Math.min(ADDRESS_WIDTH, widthIn(column)) : widthIn(column) + 2,
    );
    if (needed.reduce((sum, width) => sum + width, 0) <= (terminal() ?? Infinity)) break;
    columns.splice(
      columns.findIndex((column) => column.title === title),
      1,
    );
  }
  const widths = columns.map(widthIn);
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) =>
      columns[i]?.right
        ? padStart(cell, widths[i] ?? 0)
        : i === columns.length - 1
          ? cell
          : padEnd(cell, widths[i] ?? 0),
    );
    const text = padded.join('  ');
    const width = terminal();
    return width === null || widthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;
  };
  const table: CallTable = {
    head: () => `${paint('bold', line(columns.map(({ title }) => title)))}\n`,
    row: (call) => `${tint(call, line(columns.map(({ text }) => harmless(text(call)))))}\n`,
    all: (calls) => table.head() + calls.map((call) => table.row(call)).join(''),
  };
  return table;
}

function statusText(call: CallSummary): string {
  if (call.failure !== null) return call.status === null ? call.failure : `${call.status} ${call.failure}`;
  return call.status === null ? (call.state === 'open' ? '…' : '–') : String(call.status);
}

function addressText(call: CallSummary): string {
  // Bytes that were no request name nobody.
  if (call.host === '') return '–';
  const host = call.host.includes(':') ? `[${call.host}]` : call.host;
  const usual = { http: 80, https: 443, ws: 80, wss: 443 }[call.scheme];
  return `${call.scheme === 'https' ? '' : `${call.scheme}://`}${host}${call.port === usual ? '' : `:${call.port}`}${call.path}${call.query}`;
}

function tint(call: CallSummary, line: string): string {
  if (call.failure !== null || (call.status ?? 0) >= 500) return paint('red', line);
  if ((call.status ?? 0) >= 400) return paint('yellow', line);
  return call.kind === 'tunnel' || call.state === 'open' ? paint('dim', line) : line;
}

/** Local wall-clock time; with the day when it is not today. */
function localTime(microseconds: number): string {
  const at = new Date(microseconds / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return at.toDateString() === new Date().toDateString()
    ? clock
    : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock}`;
}

function widthOf(text: string): number {
  return [...text].length;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}
