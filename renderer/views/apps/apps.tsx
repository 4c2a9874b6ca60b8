import { Plus, X } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useActions } from '../../data/actions.ts';
import { changePlace, goTo, usePlace } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { Split } from '../../ui/split.tsx';
import { words } from '../../words/index.ts';
import { AddApp } from './add-app.tsx';
import { AppList } from './app-list.tsx';
import type { AppListHandle } from './app-list.tsx';
import { findApps, orderApps, readDay, readOrder, SPAN_NAMES } from './app-order.ts';
import type { SpanName } from './app-order.ts';
import { AppPanel } from './app-panel.tsx';
import { Issued } from './issued.tsx';
import type { IssuedSecret } from './issued.tsx';
import { useApps } from './use-apps.ts';
import '../../ui/page.css';
import './apps.css';

const says = words.apps;
const isShare = (value: unknown): value is number => typeof value === 'number' && value > 15 && value < 85;

/** The programs that make calls: what they did, who owns them, how they prove who they are. */
export default function AppsPage(): ReactNode {
  const { params } = usePlace();
  const span: SpanName = SPAN_NAMES.find((one) => one === params['span']) ?? '7d';
  const find = params['find'] ?? '';
  const day = params['new'] ?? '';
  const opened = params['app'] ?? null;
  const order = useMemo(() => readOrder(params['sort'] ?? ''), [params]);
  const { apps, unnamed, readAt, error } = useApps(span);
  const [share, setShare] = usePreference('apps.split', 55, isShare);
  const [adding, setAdding] = useState(false);
  const [issued, setIssued] = useState<IssuedSecret | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<AppListHandle>(null);
  const shown = useMemo(() => orderApps(findApps(apps ?? [], find, readDay(day)), order), [apps, find, day, order]);
  const app = apps?.find(({ name }) => name === opened) ?? null;

  const open = (name: string): void => changePlace({ app: name }, opened === null);
  const close = (): void => {
    changePlace({ app: undefined });
    list.current?.focus();
  };
  useActions(says.title, [
    { id: 'apps.find', title: says.keys.find, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    {
      id: 'apps.next',
      title: says.keys.next,
      keys: ['j'],
      alsoKeys: ['arrowdown'],
      quiet: true,
      run: () => list.current?.move(1),
    },
    {
      id: 'apps.previous',
      title: says.keys.previous,
      keys: ['k'],
      alsoKeys: ['arrowup'],
      quiet: true,
      run: () => list.current?.move(-1),
    },
    ...(opened === null
      ? []
      : [{ id: 'apps.close', title: says.keys.close, keys: ['escape'], quiet: true, run: close }]),
    { id: 'apps.add', title: says.add, run: () => setAdding(true) },
  ]);

  const empty = emptyOf({ all: apps?.length ?? 0, shown: shown.length, span, find, day });
  const listPart = (
    <div className="apps-left">
      {empty ?? (
        <AppList ref={list} apps={shown} order={order} opened={opened} now={readAt} onOpen={open} onClose={close} />
      )}
      {apps && apps.length > 0 && (
        <p className="apps-foot dim" role="status">
          {says.counted(shown.length, apps.length)}
          {unnamed > 0 && <a href="#/traffic?filter=-app%3A*">{says.unnamed(unnamed)}</a>}
        </p>
      )}
    </div>
  );
  return (
    <>
      <header className="page-bar">
        <h1>{says.title}</h1>
        <TextField
          ref={field}
          className="apps-find"
          aria-label={says.findLabel}
          placeholder={says.find}
          value={find}
          onChange={(event) => changePlace({ find: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
              list.current?.focus();
              list.current?.move(0);
            } else if (event.key === 'Escape' && find !== '') changePlace({ find: undefined });
            else if (event.key === 'Escape') event.currentTarget.blur();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <label className="apps-new" title={says.newSinceTip}>
          <span className="dim">{says.newSince}</span>
          <input
            type="date"
            className="text-field"
            data-set={day !== '' || undefined}
            value={day}
            onChange={(event) => changePlace({ new: event.target.value })}
          />
          {day !== '' && <IconButton icon={X} label={says.clearNew} onClick={() => changePlace({ new: undefined })} />}
        </label>
        <Choice
          label={says.span}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: says.spans[value] }))}
          onChange={(value) => changePlace({ span: value === '7d' ? undefined : value })}
        />
        <span className="page-gap" />
        <Button icon={Plus} onClick={() => setAdding(true)}>
          {says.add}
        </Button>
      </header>
      {error ? (
        <Empty title={says.failed} says={error.message} />
      ) : apps === undefined ? (
        <Late>
          <p className="page-late dim">{words.general.loading}</p>
        </Late>
      ) : (
        <div className="apps">
          <Split
            share={share}
            onShare={setShare}
            first={listPart}
            second={
              opened === null ? null : app ? (
                <AppPanel
                  key={app.name}
                  app={app}
                  others={apps}
                  span={span}
                  now={readAt}
                  onClose={close}
                  onIssued={setIssued}
                />
              ) : (
                <section className="app-panel" aria-label={says.panel(opened)}>
                  <div className="app-panel-alone">
                    <IconButton icon={X} label={says.close} onClick={close} />
                  </div>
                  <Empty title={says.gone(opened)} says={says.goneSays}>
                    {span !== 'all' && <Button onClick={() => changePlace({ span: 'all' })}>{says.quietAction}</Button>}
                  </Empty>
                </section>
              )
            }
          />
        </div>
      )}
      <AddApp
        open={adding}
        taken={(apps ?? []).map(({ name }) => name)}
        onClose={() => setAdding(false)}
        onIssued={(secret) => {
          setAdding(false);
          setIssued(secret);
          open(secret.name);
        }}
      />
      {issued && <Issued secret={issued} onClose={() => setIssued(null)} />}
    </>
  );
}

/** What stands in the list's place when there is nothing to list; null when there is. */
function emptyOf({
  all,
  shown,
  span,
  find,
  day,
}: {
  all: number;
  shown: number;
  span: SpanName;
  find: string;
  day: string;
}): ReactNode {
  if (shown > 0) return null;
  if (all > 0) {
    return (
      <Empty title={find === '' && day !== '' ? says.noneNew : says.noneFound}>
        <Button onClick={() => changePlace({ find: undefined, new: undefined })}>{says.clearFind}</Button>
      </Empty>
    );
  }
  if (span !== 'all') {
    return (
      <Empty title={says.quietTitle} says={says.emptySays}>
        <Button look="primary" onClick={() => changePlace({ span: 'all' })}>
          {says.quietAction}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={says.emptyTitle} says={says.emptySays}>
      <p className="apps-command">
        <code>{says.emptyCommand}</code>
        <CopyButton text={says.emptyCommand} />
      </p>
      <Button look="primary" onClick={() => goTo('capture')}>
        {says.emptyAction}
      </Button>
    </Empty>
  );
}
