import { ChevronDown, FileWarning } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { VendorRow } from '../../../shared/contract/vendors.ts';
import { VENDOR_STATUSES } from '../../../shared/model/vendor.ts';
import type { VendorStatus } from '../../../shared/model/vendor.ts';
import { useActions } from '../../data/actions.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { changePlace, goTo, linkTo, usePlace } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { Button } from '../../ui/button.tsx';
import { DenseGrid } from '../../ui/dense-grid.tsx';
import type { DenseGridHandle } from '../../ui/dense-grid.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Choice, TextField } from '../../ui/fields.tsx';
import { Late } from '../../ui/late.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { Split } from '../../ui/split.tsx';
import { words } from '../../words/index.ts';
import { Assign } from './assign.tsx';
import { inboxColumns, listColumns, spokenInbox, spokenRow, stampOf } from './columns.tsx';
import { placeOfCalls } from './links.ts';
import { useDecide, useVendors } from './use-vendors.ts';
import { findVendors, inboxOf, nextOrder, orderVendors, readOrder, SPAN_NAMES } from './vendor-order.ts';
import type { SpanName } from './vendor-order.ts';
import { VendorPanel } from './vendor-panel.tsx';
import '../../ui/page.css';
import './vendors.css';

const says = words.vendors;
const isShare = (value: unknown): value is number => typeof value === 'number' && value > 15 && value < 85;
const keyOf = ({ id }: VendorRow): string => id;

