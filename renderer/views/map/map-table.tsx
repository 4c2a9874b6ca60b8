import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Minus, Plus } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { DependencyMap } from '../../../shared/contract/map.ts';
import { formatMoney } from '../../../shared/format/money.ts';
import { ROW_HEIGHT, useDensity } from '../../data/appearance.ts';
import { Count, Duration, Size } from '../../ui/quantity.tsx';
import { useWindowedRows } from '../../ui/windowed-rows.ts';
import { words } from '../../words/index.ts';
import { edgeId } from './graph.ts';
import type { Graph } from './graph.ts';
import { toggled } from './map-state.ts';
import type { MapState } from './map-state.ts';
import { basisText, countryName } from './paint.ts';
import { tableRows } from './table-rows.ts';
import type { Sort, TableRow } from './table-rows.ts';
import { StatusMark } from './vendor-tile.tsx';
import './map-table.css';

const says = words.map;
const COLUMNS = ['name', 'status', 'country', 'calls', 'errors', 'p95', 'bytes', 'cost', 'change'] as const;
const SORTED: Readonly<Record<string, Sort>> = {
  name: 'name',
  calls: 'calls',
  errors: 'errors',
  p95: 'p95',
  bytes: 'bytes',
  cost: 'cost',
};
const HEAD = 27;

/** The table behind the picture: vendors, and beneath them who calls them and what is called. */
export function MapTable({
  map,
  state,
  onSelect,
}: {
  map: DependencyMap;
  graph: Graph;
  state: MapState;
  onSelect: (id: string) => void;
}): ReactNode {
  const [sort, setSort] = useState<Sort>('calls');
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);
  const [density] = useDensity();
  const rows = useMemo(
    () => tableRows(map, { sort, open: (vendor) => opened.has(vendor), find: state.find }, edgeId),
    [map, sort, opened, state.find],
  );
  const rowHeight = ROW_HEIGHT[density];
  const { first, end, fitting, reveal } = useWindowedRows(scroller, { total: rows.length, rowHeight, head: HEAD });
  const current = Math.min(at, rows.length - 1);
  const go = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setAt(next);
    reveal(next);
  };
  const toggle = (key: string): void => setOpened(toggled(opened, key));
  function onKey(event: KeyboardEvent): void {
    const row = rows[current];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOpen = opened.has(row.key);
    if (event.key === 'ArrowDown') go(current + 1);
    else if (event.key === 'ArrowUp') go(current - 1);
    else if (event.key === 'PageDown') go(current + fitting);
    else if (event.key === 'PageUp') go(current - fitting);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(rows.length - 1);
    else if (event.key === 'ArrowRight' && row.beneath > 0) {
      if (isOpen) go(current + 1);
      else toggle(row.key);
    } else if (event.key === 'ArrowLeft') {
      if (row.level === 1 && isOpen) toggle(row.key);
      else if (row.level === 2) go(rows.findLastIndex((one, index) => index < current && one.level === 1));
    } else if (event.key === 'Enter' || event.key === ' ') onSelect(row.selects);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div
      ref={scroller}
      className="map-table"
      role="treegrid"
      aria-label={says.tableOf}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={rows[current] && current >= first && current < end ? `map-row-${current}` : undefined}
      tabIndex={0}
      onKeyDown={onKey}
      onClick={(event) => {
        const element = event.target as Element;
        const index = Number(element.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? -1);
        const row = rows[index];
        if (!row) return;
        setAt(index);
        if (element.closest('[data-opens]')) toggle(row.key);
        else onSelect(row.selects);
      }}
    >
      <div className="map-table-head" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => {
          const by = SORTED[column];
          return (
            <span
              key={column}
              role="columnheader"
              className={by !== undefined && by !== 'name' ? 'numeric' : undefined}
              aria-sort={by === sort ? (by === 'name' ? 'ascending' : 'descending') : undefined}
            >
              {by === undefined ? (
                says.column[column]
              ) : (
                <button type="button" tabIndex={-1} onClick={() => setSort(by)}>
                  {by === sort &&
                    (by === 'name' ? <ArrowUp size={11} aria-hidden /> : <ArrowDown size={11} aria-hidden />)}
                  {says.column[column]}
                </button>
              )}
            </span>
          );
        })}
      </div>
      <div className="map-table-body" style={{ height: rows.length * rowHeight }} role="rowgroup">
        {rows.slice(first, end).map((row, offset) => {
          const index = first + offset;
          return (
            <div
              key={row.key}
              id={`map-row-${index}`}
              role="row"
              className="map-row"
              aria-rowindex={index + 2}
              aria-level={row.level}
              aria-expanded={row.beneath > 0 ? opened.has(row.key) : undefined}
              aria-selected={row.selects === state.selected}
              aria-label={`${row.node.name || says.unnamedApp}, ${row.kind === 'caller' ? says.caller : says.kind[row.kind]}`}
              data-level={row.level}
              data-current={index === current || undefined}
              style={{ top: index * rowHeight, height: rowHeight }}
              data-index={index}
            >
              <Cells row={row} isOpen={opened.has(row.key)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cells({ row, isOpen }: { row: TableRow; isOpen: boolean }): ReactNode {
  const { node, figures, kind, change, beneath } = row;
  const name = node.name || says.unnamedApp;
  const claim = kind === 'vendor' ? node.countries?.endpoint : null;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <span role="gridcell" className="map-cell-name">
        {beneath > 0 ? (
          <span className="map-cell-open" data-opens title={isOpen ? says.collapse(name) : says.expand(name)}>
            <Chevron size={13} aria-hidden />
          </span>
        ) : (
          <span className="map-cell-open" />
        )}
        <span className="ellipsis">{name}</span>
        <span className="unit">
          {kind === 'caller'
            ? says.caller
            : kind === 'vendor'
              ? says.category(node.category ?? 'unknown')
              : (node.host ?? '')}
        </span>
      </span>
      <span role="gridcell">{kind === 'vendor' && node.status && <StatusMark status={node.status} />}</span>
      <span role="gridcell" className="ellipsis" title={claim ? claim.says : undefined}>
        {claim &&
          (claim.country === null ? <span className="dim">{says.countryUnknown}</span> : countryName(claim.country))}
        {claim?.country != null && <span className="unit"> {basisText(claim)}</span>}
      </span>
      <span role="gridcell" className="numeric">
        <Count of={figures.calls} />
      </span>
      <span role="gridcell" className="numeric" data-bad={figures.errors > 0 || undefined}>
        <Count of={figures.errors} />
      </span>
      <span role="gridcell" className="numeric">
        <Duration us={figures.p95 === null ? null : Math.round(figures.p95)} />
      </span>
      <span role="gridcell" className="numeric">
        <Size bytes={figures.requestBytes + figures.responseBytes} />
      </span>
      <span role="gridcell" className="numeric">
        {figures.costNanoUsd === null ? '–' : formatMoney(figures.costNanoUsd)}
      </span>
      <span role="gridcell" className="map-cell-change">
        {change === 'added' && (
          <>
            <Plus size={11} aria-hidden /> {says.added}
          </>
        )}
        {change === 'gone' && (
          <>
            <Minus size={11} aria-hidden /> {says.gone}
          </>
        )}
      </span>
    </>
  );
}
