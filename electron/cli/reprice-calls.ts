import type { Repricing } from '../../shared/contract/costs.ts';
import { exactMoney } from '../../shared/format/money.ts';
import { countOf, formatCount } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { connectOrFault, openCalls } from './connect.ts';
import { EXIT, Fault } from './fault.ts';
import { localTime } from './list-apps.ts';
import { refusalFault } from './refusal-fault.ts';
import type { RepriceOptions } from './reprice.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';

/** `sallyport reprice`: looks by itself, and writes through a running engine. */
export async function repriceFromHere(options: RepriceOptions): Promise<void> {
  const { vendor, apply = false, list, format } = options;
  const span = {
    since: timeOption('since', options.since),
    until: options.until === undefined ? Date.now() * 1000 : timeOption('until', options.until),
  };
  if (span.since >= span.until)
    throw new Fault('--since is not before --until: there is no time between them.', EXIT.usage);
  const folder = dataFolder(options.data);
  const connection = await (apply ? connectOrFault(folder) : openCalls(folder));
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort();
  process.once('SIGINT', stop);
  try {
    const { costs } = connection.client;
    if (list) return await writeList((await costs.repricings()).repricings, format);
    const repricing = await costs.reprice(
      { ...span, apply, ...(vendor !== undefined && { vendor }) },
      { signal: giveUp.signal },
    );
    if (format === 'json') return await write(`${JSON.stringify(recordOf(repricing), null, 2)}\n`);
    if (repricing.calls === 0)
      return note(`The prices of now change nothing: ${countOf(repricing.looked, 'call')} looked at.`);
    await write(tableOf(repricing));
    await write(`${sentenceOf(repricing)}\n`);
    if (!apply) note('Nothing was changed. Write it with --apply.');
  } catch (error) {
    if (giveUp.signal.aborted)
      throw new Fault(
        apply ? 'Given up. What was priced until then stays so; run it again for the rest.' : 'Given up.',
        EXIT.failed,
      );
    throw refusalFault(error);
  } finally {
    process.off('SIGINT', stop);
    await connection.close();
  }
}

function tableOf({ rows }: Repricing): string {
  return textTable(
    ['VENDOR', 'MODEL', 'CALLS', 'BEFORE', 'AFTER', 'PRICE', 'VERSION'],
    rows.map((row) => [
      row.vendor ?? '–',
      row.model ?? '–',
      formatCount(row.calls),
      exactMoney(row.beforeNanoUsd),
      exactMoney(row.afterNanoUsd),
      row.price ?? '–',
      row.priceVersion ?? '–',
    ]),
    ['CALLS', 'BEFORE', 'AFTER'],
  );
}

function sentenceOf({ calls, looked, beforeNanoUsd, afterNanoUsd, nowKnown, nowUnknown }: Repricing): string {
  const known = [
    ...(nowKnown > 0 ? [`${formatCount(nowKnown)} were unknown before`] : []),
    ...(nowUnknown > 0 ? [`${formatCount(nowUnknown)} are unknown now`] : []),
  ];
  const more = known.length > 0 ? `; ${known.join(', ')}` : '';
  return `${formatCount(calls)} of ${countOf(looked, 'call')} change: ${exactMoney(beforeNanoUsd)} before, ${exactMoney(afterNanoUsd)} after${more}.`;
}

async function writeList(repricings: readonly Repricing[], format: RepriceOptions['format']): Promise<void> {
  if (format === 'json') return write(`${JSON.stringify(repricings.map(recordOf), null, 2)}\n`);
  if (repricings.length === 0) return note('Nothing was ever priced anew.');
  await write(
    textTable(
      ['AT', 'SINCE', 'UNTIL', 'CALLS', 'BEFORE', 'AFTER'],
      repricings.map((one) => [
        localTime(one.at),
        localTime(one.since),
        localTime(one.until),
        `${formatCount(one.calls)} of ${formatCount(one.looked)}`,
        exactMoney(one.beforeNanoUsd),
        exactMoney(one.afterNanoUsd),
      ]),
      ['CALLS', 'BEFORE', 'AFTER'],
    ),
  );
}

/** As scripts rely on it: times are ISO 8601 in UTC. */
function recordOf(repricing: Repricing): object {
  const { at, since, until, ...rest } = repricing;
  return { at: isoTimestamp(at), since: isoTimestamp(since), until: isoTimestamp(until), ...rest };
}
