import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { VendorRow } from '../../shared/contract/vendors.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { countOf, formatCount, formatSize } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { connect, openCalls, openStoreOffline } from './connect.ts';
import type { Connection } from './connect.ts';
import { localTime } from './list-apps.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, note, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';
import type { VendorsOptions } from './vendors.ts';

/** `sallyport vendors`: of a running engine, or of what is stored. */
export async function listVendors(options: VendorsOptions): Promise<void> {
  const { status, shadow, format } = options;
  const span = {
    since: options.since === undefined ? 0 : timeOption('since', options.since),
    until: Date.now() * 1000,
  };
  const connection = await openVendors(dataFolder(options.data));
  try {
    const found = await connection.client.vendors.list({ ...span, ...(status !== undefined && { status }) });
    for (const { line, column, says } of found.problems)
      note(harmless(`${found.file}:${line}:${column}: ${says} What it said before counts.`));
    const vendors = shadow ? found.vendors.filter((vendor) => vendor.shadow) : found.vendors;
    if (format === 'json')
      return await write(
        `${JSON.stringify({ since: isoTimestamp(span.since), until: isoTimestamp(span.until), vendors: vendors.map(vendorRecord), local: found.local }, null, 2)}\n`,
      );
    if (format === 'csv') return await write(vendorCsv(vendors));
    if (vendors.length === 0)
      return note(
        status === undefined && !shadow
          ? 'No call went to anybody yet.'
          : 'No vendor counts as this; all are listed without the option.',
      );
    await write(vendorTable(vendors));
    if (found.local > 0)
      note(`${countOf(found.local, 'call')} more to this machine and private networks, which are nobody’s.`);
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

/** A folder where vendors were declared may hold no call yet. */
export async function openVendors(dataDir: string): Promise<Connection> {
  if (!existsSync(join(dataDir, 'vendors.yaml'))) return openCalls(dataDir);
  return (await connect(dataDir)) ?? openStoreOffline(dataDir);
}

function vendorTable(vendors: readonly VendorRow[]): string {
  return textTable(
    ['VENDOR', 'STATUS', 'CATEGORY', 'CALLS', 'ERRORS', 'SENT', 'COST', 'OWNER', 'FIRST SEEN', 'BY'],
    vendors.map((vendor) => [
      vendor.id,
      vendor.status,
      vendor.category,
      formatCount(vendor.calls),
      formatCount(vendor.errors),
      formatSize(vendor.requestBytes),
      vendor.calls === 0 ? '–' : formatMoney(vendor.costNanoUsd),
      vendor.owner ?? '–',
      localTime(vendor.firstSeen),
      vendor.first === null ? '–' : (vendor.first.app ?? `#${vendor.first.call}`),
    ]),
    ['CALLS', 'ERRORS', 'SENT', 'COST'],
  );
}

/** As scripts rely on it: times are ISO 8601 in UTC, costs whole nano-dollars. */
export function vendorRecord(vendor: VendorRow): object {
  return { ...vendor, firstSeen: isoTime(vendor.firstSeen), lastSeen: isoTime(vendor.lastSeen) };
}

export function isoTime(at: number | null): string | null {
  return at === null ? null : isoTimestamp(at);
}

const COLUMNS = [
  'id',
  'name',
  'status',
  'shadow',
  'category',
  'calls',
  'errors',
  'failures',
  'throttled',
  'requestBytes',
  'responseBytes',
  'costNanoUsd',
  'pricedCalls',
  'unpricedCalls',
  'approvedBy',
  'approvedUntil',
  'owner',
  'purpose',
  'criticality',
  'contract',
  'declaredCountry',
  'note',
] as const satisfies readonly (keyof VendorRow)[];

/** RFC 4180, with a line of names; lists are joined by spaces, what is not known is empty. */
function vendorCsv(vendors: readonly VendorRow[]): string {
  return stringify(
    vendors.map((vendor) => [
      ...COLUMNS.map((name) => String(vendor[name] ?? '')),
      vendor.data.join(' '),
      vendor.hosts.map(({ host }) => host).join(' '),
      vendor.apps.map(({ app }) => app ?? '').join(' '),
      isoTime(vendor.firstSeen) ?? '',
      isoTime(vendor.lastSeen) ?? '',
      vendor.first?.app ?? '',
      vendor.first?.callsite ?? '',
    ]),
    {
      header: true,
      columns: [...COLUMNS, 'data', 'hosts', 'apps', 'firstSeen', 'lastSeen', 'firstApp', 'firstCallsite'],
      escape_formulas: true,
    },
  );
}
