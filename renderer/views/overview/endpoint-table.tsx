import type { ReactNode } from 'react';
import { treeFor } from '../../callers/terms.ts';
import { patternOfTemplate } from '../../../shared/endpoints/template.ts';
import type { QueryTree } from '../../../shared/query/tree.ts';
import { linkTo } from '../../data/location.ts';
import { Count, Duration } from '../../ui/quantity.tsx';
import { words } from '../../words/index.ts';
import { floorDuration } from './figures.tsx';
import { ERRORS, callsOf } from './span.ts';
import type { Span } from './span.ts';
import type { Endpoints } from './use-overview.ts';

const says = words.overview;

/** The slowest or the failing endpoints, with how many calls they were found among. */
export function EndpointTable({
  of,
  endpoints,
  span,
}: {
  of: 'slowest' | 'failing';
  endpoints: Endpoints;
  span: Span;
}): ReactNode {
  const list = endpoints[of];
  const slow = of === 'slowest';
  const value = (one: (typeof list)[number]): number => (slow ? (one.p95 ?? 0) : one.errors);
  const most = Math.max(1, ...list.map(value));
  // What was not looked at is not linked to either.
  const reach: Span =
    endpoints.complete || endpoints.oldest === null || 'since' in span
      ? span
      : { since: endpoints.oldest, until: endpoints.until };
  return (
    <section className="breakdown" aria-label={says[of]}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <h2>{says[of]}</h2>{' '}
              <span className="breakdown-among">
                {endpoints.complete ? says.endpointsAll(endpoints.looked) : says.endpointsSome(endpoints.looked)}
              </span>
            </th>
            <th scope="col">{says.column.calls}</th>
            <th scope="col">{slow ? says.p50 : says.column.why}</th>
            <th scope="col">{slow ? says.p95 : says.column.errors}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((one) => (
            <tr key={`${one.method} ${one.host} ${one.path}`}>
              <th scope="row">
                <span className="breakdown-bar" style={{ width: `${(value(one) / most) * 100}%` }} />
                <a
                  className="ellipsis"
                  href={linkTo('traffic', callsOf(reach, endpointFilter(one)))}
                  title={`${one.method} ${one.host}${one.path}`}
                >
                  <span className="dim">{one.method}</span> {one.host}
                  <span className="dim">{one.path}</span>
                </a>
              </th>
              <td>
                <Count of={one.calls} />
              </td>
              <td>
                {slow ? (
                  <Duration us={one.p50 === null ? null : Math.round(one.p50)} />
                ) : (
                  <span className="breakdown-why">{one.commonest}</span>
                )}
              </td>
              <td>
                {slow ? (
                  <a
                    href={linkTo(
                      'traffic',
                      callsOf(reach, {
                        op: 'and',
                        parts: [
                          ...endpointFilter(one).parts,
                          { op: 'number', field: 'duration', comparison: '>=', value: floorDuration(one.p95 ?? 0) },
                        ],
                      }),
                    )}
                  >
                    <Duration us={one.p95 === null ? null : Math.round(one.p95)} />
                  </a>
                ) : (
                  <a
                    className="breakdown-bad"
                    href={linkTo(
                      'traffic',
                      callsOf(reach, { op: 'and', parts: [...endpointFilter(one).parts, ERRORS] }),
                    )}
                  >
                    <Count of={one.errors} />
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.length === 0 && <p className="breakdown-more">{slow ? says.noneSlow : says.noneFailing}</p>}
    </section>
  );
}

function endpointFilter({
  method,
  host,
  path,
  endpoint,
}: {
  method: string;
  host: string;
  path: string;
  endpoint: string | null;
}): {
  op: 'and';
  parts: QueryTree[];
} {
  return {
    op: 'and',
    parts: [
      { op: 'text', field: 'host', pattern: host },
      ...(endpoint === null
        ? ([
            { op: 'text', field: 'method', pattern: method },
            { op: 'text', field: 'path', pattern: patternOfTemplate(path) },
          ] as const)
        : [treeFor('endpoint', endpoint)]),
    ],
  };
}
