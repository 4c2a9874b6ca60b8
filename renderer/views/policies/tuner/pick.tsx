import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatCount } from '../../../../shared/format/quantities.ts';
import { useApi } from '../../../client/api-context.ts';
import { linkTo } from '../../../data/location.ts';
import { Empty } from '../../../ui/empty.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { quoted } from '../quoted.ts';
import type { Policies } from '../use-policies.ts';
import { itemNamed } from '../editor/policy-items.ts';
import { startDraft } from './draft.ts';

const says = words.tuner;
const MOST_VENDORS = 5;
const MOST_ENDPOINTS = 4;
/** What has a number that can be tuned. */
const TUNED = ['limit', 'quota', 'budget'];

interface Busy {
  vendor: string | null;
  endpoint: string | null;
  calls: number;
}

/** What could have a limit: policies there are, and the busiest of what was recorded. */
export function Pick({
  policies,
  bounds,
  params,
}: {
  policies: Policies;
  bounds: { since: number; until: number };
  params: Readonly<Record<string, string>>;
}): ReactNode {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['policies', 'busy', bounds.since],
    queryFn: async ({ signal }): Promise<Busy[]> => {
      const top = async (query: string, field: 'vendor' | 'endpoint', limit: number) => {
        const { facets } = await api.calls.facets({ ...bounds, query, fields: [field], limit }, { signal });
        return facets[0]?.values.filter(({ value }) => value !== null) ?? [];
      };
      const found: Busy[] = [];
      for (const { value: vendor, calls } of await top('', 'vendor', MOST_VENDORS)) {
        found.push({ vendor, endpoint: null, calls });
        const endpoints = await top(`vendor:${quoted(vendor ?? '')}`, 'endpoint', MOST_ENDPOINTS);
        for (const one of endpoints) found.push({ vendor, endpoint: one.value, calls: one.calls });
      }
      return found;
    },
  });
  const taken = policies.policies.map(({ id }) => id);
  const tuned = policies.policies.filter(({ kind }) => TUNED.includes(kind));
  const draftOf = (text: string): string => linkTo('policies', { ...params, draft: text });
  if (!data)
    return (
      <Late>
        <p className="page-late dim">{words.general.loading}</p>
      </Late>
    );
  if (data.length === 0 && tuned.length === 0)
    return (
      <Empty title={says.nothing} says={says.nothingSays}>
        <a href={linkTo('capture')}>{says.guide}</a>
      </Empty>
    );
  return (
    <div className="tuner-pick">
      <h2>{says.pick}</h2>
      <p className="dim">{says.pickSays}</p>
      {tuned.length > 0 && (
        <section aria-label={says.fromPolicy}>
          <h3>{says.fromPolicy}</h3>
          <ul>
            {tuned.map(({ id, says: meaning }) => {
              const item = itemNamed(policies.text, id);
              const text = item === null ? null : unindented(policies.text.slice(item.from, item.to));
              return (
                <li key={id}>
                  {text === null ? id : <a href={draftOf(text)}>{id}</a>}
                  <span className="dim">{meaning}</span>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {data.length > 0 && (
        <section aria-label={says.fromCalls}>
          <h3>{says.fromCalls}</h3>
          <ul>
            {data.map(({ vendor, endpoint, calls }) => (
              <li key={`${vendor} ${endpoint}`} data-inner={endpoint !== null || undefined}>
                <a
                  href={draftOf(
                    startDraft({ ...(vendor !== null && { vendor }), ...(endpoint !== null && { endpoint }) }, taken),
                  )}
                  aria-label={says.picked(endpoint ?? vendor ?? '', calls)}
                >
                  {endpoint ?? vendor}
                </a>
                <span className="tuner-pick-calls">{formatCount(calls)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** An item of the file as one that stands alone. */
export function unindented(text: string): string {
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  return `${text
    .split('\n')
    .map((line) => (line.slice(0, lead).trim() === '' ? line.slice(lead) : line))
    .join('\n')
    .trimEnd()}\n`;
}
