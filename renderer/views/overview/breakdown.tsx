import { ArrowDown } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { linkTo } from '../../data/location.ts';
import { Count, Duration, Size } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';
import { ERRORS, callsOf } from './span.ts';
import type { Span } from './span.ts';
import type { Totals } from './use-overview.ts';

const says = words.overview;

export interface Part {
  id: string;
  title: string;
  /** The filter of its calls. */
  filter: QueryTree;
  totals: Totals;
}

const COLUMNS = ['calls', 'errors', 'p95', 'out', 'in'] as const;
type Column = (typeof COLUMNS)[number];

const VALUE: Readonly<Record<Column, (totals: Totals) => number>> = {
  calls: ({ calls }) => calls,
  errors: ({ errors }) => errors,
  p95: ({ latency }) => latency.p95 ?? 0,
  out: ({ requestBytes }) => requestBytes,
  in: ({ responseBytes }) => responseBytes,
};

/** Parts of all calls as a dense table; the bar behind a name is its share of the column sorted by. */
export function Breakdown({ title, parts, span }: { title: string; parts: readonly Part[]; span: Span }): ReactNode {
  const [sort, setSort] = useState<Column>('calls');
  const value = VALUE[sort];
  const sorted = parts.toSorted((a, b) => value(b.totals) - value(a.totals));
  const most = Math.max(1, ...parts.map(({ totals }) => value(totals)));
  const to = (what: QueryTree): string => linkTo('traffic', callsOf(span, what));
  return (
    <section className="breakdown" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <h2>{title}</h2>
            </th>
            {COLUMNS.map((column) => (
              <th
                key={column}
                scope="col"
                className={`breakdown-${column}`}
                aria-sort={sort === column ? 'descending' : undefined}
              >
                <button type="button" onClick={() => setSort(column)} title={says.sortBy(says.column[column])}>
                  {sort === column && <ArrowDown size={11} aria-hidden />}
                  {says.column[column]}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ id, title: name, filter, totals }) => (
            <tr key={id}>
              <th scope="row">
                <span className="breakdown-bar" style={{ width: `${(value(totals) / most) * 100}%` }} />
                <a className="ellipsis" href={to(filter)} title={name}>
                  {name}
                </a>
              </th>
              <td>
                <Count of={totals.calls} />
              </td>
              <td>
                {totals.errors === 0 ? (
                  <span className="breakdown-none">0</span>
                ) : (
                  <a className="breakdown-bad" href={to({ op: 'and', parts: [filter, ERRORS] })}>
                    <Count of={totals.errors} />
                  </a>
                )}
              </td>
              <td>
                <Duration us={totals.latency.p95 === null ? null : Math.round(totals.latency.p95)} />
              </td>
              <td className="breakdown-out">
                <Size bytes={totals.requestBytes} />
              </td>
              <td className="breakdown-in">
                <Size bytes={totals.responseBytes} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {parts.length >= 20 && <p className="breakdown-more">{says.more}</p>}
    </section>
  );
}
