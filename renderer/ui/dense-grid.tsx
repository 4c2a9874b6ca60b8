import { ArrowDown, ArrowUp } from 'lucide-react';
import { memo, useEffect, useImperativeHandle, useMemo, useRef, useState } from 'react';
import type { CSSProperties, KeyboardEvent, ReactNode, Ref } from 'react';
import { useWindowedRows } from './windowed-rows.ts';
import './dense-grid.css';

/** Height of the header; `--dense-head` in dense-grid.css. */
const HEAD = 27;

export interface GridColumn<Row> {
  id: string;
  title: string;
  /** A track of a CSS grid: `84px`, `minmax(150px, 2fr)`. */
  width: string;
  /** Figures stand at the right. */
  right?: boolean;
  /** Left out while the grid is narrower than this, pixels. */
  from?: number;
  /** Cannot be sorted by. */
  fixed?: boolean;
  /** More about it, when its head is pointed at. */
  tip?: string;
  cell: (row: Row) => ReactNode;
}

export interface DenseGridHandle {
  focus: () => void;
  /** 0 stays, and opens what is there. */
  move: (step: number) => void;
}

export interface DenseGridProps<Row> {
  ref?: Ref<DenseGridHandle>;
  label: string;
  rows: readonly Row[];
  /** Kept between drawings, else every row is drawn anew. */
  columns: readonly GridColumn<Row>[];
  keyOf: (row: Row) => string;
  /** What a screen reader says of a row; begins with its name. */
  spoken: (row: Row) => string;
  rowHeight: number;
  order?: { by: string; descending: boolean };
  onOrder?: (by: string) => void;
  /** The row shown beside the grid. */
  opened?: string | null;
  onOpen: (row: Row) => void;
  onClose?: () => void;
  /** The row that keys act on. */
  onActive?: (row: Row) => void;
}

/** Rows of figures, as many as there are; only those in sight are drawn. Arrow keys go along them, Enter opens one. */
export function DenseGrid<Row>({
  ref,
  label,
  rows,
  columns,
  keyOf,
  spoken,
  rowHeight,
  order,
  onOrder,
  opened = null,
  onOpen,
  onClose,
  onActive,
}: DenseGridProps<Row>): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const { first, end, fitting, reveal } = useWindowedRows(scroller, { total: rows.length, rowHeight, head: HEAD });
  const width = useWidth(scroller);
  const shown = useMemo(() => columns.filter(({ from = 0 }) => width >= from), [columns, width]);
  const [active, setActive] = useState<string | null>(opened);
  const at = Math.max(
    0,
    rows.findIndex((row) => keyOf(row) === (active ?? opened)),
  );

  function goTo(index: number, open = opened !== null): void {
    const to = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[to];
    if (row === undefined) return;
    take(row);
    reveal(to);
    if (open) onOpen(row);
  }
  function take(row: Row): void {
    setActive(keyOf(row));
    onActive?.(row);
  }
  useImperativeHandle(ref, () => ({
    focus: () => scroller.current?.focus(),
    move: (step) =>
      goTo(active === null && step !== 0 ? (step > 0 ? 0 : rows.length - 1) : at + step, step === 0 || opened !== null),
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
    else if (event.key === 'End') goTo(rows.length - 1);
    else if (event.key === 'Enter') goTo(at, true);
    else if (event.key === 'Escape' && opened !== null && onClose) onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const activeRow = rows[at];
  const inSight = at >= first && at < end && activeRow !== undefined && keyOf(activeRow) === active;
  const tracks = { '--dense-columns': shown.map((column) => column.width).join(' ') } as CSSProperties;
  return (
    <div
      ref={scroller}
      className="dense-grid"
      style={tracks}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={inSight ? `dense-row-${at}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="row" tabIndex={-1} aria-rowindex={1} className="dense-head">
        {shown.map(({ id, title, right = false, fixed = false, tip }) => {
          const sorted = order?.by === id;
          return (
            <div
              key={id}
              title={tip}
              role="columnheader"
              className={`dense-cell dense-${id}${right ? ' dense-right' : ''}`}
              aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : undefined}
            >
              {fixed || !onOrder ? (
                <span>{title}</span>
              ) : (
                <button type="button" onClick={() => onOrder(id)}>
                  <span className="ellipsis">{title}</span>
                  {sorted &&
                    (order.descending ? <ArrowDown size={12} aria-hidden /> : <ArrowUp size={12} aria-hidden />)}
                </button>
              )}
            </div>
          );
        })}
      </div>
      <div role="rowgroup" className="dense-body" style={{ height: rows.length * rowHeight }}>
        {rows.slice(first, end).map((row, index) => (
          <GridRow
            key={keyOf(row)}
            row={row as unknown}
            columns={shown as readonly GridColumn<never>[]}
            index={first + index}
            top={(first + index) * rowHeight}
            says={spoken(row)}
            opened={keyOf(row) === opened}
            active={keyOf(row) === active}
            onTake={(open) => {
              take(row);
              if (open) onOpen(row);
            }}
          />
        ))}
      </div>
    </div>
  );
}

const GridRow = memo(
  function GridRow({
    row,
    columns,
    index,
    top,
    says,
    opened,
    active,
    onTake,
  }: {
    row: unknown;
    columns: readonly GridColumn<never>[];
    index: number;
    top: number;
    says: string;
    opened: boolean;
    active: boolean;
    onTake: (open: boolean) => void;
  }): ReactNode {
    return (
      <div
        role="row"
        tabIndex={-1}
        id={`dense-row-${index}`}
        aria-rowindex={index + 2}
        aria-selected={opened}
        aria-label={says}
        className="dense-row"
        data-active={active || undefined}
        style={{ transform: `translateY(${top}px)` }}
        onPointerDown={(event) => {
          // What is pressed within a row (a link, a button) does its own.
          const own = (event.target as HTMLElement).closest('a, button');
          if (event.button === 0) onTake(own === null);
        }}
      >
        {columns.map(({ id, right = false, cell }) => (
          <span key={id} role="gridcell" className={`dense-cell dense-${id}${right ? ' dense-right' : ''}`}>
            {cell(row as never)}
          </span>
        ))}
      </div>
    );
  },
  (a, b) =>
    a.row === b.row &&
    a.columns === b.columns &&
    a.index === b.index &&
    a.top === b.top &&
    a.says === b.says &&
    a.opened === b.opened &&
    a.active === b.active,
);

/** In steps of ten pixels, so that dragging a border does not draw everything at every pixel. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(1200);
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const look = (): void => setWidth(Math.floor(box.clientWidth / 10) * 10);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
