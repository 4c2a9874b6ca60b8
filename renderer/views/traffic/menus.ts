import { Copy, Download, Eye, EyeOff, Filter, PanelRight, Pin, StickyNote, Trash2 } from 'lucide-react';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import type { MenuEntry } from '../../ui/menu.tsx';
import { words } from '../../words/index.ts';
import { copyText } from './call-actions.ts';
import { USUAL, withShown, withWidth } from './column-layout.ts';
import type { ColumnChoice } from './use-columns.ts';
import type { Column } from './columns.tsx';
import { COLUMNS, headerOf, termOf } from './columns.tsx';

const { menu: says, header: heads } = words.traffic;

/** What can be done with the selected calls; the same list serves the row menu, the keys and the bulk pane. */
export interface CallDeeds {
  open: () => void;
  copyUrl: () => void;
  copyCurl: () => void;
  copyRow: () => void;
  pin: () => void;
  note: () => void;
  exportHar: () => void;
  remove: () => void;
  addTerm: (term: string) => void;
}

/** Columns by which one filters most, offered for every call whatever cell the menu was opened over. */
const OFTEN = ['host', 'app', 'process', 'package', 'callsite', 'method', 'status', 'path', 'type'];

/** The menu of a call: over a cell, that cell's value comes first. */
export function rowMenu(
  call: CallSummary,
  over: Column | null,
  value: string | null,
  deeds: CallDeeds,
): readonly MenuEntry[] {
  const filterEntries = (column: Column, text: string | null): MenuEntry[] => {
    const only = termOf(column, call, text);
    const hide = termOf(column, call, text, true);
    if (only === null || hide === null) return [];
    return [
      { title: says.only(only), icon: Eye, run: () => deeds.addTerm(only) },
      { title: says.hide(only), icon: EyeOff, run: () => deeds.addTerm(hide) },
    ];
  };
  const here = over ? filterEntries(over, value) : [];
  return [
    { title: says.open, icon: PanelRight, keys: 'enter', run: deeds.open },
    null,
    ...here,
    {
      title: says.filterBy,
      icon: Filter,
      more: OFTEN.flatMap((id) => COLUMNS.filter((column) => column.id === id && column !== over)).flatMap((column) =>
        filterEntries(column, null),
      ),
    },
    null,
    { title: says.copyUrl, icon: Copy, keys: 'u', run: deeds.copyUrl },
    { title: says.copyCurl, keys: 'c', run: deeds.copyCurl },
    { title: says.copyRow, run: deeds.copyRow },
    ...(over && value !== null && value !== ''
      ? [{ title: says.copyCell(over.title), run: () => copyText(value, over.title) }]
      : []),
    null,
    { title: call.pinned ? says.unpin : says.pin, icon: Pin, keys: 'p', run: deeds.pin },
    { title: says.note, icon: StickyNote, keys: 'm', run: deeds.note },
    { title: says.export, icon: Download, keys: 'e', run: deeds.exportHar },
    null,
    { title: says.remove, icon: Trash2, keys: 'delete', danger: true, run: deeds.remove },
  ];
}

/** The menu of the header: over a column, what can be done with it comes first. */
export function headMenu(
  column: Column | null,
  choice: ColumnChoice,
  fit: (column: Column) => number,
  addHeader: () => void,
): readonly MenuEntry[] {
  const { layout, setLayout, sortBy, sort } = choice;
  const { shown } = layout;
  const added = shown.filter((id) => headerOf(id) !== null);
  return [
    ...(column
      ? [
          ...(column.sort ? [{ title: heads.sort(column.title), run: () => sortBy(column.id) }] : []),
          { title: heads.fit, run: () => setLayout(withWidth(layout, column.id, fit(column))) },
          {
            title: heads.hide(column.title),
            disabled: shown.length < 2,
            run: () => setLayout(withShown(layout, column.id, false)),
          },
          null,
        ]
      : []),
    ...(sort ? [{ title: heads.unsort, run: () => sortBy(null) }, null] : []),
    {
      title: heads.choose,
      more: [
        ...COLUMNS.map(({ id, title }) => ({ id, title })),
        ...added.map((id) => ({ id, title: headerOf(id) ?? id })),
      ].map(({ id, title }) => ({
        title,
        checked: shown.includes(id),
        run: () => setLayout(withShown(layout, id, !shown.includes(id))),
      })),
    },
    { title: heads.addHeader, run: addHeader },
    null,
    { title: heads.reset, run: () => setLayout(USUAL) },
  ];
}
