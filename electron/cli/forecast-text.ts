import { stringify } from 'csv-stringify/sync';
import { exactDollars, formatMoney } from '../../shared/format/money.ts';
import { countOf } from '../../shared/format/quantities.ts';
import { isoTimestamp } from '../../shared/format/times.ts';
import type { EngineClient } from '../hosts/engine-client.ts';

type Forecast = Awaited<ReturnType<EngineClient['costs']['summary']>>['forecast'];

const TOO_FEW = 'Not said yet: it takes three whole days since the first cost.';

/** What the month is going to come to, in two sentences. */
export function forecastText(forecast: Forecast): string {
  if (forecast === null) return `${TOO_FEW}\n`;
  const { soFarNanoUsd, expectedNanoUsd, lowNanoUsd, highNanoUsd, days, until } = forecast;
  const last = isoTimestamp(until - 1).slice(0, 10);
  return [
    `${formatMoney(soFarNanoUsd)} so far this month, ${formatMoney(expectedNanoUsd)} expected by the end of ${last} (UTC).`,
    `Four times in five it ends between ${formatMoney(lowNanoUsd)} and ${formatMoney(highNanoUsd)}, going by the last ${countOf(days, 'day')}.`,
    '',
  ].join('\n');
}

/** For programs; null when there are too few days. */
export function forecastJson(forecast: Forecast): string {
  const times = forecast && {
    ...forecast,
    until: isoTimestamp(forecast.until),
    series: forecast.series.map(({ start, nanoUsd }) => ({ start: isoTimestamp(start), nanoUsd })),
  };
  return `${JSON.stringify({ forecast: times }, null, 2)}\n`;
}

/** A line per day to come. */
export function forecastCsv(forecast: Forecast): string {
  return stringify(
    (forecast?.series ?? []).map(({ start, nanoUsd }) => [
      isoTimestamp(start).slice(0, 10),
      exactDollars(nanoUsd),
      nanoUsd,
    ]),
    { header: true, columns: ['day', 'expectedUsd', 'expectedNanoUsd'] },
  );
}
