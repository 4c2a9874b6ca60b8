import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, useState } from 'react';
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { WithContextMenu } from '../../ui/menu.tsx';
import type { MenuEntry } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { moved, withWidth } from './column-layout.ts';
import type { ColumnLayout } from './column-layout.ts';
import type { Column } from './columns.tsx';

const { header: says } = words.traffic;

export interface ListHeadProps {
  columns: readonly Column[];
  layout: ColumnLayout;
  onLayout: (layout: ColumnLayout) => void;
  sort: { id: string; descending: boolean };
  onSort: (id: string) => void;
  /** Width that shows the content of a column whole. */
  fit: (column: Column) => number;
  menu: (column: Column | null) => readonly MenuEntry[];
}

/** A press that moves further than this drags the column. */
const DRAG_PX = 5;
const STEP_PX = 8;

/**
 * The list's header: click sorts, the border drags the width (double click fits), dragging moves the column. With the
 * keyboard: arrows go from column to column, Enter sorts, Alt and arrows move, Shift and arrows resize.
 */
export function ListHead({ columns, layout, onLayout, sort, onSort, fit, menu }: ListHeadProps): ReactNode {
  const row = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<{ id: string; before: string | null } | null>(null);
  const [at, setAt] = useState(0);
  const [menuFor, setMenuFor] = useState<Column | null>(null);

  function startDrag(event: PointerEvent<HTMLButtonElement>, { id }: Column): void {
    if (event.button !== 0) return;
    const button = event.currentTarget;
    const from = event.clientX;
    let drop: { id: string; before: string | null } | null = null;
    const onMove = (moving: globalThis.PointerEvent): void => {
      if (!drop && Math.abs(moving.clientX - from) < DRAG_PX) return;
      const cells = [...(row.current?.querySelectorAll<HTMLElement>('[data-head]') ?? [])];
      const over = cells.find((cell) => {
        const { left, width } = cell.getBoundingClientRect();
        return moving.clientX < left + width / 2;
      });
      drop = { id, before: over?.dataset['head'] ?? null };
      setDragged(drop);
    };
    const onUp = (): void => {
      button.removeEventListener('pointermove', onMove);
      if (drop) onLayout(moved(layout, id, drop.before));
      setDragged(null);
    };
    button.setPointerCapture(event.pointerId);
    button.addEventListener('pointermove', onMove);
    button.addEventListener('pointerup', onUp, { once: true });
    button.addEventListener('pointercancel', onUp, { once: true });
    // A drag is no click.
    button.addEventListener(
      'click',
      (click) => {
        if (drop) click.stopImmediatePropagation();
        else onSort(id);
      },
      { once: true },
    );
  }

  function startResize(event: PointerEvent<HTMLSpanElement>, column: Column): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    const grip = event.currentTarget;
    const from = event.clientX;
    const width = grip.parentElement?.getBoundingClientRect().width ?? column.width;
    const onMove = (moving: globalThis.PointerEvent): void =>
      onLayout(withWidth(layout, column.id, width + moving.clientX - from));
    grip.setPointerCapture(event.pointerId);
    grip.dataset['moving'] = '';
    grip.addEventListener('pointermove', onMove);
    const end = (): void => {
      delete grip.dataset['moving'];
      grip.removeEventListener('pointermove', onMove);
    };
    grip.addEventListener('lostpointercapture', end, { once: true });
  }

  function onKeyDown(event: KeyboardEvent, column: Column, index: number): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.key === 'Enter' || event.key === ' ') onSort(column.id);
    else if (step === 0) return;
    else if (event.altKey) {
      const before = columns[step > 0 ? index + 2 : index - 1]?.id ?? null;
      if (step > 0 || index > 0) onLayout(moved(layout, column.id, before));
      focus(Math.max(0, index + step));
    } else if (event.shiftKey) onLayout(withWidth(layout, column.id, column.width + step * STEP_PX));
    else focus(index + step);
    event.preventDefault();
    event.stopPropagation();
  }

  function focus(index: number): void {
    const to = Math.min(columns.length - 1, Math.max(0, index));
    setAt(to);
    requestAnimationFrame(() => row.current?.querySelectorAll<HTMLElement>('.list-head-name')[to]?.focus());
  }

  return (
    <WithContextMenu entries={menu(menuFor)}>
      <div
        ref={row}
        role="row"
        tabIndex={-1}
        aria-rowindex={1}
        className="list-head"
        onContextMenuCapture={(event) => {
          const id = (event.target as HTMLElement).closest<HTMLElement>('[data-head]')?.dataset['head'];
          setMenuFor(columns.find((column) => column.id === id) ?? null);
        }}
        // The list's own menu is for calls.
        onContextMenu={(event) => event.stopPropagation()}
        onPointerDown={(event) => event.stopPropagation()}
      >
        <span aria-hidden />
        {columns.map((column, index) => {
          const sorted = sort.id === column.id;
          return (
            <div
              key={column.id}
              role="columnheader"
              data-head={column.id}
              className={`list-head-cell${column.right ? ' list-head-right' : ''}`}
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
              data-dragged={dragged?.id === column.id || undefined}
              data-drop={(dragged && dragged.before === column.id) || undefined}
            >
              <button
                type="button"
                className="list-head-name"
                tabIndex={index === Math.min(at, columns.length - 1) ? 0 : -1}
                onPointerDown={(event) => startDrag(event, column)}
                onKeyDown={(event) => onKeyDown(event, column, index)}
                onFocus={() => setAt(index)}
              >
                <span>{column.title}</span>
                {sorted && (sort.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
              </button>
              <span
                className="list-head-grip"
                title={says.resize(column.title)}
                onPointerDown={(event) => startResize(event, column)}
                onDoubleClick={() => onLayout(withWidth(layout, column.id, fit(column)))}
              />
            </div>
          );
        })}
      </div>
    </WithContextMenu>
  );
}