/** The companies behind the hosts: what was called of them, what waits for a decision, and everything about one. */
export default function VendorsPage(): ReactNode {
  const { params } = usePlace();
  const span: SpanName = SPAN_NAMES.find((one) => one === params['span']) ?? '30d';
  const inbox = params['tab'] === 'inbox';
  const find = params['find'] ?? '';
  const status: VendorStatus | null = VENDOR_STATUSES.find((one) => one === params['status']) ?? null;
  const opened = params['vendor'] ?? null;
  const order = useMemo(() => readOrder(params['sort'] ?? ''), [params]);
  const { data, error, readAt } = useVendors(span);
  const [share, setShare] = usePreference('vendors.split', 55, isShare);
  const [density] = useDensity();
  const [active, setActive] = useState<string | null>(null);
  const [assigning, setAssigning] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<DenseGridHandle>(null);
  const decide = useDecide();
  const all = data?.vendors;
  const waiting = useMemo(() => inboxOf(all ?? []), [all]);
  const shown = useMemo(
    () => (inbox ? findVendors(waiting, find, null) : orderVendors(findVendors(all ?? [], find, status), order)),
    [all, waiting, inbox, find, status, order],
  );
  const now = stampOf(readAt);
  // What a row does is the same whoever drew it.
  const doing = useRef(decide);
  doing.current = decide;
  const columns = useMemo(
    () =>
      inbox
        ? inboxColumns(span, now, {
            approve: (vendor) => doing.current(vendor, 'approved'),
            assign: ({ id }) => setAssigning(id),
            block: (vendor) => doing.current(vendor, 'blocked'),
          })
        : listColumns(span, now),
    [inbox, span, now],
  );

  const open = ({ id }: VendorRow): void => changePlace({ vendor: id }, opened === null);
  const close = (): void => {
    changePlace({ vendor: undefined });
    list.current?.focus();
  };
  /** The one that keys act on: what is shown beside the list, else where the list stands. */
  const current = all?.find(({ id }) => id === (opened ?? active)) ?? null;
  const assigned = all?.find(({ id }) => id === assigning) ?? null;
  /** Decides, and goes on to the next that waits. */
  function settle(to: 'approved' | 'blocked'): void {
    if (!current) return;
    if (inbox) {
      const at = shown.indexOf(current);
      const next = shown[at + 1] ?? shown[at - 1];
      if (opened !== null) changePlace({ vendor: next?.id });
      setActive(next?.id ?? null);
    }
    decide(current, to);
  }
  useActions(says.title, [
    { id: 'vendors.find', title: says.keys.find, keys: ['/', 'mod+f'], run: () => field.current?.focus() },
    {
      id: 'vendors.next',
      title: says.keys.next,
      keys: ['j'],
      alsoKeys: ['arrowdown'],
      quiet: true,
      run: () => list.current?.move(1),
    },
    {
      id: 'vendors.previous',
      title: says.keys.previous,
      keys: ['k'],
      alsoKeys: ['arrowup'],
      quiet: true,
      run: () => list.current?.move(-1),
    },
    {
      id: 'vendors.tab',
      title: inbox ? says.keys.all : says.keys.inbox,
      keys: ['i'],
      run: () => changePlace({ tab: inbox ? undefined : 'inbox' }, true),
    },
    ...(current === null
      ? []
      : [
          { id: 'vendors.approve', title: says.keys.approve, keys: ['a'], run: () => settle('approved') },
          { id: 'vendors.block', title: says.keys.block, keys: ['b'], run: () => settle('blocked') },
          { id: 'vendors.assign', title: says.keys.assign, keys: ['s'], run: () => setAssigning(current.id) },
          {
            id: 'vendors.calls',
            title: says.keys.calls,
            keys: ['c'],
            run: () => goTo('traffic', placeOfCalls(current.id, span)),
          },
        ]),
    ...(opened === null
      ? []
      : [{ id: 'vendors.close', title: says.keys.close, keys: ['escape'], quiet: true, run: close }]),
  ]);

  const listPart = (
    <div className="vendors-left">
      {data && data.problems.length > 0 && <Problems file={data.file} problems={data.problems} />}
      {emptyOf({ all: all?.length ?? 0, shown: shown.length, inbox, span, find, status }) ?? (
        <DenseGrid
          key={inbox ? 'inbox' : 'list'}
          ref={list}
          label={inbox ? says.inbox : says.list}
          rows={shown}
          columns={columns}
          keyOf={keyOf}
          spoken={inbox ? spokenInbox : spokenRow}
          rowHeight={ROW_HEIGHT[density]}
          {...(!inbox && { order, onOrder: (by: string) => changePlace({ sort: nextOrder(order, by) }) })}
          opened={opened}
          onOpen={open}
          onClose={close}
          onActive={({ id }) => setActive(id)}
        />
      )}
      {data && data.vendors.length > 0 && (
        <p className="vendors-foot dim" role="status">
          <span>{says.counted(shown.length, inbox ? waiting.length : data.vendors.length)}</span>
          {!inbox && waiting.length > 0 && (
            <a href={linkTo('vendors', { ...params, tab: 'inbox' })}>{says.waiting(waiting.length)}</a>
          )}
          {data.local > 0 && <span>{says.local(data.local)}</span>}
          <span className="page-gap" />
          <span className="ellipsis" title={says.file(data.file)}>
            {data.file}
          </span>
        </p>
      )}
    </div>
  );
  return (
    <>
      <header className="page-bar">
        <h1>{says.title}</h1>
        <Choice
          label={says.tabs}
          value={inbox ? 'inbox' : 'all'}
          options={[
            { value: 'all', title: says.tab.all },
            {
              value: 'inbox',
              title: (
                <>
                  {says.tab.inbox}
                  {waiting.length > 0 && <span className="vendors-badge"> {waiting.length}</span>}
                </>
              ),
            },
          ]}
          onChange={(value) => changePlace({ tab: value === 'all' ? undefined : value }, true)}
        />
        <TextField
          ref={field}
          className="vendors-find"
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
        {!inbox && (
          <MenuButton
            trigger={
              <Button title={says.statusFilter} className={status === null ? '' : 'vendors-set'}>
                {status === null ? says.anyStatus : says.statusOf(says.status[status])}
                <ChevronDown size={12} aria-hidden />
              </Button>
            }
            entries={[
              { title: says.anyStatus, run: () => changePlace({ status: undefined }) },
              null,
              ...VENDOR_STATUSES.map((one) => ({
                title: says.statusLong[one],
                run: () => changePlace({ status: one }),
              })),
            ]}
          />
        )}
        <Choice
          label={says.span}
          value={span}
          options={SPAN_NAMES.map((value) => ({ value, title: says.spans[value] }))}
          onChange={(value) => changePlace({ span: value === '30d' ? undefined : value })}
        />
      </header>
      {error && !data ? (
        <Empty title={says.failed} says={error.message} />
      ) : all === undefined ? (
        <Late>
          <p className="page-late dim">{words.general.loading}</p>
        </Late>
      ) : (
        <div className="vendors">
          <Split
            share={share}
            onShare={setShare}
            first={listPart}
            second={
              opened === null ? null : (
                <VendorPanel
                  key={opened}
                  id={opened}
                  span={span}
                  now={readAt}
                  onClose={close}
                  onDecide={decide}
                  onAssign={() => setAssigning(opened)}
                />
              )
            }
          />
        </div>
      )}
      {assigned && <Assign vendor={assigned} vendors={all ?? []} onClose={() => setAssigning(null)} />}
    </>
  );
}

/** Why the declarations in force are earlier ones. */
function Problems({
  file,
  problems,
}: {
  file: string;
  problems: readonly { line: number; column: number; says: string }[];
}): ReactNode {
  return (
    <div className="vendors-problems" role="alert">
      <FileWarning size={14} aria-hidden />
      <div>
        <strong title={file}>{says.problemsTitle(problems.length)}</strong>
        <ul>
          {problems.map(({ line, column, says: what }) => (
            <li key={`${line}:${column} ${what}`}>
              <span className="mono">{says.problemAt(line, column)}</span> {what}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

/** What stands in the list's place when there is nothing to list; null when there is. */
function emptyOf({
  all,
  shown,
  inbox,
  span,
  find,
  status,
}: {
  all: number;
  shown: number;
  inbox: boolean;
  span: SpanName;
  find: string;
  status: VendorStatus | null;
}): ReactNode {
  if (shown > 0) return null;
  if (all > 0 && inbox && find === '') return <Empty title={says.inboxEmptyTitle} says={says.inboxEmptySays} />;
  if (all > 0 && (find !== '' || status !== null)) {
    return (
      <Empty title={says.noneFound}>
        <Button onClick={() => changePlace({ find: undefined, status: undefined })}>{says.clearFind}</Button>
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
      <Button look="primary" onClick={() => goTo('capture')}>
        {says.emptyAction}
      </Button>
    </Empty>
  );
}
