import { useImperativeHandle, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';
import { useConnection } from '../../client/api-context.ts';
import { useSignal } from '../../client/signal.ts';
import { useActions } from '../../data/actions.ts';
import { indexOfCall } from '../../data/window-rows.ts';
import type { CallWindow } from '../../data/call-window.ts';
import { changePlace, goTo, useParam } from '../../data/location.ts';
import { usePreference } from '../../data/preferences.ts';
import { CallPanel } from '../../inspect/call-panel.tsx';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { Split } from '../../ui/split.tsx';
import { words } from '../../words/index.ts';
import { Ask } from './ask.tsx';
import { BulkPane } from './bulk-pane.tsx';
import { CallList } from './call-list.tsx';
import type { ListHandle } from './call-list.tsx';
import {
  attempt,
  copyAddresses,
  copyCurl,
  copyRows,
  exportHar,
  noteOnCalls,
  pinCalls,
  removeCalls,
} from './call-actions.ts';
import { columnNamed, termOf } from './columns.tsx';
import type { Column } from './columns.tsx';
import { fitColumns, USUAL, withShown } from './column-layout.ts';
import { fitColumn } from './fit-column.ts';
import { ListHead } from './list-head.tsx';
import { headMenu, rowMenu } from './menus.ts';
import type { CallDeeds } from './menus.ts';
import { NOTHING } from './selection.ts';
import { useRoom } from './use-room.ts';
import { useVendorNames } from '../../data/vendor-names.ts';
import type { ColumnChoice } from './use-columns.ts';

const { traffic: says } = words;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;
/** Narrower than this, the call opens below the list instead of beside it. */
const STACKED_BELOW = 900;
/** A call the keyboard only passes by is not opened. */
const REST_MS = 70;

const isShare = (value: unknown): value is number => typeof value === 'number' && value > 15 && value < 85;

export interface AreaHandle {
  focus: () => void;
  toEdge: () => void;
}

/** The list with everything one can do in it, and beside it the open call or what is selected. */
export function CallArea({
  ref,
  window: calls,
  choice,
  addTerm,
  empty,
  attached,
  onAttached,
}: {
  ref?: Ref<AreaHandle>;
  window: CallWindow;
  choice: ColumnChoice;
  addTerm: (term: string) => void;
  /** What stands in the list's place when there is no call. */
  empty: ReactNode;
  attached: boolean;
  onAttached: (attached: boolean) => void;
}): ReactNode {
  const connection = useConnection();
  const { api } = connection;
  const state = useSignal(calls.state);
  const vendors = useVendorNames();
  const [selection, setSelection] = useState(NOTHING);
  const [menuAt, setMenuAt] = useState<{ call: CallSummary; column: Column | null; value: string | null } | null>(null);
  const [asking, setAsking] = useState<'header' | 'note' | 'remove' | null>(null);
  const [share, setShare] = usePreference('traffic.split', 56, isShare);
  const [stackedShare, setStackedShare] = usePreference('traffic.split-stacked', 45, isShare);
  const list = useRef<ListHandle>(null);
  const [area, room] = useRoom();
  const opened = Number(useParam('call')) || null;
  const { columns, layout, setLayout, newestFirst, relative, sort, sortBy, shownSort } = choice;
  const sorted = sort !== null;
  useImperativeHandle(ref, () => ({ focus: () => list.current?.focus(), toEdge: () => list.current?.toEdge() }));

  const byId = (id: number): CallSummary[] => {
    const row = state.rows[indexOfCall(state.rows, id, sorted)];
    return row ? [row] : [];
  };
  const selected = (): CallSummary[] => [...selection.ids].flatMap(byId);
  const ids = (): number[] => [...selection.ids];
  const some = (work: (calls: readonly CallSummary[]) => void) => () => {
    const chosen = selected();
    if (chosen.length > 0) work(chosen);
  };

  const open = (id: number): void => changePlace({ call: String(id) }, opened === null);
  const close = (): void => {
    changePlace({ call: undefined });
    list.current?.focus();
  };
  const resting = useRef<ReturnType<typeof setTimeout> | null>(null);
  function onActive(id: number): void {
    if (resting.current) clearTimeout(resting.current);
    if (opened !== null) resting.current = setTimeout(() => changePlace({ call: String(id) }), REST_MS);
  }

  const allPinned = (): boolean => selection.ids.size > 0 && selected().every(({ pinned }) => pinned);
  const deeds: CallDeeds = {
    open: () => selection.active !== null && open(selection.active),
    copyUrl: some(copyAddresses),
    copyCurl: some((chosen) => copyCurl(api, chosen)),
    copyRow: some(copyRows),
    // Pins unless all are pinned already.
    pin: () => selection.ids.size > 0 && pinCalls(api, ids(), !allPinned()),
    note: () => selection.ids.size > 0 && setAsking('note'),
    exportHar: () => selection.ids.size > 0 && exportHar(connection, ids()),
    remove: () => selection.ids.size > 0 && setAsking('remove'),
    addTerm,
  };
  const hostTerm = (hide: boolean) => () => {
    const [call] = selection.active === null ? [] : byId(selection.active);
    const column = columnNamed('host', []);
    const term = call && column ? termOf(column, call, null, hide) : null;
    if (term !== null) addTerm(term);
  };

  useActions(says.title, [
    {
      id: 'traffic.next',
      title: says.keys.next,
      keys: ['j'],
      alsoKeys: ['arrowdown'],
      quiet: true,
      run: () => list.current?.move(1),
    },
    {
      id: 'traffic.previous',
      title: says.keys.previous,
      keys: ['k'],
      alsoKeys: ['arrowup'],
      quiet: true,
      run: () => list.current?.move(-1),
    },
    { id: 'traffic.open', title: says.keys.open, alsoKeys: ['enter'], quiet: true, run: deeds.open },
    ...(opened === null
      ? []
      : [{ id: 'traffic.close', title: says.keys.close, keys: ['escape'], quiet: true, run: close }]),
    { id: 'traffic.all', title: says.keys.all, alsoKeys: ['mod+a'], quiet: true, run: () => {} },
    {
      id: 'traffic.oldest',
      title: says.jumpOldest,
      alsoKeys: [newestFirst ? 'end' : 'home'],
      run: () => calls.jump('oldest'),
    },
    {
      id: 'traffic.newest',
      title: says.jumpNewest,
      alsoKeys: [newestFirst ? 'home' : 'end'],
      run: () => list.current?.toEdge(),
    },
    {
      id: 'traffic.follow',
      title: says.follow,
      keys: ['f'],
      run: () => (attached ? onAttached(false) : list.current?.toEdge()),
    },
    { id: 'traffic.only-host', title: says.keys.onlyHost, keys: ['h'], run: hostTerm(false) },
    { id: 'traffic.hide-host', title: says.keys.hideHost, keys: ['shift+h'], run: hostTerm(true) },
    { id: 'traffic.copy-url', title: says.menu.copyUrl, keys: ['u'], run: deeds.copyUrl },
    { id: 'traffic.copy-curl', title: says.menu.copyCurl, keys: ['c'], run: deeds.copyCurl },
    { id: 'traffic.copy-row', title: says.menu.copyRow, run: deeds.copyRow },
    ...(opened === null
      ? [
          {
            id: 'traffic.replay',
            title: words.inspect.action.replay,
            keys: ['r'],
            run: () => selection.active !== null && goTo('replay', { call: String(selection.active) }),
          },
        ]
      : []),
    { id: 'traffic.pin', title: says.menu.pin, keys: ['p'], run: deeds.pin },
    { id: 'traffic.note', title: says.menu.note, keys: ['m'], run: deeds.note },
    { id: 'traffic.export', title: says.menu.export, keys: ['e'], run: deeds.exportHar },
    { id: 'traffic.delete', title: says.menu.remove, keys: ['delete'], run: deeds.remove },
    { id: 'traffic.newest-first', title: says.keys.newestFirst, run: () => choice.setNewestFirst(!newestFirst) },
    { id: 'traffic.relative', title: says.keys.relative, keys: ['t'], run: () => choice.setRelative(!relative) },
    { id: 'traffic.add-header', title: says.header.addHeader, run: () => setAsking('header') },
    { id: 'traffic.reset-columns', title: says.header.reset, run: () => setLayout(USUAL) },
  ]);

  function onMenu(call: CallSummary, id: string | null): void {
    const column = columns.find((one) => one.id === id) ?? null;
    setMenuAt({
      call,
      column,
      value: column ? column.text(call, { relative, vendors }, state.headers.get(call.id)) : null,
    });
  }

  async function remove(): Promise<void> {
    const gone = selection.ids;
    await removeCalls(api, [...gone]);
    calls.forget(gone);
    setSelection(NOTHING);
    if (opened !== null && gone.has(opened)) close();
    calls.reload();
  }

  const stacked = room.width > 0 && room.width < STACKED_BELOW;
  const many = selection.ids.size > 1;
  const beside = many || opened !== null;
  const listRoom = beside && !stacked ? (room.width * share) / 100 : room.width;
  // Columns somebody chose stay, and the list scrolls sideways; the usual ones make room.
  const mayDrop = (beside && !stacked) || (layout.shown.join() === USUAL.shown.join() && room.width > 0);
  const shown = mayDrop ? fitColumns(columns, listRoom - 24) : columns;
  const fit = (column: Column): number => fitColumn(column, state, { relative, vendors });
  const menu: readonly MenuEntry[] = menuAt ? rowMenu(menuAt.call, menuAt.column, menuAt.value, deeds) : [];
  const isEmpty = state.rows.length === 0 && state.phase !== 'asking';
  const waiting = !attached && (state.arrived > 0 || state.missed);

  const listPart = (
    <div className="call-area-list">
      <CallList
        ref={list}
        window={calls}
        columns={shown}
        head={
          <ListHead
            columns={shown}
            layout={layout}
            onLayout={setLayout}
            sort={shownSort}
            onSort={sortBy}
            fit={fit}
            menu={(column) => headMenu(column, choice, fit, () => setAsking('header'))}
          />
        }
        newestFirst={newestFirst && !sorted}
        sorted={sorted}
        relative={relative}
        selection={selection}
        onSelect={setSelection}
        opened={opened}
        onOpen={open}
        onClose={close}
        onActive={onActive}
        attached={attached}
        onAttached={onAttached}
        menu={menu}
        onMenu={onMenu}
      />
      {isEmpty && <div className="call-area-empty">{empty}</div>}
      {waiting && !isEmpty && (
        <Button
          className={`call-area-new${newestFirst || sorted ? ' call-area-new-top' : ''}`}
          onClick={() => list.current?.toEdge()}
        >
          {says.newCalls(state.arrived, state.missed)} {newestFirst || sorted ? '↑' : '↓'}
        </Button>
      )}
      {sorted && !isEmpty && (
        <div className="call-area-sorted dim">
          {says.sortedNote(columnNamed(shownSort.id, [])?.title ?? '', state.rows.length)}
        </div>
      )}
    </div>
  );

  return (
    <div ref={area} className="call-area">
      <Split
        key={stacked ? 'stacked' : 'beside'}
        direction={stacked ? 'vertical' : 'horizontal'}
        share={stacked ? stackedShare : share}
        onShare={stacked ? setStackedShare : setShare}
        first={listPart}
        second={
          many ? (
            <BulkPane
              calls={selected()}
              count={selection.ids.size}
              deeds={deeds}
              onClear={() => setSelection(NOTHING)}
            />
          ) : opened === null ? null : (
            <CallPanel id={opened} onClose={close} onFull={() => goTo('call', { id: String(opened) })} />
          )
        }
      />
      <Ask
        open={asking === 'header'}
        title={says.header.addHeaderTitle}
        says={says.header.addHeaderSays}
        label={says.header.addHeaderTitle}
        action={says.header.add}
        problem={(text) => (HEADER_NAME.test(text.trim()) ? null : says.header.addHeaderBad)}
        onAnswer={(text) => {
          setAsking(null);
          if (text !== null) setLayout(withShown(layout, `header:${text.trim().toLowerCase()}`, true));
        }}
      />
      <Ask
        open={asking === 'note'}
        title={says.note.title(selection.ids.size)}
        says={says.note.says}
        label={says.note.label}
        action={says.note.save}
        initial={selection.ids.size === 1 ? (selected()[0]?.note ?? '') : ''}
        problem={() => null}
        onAnswer={(text) => {
          setAsking(null);
          if (text !== null) noteOnCalls(api, ids(), text);
        }}
      />
      <Confirm
        open={asking === 'remove'}
        title={says.remove.title(selection.ids.size)}
        says={says.remove.says}
        action={says.remove.action}
        onAnswer={(yes) => {
          setAsking(null);
          if (yes) attempt(remove);
        }}
      />
      <span className="unseen" role="status">
        {many ? says.bulk.title(selection.ids.size) : ''}
      </span>
    </div>
  );
}
