import type { ReactNode } from 'react';
import { Plus, X } from 'lucide-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useApi } from '../../client/api-context.ts';
import { goTo, linkTo } from '../../data/location.ts';
import { toneOfStatus } from '../../inspect/tone.ts';
import { IconButton } from '../../ui/button.tsx';
import { words } from '../../words/index.ts';
import { closeDraft, hostOf, isChanged, titleOf, useOpenDrafts } from './drafts.ts';

const say = words.replay;
const RECENT = 10;
/** Calls that these are taken from. */
const LOOKED = 100;
const LOOK_MS = 5_000;

function keyOf({ method, host, path }: { method: string; host: string; path: string }): string {
  return `${method} ${host}${path}`;
}

/** What is open, and what was sent lately. */
export function DraftList({ shown, onNew }: { shown: string | null; onNew: () => void }): ReactNode {
  const api = useApi();
  const drafts = useOpenDrafts();
  const sent = useQuery({
    queryKey: ['replay', 'recent', drafts.map(({ attempts }) => attempts.length).join(' ')],
    queryFn: ({ signal }) => api.calls.list({ query: 'source:replay', limit: LOOKED }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MS,
  });
  // The newest of each: a request that is tried again and again is one.
  const recent = (sent.data?.calls ?? [])
    .filter((one, index, all) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index)
    .slice(0, RECENT);
  const kept = useQuery({
    queryKey: ['replay', 'saved'],
    queryFn: ({ signal }) => api.collections.list(undefined, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MS,
  });
  const saved = kept.data?.requests ?? [];
  return (
    <nav className="replay-list" aria-label={say.drafts}>
      <div className="replay-list-head">
        <h1>{say.title}</h1>
        <IconButton icon={Plus} label={say.newRequest} keys="n" onClick={onNew} />
      </div>
      {drafts.length > 0 && <h2>{say.open}</h2>}
      <ul>
        {drafts.map((one) => {
          const { draft, attempts } = one;
          return (
            <li key={draft.id} className="replay-list-row" aria-current={draft.id === shown ? 'true' : undefined}>
              <a href={linkTo('replay', { draft: draft.id })}>
                <span className="replay-list-title">
                  <span className="ellipsis">{titleOf(draft)}</span>
                  {isChanged(one) && (
                    <span className="replay-changed" title={say.changed}>
                      <span className="unseen"> {say.changed}</span>
                    </span>
                  )}
                </span>
                <span className="dim ellipsis">
                  {attempts[0] && (
                    <span className={`tone-${toneOfStatus(attempts[0].status)}`}>{attempts[0].status ?? '×'} </span>
                  )}
                  {hostOf(draft.url)}
                </span>
              </a>
              <IconButton
                icon={X}
                label={say.close(titleOf(draft))}
                onClick={() => {
                  closeDraft(draft.id);
                  if (draft.id === shown) goTo('replay');
                }}
              />
            </li>
          );
        })}
      </ul>
      {saved.length > 0 && <h2 title={kept.data?.folder}>{say.saved}</h2>}
      <ul>
        {saved.map(({ name, method, url, problem }) => (
          <li key={name} className="replay-list-row">
            <a href={linkTo('replay', { saved: name })} title={problem ?? say.openSaved(name)}>
              <span className="ellipsis">{name}</span>
              <span className={`ellipsis ${problem === null ? 'dim' : 'tone-server'}`}>
                {problem ?? `${method ?? ''} ${hostOf(url ?? '')}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {recent.length > 0 && <h2>{say.sentLately}</h2>}
      <ul>
        {recent.map(({ id, method, host, path, status }) => (
          <li key={id} className="replay-list-row">
            <a href={linkTo('replay', { call: String(id) })} title={say.again(id)}>
              <span className="ellipsis">
                {method} {path}
              </span>
              <span className="dim ellipsis">
                <span className={`tone-${toneOfStatus(status)}`}>{status ?? '×'}</span> {host}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
