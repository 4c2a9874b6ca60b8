import { stringify } from 'csv-stringify/sync';
import type { CountryClaim } from '../../../shared/model/vendor.ts';
import { isoTimestamp } from '../../../shared/format/times.ts';
import { dollarsOf } from './decimal-money.ts';
import type { Survey, SurveyedRow } from './survey.ts';

/** What is not known is null. */
export type RegisterCell = string | number | null;

interface Column {
  title: string;
  /** In characters, of a sheet. */
  width: number;
  of: (row: SurveyedRow, teams: (app: string | null) => string | null) => RegisterCell;
}

const time = (at: number | null): string | null => (at === null ? null : isoTimestamp(at));
const place = ({ country, region }: CountryClaim): string | null =>
  country === null ? null : region === null ? country : `${country} (${region})`;

/** One row per vendor, app and endpoint. Durations are in milliseconds, sizes in bytes, costs in US dollars. */
export const REGISTER_COLUMNS: readonly Column[] = [
  { title: 'Vendor', width: 18, of: ({ service }) => service.vendor.id },
  { title: 'Vendor name', width: 22, of: ({ service }) => service.vendor.name },
  { title: 'Company', width: 26, of: ({ service }) => service.vendor.company },
  { title: 'Category', width: 16, of: ({ service }) => service.vendor.category },
  { title: 'Status', width: 12, of: ({ service }) => service.status },
  { title: 'Service', width: 22, of: ({ service }) => service.service?.name ?? null },
  { title: 'App', width: 18, of: ({ app }) => app },
  { title: 'Team', width: 14, of: ({ app }, teams) => teams(app) },
  { title: 'Host', width: 28, of: ({ host }) => host },
  { title: 'Endpoint', width: 40, of: ({ endpoint }) => endpoint },
  { title: 'Calls', width: 10, of: ({ figures }) => figures.calls },
  { title: 'Errors', width: 10, of: ({ figures }) => figures.errors },
  { title: 'Failures', width: 10, of: ({ figures }) => figures.failures },
  { title: 'Throttled', width: 10, of: ({ figures }) => figures.throttled },
  { title: 'Bytes sent', width: 12, of: ({ figures }) => figures.requestBytes },
  { title: 'Bytes received', width: 14, of: ({ figures }) => figures.responseBytes },
  { title: 'Median (ms)', width: 12, of: ({ figures }) => milliseconds(figures.p50) },
  { title: '95th percentile (ms)', width: 18, of: ({ figures }) => milliseconds(figures.p95) },
  { title: 'Cost (USD)', width: 14, of: ({ figures }) => numberOf(dollarsOf(figures.costNanoUsd)) },
  { title: 'Calls of unknown cost', width: 18, of: ({ figures }) => figures.unpricedCalls },
  { title: 'Owner', width: 16, of: ({ service }) => service.said.owner },
  { title: 'Purpose', width: 24, of: ({ service }) => service.said.purpose },
  { title: 'Criticality', width: 12, of: ({ service }) => service.said.criticality },
  { title: 'Contract', width: 20, of: ({ service }) => service.said.contract },
  { title: 'Data declared', width: 20, of: ({ service }) => service.said.data.join(' ') || null },
  { title: 'Country of the endpoint', width: 20, of: ({ service }) => place(service.countries.endpoint) },
  { title: 'Country of the endpoint by', width: 14, of: ({ service }) => service.countries.endpoint.basis },
  { title: 'Country declared', width: 18, of: ({ service }) => place(service.countries.declared) },
  { title: 'Country declared by', width: 14, of: ({ service }) => service.countries.declared.basis },
  { title: 'Country of the importer', width: 20, of: ({ service }) => place(service.countries.importer) },
  { title: 'Country of the importer by', width: 14, of: ({ service }) => service.countries.importer.basis },
  { title: 'First seen', width: 26, of: ({ firstSeen }) => time(firstSeen) },
  { title: 'Last seen', width: 26, of: ({ lastSeen }) => time(lastSeen) },
];

/** The register’s rows, without a line of titles. */
export function registerRows(survey: Survey, teams: (app: string | null) => string | null): RegisterCell[][] {
  return survey.rows.map((row) => REGISTER_COLUMNS.map(({ of }) => of(row, teams)));
}

/** RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function writeCsv(titles: readonly string[], rows: readonly (readonly RegisterCell[])[]): string {
  return stringify(
    [titles, ...rows].map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
    { escape_formulas: true, record_delimiter: 'windows' },
  );
}

function milliseconds(microseconds: number | null): number | null {
  return microseconds === null ? null : Math.round(microseconds) / 1000;
}

function numberOf(text: string): number | null {
  return text === '' ? null : Number(text);
}
