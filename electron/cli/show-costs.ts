import { formatCount } from '../../shared/format/quantities.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import type { EngineClient } from '../hosts/engine-client.ts';
import { openCalls } from './connect.ts';
import { costCsv, costJson, costTableText } from './cost-text.ts';
import { forecastCsv, forecastJson, forecastText } from './forecast-text.ts';
import { wasteCsv, wasteJson, wasteText } from './waste-text.ts';
import type { CostsCommandOptions } from './costs.ts';
import { EXIT, Fault } from './fault.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { timeOption } from './time-option.ts';

const ROWS = 1000;

/** `sallyport costs`: of a running engine, or of what is stored. */
export async function showCosts(options: CostsCommandOptions): Promise<void> {
  const now = Date.now() * 1000;
  const until = options.until === undefined ? now : timeOption('until', options.until);
  const since = timeOption('since', options.since ?? (options.waste ? '7d' : '30d'));
  if (since >= until) throw new Fault('--since is not before --until: there is no time between them.', EXIT.usage);
  const connection = await openCalls(dataFolder(options.data));
  try {
    const { client } = connection;
    if (options.waste) await showWaste(client, { since, until }, options.format);
    else if (options.forecast) await showForecast(client, until, options.format);
    else await showTable(client, { since, until }, options);
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

async function showWaste(
  client: EngineClient,
  span: { since: number; until: number },
  format: CostsCommandOptions['format'],
): Promise<void> {
  const found = await client.costs.waste(span);
  if (format === 'json') return write(wasteJson(span, found));
  if (format === 'csv') await write(wasteCsv(found));
  else if (found.wastes.length === 0) note('Nothing was found that could be saved.');
  else await write(wasteText(found));
  if (!found.complete) note(`Only the newest ${formatCount(found.looked)} calls of that time were looked at.`);
}

async function showForecast(client: EngineClient, now: number, format: CostsCommandOptions['format']): Promise<void> {
  const { forecast } = await client.costs.summary({ since: Math.max(0, now - 1), until: now, now });
  if (format === 'json') return write(forecastJson(forecast));
  if (format === 'csv') return write(forecastCsv(forecast));
  await write(forecastText(forecast));
}
