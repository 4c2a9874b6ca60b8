import type { ReactNode } from 'react';
import { formatMoney } from '../../../shared/format/money.ts';
import { linkTo } from '../../data/location.ts';
import { words } from '../../words/index.ts';
import { nextDimension, paramOf } from './cost-place.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { nameOf } from './names.ts';
import type { Summary } from './strip.tsx';

const says = words.costs;
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
const MOST = 8;

/** Where the month is heading, and what changed. */
export function Aside({
  summary,
  range,
  names,
}: {
  summary: Summary;
  range: string;
  names: VendorNames | undefined;
}): ReactNode {
  if (!summary) return <aside className="costs-aside" aria-label={says.month} />;
  return (
    <aside className="costs-aside" aria-label={says.month}>
      <Forecast forecast={summary.forecast} />
      <Movers movers={summary.movers} range={range} names={names} />
    </aside>
  );
}

function Forecast({ forecast }: { forecast: NonNullable<Summary>['forecast'] }): ReactNode {
  if (!forecast) {
    return (
      <section aria-label={says.month}>
        <h2>{says.month}</h2>
        <p className="dim">{says.noForecast}</p>
      </section>
    );
  }
  const { soFarNanoUsd, expectedNanoUsd, lowNanoUsd, highNanoUsd, until, days } = forecast;
  const top = Math.max(1, highNanoUsd, soFarNanoUsd) * 1.04;
  const at = (nano: number): string => `${(nano / top) * 100}%`;
  // The end is the first moment of the next month.
  const last = DAY.format((until - 1) / 1000);
  return (
    <section aria-label={says.month}>
      <h2>{says.month}</h2>
      <p>
        <strong>{formatMoney(expectedNanoUsd)}</strong> {says.forecast(last)}
      </p>
      <div
        className="costs-forecast"
        role="img"
        aria-label={says.forecastBar(formatMoney(soFarNanoUsd), formatMoney(expectedNanoUsd))}
      >
        <span
          className="costs-forecast-band"
          style={{ left: at(lowNanoUsd), right: `${100 - (highNanoUsd / top) * 100}%` }}
        />
        <span className="costs-forecast-so-far" style={{ width: at(soFarNanoUsd) }} />
        <span className="costs-forecast-mark" style={{ left: at(expectedNanoUsd) }} />
      </div>
      <p className="dim costs-small">
        {says.soFar(soFarNanoUsd)} · {says.forecastBand(lowNanoUsd, highNanoUsd)} · {says.forecastDays(days)}
      </p>
    </section>
  );
}

function Movers({
  movers,
  range,
  names,
}: {
  movers: NonNullable<Summary>['movers'];
  range: string;
  names: VendorNames | undefined;
}): ReactNode {
  return (
    <section aria-label={says.movers}>
      <h2>{says.movers}</h2>
      {movers.length === 0 && <p className="dim">{says.noMovers}</p>}
      <ul className="costs-movers">
        {movers.slice(0, MOST).map(({ dimension, value, nanoUsd, previousNanoUsd }) => {
          const step = { dimension, value };
          const change = nanoUsd - previousNanoUsd;
          return (
            <li key={`${dimension} ${value}`}>
              <a
                className="ellipsis"
                href={linkTo('costs', { range, ...paramOf(step), by: nextDimension(dimension, []) ?? 'app' })}
              >
                {nameOf(step, names)}
              </a>
              <span className="unit">{says.dimension(dimension)}</span>
              <span className="costs-moved" title={says.moved(previousNanoUsd, nanoUsd)}>
                {change > 0 ? '+' : '−'}
                {formatMoney(Math.abs(change))}
              </span>
              <span className="unit costs-moved-share">
                {previousNanoUsd === 0 ? says.newHere : says.change(change / previousNanoUsd)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
