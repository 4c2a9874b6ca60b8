import type { MouseEvent, ReactNode } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import type { FacetField as Field } from '../../data/seen-values.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { printQuery } from '../../../shared/query/print.ts';
import { words } from '../../words/index.ts';
import { shortPath } from '../../callers/code-place.ts';
import { treeFor } from '../../callers/terms.ts';
import { useVendorNames } from '../../data/vendor-names.ts';
import { toneOfStatus } from './columns.tsx';
import { vendorMark, vendorName } from './vendor-cell.tsx';
import './facets.css';

const { facetPanel: says } = words;
const FIELDS: readonly Field[] = [
  'vendor',
  'host',
  'app',
  'status',
  'method',
  'package',
  'callsite',
  'model',
  'process',
  'user',
  'source',
  'type',
  'failure',
  'policy',
  'verdict',
];
const SHOWN = 8;
const AGAIN_MS = 4000;

/** The filter that keeps, or hides, calls with a value of a field. */
function termFor(field: Field, value: string | null, hide: boolean): string {
  const any = field === 'status' ? 'status:>=0' : `${field}:*`;
  const term =
    value === null
      ? any
      : field === 'status'
        ? `status:${value}`
        : printQuery(
            field === 'callsite' || field === 'endpoint'
              ? treeFor(field, value)
              : { op: 'text', field, pattern: value },
          );
  return hide === (value === null) ? term : `-${term}`;
}

/** What the calls have in common. A click keeps those of a value, with Alt it hides them. */
export function Facets({
  query,
  since,
  until,
  onTerm,
}: {
  query: string;
  since: number;
  until: number | null;
  onTerm: (term: string) => void;
}): ReactNode {
  const api = useApi();
  const vendors = useVendorNames();
  const { data } = useQuery({
    queryKey: ['facets', query, since, until],
    queryFn: ({ signal }) =>
      api.calls.facets(
        {
          ...(query !== '' && { query }),
          since,
          until: until ?? Date.now() * 1000 + 1_000_000,
          fields: [...FIELDS],
          limit: SHOWN,
        },
        { signal },
      ),
    placeholderData: keepPreviousData,
    refetchInterval: until === null ? AGAIN_MS : false,
  });
  return (
    <>
      {data && !data.complete && <p className="facets-note dim">{says.newest(data.counted)}</p>}
      {data?.facets
        .filter(({ values }) => values.some(({ value }) => value !== null))
        .map(({ field, values, others }) => {
          const most = values.reduce((high, { calls }) => Math.max(high, calls), 1);
          return (
            <section key={field} aria-label={says.fields[field]}>
              <h3>{says.fields[field]}</h3>
              <ul>
                {values.map(({ value, calls }) => {
                  const name =
                    (field === 'vendor' && value !== null ? vendorName(value, vendors) : null) ??
                    (field === 'callsite' && value !== null
                      ? shortPath(value)
                      : field === 'verdict' && value !== null
                        ? (words.inspect.decisions.verdict[value] ?? value)
                        : value) ??
                    (says.none as Partial<Record<Field, string>>)[field] ??
                    '–';
                  return (
                    <li key={value ?? ''}>
                      <button
                        type="button"
                        className="facet"
                        title={says.only(value ?? name)}
                        onClick={(event: MouseEvent) => onTerm(termFor(field, value, event.altKey))}
                      >
                        <span className="facet-bar" style={{ width: `${(calls / most) * 100}%` }} aria-hidden />
                        {field === 'vendor' && value !== null && vendorMark(value, vendors)}
                        <span
                          className={`facet-name ellipsis${value === null ? ' dim' : ''}${field === 'status' && value !== null ? ` tone-${toneOfStatus(Number(value))}` : ''}`}
                        >
                          {name}
                        </span>
                        <span className="facet-count">{formatCount(calls)}</span>
                      </button>
                    </li>
                  );
                })}
                {others > 0 && <li className="facets-note dim">{says.others(others)}</li>}
              </ul>
            </section>
          );
        })}
    </>
  );
}
