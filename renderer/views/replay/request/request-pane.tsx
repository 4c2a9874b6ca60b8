import type { ReactNode } from 'react';
import type { DraftProblem } from '../../../../shared/model/replay.ts';
import { changePlace, useParam } from '../../../data/location.ts';
import { Tabs } from '../../../ui/tabs.tsx';
import { words } from '../../../words/index.ts';
import { changeDraft, type OpenDraft } from '../drafts.ts';
import { AuthEditor } from './auth-editor.tsx';
import { BodyEditor } from './body-editor.tsx';
import { PairList } from './pair-list.tsx';
import { readParameters, writeParameters } from './query-text.ts';
import { SettingsEditor } from './settings-editor.tsx';

const say = words.replay;

export const REQUEST_TABS = ['query', 'headers', 'body', 'auth', 'settings'] as const;
export type RequestTab = (typeof REQUEST_TABS)[number];

/** Names that are offered for headers. */
const HEADER_NAMES = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Cookie',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Origin',
  'Prefer',
  'Range',
  'Referer',
  'User-Agent',
  'X-Request-Id',
];

/** The tab that is opened when none was asked for: what was most likely wrong. */
export function firstTab({ draft }: OpenDraft): RequestTab {
  if (draft.body.kind !== 'none') return 'body';
  return draft.url.includes('?') ? 'query' : 'headers';
}

/** Everything of a request but its method and address. */
export function RequestPane({
  open,
  problems,
  focus,
}: {
  open: OpenDraft;
  problems: readonly DraftProblem[];
  /** Grows when somebody asks for the keys to go to the body. */
  focus: number;
}): ReactNode {
  const { draft } = open;
  const wanted = useParam('edit');
  const tab = REQUEST_TABS.find((id) => id === wanted) ?? firstTab(open);
  const change = (make: Parameters<typeof changeDraft>[1]): void => changeDraft(draft.id, make);
  const problemAt = (place: string): string | null => {
    const found = problems.filter((one) => one.place.toLowerCase() === place.toLowerCase());
    return found.length === 0 ? null : found.map(({ says }) => says).join(' ');
  };
  const counts: Partial<Record<RequestTab, number>> = {
    query: readParameters(draft.url).length,
    headers: draft.headers.filter(({ off }) => !off).length,
  };
  return (
    <section className="replay-request" aria-label={say.request}>
      <Tabs
        label={say.requestParts}
        open={tab}
        onOpen={(edit) => changePlace({ edit })}
        tabs={REQUEST_TABS.map((id) => ({
          id,
          title: (
            <>
              {say.part[id]}
              {tabOf(problems, id) && <span className="replay-dot" aria-label={say.hasProblem} />}
            </>
          ),
          ...(counts[id] ? { count: counts[id] } : {}),
        }))}
      >
        {tab === 'query' && (
          <PairList
            label={say.part.query}
            rows={readParameters(draft.url)}
            empty={{ name: '', value: '', off: false, raw: null, alone: false }}
            onChange={(rows) => {
              const before = readParameters(draft.url);
              const next = rows.map((row, index) => {
                const same = before.find((one) => one.raw === row.raw) ?? before[index];
                return same && same.name === row.name && same.value === row.value ? row : { ...row, raw: null };
              });
              change((one) => ({ ...one, url: writeParameters(one.url, next) }));
            }}
          />
        )}
        {tab === 'headers' && (
          <PairList
            label={say.part.headers}
            rows={draft.headers}
            empty={{ name: '', value: '', off: false }}
            names={{ id: 'replay-header-names', options: HEADER_NAMES }}
            problemOf={({ name }) => problemAt(`header:${name}`)}
            onChange={(headers) => change((one) => ({ ...one, headers }))}
          />
        )}
        {tab === 'body' && <BodyEditor draft={draft} problem={problemAt('body')} focus={focus} onChange={change} />}
        {tab === 'auth' && (
          <AuthEditor
            open={open}
            problem={problemAt('auth')}
            onChange={(auth) => change((one) => ({ ...one, auth }))}
          />
        )}
        {tab === 'settings' && (
          <SettingsEditor
            settings={draft.settings}
            problemOf={problemAt}
            onChange={(settings) => change((one) => ({ ...one, settings }))}
          />
        )}
      </Tabs>
    </section>
  );
}

/** Whether something is wrong in a tab. */
function tabOf(problems: readonly DraftProblem[], tab: RequestTab): boolean {
  return problems.some(({ place }) => tabOfPlace(place) === tab);
}

/** Where a problem is put right; null: in the line above. */
export function tabOfPlace(place: string): RequestTab | null {
  if (place.startsWith('header')) return 'headers';
  if (place.startsWith('settings')) return 'settings';
  if (place.startsWith('body')) return 'body';
  return place === 'auth' ? 'auth' : null;
}
