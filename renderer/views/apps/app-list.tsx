import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import type { App } from '../../../shared/contract/apps.ts';
import { formatCount } from '../../../shared/format/quantities.ts';
import { appMark } from '../../callers/app-mark.tsx';
import { ageText } from '../../data/age.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { changePlace } from '../../data/location.ts';
import { useWindowedRows } from '../../ui/windowed-rows.ts';
import { words } from '../../words/index.ts';
import { COLUMNS, coverageOf, nextOrder } from './app-order.ts';
import type { ColumnId, Order } from './app-order.ts';
import { runtimeOfApp } from './runtime-of-app.ts';

const says = words.apps;
/** Height of the header; `--apps-head` in apps.css. */
const HEAD = 27;
const RIGHT: readonly ColumnId[] = ['calls', 'errors', 'hosts', 'first', 'last'];

export interface AppListHandle {
  focus: () => void;
  /** 0 stays, and opens what is there. */
  move: (step: number) => void;
}

/** The apps, a row each; only the rows in sight are drawn. */
export function AppList({
  ref,
  apps,
  order,
  opened,
  now,
  onOpen,
  onClose,
}: {
  ref?: Ref<AppListHandle>;
  apps: readonly App[];
  order: Order;
  opened: string | null;
  /** When the list was read, microseconds. */
  now: number;
  onOpen: (name: string) => void;
  onClose: () => void;
}): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [density] = useDensity();
  const rowHeight = ROW_HEIGHT[density];
  const { first, end, fitting, reveal } = useWindowedRows(scroller, { total: apps.length, rowHeight, head: HEAD });
  const [active, setActive] = useState<string | null>(opened);
  const at = Math.max(
    0,
    apps.findIndex(({ name }) => name === (active ?? opened)),
  );

  function goTo(index: number, open = opened !== null): void {
    const to = Math.max(0, Math.min(apps.length - 1, index));
    const app = apps[to];
    if (!app) return;
    setActive(app.name);
    reveal(to);
    if (open) onOpen(app.name);
  }
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus(),
    move: (step) =>
      goTo(active === null && step !== 0 ? (step > 0 ? 0 : apps.length - 1) : at + step, step === 0 || opened !== null),
  }));
  useEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = active === null ? -1 : at;
    if (event.key === 'ArrowDown') goTo(from + 1);
    else if (event.key === 'ArrowUp') goTo(at - 1);
    else if (event.key === 'PageDown') goTo(at + fitting - 1);
    else if (event.key === 'PageUp') goTo(at - fitting + 1);
    else if (event.key === 'Home') goTo(0);
    else if (event.key === 'End') goTo(apps.length - 1);
    else if (event.key === 'Enter') goTo(at, true);
    else if (event.key === 'Escape' && opened !== null) onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const activeApp = apps[at];
  const inSight = at >= first && at < end && active !== null && activeApp?.name === active;
  return (
    <div
      ref={scroller}
      className="app-list"
      role="grid"
      tabIndex={0}
      aria-label={says.list}
      aria-rowcount={apps.length + 1}
      aria-activedescendant={inSight ? `app-row-${at}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="row" tabIndex={-1} aria-rowindex={1} className="app-list-head">
        {COLUMNS.map((id) => {
          const sorted = order.by === id;
          return (
            <div
              key={id}
              role="columnheader"
              className={`app-cell app-${id}${RIGHT.includes(id) ? ' app-right' : ''}`}
              aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : undefined}
            >
              <button type="button" onClick={() => changePlace({ sort: nextOrder(order, id) })}>
                <span>{says.column[id]}</span>
                {sorted && (order.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
              </button>
            </div>
          );
        })}
      </div>
      <div role="rowgroup" className="app-list-body" style={{ height: apps.length * rowHeight }}>
        {apps.slice(first, end).map((app, index) => (
          <AppRow
            key={app.name}
            app={app}
            index={first + index}
            top={(first + index) * rowHeight}
            now={now}
            opened={app.name === opened}
            active={app.name === active}
            onOpen={(name) => {
              setActive(name);
              onOpen(name);
            }}
          />
        ))}
      </div>
    </div>
  );
}

const AppRow = memo(
  function AppRow({
    app,
    index,
    top,
    now,
    opened,
    active,
    onOpen,
  }: {
    app: App;
    index: number;
    top: number;
    now: number;
    opened: boolean;
    active: boolean;
    onOpen: (name: string) => void;
  }): ReactNode {
    return (
      <div
        role="row"
        tabIndex={-1}
        id={`app-row-${index}`}
        aria-rowindex={index + 2}
        aria-selected={opened}
        aria-label={says.spoken(app.name, app.calls, app.errors)}
        className="app-row"
        data-active={active || undefined}
        style={{ transform: `translateY(${top}px)` }}
        onPointerDown={(event) => event.button === 0 && onOpen(app.name)}
      >
        {COLUMNS.map((id) => (
          <span key={id} role="gridcell" className={`app-cell app-${id}${RIGHT.includes(id) ? ' app-right' : ''}`}>
            {cellOf(id, app, now)}
          </span>
        ))}
      </div>
    );
  },
  (a, b) =>
    a.app === b.app &&
    a.index === b.index &&
    a.top === b.top &&
    a.opened === b.opened &&
    a.active === b.active &&
    sameMinute(a.now, b.now),
);

/** Ages are shown in whole units; most of the time nothing of a row changes. */
function sameMinute(a: number, b: number): boolean {
  return Math.floor(a / 10_000_000) === Math.floor(b / 10_000_000);
}

function cellOf(id: ColumnId, app: App, now: number): ReactNode {
  switch (id) {
    case 'name':
      return (
        <>
          {appMark(app.name, runtimeOfApp(app))} {app.name}
          {app.names.length > 1 && <span className="unit"> +{app.names.length - 1}</span>}
        </>
      );
    case 'calls':
    case 'hosts':
      return app[id] === 0 ? <span className="app-nothing">0</span> : formatCount(app[id]);
    case 'errors':
      return app.errors === 0 ? (
        <span className="app-nothing">0</span>
      ) : (
        <span className="app-bad">{formatCount(app.errors)}</span>
      );
    case 'coverage':
      return <CoverageBar app={app} />;
    case 'first':
      return app.firstSeen === null ? says.none : ageText(app.firstSeen, now);
    case 'last':
      return app.lastSeen === null ? says.none : ageText(app.lastSeen, now);
    case 'criticality':
      return app.criticality === null ? (
        ''
      ) : (
        <span data-criticality={app.criticality}>{says.criticality[app.criticality]}</span>
      );
    default:
      return app[id] ?? '';
  }
}

/** How much of what the app does is seen, as a bar and a figure. */
export function CoverageBar({ app }: { app: App }): ReactNode {
  const share = coverageOf(app);
  if (share === null || app.coverage === null) return <span className="app-nothing">{says.none}</span>;
  const { seen, notSeen } = app.coverage;
  return (
    <span className="app-covered" title={says.coverageTip(seen, notSeen)}>
      <span className="app-covered-bar" aria-hidden>
        <span style={{ width: `${share * 100}%` }} />
      </span>
      {says.coverage(share)}
    </span>
  );
}
