import type { VendorPage } from '../../shared/contract/vendors.ts';
import { formatMoney } from '../../shared/format/money.ts';
import { countOf, formatCount, formatDuration, formatSize } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import { dataFolder } from '../hosts/data-folder.ts';
import { localTime } from './list-apps.ts';
import { isoTime, openVendors, vendorRecord } from './list-vendors.ts';
import { refusalFault } from './refusal-fault.ts';
import { harmless, paint, write } from './terminal.ts';
import { textTable } from './text-table.ts';
import { timeOption } from './time-option.ts';
import type { VendorsOptions } from './vendors.ts';

const SHOWN = 15;

/** `sallyport vendors show`: of a running engine, or of what is stored. */
export async function showVendor(id: string, options: VendorsOptions): Promise<void> {
  const span = {
    since: options.since === undefined ? 0 : timeOption('since', options.since),
    until: Date.now() * 1000,
  };
  const connection = await openVendors(dataFolder(options.data));
  try {
    const vendor = await connection.client.vendors.get({ id, ...span });
    await write(options.format === 'json' ? `${JSON.stringify(pageRecord(vendor), null, 2)}\n` : pageText(vendor));
  } catch (error) {
    throw refusalFault(error);
  } finally {
    await connection.close();
  }
}

function pageRecord(vendor: VendorPage): object {
  return {
    ...vendorRecord(vendor),
    endpoints: vendor.endpoints.map((one) => ({ ...one, lastSeen: isoTime(one.lastSeen) })),
    versions: vendor.versions.map((one) => ({
      ...one,
      firstSeen: isoTimestamp(one.firstSeen),
      lastSeen: isoTimestamp(one.lastSeen),
    })),
    deprecations: vendor.deprecations.map((one) => ({
      ...one,
      deprecatedAt: isoTime(one.deprecatedAt),
      sunsetAt: isoTime(one.sunsetAt),
      lastSeen: isoTimestamp(one.lastSeen),
    })),
    callsites: vendor.callsites.map((one) => ({ ...one, lastSeen: isoTimestamp(one.lastSeen) })),
  };
}

function pageText(vendor: VendorPage): string {
  const lines: string[] = [
    paint('bold', harmless(`${vendor.name} (${vendor.id})`)),
    harmless([vendor.category, vendor.company, standingText(vendor)].filter(Boolean).join(' · ')),
    '',
  ];
  const row = (name: string, value: string | null): void => {
    if (value !== null && value !== '') lines.push(`${`${name}:`.padEnd(20)}${harmless(value)}`);
  };
  row('Owner', vendor.owner);
  row('Purpose', vendor.purpose);
  row('Criticality', vendor.criticality);
  row('Contract', vendor.contract);
  row('Data', vendor.data.join(', '));
  row('Note', vendor.note);
  row('Endpoint is in', vendor.countries.endpoint.says);
  row('Processing declared', vendor.countries.declared.says);
  row('Importer', vendor.countries.importer.says);
  row('Documentation', vendor.urls.docs);
  row('Status page', vendor.urls.status);
  lines.push('');
  row(
    'Calls',
    `${formatCount(vendor.calls)}, ${formatCount(vendor.errors)} with an error, ${formatCount(vendor.throttled)} refused for their number`,
  );
  row('Sent / received', `${formatSize(vendor.requestBytes)} / ${formatSize(vendor.responseBytes)}`);
  row('Took (p50 / p95)', `${formatDuration(vendor.p50)} / ${formatDuration(vendor.p95)}`);
  row(
    'Cost',
    `${formatMoney(vendor.costNanoUsd)}${vendor.unpricedCalls > 0 ? `; of ${countOf(vendor.unpricedCalls, 'call')} it is not known` : ''}`,
  );
  row(
    'First / last seen',
    vendor.firstSeen === null ? 'never' : `${localTime(vendor.firstSeen)} / ${localTime(vendor.lastSeen)}`,
  );
  if (vendor.first)
    row(
      'First called by',
      [vendor.first.app ?? 'nobody known', vendor.first.package, vendor.first.callsite, `call #${vendor.first.call}`]
        .filter(Boolean)
        .join(', '),
    );
  const sections = [
    section(
      'Apps',
      ['APP', 'CALLS'],
      vendor.apps.map(({ app, calls }) => [app ?? '(not known)', formatCount(calls)]),
    ),
    section(
      'Endpoints',
      ['ENDPOINT', 'HOST', 'CALLS', 'ERRORS', 'P95', 'COST'],
      vendor.endpoints.map((one) => [
        one.endpoint,
        one.host,
        formatCount(one.calls),
        formatCount(one.errors),
        formatDuration(one.p95),
        formatMoney(one.costNanoUsd),
      ]),
    ),
    section(
      'Code that calls it (of the newest calls)',
      ['APP', 'PACKAGE', 'LINE', 'CALLS'],
      vendor.callsites.map((one) => [
        one.app ?? '(not known)',
        one.package ?? '–',
        one.callsite ?? '–',
        formatCount(one.calls),
      ]),
    ),
    section(
      'Versions',
      ['HOST', 'VERSION', 'CALLS', 'LAST SEEN'],
      vendor.versions.map((one) => [one.host, one.version, formatCount(one.calls), localTime(one.lastSeen)]),
    ),
    section(
      'Announced to end',
      ['ENDPOINT', 'HOST', 'CALLS', 'DEPRECATED', 'ENDS'],
      vendor.deprecations.map((one) => [
        one.endpoint,
        one.host,
        formatCount(one.calls),
        one.deprecatedAt === null ? 'yes' : localTime(one.deprecatedAt),
        localTime(one.sunsetAt),
      ]),
    ),
    section(
      'Features',
      ['TAG', 'CALLS'],
      vendor.features.map(({ tag, value, calls }) => [`${tag}=${value}`, formatCount(calls)]),
    ),
  ];
  if (vendor.alternatives.length > 0)
    sections.push(
      `\n${paint('bold', 'Others of its category')}\n${harmless(vendor.alternatives.map(({ name, inUse }) => (inUse ? `${name} (in use)` : name)).join(', '))}\n`,
    );
  return `${lines.join('\n')}\n${sections.join('')}`;
}

function standingText({ status, approvedBy, approvedUntil }: VendorPage): string {
  if (approvedUntil !== null && status !== 'approved') return `${status}; its approval ended on ${approvedUntil}`;
  return [status, approvedBy && `by ${approvedBy}`, approvedUntil && `until ${approvedUntil}`]
    .filter(Boolean)
    .join(' ');
}

function section(title: string, titles: string[], rows: string[][]): string {
  if (rows.length === 0) return '';
  const rest = rows.length - SHOWN;
  const numbers = ['CALLS', 'ERRORS', 'P95', 'COST'];
  return `\n${paint('bold', title)}\n${textTable(titles, rows.slice(0, SHOWN), numbers)}${rest > 0 ? `… and ${rest} more\n` : ''}`;
}
