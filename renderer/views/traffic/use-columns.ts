import { useCallback, useMemo } from 'react';
import { usePreference } from '../../data/preferences.ts';
import { changePlace, useParam } from '../../data/location.ts';
import type { SortField } from '../../data/call-window.ts';
import type { ColumnLayout } from './column-layout.ts';
import { headersOf, shownColumns, useColumnLayout } from './column-layout.ts';
import type { Column } from './columns.tsx';
import { COLUMNS } from './columns.tsx';

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

/** Figures and statuses are wanted largest first, names from A. */
const LARGEST_FIRST: readonly string[] = [
  'duration',
  'ttfb',
  'size',
  'request-size',
  'response-size',
  'status',
  'cost',
];

export interface ColumnChoice {
  columns: readonly Column[];
  headers: readonly string[];
  layout: ColumnLayout;
  setLayout: (layout: ColumnLayout) => void;
  /** Null: by arrival. */
  sort: SortField | null;
  descending: boolean;
  /** As the header shows it. */
  shownSort: { id: string; descending: boolean };
  sortBy: (id: string | null) => void;
  newestFirst: boolean;
  setNewestFirst: (on: boolean) => void;
  relative: boolean;
  setRelative: (on: boolean) => void;
}

/** The columns of the list and the order of its rows: what is remembered and what is in the address. */
export function useColumns(): ColumnChoice {
  const [layout, setLayout] = useColumnLayout();
  const [newestFirst, setNewestFirst] = usePreference('traffic.newest-first', false, isFlag);
  const [relative, setRelative] = usePreference('traffic.relative-time', false, isFlag);
  const param = useParam('sort');
  const descending = param.startsWith('-');
  const id = descending ? param.slice(1) : param;
  const column = COLUMNS.find((one) => one.id === id);
  const sort = column?.sort !== undefined && column.sort !== 'time' ? column.sort : null;

  const sortBy = useCallback(
    (wanted: string | null) => {
      const to = COLUMNS.find((one) => one.id === wanted)?.sort;
      if (wanted === null || to === undefined) return changePlace({ sort: undefined });
      if (to === 'time') {
        if (sort === null) setNewestFirst(!newestFirst);
        return changePlace({ sort: undefined });
      }
      const largest = LARGEST_FIRST.includes(to);
      if (to !== sort) return changePlace({ sort: largest ? `-${wanted}` : wanted });
      // The second click turns the order round, the third leaves it.
      const turned = descending !== largest;
      changePlace({ sort: turned ? undefined : descending ? wanted : `-${wanted}` });
    },
    [sort, descending, newestFirst, setNewestFirst],
  );

  return {
    columns: useMemo(() => shownColumns(layout), [layout]),
    headers: useMemo(() => headersOf(layout), [layout]),
    layout,
    setLayout,
    sort,
    descending,
    shownSort: sort === null ? { id: 'time', descending: newestFirst } : { id, descending },
    sortBy,
    newestFirst,
    setNewestFirst,
    relative,
    setRelative,
  };
}
