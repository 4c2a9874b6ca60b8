import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { PolicyVersion } from '../../../../shared/contract/policies.ts';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { ageText } from '../../../data/age.ts';
import { changePlace, goTo, usePlace } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Choice } from '../../../ui/fields.tsx';
import { Late } from '../../../ui/late.tsx';
import { toast } from '../../../ui/toasts.tsx';
import { words } from '../../../words/index.ts';
import { ConfirmChange } from '../confirm-change.tsx';
import { PolicyBar } from '../policy-bar.tsx';
import { useDeed } from '../use-policies.ts';
import './versions.css';

const says = words.policies.versionsPage;
const DiffView = lazy(() => import('../diff-view.tsx'));
const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Every version of the policy file: who changed what and why, how it differs, and the way back to it. */
export default function VersionsPage(): ReactNode {
  const { params } = usePlace();
  const api = useApi();
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['policies', 'versions'],
    queryFn: ({ signal }) => api.policies.versions(undefined, { signal }),
    refetchInterval: 5000,
  });
  const versions = data?.versions;
  const newest = versions?.[0]?.version ?? 0;
  const open = versions?.find(({ version }) => String(version) === params['version']) ?? versions?.[0] ?? null;
  const back = (): void => goTo('policies');
  function move(step: number): void {
    const at = versions && open ? versions.indexOf(open) : -1;
    const next = versions?.[at + step];
    if (next) changePlace({ version: String(next.version) });
  }
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(step);
  }
  useActions(says.title, [
    { id: 'versions.back', title: words.policies.keys.list, keys: ['escape'], run: back },
    { id: 'versions.next', title: says.next, keys: ['j'], alsoKeys: ['arrowdown'], quiet: true, run: () => move(1) },
    {
      id: 'versions.before',
      title: says.before,
      keys: ['k'],
      alsoKeys: ['arrowup'],
      quiet: true,
      run: () => move(-1),
    },
  ]);
  return (
    <>
      <PolicyBar>
        <Button look="quiet" icon={ArrowLeft} onClick={back}>
          {says.back}
        </Button>
        <span className="dim">{says.title}</span>
      </PolicyBar>
      {!versions ? (
        error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )
      ) : !open ? (
        <Empty title={says.none} says={says.noneSays} />
      ) : (
        <div className="versions">
          <div
            className="versions-list"
            role="listbox"
            tabIndex={0}
            aria-label={says.list}
            aria-activedescendant={`version-${open.version}`}
            onKeyDown={onKeyDown}
          >
            {versions.map((one) => (
              <VersionLine
                key={one.version}
                version={one}
                now={dataUpdatedAt * 1000}
                open={one === open}
                current={one.version === newest}
                onOpen={() => changePlace({ version: String(one.version) })}
              />
            ))}
          </div>
          <OneVersion key={open.version} version={open} newest={newest} />
        </div>
      )}
    </>
  );
}

function VersionLine({
  version: { version, at, author, reason, added, removed, changes },
  now,
  open,
  current,
  onOpen,
}: {
  version: PolicyVersion;
  now: number;
  open: boolean;
  current: boolean;
  onOpen: () => void;
}): ReactNode {
  return (
    <div
      role="option"
      id={`version-${version}`}
      aria-selected={open}
      tabIndex={-1}
      className="versions-line"
      onPointerDown={onOpen}
    >
      <p className="versions-first">
        <strong>{says.number(version)}</strong>
        {current && <span className="versions-current">{says.current}</span>}
        <span className="versions-when dim" title={WHEN.format(at / 1000)}>
          {words.policies.ago(ageText(at, now))}
        </span>
      </p>
      <p className="ellipsis">{changes[0] ?? <span className="dim">{says.noChanges}</span>}</p>
      <p className="versions-by dim">
        <span className="ellipsis">
          {author}
          {reason !== null && ` · ${reason}`}
        </span>
        <span className="mono">{says.lines(added, removed)}</span>
      </p>
    </div>
  );
}

function OneVersion({ version: one, newest }: { version: PolicyVersion; newest: number }): ReactNode {
  const { version, at, author, reason, changes } = one;
  const api = useApi();
  const deed = useDeed();
  const [against, setAgainst] = useState<'previous' | 'now'>('previous');
  const [asking, setAsking] = useState(false);
  const current = version === newest;
  const read = (number: number, wanted: boolean) => ({
    queryKey: ['policies', 'version', number],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.policies.version({ version: number }, { signal }),
    enabled: wanted && number > 0,
    staleTime: Infinity,
  });
  const { data: shown, error } = useQuery(read(version, true));
  const { data: previous } = useQuery(read(version - 1, against === 'previous'));
  const { data: now } = useQuery(read(newest, !current));
  const before = against === 'now' ? shown?.text : version > 1 ? previous?.text : '';
  const after = against === 'now' ? now?.text : shown?.text;

  async function restore(why: string | null): Promise<void> {
    setAsking(false);
    if (why === null) return;
    const done = await deed((to) => to.policies.restore({ version, base: newest, ...(why !== '' && { reason: why }) }));
    if (!done) return;
    changePlace({ version: undefined });
    toast(says.restored(version, done.version));
  }

  return (
    <section className="versions-one" aria-label={says.number(version)}>
      <header className="versions-head">
        <div>
          <h2>{says.number(version)}</h2>
          <p className="dim">
            {author}, {WHEN.format(at / 1000)}
            {' · '}
            {reason ?? says.noReason}
          </p>
        </div>
        <span className="page-gap" />
        {!current && (
          <>
            <span className="dim versions-against">{says.against}</span>
            <Choice
              label={says.against}
              value={against}
              options={[
                { value: 'previous', title: says.previous },
                { value: 'now', title: says.now },
              ]}
              onChange={setAgainst}
            />
            <Button look="primary" icon={RotateCcw} disabled={!now || !shown} onClick={() => setAsking(true)}>
              {says.restore}
            </Button>
          </>
        )}
      </header>
      {changes.length > 0 && (
        <ul className="versions-changes">
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
      {error ? (
        <Empty title={says.failed} says={error.message} />
      ) : before === undefined || after === undefined ? (
        <Late>
          <p className="page-late dim">{words.general.loading}</p>
        </Late>
      ) : before === after ? (
        <p className="page-late dim">{says.same}</p>
      ) : (
        <div className="versions-diff">
          <Suspense>
            <DiffView before={before} after={after} label={says.diff} />
          </Suspense>
        </div>
      )}
      {asking && shown && now && (
        <ConfirmChange
          title={says.restoreTitle(version)}
          says={says.restoreSays}
          diff={{ before: now.text, after: shown.text }}
          action={says.restoreAction}
          onAnswer={(why) => void restore(why)}
        />
      )}
    </section>
  );
}
