import { readTime } from '../../shared/query/read-time.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { openCalls } from './connect.ts';
import { costCsv, costJson, costTableText } from './cost-text.ts';
import type { CostsCommandOptions } from './costs.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';

const ROWS = 1000;

/** `sallyport costs`: of a running engine, or of what is stored. */
export async function showCosts(options: CostsCommandOptions): Promise<void> {
  const now = Date.now() * 1000;
  const until = options.until === undefined ? now : timeOf('until', options.until, now);
  const since = timeOf('since', options.since ?? '30d', now);
  if (since >= until) throw new Fault('--since is not before --until: there is no time between them.', EXIT.usage);
  const connection = await openCalls(dataFolder(options.data));
  try {
    await showTable(connection.client, { since, until }, options);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

async function showTable(
  client: EngineClient,
  span: { since: number; until: number },
  { by, vendor, app, model, limit = ROWS, format }: CostsCommandOptions,
): Promise<void> {
  const found = await client.costs.table({
    ...span,
    by,
    limit,
    ...(vendor !== undefined && { vendor }),
    ...(app !== undefined && { app }),
    ...(model !== undefined && { model }),
  });
  // Days are read as they come, whatever they cost.
  if (by[0] === 'day') found.rows.sort((a, b) => ((a.keys['day'] ?? '') < (b.keys['day'] ?? '') ? -1 : 1));
  switch (format) {
    case 'json':
      return write(costJson(span, by, found));
    case 'csv':
      await write(costCsv(by, found.rows));
      break;
    case 'table':
      if (found.rows.length === 0) return note('No call of that time went to anybody who could send a bill.');
      await write(costTableText(by, found));
  }
  if (found.more) note(`The dearest ${found.rows.length} rows; more with --limit. The sum is of all.`);
}

/** `7d` and `-7d` are both seven days ago. */
function timeOf(bound: 'since' | 'until', text: string, now: number): number {
  const read = readTime(bound, /^\d+(\.\d+)?[smhdw]/i.test(text) ? `-${text}` : text, {
    now,
    offsetMinutesAt: (wallClock) => -new Date(wallClock).getTimezoneOffset(),
  });
  if ('fault' in read) throw new Fault(`--${bound}: ${read.fault.message}.`, EXIT.usage);
  return read.tree.op === 'time' ? read.tree.at : 0;
}
