import { memo } from 'react';
import type { ReactNode } from 'react';
import type { CallSummary } from '../../../shared/model/call-summary.ts';
import { formatDuration } from '../../../shared/format/quantities.ts';
import type { VendorNames } from '../../data/vendor-names.ts';
import { words } from '../../words/index.ts';
import type { Column } from './columns.tsx';
import { failureText, statusText, toneOf } from './columns.tsx';

export interface CallRowProps {
  call: CallSummary;
  /** From the list's top, in pixels. */
  top: number;
  /** Counted from 1 for screen readers, the header being the first. */
  number: number;
  columns: readonly Column[];
  relative: boolean;
  vendors: VendorNames | undefined;
  selected: boolean;
  active: boolean;
  opened: boolean;
  values: readonly (string | null)[] | undefined;
}

export const rowId = (id: number): string => `call-${id}`;

/** One call in the list. It is drawn again only when something of its own changed. */
export const CallRow = memo(function CallRow(props: CallRowProps): ReactNode {
  const { call, top, number, columns, relative, vendors, selected, active, opened, values } = props;
  const taste = { relative, vendors };
  return (
    <div
      role="row"
      tabIndex={-1}
      id={rowId(call.id)}
      data-call={call.id}
      aria-rowindex={number}
      aria-selected={selected}
      aria-label={spoken(call)}
      className="call-row"
      data-kind={call.kind}
      data-state={call.state}
      data-active={active || undefined}
      data-opened={opened || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className={`call-strip tone-${toneOf(call)}`} />
      {columns.map((column) => (
        <span
          key={column.id}
          role="gridcell"
          data-column={column.id}
          className={`call-cell${column.right ? ' call-cell-right' : ''}${column.mono ? ' call-cell-time' : ''}`}
        >
          {column.cell(call, taste, values)}
        </span>
      ))}
    </div>
  );
});

/** What a screen reader says of a row: the whole story in the order people tell it. */
function spoken(call: CallSummary): string {
  return words.traffic.spoken([
    words.traffic.kinds[call.kind],
    call.method,
    statusText(call),
    `${call.host}${call.path}`,
    failureText(call),
    call.pinned ? words.traffic.isPinned : null,
    call.note,
    call.app,
    call.state === 'closed' ? formatDuration(call.durationUs) : null,
  ]);
}
