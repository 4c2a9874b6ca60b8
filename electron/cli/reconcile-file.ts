import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { stringify } from 'csv-stringify/sync';
import { exactMoney } from '../../shared/format/money.ts';
import { countOf, formatCount } from '../../shared/format/quantities.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { openCalls, openStoreOffline, type Connection } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import type { ReconcileOptions } from './reconcile.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';

type Answer = Awaited<ReturnType<EngineClient['costs']['reconcile']>>;
type Row = Answer['rows'][number];

const LARGEST = 64 * 1024 * 1024;
/** With room for how JSON writes it. */
const LARGEST_QUESTION = 768 * 1024;
const SKIPPED_SHOWN = 10;

/** `sallyport reconcile`: of a running engine, or of what is stored. */
export async function reconcileFile(file: string, options: ReconcileOptions): Promise<void> {
  const { vendor, columns, all, format } = options;
  const csv = await readCsv(file);
  const connection = await openFor(csv, dataFolder(options.data));
  try {
    const found = await connection.client.costs.reconcile({
      csv,
      ...(vendor !== undefined && { vendor }),
      ...(columns && { columns }),
    });
    const differing = found.rows.filter(({ reason }) => reason !== null);
    const rows = all ? found.rows : differing;
    if (format === 'json') await write(`${JSON.stringify({ ...found, rows }, null, 2)}\n`);
    else if (format === 'csv')
      await write(
        stringify(
          rows.map((row) => ({ ...row })),
          { header: true, columns: COLUMNS },
        ),
      );
    else {
      if (rows.length > 0) await write(tableOf(rows));
      await write(`${sentenceOf(found, differing.length)}\n`);
    }
    for (const { line, why } of found.skipped.slice(0, SKIPPED_SHOWN))
      note(`${file}:${line}: ${why} The row was left out.`);
    if (found.skipped.length > SKIPPED_SHOWN)
      note(`${countOf(found.skipped.length - SKIPPED_SHOWN, 'more row was', 'more rows were')} left out.`);
    if (differing.length > 0) process.exitCode = EXIT.failed;
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

/** An engine's door takes questions of up to a mebibyte; what is longer is worked out here, from what it stored. */
async function openFor(csv: string, folder: string): Promise<Connection> {
  const connection = await openCalls(folder);
  if (connection.engine === null || Buffer.byteLength(csv) < LARGEST_QUESTION) return connection;
  await connection.close();
  return openStoreOffline(folder);
}

const COLUMNS = ['day', 'model', 'category', 'billed', 'recorded', 'difference', 'reason'] as const;

async function readCsv(file: string): Promise<string> {
  let csv: string;
  try {
    csv = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new Fault(`${file} cannot be read: ${why}.`, EXIT.failed);
  }
  if (csv.length > LARGEST) throw new Fault(`${file} is larger than 64 MiB. Export a shorter time.`, EXIT.failed);
  return csv;
}

function tableOf(rows: readonly Row[]): string {
  const amount = ({ category }: Row, value: number): string =>
    category === 'cost' ? exactMoney(value) : formatCount(value);
  return textTable(
    ['DAY', 'MODEL', 'WHAT', 'BILLED', 'RECORDED', 'DIFFERENCE', 'LIKELY REASON'],
    rows.map((row) => [
      row.day,
      row.model ?? '–',
      row.category,
      amount(row, row.billed),
      amount(row, row.recorded),
      `${row.difference > 0 ? '+' : row.difference < 0 ? '−' : ''}${amount(row, Math.abs(row.difference))}`,
      row.reason ?? '',
    ]),
    ['BILLED', 'RECORDED', 'DIFFERENCE'],
  );
}

function sentenceOf({ vendor, form, rows, total }: Answer, differing: number): string {
  const what = `${form}, ${vendor}: `;
  const sums =
    total.billedNanoUsd === null
      ? ''
      : ` Billed ${exactMoney(total.billedNanoUsd)}, recorded ${exactMoney(total.recordedNanoUsd)}.`;
  if (differing === 0) return `${what}${countOf(rows.length, 'figure agrees', 'figures agree')}.${sums}`;
  return `${what}${formatCount(differing)} of ${countOf(rows.length, 'figure differs', 'figures differ')}.${sums}`;
}
