import { useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import type { KeyboardEvent, MouseEvent, PointerEvent, ReactNode, Ref } from 'react';
import { useSignal } from '../../client/signal.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { indexOfCall } from '../../data/window-rows.ts';
import { useMissingVendorNames, useVendorNames } from '../../data/vendor-names.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import type { CallWindow } from '../../data/call-window.ts';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { WithContextMenu } from '../../ui/menu.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { CallRow, rowId } from './call-row.tsx';
import { tickClocks } from './clock.ts';
import { tracksOf } from './column-layout.ts';
import type { Column } from './columns.tsx';
import { selectAll, selectOne, selectTo, toggleOne } from './selection.ts';
import type { Selection } from './selection.ts';
import { useVirtualRows } from './virtual-rows.ts';
import '../../ui/tone.css';
import './call-list.css';

/** Height of the header in pixels; `--list-head` in call-list.css. */
const HEAD = 27;
/** So many rows from an end of the window the next page is asked for. */
const NEAR = 80;

/** A pointer that stays so long looks at something. */
const REST_MS = 150;

/** What the view can have the list do. */
export interface ListHandle {
  focus: () => void;
  move: (step: number, extend?: boolean) => void;
  toEdge: () => void;
  /** Calls as they are shown, from the top. */
  callAt: (index: number) => CallSummary | undefined;
}

export interface CallListProps {
  ref?: Ref<ListHandle>;
  window: CallWindow;
  columns: readonly Column[];
  head: ReactNode;
  /** Shown from the window's end instead of its beginning. */
  newestFirst: boolean;
  sorted: boolean;
  relative: boolean;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  opened: number | null;
  onOpen: (id: number) => void;
  onClose: () => void;
  /** The keyboard went to another call. */
  onActive: (id: number) => void;
  attached: boolean;
  onAttached: (attached: boolean) => void;
  /** What the menu under the right mouse button offers for a call and the column it was opened over. */
  menu: readonly MenuEntry[];
  onMenu: (call: CallSummary, column: string | null) => void;
}

/** The calls as a grid: a live, virtual list with selection. */
export function CallList(props: CallListProps): ReactNode {
  const { ref, window: calls, columns, head, newestFirst, sorted, relative, attached, onAttached } = props;
  const { selection, onSelect, opened, onOpen, onClose, onActive, menu, onMenu } = props;
  const state = useSignal(calls.state);
  const [density] = useDensity();
  const rowHeight = ROW_HEIGHT[density];
  const { rows, older, newer } = state;
  const vendors = useVendorNames();
  const total = rows.length;

  const rowAt = (index: number): CallSummary | undefined => rows[newestFirst ? total - 1 - index : index];
  const indexOf = (id: number): number => {
    const at = indexOfCall(rows, id, sorted);
    return at < 0 ? -1 : newestFirst ? total - 1 - at : at;
  };
  // Only at the end of everything new calls come in; elsewhere the next page does.
  const edge = newestFirst || sorted ? 'top' : 'bottom';
  const live = attached && !newer;
  const { scroller, first, end, fitting, slots, reveal } = useVirtualRows({
    total,
    rowHeight,
    head: HEAD,
    edge,
    attached: live,
    onAttached,
    idAt: (index) => rowAt(index)?.id,
    indexOf,
  });

  useEffect(() => calls.follow(live), [calls, live]);

  // Near an end of what is in memory, the next page.
  const nearTop = first < NEAR;
  const nearBottom = end > total - NEAR;
  useEffect(() => {
    if (sorted) return;
    if ((newestFirst ? nearBottom : nearTop) && older) calls.extend('older');
    else if ((newestFirst ? nearTop : nearBottom) && newer) calls.extend('newer');
  }, [calls, sorted, newestFirst, nearTop, nearBottom, older, newer, state.version]);

  const [low, high] = newestFirst ? [total - end, total - 1 - first] : [first, end - 1];
  useEffect(() => calls.fillHeaders(Math.max(0, low), high), [calls, low, high, state.version]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    tickClocks(element);
    const timer = setInterval(() => tickClocks(element), 1000);
    return () => clearInterval(timer);
  }, [scroller]);
  // Rows drawn just now have their running time at once.
  const running = relative || hasOpen();
  useEffect(() => {
    if (running && scroller.current) tickClocks(scroller.current);
  }, [scroller, running, first, end, state.version]);

  function hasOpen(): boolean {
    for (let index = first; index < end; index += 1) if (rowAt(index)?.state === 'open') return true;
    return false;
  }

  function between(from: number, to: number): number[] | null {
    const [a, b] = [indexOf(from), indexOf(to)];
    if (a < 0 || b < 0) return null;
    const ids: number[] = [];
    for (let at = Math.min(a, b); at <= Math.max(a, b); at += 1) {
      const row = rowAt(at);
      if (row) ids.push(row.id);
    }
    return ids;
  }

  function goTo(index: number, extend: boolean): void {
    const row = rowAt(Math.min(total - 1, Math.max(0, index)));
    if (!row) return;
    const next = extend ? selectTo(selection, row.id, between) : selectOne(row.id);
    onSelect(next);
    const at = indexOf(row.id);
    const atEdge = edge === 'bottom' ? at === total - 1 : at === 0;
    if (live && !atEdge) onAttached(false);
    reveal(at);
    if (!extend) onActive(row.id);
  }

  function move(step: number, extend = false): void {
    const from = selection.active === null ? -1 : indexOf(selection.active);
    if (from < 0) goTo(edge === 'bottom' && live ? total - 1 : first + (first === 0 ? 0 : 12), extend);
    else goTo(from + step, extend);
  }

  function toEdge(): void {
    calls.jump('newest');
    onAttached(true);
  }

  // Whoever comes to the view can walk the calls at once.
  useEffect(() => {
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true });
  }, [scroller]);

  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus(),
    move,
    toEdge,
    callAt: rowAt,
  }));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== event.currentTarget) return;
    const mod = event.ctrlKey || event.metaKey;
    const extend = event.shiftKey;
    if (mod && event.key.toLowerCase() === 'a')
      onSelect(
        selectAll(
          selection,
          rows.map(({ id }) => id),
        ),
      );
    else if (mod || event.altKey) return;
    else if (event.key === 'ArrowDown') move(1, extend);
    else if (event.key === 'ArrowUp') move(-1, extend);
    else if (event.key === 'PageDown') move(fitting - 1, extend);
    else if (event.key === 'PageUp') move(1 - fitting, extend);
    else if (event.key === 'Home' || event.key === 'End') toEnd(event.key === 'Home' ? 'top' : 'bottom', extend);
    else if (event.key === 'Enter' && selection.active !== null) onOpen(selection.active);
    else if (event.key === 'Escape' && selection.ids.size > 1 && selection.active !== null)
      onSelect(selectOne(selection.active));
    else if (event.key === 'Escape' && opened !== null) onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function toEnd(end: 'top' | 'bottom', extend: boolean): void {
    const newest = end === (newestFirst ? 'top' : 'bottom');
    if (!sorted && newest && newer) toEdge();
    else if (!sorted && !newest && older) {
      onAttached(false);
      calls.jump('oldest');
    } else goTo(end === 'top' ? 0 : total - 1, extend);
    if (end === edge) onAttached(true);
  }

  const callOf = (event: MouseEvent): CallSummary | undefined => {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-call]');
    return row ? rowAt(indexOf(Number(row.dataset['call']))) : undefined;
  };

  // At the press of the button, not its release: in a fast list another call may be under the pointer by then.
  function onPointerDown(event: PointerEvent): void {
    const call = callOf(event);
    if (!call || event.button !== 0) return;
    if (event.shiftKey) onSelect(selectTo(selection, call.id, between));
    else if (event.ctrlKey || event.metaKey) onSelect(toggleOne(selection, call.id));
    else {
      onSelect(selectOne(call.id));
      onOpen(call.id);
    }
  }

  function onContextMenu(event: MouseEvent): void {
    const call = callOf(event) ?? rowAt(selection.active === null ? -1 : indexOf(selection.active));
    if (!call) return;
    if (!selection.ids.has(call.id)) onSelect(selectOne(call.id));
    onMenu(call, (event.target as HTMLElement).closest<HTMLElement>('[data-column]')?.dataset['column'] ?? null);
  }

  /** The whole text of a cell that is cut, as a tooltip, only when somebody rests there: looking costs a layout. */
  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  function onPointerOver(event: PointerEvent): void {
    clearTimeout(resting.current);
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[data-column]');
    if (!cell) return;
    resting.current = setTimeout(() => {
      if (cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent ?? '';
      else if (cell.title !== '') cell.removeAttribute('title');
    }, REST_MS);
  }

  useMissingVendorNames(vendors !== undefined && columns.some(({ id }) => id === 'vendor') && hasUnnamed(vendors));

  function hasUnnamed(names: VendorNames): boolean {
    for (let index = first; index < end; index += 1) {
      const vendor = rowAt(index)?.vendor ?? null;
      if (vendor !== null && !names.has(vendor)) return true;
    }
    return false;
  }

  // A row's element is used again for another row; which one it is follows the row's place, so that new rows at the end
  // touch only those that are new. The elements never change their order: moving them costs more than filling them, and
  // `aria-owns` has them in the order they are seen.
  const style = useMemo(() => ({ '--call-columns': tracksOf(columns) }) as React.CSSProperties, [columns]);
  const drawn: ReactNode[] = Array.from({ length: slots }, () => null);
  const owned: string[] = [];
  for (let index = first; index < end; index += 1) {
    const row = rowAt(index);
    if (!row) continue;
    const ordinal = newestFirst ? state.base + total - 1 - index : state.base + index;
    const slot = ((ordinal % slots) + slots) % slots;
    owned.push(rowId(row.id));
    drawn[slot] = (
      <CallRow
        key={slot}
        call={row}
        top={index * rowHeight}
        number={index + 2}
        columns={columns}
        relative={relative}
        vendors={vendors}
        selected={selection.ids.has(row.id)}
        active={selection.active === row.id}
        opened={opened === row.id}
        values={state.headers.get(row.id)}
      />
    );
  }

  return (
    <WithContextMenu entries={menu}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className="call-list"
        style={style}
        data-asking={state.phase === 'asking' || undefined}
        aria-label={words.traffic.list}
        aria-multiselectable
        aria-rowcount={older || newer ? -1 : total + 1}
        aria-colcount={columns.length}
        aria-busy={state.phase === 'asking'}
        aria-activedescendant={
          selection.active !== null && indexOf(selection.active) >= 0 ? rowId(selection.active) : undefined
        }
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerOver={onPointerOver}
        onContextMenu={onContextMenu}
      >
        {head}
        <div
          role="rowgroup"
          className="call-list-body"
          aria-owns={owned.join(' ')}
          style={{ height: total * rowHeight }}
        >
          {drawn}
        </div>
      </div>
    </WithContextMenu>
  );
}
