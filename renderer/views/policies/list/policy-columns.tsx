import type { ReactNode } from 'react';
import type { PolicyRow } from '../../../../shared/contract/policies.ts';
import type { Mode } from '../../../../shared/model/policy.ts';
import { ageText } from '../../../data/age.ts';
import type { GridColumn } from '../../../ui/dense-grid.tsx';
import { words } from '../../../words/index.ts';
import { ModeSwitch } from '../mode-switch.tsx';
import { linkToCalls } from '../place.ts';
import type { SpanName } from '../place.ts';

const says = words.policies;
const DAY = 86_400_000_000;

export function spokenRow({ id, kind, mode, hits }: PolicyRow): string {
  return says.spoken(id, says.kind[kind], says.mode[mode], hits.asked, hits.denied);
}

/** What it refused, by how it is said on calls: an observer only would have. */
export const verdictsOf = (mode: Mode, of: 'denied' | 'waited'): readonly string[] => {
  const acted = of === 'denied' ? ['deny', 'cut'] : ['wait'];
  return mode === 'enforce' ? acted : acted.map((one) => `would-${one}`);
};

/** Until when it counts, in days. */
export function expiryText(at: number | null, now: number, long = false): string {
  if (at === null) return says.none;
  const days = Math.floor((at - now) / DAY);
  return at <= now ? says.expired : long ? says.expiresInDays(days) : says.expiresIn(days);
}

/** `now`: microseconds, in steps in which ages change. */
export function policyColumns(
  span: SpanName,
  now: number,
  onMode: (policy: PolicyRow, mode: Mode) => void,
): GridColumn<PolicyRow>[] {
  const calls = (row: PolicyRow, count: number, verdicts?: readonly string[], tone?: string): ReactNode =>
    count === 0 ? (
      <span className="dense-none">{says.none}</span>
    ) : (
      <a
        href={linkToCalls({ policy: row.id, ...(verdicts && { verdicts }) }, span)}
        data-tone={tone}
        data-would={(verdicts !== undefined && row.mode !== 'enforce') || undefined}
      >
        {says.short(count)}
      </a>
    );
  return [
    {
      id: 'mode',
      title: says.column.mode,
      width: '166px',
      cell: (row) => <ModeSwitch id={row.id} mode={row.mode} onChange={(mode) => onMode(row, mode)} inList />,
    },
    {
      id: 'id',
      title: says.column.id,
      width: 'minmax(140px, 1.3fr)',
      cell: ({ id, mode }) => (
        <span className="policies-id" data-mode={mode} title={id}>
          {id}
        </span>
      ),
    },
    {
      id: 'kind',
      title: says.column.kind,
      width: '64px',
      cell: ({ kind }) => <span className="dim">{says.kind[kind]}</span>,
    },
    {
      id: 'says',
      title: says.column.says,
      width: 'minmax(160px, 3fr)',
      fixed: true,
      from: 640,
      cell: (row) => <span title={row.says}>{row.says}</span>,
    },
    {
      id: 'owner',
      title: says.column.owner,
      width: 'minmax(80px, 0.9fr)',
      from: 1100,
      cell: ({ owner }) =>
        owner === null ? (
          <span className="dense-none">{says.none}</span>
        ) : (
          <span className="dim" title={owner}>
            {owner}
          </span>
        ),
    },
    {
      id: 'asked',
      title: says.column.asked,
      width: '72px',
      right: true,
      tip: says.columnTip.asked,
      cell: (row) => calls(row, row.hits.asked),
    },
    {
      id: 'denied',
      title: says.column.denied,
      width: '80px',
      right: true,
      tip: says.columnTip.denied,
      cell: (row) => calls(row, row.hits.denied, verdictsOf(row.mode, 'denied'), 'blocked'),
    },
    {
      id: 'delayed',
      title: says.column.delayed,
      width: '80px',
      right: true,
      tip: says.columnTip.delayed,
      cell: (row) => calls(row, row.hits.waited, verdictsOf(row.mode, 'waited'), 'throttled'),
    },
    {
      id: 'faults',
      title: says.column.faults,
      width: '68px',
      right: true,
      from: 860,
      tip: says.columnTip.faults,
      cell: (row) => calls(row, row.hits.faults, undefined, 'bad'),
    },
    {
      id: 'changed',
      title: says.column.changed,
      width: '80px',
      right: true,
      from: 960,
      cell: ({ changedAt }) => <span className="dim">{changedAt === null ? says.none : ageText(changedAt, now)}</span>,
    },
    {
      id: 'expires',
      title: says.column.expires,
      width: '84px',
      right: true,
      from: 1000,
      cell: ({ expiresAt }) => (
        <span className={expiresAt === null ? 'dense-none' : expiresAt <= now ? 'dense-bad' : 'dim'}>
          {expiryText(expiresAt, now)}
        </span>
      ),
    },
  ];
}
