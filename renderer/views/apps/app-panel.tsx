import '../../ui/chips.css';
import { ListTree, Merge, Pencil, X } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { App } from '../../../shared/contract/apps.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { appMark } from '../../callers/app-mark.tsx';
import { CalledFrom } from '../../callers/called-from.tsx';
import { NotSeenList } from '../../callers/not-seen-list.tsx';
import { termFor } from '../../callers/terms.ts';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { ageText } from '../../data/age.ts';
import { changePlace, goTo, linkTo } from '../../data/location.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { TextField } from '../../ui/fields.tsx';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import { SPANS } from './app-order.ts';
import type { SpanName } from './app-order.ts';
import { Credentials } from './credentials.tsx';
import { Declaration } from './declaration.tsx';
import type { IssuedSecret } from './issued.tsx';
import { CoverageBar } from './app-list.tsx';
import { MergeDialog } from './merge.tsx';
import { runtimeOfApp } from './runtime-of-app.ts';
import { boundsOf, useDeed } from './use-apps.ts';
import './app-panel.css';

const says = words.apps;
const MOST_NOT_SEEN = 100;
/** How often the lists of the panel are read again. */
const AGAIN_MS = 5000;

/** One app with everything that is known and said of it. */
export function AppPanel({
  app,
  others,
  span,
  now,
  onClose,
  onIssued,
}: {
  app: App;
  others: readonly App[];
  span: SpanName;
  now: number;
  onClose: () => void;
  onIssued: (secret: IssuedSecret) => void;
}): ReactNode {
  const { name } = app;
  const [renaming, setRenaming] = useState(false);
  const [merging, setMerging] = useState(false);
  const range = SPANS[span] === null ? 'all' : span;
  const term = termFor('app', name);
  const to = (...more: string[]): string => linkTo('traffic', { filter: [term, ...more].join(' '), range });
  const errors = '(status:>=400 or failure:*)';
  useActions(says.panel(name), [
    { id: 'app.rename', title: says.keys.rename, keys: ['r'], run: () => setRenaming(true) },
    { id: 'app.merge', title: says.keys.merge, keys: ['m'], run: () => setMerging(true) },
    { id: 'app.calls', title: says.keys.calls, keys: ['c'], run: () => goTo('traffic', { filter: term, range }) },
  ]);
  return (
    <section className="app-panel" aria-label={says.panel(name)}>
      <header className="app-panel-head">
        <span className="app-tile">{appMark(name, runtimeOfApp(app))}</span>
        {renaming ? (
          <Rename app={app} onDone={() => setRenaming(false)} />
        ) : (
          <h2 className="ellipsis" title={name}>
            {name}
          </h2>
        )}
        {!renaming && <IconButton icon={Pencil} label={says.rename} keys="r" onClick={() => setRenaming(true)} />}
        <span className="page-gap" />
        <IconButton
          icon={ListTree}
          label={says.showCalls}
          keys="c"
          onClick={() => goTo('traffic', { filter: term, range })}
        />
        <IconButton icon={Merge} label={says.merge} keys="m" onClick={() => setMerging(true)} />
        <IconButton icon={X} label={says.close} keys="escape" onClick={onClose} />
      </header>
      <div className="app-panel-body">
        <dl className="app-figures" aria-label={says.figures}>
          <div>
            <dt>{says.column.calls}</dt>
            <dd>
              <a href={to()} title={says.showCalls}>
                {formatCount(app.calls)}
              </a>
            </dd>
          </div>
          <div>
            <dt>{says.column.errors}</dt>
            <dd>
              {app.errors === 0 ? (
                <span className="app-nothing">0</span>
              ) : (
                <a className="app-bad" href={to(errors)} title={says.showErrors}>
                  {formatCount(app.errors)}
                </a>
              )}
            </dd>
          </div>
          <div>
            <dt>{says.column.hosts}</dt>
            <dd>{formatCount(app.hosts)}</dd>
          </div>
          <div>
            <dt>{says.column.coverage}</dt>
            <dd>
              <CoverageBar app={app} />
            </dd>
          </div>
          <div>
            <dt>{says.firstSeen}</dt>
            <dd>
              <When at={app.firstSeen} now={now} />
            </dd>
          </div>
          <div>
            <dt>{says.lastSeen}</dt>
            <dd>
              <When at={app.lastSeen} now={now} />
            </dd>
          </div>
        </dl>
        <Declaration app={app} />
        {app.topHosts.length > 0 && (
          <section aria-label={says.hosts}>
            <h3>{says.hosts}</h3>
            <Hosts app={app} to={to} />
          </section>
        )}
        <Code name={name} span={span} to={to} />
        <NotSeenPart name={name} span={span} />
        <Identity app={app} />
        <Names app={app} />
        <Credentials app={app} onIssued={onIssued} />
      </div>
      {merging && <MergeDialog app={app} others={others} onClose={() => setMerging(false)} />}
    </section>
  );
}

const WHEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment as an age; the moment itself when it is pointed at. */
export function When({ at, now }: { at: number | null; now: number }): ReactNode {
  if (at === null) return <span className="app-nothing">{says.none}</span>;
  return (
    <time dateTime={new Date(at / 1000).toISOString()} title={WHEN.format(at / 1000)}>
      {says.ago(ageText(at, now))}
    </time>
  );
}

function Rename({ app, onDone }: { app: App; onDone: () => void }): ReactNode {
  const deed = useDeed();
  const [text, setText] = useState(app.name);
  async function rename(): Promise<void> {
    const wanted = text.trim();
    onDone();
    if (wanted === '' || wanted === app.name) return;
    const done = await deed((api) => api.apps.change({ name: app.name, newName: wanted }));
    if (!done) return;
    changePlace({ app: done.name });
    toast(says.renamed(app.name, done.name), {
      action: {
        title: words.general.undo,
        run: () =>
          void deed((api) => api.apps.change({ name: done.name, newName: app.name })).then(
            (back) => back && changePlace({ app: back.name }),
          ),
      },
    });
  }
  return (
    <TextField
      autoFocus
      className="app-rename"
      aria-label={says.renameLabel}
      maxLength={200}
      value={text}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => void rename()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        else if (event.key === 'Escape') onDone();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

function Hosts({ app, to }: { app: App; to: (...more: string[]) => string }): ReactNode {
  const most = app.topHosts.reduce((high, { calls }) => Math.max(high, calls), 1);
  const rest = app.hosts - app.topHosts.length;
  return (
    <ul className="app-top">
      {app.topHosts.map(({ host, calls }) => (
        <li key={host}>
          <span className="app-top-bar" style={{ width: `${(calls / most) * 100}%` }} aria-hidden />
          <a className="ellipsis" href={to(`host:${host}`)}>
            {host}
          </a>
          <span>{formatCount(calls)}</span>
        </li>
      ))}
      {rest > 0 && <li className="app-top-rest">{says.moreHosts(rest)}</li>}
    </ul>
  );
}

function Code({ name, span, to }: { name: string; span: SpanName; to: (...more: string[]) => string }): ReactNode {
  return (
    <section aria-label={words.callers.calledFrom}>
      <h3>{words.callers.calledFrom}</h3>
      <CalledFrom query={termFor('app', name)} bounds={() => boundsOf(span)} about={span} hrefOf={to} />
    </section>
  );
}

function NotSeenPart({ name, span }: { name: string; span: SpanName }): ReactNode {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ['not-seen', name, span],
    queryFn: ({ signal }) => api.coverage.notSeen({ ...boundsOf(span), app: name, limit: MOST_NOT_SEEN }, { signal }),
    refetchInterval: AGAIN_MS,
  });
  return (
    <section aria-label={says.notSeen}>
      <h3>
        {says.notSeen} <a href={linkTo('coverage')}>{says.toCoverage}</a>
      </h3>
      {data && data.notSeen.length > 0 ? (
        <NotSeenList list={data.notSeen} more={data.more} compact />
      ) : (
        <p className="app-note dim">{data ? says.notSeenNone : ''}</p>
      )}
    </section>
  );
}

function Identity({ app: { processes, project, agent } }: { app: App }): ReactNode {
  return (
    <>
      {processes.length > 0 && (
        <section aria-label={says.processes}>
          <h3>
            {says.processes} {agent && <span className="app-agent">{says.agent}</span>}
          </h3>
          <ul className="chips">
            {processes.map((process) => (
              <li key={process}>
                <a href={linkTo('traffic', { filter: termFor('process', process) })}>{process}</a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {project && (
        <section aria-label={says.project}>
          <h3>{says.project}</h3>
          <dl className="app-project">
            <dt>{words.caller.projectName}</dt>
            <dd>
              {project.name} <span className="unit">{words.caller.projectKind[project.kind]}</span>
            </dd>
            <dt>{says.projectFolder}</dt>
            <dd className="mono">{project.folder}</dd>
            {project.gitRemote !== null && (
              <>
                <dt>{says.repository}</dt>
                <dd className="mono">{project.gitRemote}</dd>
              </>
            )}
            {project.gitBranch !== null && (
              <>
                <dt>{says.branch}</dt>
                <dd className="mono">{project.gitBranch}</dd>
              </>
            )}
          </dl>
        </section>
      )}
    </>
  );
}

function Names({ app }: { app: App }): ReactNode {
  const deed = useDeed();
  if (app.names.length < 2) return null;
  const split = (other: string): void =>
    void deed((api) => api.apps.split({ name: app.name, other })).then((done) => {
      if (!done) return;
      toast(says.splitOff(other), {
        action: {
          title: words.general.undo,
          run: () => void deed((api) => api.apps.merge({ name: app.name, others: [other] })),
        },
      });
    });
  return (
    <section aria-label={says.names}>
      <h3>{says.names}</h3>
      <ul className="app-names">
        {app.names.map((one, index) => (
          <li key={one}>
            <span className="ellipsis">{one}</span>
            {index > 0 && (
              <Button look="quiet" aria-label={`${says.split} ${one}`} onClick={() => split(one)}>
                {says.split}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="app-note dim">{says.namesSays}</p>
    </section>
  );
}
