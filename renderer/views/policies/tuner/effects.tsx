import { useState } from 'react';
import type { ReactNode } from 'react';
import type { BacktestResult } from '../../../../shared/contract/policies.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { formatCount, formatDuration } from '../../../../shared/format/quantities.ts';
import { linkTo } from '../../../data/location.ts';
import { Choice } from '../../../ui/fields.tsx';
import { words } from '../../../words/index.ts';
import { rangeBetween } from '../place.ts';
import { quoted } from '../quoted.ts';

const says = words.tuner;
const PLACES = ['apps', 'callSites', 'features', 'endpoints', 'keys'] as const;
type By = (typeof PLACES)[number];
const MOST = 8;
const ms = (value: number): string => formatDuration(value * 1000);

/** What the draft would have done, in a line. */
export function Figures({ result, stale }: { result: BacktestResult; stale: boolean }): ReactNode {
  const { matched, denied, delayed, delayMs, vendor429s, vendor429sAvoided, savedNanoUsd, retries } = result;
  return (
    <dl className="tuner-figures" data-stale={stale || undefined} aria-live="polite">
      <Figure name={says.figures.matched} value={formatCount(matched)} />
      <Figure name={says.figures.refused} value={formatCount(denied)} tone={denied > 0 ? 'blocked' : undefined} />
      <Figure
        name={says.figures.waits}
        value={formatCount(delayed)}
        tone={delayed > 0 ? 'throttled' : undefined}
        more={delayMs === null ? '' : says.figures.wait(ms(delayMs.p50), ms(delayMs.p99), ms(delayMs.max))}
      />
      {vendor429s > 0 && (
        <Figure
          name={says.figures.avoided}
          value={`${formatCount(vendor429sAvoided)} of ${formatCount(vendor429s)}`}
          tone={vendor429sAvoided > 0 ? 'ok' : undefined}
        />
      )}
      {denied > 0 && (
        <Figure
          name={savedNanoUsd === null ? says.figures.unknown : says.figures.saved}
          value={savedNanoUsd === null ? '–' : formatMoney(savedNanoUsd)}
        />
      )}
      {retries > 0 && <Figure name={says.figures.retries} value={formatCount(retries)} />}
    </dl>
  );
}

function Figure({
  name,
  value,
  tone,
  more = '',
}: {
  name: string;
  value: string;
  tone?: 'blocked' | 'throttled' | 'ok' | undefined;
  more?: string;
}): ReactNode {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
      </dd>
      {more !== '' && <dd className="dim">{more}</dd>}
    </div>
  );
}

/** Who would feel it, those who feel it most first. */
export function WhoFeelsIt({
  result,
  bounds,
}: {
  result: BacktestResult;
  bounds: { since: number; until: number };
}): ReactNode {
  const [by, setBy] = useState<By>('apps');
  const rows = result.affected[by].filter(({ denied, delayed }) => denied + delayed > 0);
  return (
    <section className="tuner-who" aria-label={says.who}>
      <header>
        <h2>{says.who}</h2>
        <Choice
          label={says.whoLabel}
          value={by}
          options={PLACES.map((value) => ({ value, title: says.whoBy[value] }))}
          onChange={setBy}
        />
      </header>
      {rows.length === 0 ? (
        <p className="dim">{says.nobody}</p>
      ) : (
        <table>
          <tbody>
            {rows.slice(0, MOST).map(({ name, calls, denied, delayed }) => (
              <tr key={name ?? ''}>
                <th scope="row">
                  {name !== null && (by === 'apps' || by === 'endpoints') ? (
                    <a
                      href={linkTo('traffic', {
                        filter: `${by === 'apps' ? 'app' : 'endpoint'}:${quoted(name)}`,
                        range: rangeBetween(bounds.since, bounds.until),
                      })}
                    >
                      {name}
                    </a>
                  ) : (
                    (name ?? says.unnamed)
                  )}
                </th>
                <td data-tone={delayed > 0 ? 'throttled' : undefined}>
                  {delayed > 0 ? `${formatCount(delayed)} ${says.figures.waits}` : '–'}
                </td>
                <td data-tone={denied > 0 ? 'blocked' : undefined}>
                  {denied > 0 ? `${formatCount(denied)} ${says.figures.refused}` : '–'}
                </td>
                <td className="dim">{formatCount(calls)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
