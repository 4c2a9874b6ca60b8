import { usePreference } from '../../data/preferences.ts';
import type { Column } from './columns.tsx';
import { columnNamed, headerOf } from './columns.tsx';

/** Which columns are shown, in which order, and how wide. */
export interface ColumnLayout {
  shown: readonly string[];
  widths: Readonly<Record<string, number>>;
}

export const USUAL: ColumnLayout = {
  shown: ['time', 'app', 'method', 'status', 'vendor', 'host', 'path', 'duration', 'size'],
  widths: {},
};

export const NARROWEST = 40;
const WIDEST = 1200;

/** What goes first when a call is open beside the list and there is no room for all. */
const DISPENSABLE = ['vendor', 'size', 'duration', 'app', 'time', 'host'];
/** Less than this of the growing column is no use. */
const LEAST_GROWING = 140;

function isLayout(value: unknown): value is ColumnLayout {
  if (typeof value !== 'object' || value === null) return false;
  const { shown, widths } = value as Record<string, unknown>;
  return (
    Array.isArray(shown) &&
    shown.length > 0 &&
    shown.every((id) => typeof id === 'string') &&
    typeof widths === 'object' &&
    widths !== null &&
    Object.values(widths).every((width) => typeof width === 'number')
  );
}

export function useColumnLayout(): [ColumnLayout, (layout: ColumnLayout) => void] {
  return usePreference('traffic.columns', USUAL, isLayout);
}

export function headersOf({ shown }: ColumnLayout): string[] {
  return shown.flatMap((id) => headerOf(id) ?? []);
}

/** The columns as they are shown, with their widths. */
export function shownColumns(layout: ColumnLayout): Column[] {
  const headers = headersOf(layout);
  return layout.shown.flatMap((id) => {
    const column = columnNamed(id, headers);
    return column ? [{ ...column, width: layout.widths[id] ?? column.width }] : [];
  });
}

/** Leaves out what fits least, while a call is open beside the list. */
export function fitColumns(columns: readonly Column[], room: number): Column[] {
  const fitting = [...columns];
  const needed = (): number =>
    fitting.reduce((sum, { width, grows }) => sum + (grows ? Math.min(width, LEAST_GROWING) : width), 0);
  const order = [
    ...columns
      .filter(({ id }) => !USUAL.shown.includes(id))
      .map(({ id }) => id)
      .reverse(),
    ...DISPENSABLE,
  ];
  for (const id of order) {
    if (needed() <= room) break;
    const at = fitting.findIndex((column) => column.id === id);
    if (at >= 0 && fitting.length > 1) fitting.splice(at, 1);
  }
  return fitting;
}

/** The grid's tracks: fixed widths, and one column that takes what is left. */
export function tracksOf(columns: readonly Column[]): string {
  const growing = columns.findIndex(({ grows }) => grows);
  return [
    'var(--call-strip)',
    ...columns.map(({ width, grows }, index) =>
      grows || (growing < 0 && index === columns.length - 1)
        ? `minmax(${Math.min(width, LEAST_GROWING)}px, 1fr)`
        : `${width}px`,
    ),
  ].join(' ');
}

export function withWidth(layout: ColumnLayout, id: string, width: number): ColumnLayout {
  return { ...layout, widths: { ...layout.widths, [id]: Math.round(Math.min(WIDEST, Math.max(NARROWEST, width))) } };
}

export function withShown(layout: ColumnLayout, id: string, on: boolean): ColumnLayout {
  const shown = layout.shown.filter((one) => one !== id);
  if (on) shown.push(id);
  return shown.length === 0 ? layout : { ...layout, shown };
}

/** Puts a column before another one, or at the end. */
export function moved(layout: ColumnLayout, id: string, before: string | null): ColumnLayout {
  if (id === before) return layout;
  const shown = layout.shown.filter((one) => one !== id);
  const at = before === null ? shown.length : shown.indexOf(before);
  shown.splice(at < 0 ? shown.length : at, 0, id);
  return { ...layout, shown };
}
