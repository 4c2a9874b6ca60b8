import { Table2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../shared/format/quantities.ts';
import { shortSpanLabel } from '../../charts/wall-clock.ts';
import { useApi } from '../../client/api-context.ts';
import { useActions } from '../../data/actions.ts';
import { changePlace, goTo, usePlace } from '../../data/location.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { words } from '../../words/index.ts';
import { Breakdown } from './breakdown.tsx';
import type { Part } from './breakdown.tsx';
import { EndpointTable } from './endpoint-table.tsx';
import { Figures } from './figures.tsx';
import { OverTime } from './over-time.tsx';
import { readSpan, SPAN_NAMES, spanReaching, usualSpan } from './span.ts';
import type { Span } from './span.ts';
import { useOverview } from './use-overview.ts';
import type { Overview } from './use-overview.ts';
import '../../ui/page.css';
import './overview.css';

const says = words.overview;

/** What left this machine in a span of time. */
export default function OverviewPage(): ReactNode {
  const api = useApi();
  const storage = useQuery({ queryKey: ['system.storage'], queryFn: () => api.system.storage(), staleTime: 5000 });
  const { params } = usePlace();
  // Which span is the usual one depends on how long calls have been recorded.
  const open = params['span'] !== undefined || params['since'] !== undefined;
  if (storage.isPending && !open) return <Waiting />;
  return <Board oldest={storage.data?.oldestStartedAt ?? null} />;
}

function Waiting(): ReactNode {
  return (
    <>
      <header className="page-bar">
        <h1>{words.frame.view.overview}</h1>
      </header>
      <Late>
        <p className="page-late dim">{words.general.loading}</p>
      </Late>
    </>
  );
}

function Board({ oldest }: { oldest: number | null }): ReactNode {
  const { params } = usePlace();
  const [opened] = useState(() => Date.now() * 1000);
  const usual = usualSpan(oldest, opened);
  const span = useStableSpan(readSpan(params, usual));
  const { overview, endpoints, error } = useOverview(span);
  const [table, setTable] = useState(false);
  const custom = 'since' in span;
  const scroller = useRef<HTMLDivElement>(null);
  useActions(words.frame.view.overview, [
    { id: 'overview.table', title: table ? says.hideTable : says.showTable, keys: ['t'], run: () => setTable(!table) },
    ...SPAN_NAMES.map((name) => ({
      id: `overview.span.${name}`,
      title: `${says.span}: ${says.spans[name]}`,
      run: () => changePlace({ span: name, since: undefined, until: undefined }, true),
    })),
    ...(custom ? [{ id: 'overview.widen', title: says.widen, keys: ['escape'], run: widen }] : []),
  ]);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [span]);

  return (
    <>
      <header className="page-bar">
        <h1>{words.frame.view.overview}</h1>
        <Choice
          label={says.span}
          value={custom ? '' : span.name}
          options={SPAN_NAMES.map((name) => ({ value: name as string, title: says.spans[name] }))}
          onChange={(name) => changePlace({ span: name, since: undefined, until: undefined }, true)}
        />
        {custom && (
          <Button icon={X} onClick={widen} title={says.widen} className="overview-custom">
            {shortSpanLabel(span.since, span.until, opened)}
          </Button>
        )}
        <span className="page-gap" />
        <IconButton
          icon={Table2}
          label={table ? says.hideTable : says.showTable}
          keys="t"
          pressed={table}
          onClick={() => setTable(!table)}
        />
      </header>
      <div className="page-body" ref={scroller}>
        {error ? (
          <Empty title={says.failed} says={error.message} />
        ) : overview === undefined ? (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        ) : overview === null || overview.totals.calls === 0 ? (
          <Nothing oldest={oldest} overview={overview} />
        ) : (
          <>
            <Figures overview={overview} span={span} oldest={oldest} />
            <OverTime overview={overview} span={span} table={table} />
            <div className="overview-tables">
              <div>
                <Breakdown title={says.hosts} parts={hostParts(overview)} span={span} />
                {endpoints && <EndpointTable of="failing" endpoints={endpoints} span={span} />}
              </div>
              <div>
                <Breakdown title={says.apps} parts={appParts(overview)} span={span} />
                <Breakdown title={says.sources} parts={sourceParts(overview)} span={span} />
                {endpoints && <EndpointTable of="slowest" endpoints={endpoints} span={span} />}
              </div>
            </div>
          </>
        )}
      </div>
    </>
  );
}

function widen(): void {
  changePlace({ since: undefined, until: undefined }, true);
}

/** The same object as long as it says the same. */
function useStableSpan(span: Span): Span {
  const name = 'name' in span ? span.name : null;
  const since = 'since' in span ? span.since : 0;
  const until = 'until' in span ? span.until : 0;
  return useMemo(() => (name === null ? { since, until } : { name }), [name, since, until]);
}

function Nothing({ oldest, overview }: { oldest: number | null; overview: Overview | null }): ReactNode {
  const api = useApi();
  const newest = useQuery({
    queryKey: ['overview.newest'],
    queryFn: async () => ({ call: (await api.calls.list({ limit: 1 })).calls[0] ?? null, now: Date.now() * 1000 }),
  });
  const last = newest.data?.call ?? null;
  const now = newest.data?.now ?? 0;
  if (overview === null || (last === null && oldest === null)) {
    return (
      <Empty title={says.nothingTitle} says={says.nothingSays}>
        <p className="overview-command">
          <code>{says.nothingCommand}</code>
          <CopyButton text={says.nothingCommand} />
        </p>
        <Button look="primary" onClick={() => goTo('capture')}>
          {says.nothingAction}
        </Button>
      </Empty>
    );
  }
  const reaching = last && spanReaching(last.startedAt, now);
  return (
    <Empty
      title={says.emptyTitle}
      says={last ? says.emptySays(formatDuration(roundAge(now - last.startedAt))) : undefined}
    >
      {reaching && (
        <Button
          look="primary"
          onClick={() => changePlace({ span: reaching, since: undefined, until: undefined }, true)}
        >
          {says.emptyAction(says.spans[reaching])}
        </Button>
      )}
    </Empty>
  );
}

/** To whole seconds: an age is no measurement. */
const roundAge = (us: number): number => Math.max(1, Math.round(us / 1_000_000)) * 1_000_000;

function hostParts({ hosts }: Overview): Part[] {
  return hosts.map(({ host, ...totals }) => ({
    id: host,
    title: host,
    filter: { op: 'text', field: 'host', pattern: host },
    totals,
  }));
}

function appParts({ apps }: Overview): Part[] {
  return apps.map(({ app, ...totals }) => ({
    id: app ?? '',
    title: app ?? says.unknownApp,
    filter:
      app === null
        ? { op: 'not', part: { op: 'text', field: 'app', pattern: '*' } }
        : { op: 'text', field: 'app', pattern: app },
    totals,
  }));
}

function sourceParts({ sources }: Overview): Part[] {
  return sources.map(({ source, ...totals }) => ({
    id: source,
    title: says.source[source],
    filter: { op: 'text', field: 'source', pattern: source },
    totals,
  }));
}
