import type { Headroom } from '../../shared/contract/vendors.ts';
import { formatCount, formatDuration } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { isoTime, openVendors } from './list-vendors.ts';
import { refusalFault } from './refusal-fault.ts';
import { note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';
import type { VendorsOptions } from './vendors.ts';

type Row = Headroom & { vendor: string | null };

/** `sallyport vendors headroom`: of a running engine, or of what is stored. */
export async function showHeadroom(vendor: string | undefined, options: VendorsOptions): Promise<void> {
  const now = Date.now() * 1000;
  const connection = await openVendors(dataFolder(options.data));
  try {
    const { headroom } = await connection.client.vendors.headroom({
      since: timeOption('since', options.since ?? '1d'),
      until: now,
      ...(vendor !== undefined && { vendor }),
    });
    if (options.format === 'json') return await write(`${JSON.stringify(headroom.map(headroomRecord), null, 2)}\n`);
    if (headroom.length === 0)
      return note('No vendor said anything of its limits in that time, and none refused a call for their number.');
    await write(
      textTable(
        ['VENDOR', 'HOST', 'LIMIT OF', 'CREDENTIAL', 'LEFT', 'OF', 'AS OF', 'FULL AGAIN', 'USED UP', 'REFUSED'],
        headroom.map((row) => [
          row.vendor ?? '–',
          row.host,
          row.resource,
          row.credential ?? '–',
          amount(row.remaining),
          amount(row.limit),
          `${formatDuration(Math.max(0, now - row.seenAt))} ago`,
          ahead(row.resetAt, now),
          ahead(row.exhaustedAt, now),
          row.throttled === 0 ? '–' : formatCount(row.throttled),
        ]),
        ['LEFT', 'OF', 'REFUSED'],
      ),
    );
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

function headroomRecord(row: Row): object {
  return {
    ...row,
    resetAt: isoTime(row.resetAt),
    seenAt: isoTimestamp(row.seenAt),
    exhaustedAt: isoTime(row.exhaustedAt),
    history: row.history.map((point) => ({ ...point, at: isoTimestamp(point.at) })),
  };
}

function amount(value: number | null): string {
  return value === null ? '–' : formatCount(Math.round(value));
}

function ahead(at: number | null, now: number): string {
  if (at === null) return '–';
  return at <= now ? 'now' : `in ${formatDuration(at - now)}`;
}
