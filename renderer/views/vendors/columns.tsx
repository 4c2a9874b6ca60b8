import type { ReactNode } from 'react';
import type { VendorRow } from '../../../shared/contract/vendors.ts';
import { formatCount, formatSize } from '../../../shared/format/quantities.ts';
import { ageText } from '../../data/age.ts';
import { Button } from '../../ui/button.tsx';
import type { GridColumn } from '../../ui/dense-grid.tsx';
import { Size } from '../../ui/quantity.tsx';
import { VendorMark } from '../../ui/vendor-mark.tsx';
import { words } from '../../words/index.ts';
import { ERRORS, linkToCalls, THROTTLED } from './links.ts';
import { StatusMark } from './status-mark.tsx';
import type { ColumnId, SpanName } from './vendor-order.ts';

const says = words.vendors;
const nothing = (text: string): ReactNode => <span className="dense-none">{text}</span>;

/** A name with its picture. */
function name({ name: title, logo }: VendorRow): ReactNode {
  return (
    <span className="vendor-name">
      <VendorMark name={title} logo={logo} size={16} />
      <span className="ellipsis">{title}</span>
    </span>
  );
}

/** Ages are of ten seconds at most: rows are not drawn anew for every reading. */
export const stampOf = (readAt: number): number => Math.floor(readAt / 10_000_000) * 10_000_000;

/** Columns of the list of all vendors. `now`: when it was read, microseconds. */
export function listColumns(span: SpanName, now: number): GridColumn<VendorRow>[] {
  const cells: Record<ColumnId, Omit<GridColumn<VendorRow>, 'id' | 'title'>> = {
    name: { width: 'minmax(130px, 1.6fr)', cell: name },
    category: {
      width: 'minmax(84px, 0.9fr)',
      from: 760,
      cell: ({ category }) => <span className="dense-none">{says.category(category)}</span>,
    },
    status: { width: '96px', cell: ({ status }) => <StatusMark status={status} /> },
    calls: {
      width: '78px',
      right: true,
      cell: ({ id, calls }) => (calls === 0 ? nothing('0') : <a href={linkToCalls(id, span)}>{formatCount(calls)}</a>),
    },
    errors: {
      width: '66px',
      right: true,
      from: 520,
      cell: ({ id, errors }) =>
        errors === 0 ? (
          nothing('0')
        ) : (
          <a className="dense-bad" href={linkToCalls(id, span, [ERRORS])}>
            {formatCount(errors)}
          </a>
        ),
    },
    throttled: {
      width: '78px',
      right: true,
      from: 820,
      cell: ({ id, throttled }) =>
        throttled === 0 ? (
          nothing('0')
        ) : (
          <a className="vendor-throttled" href={linkToCalls(id, span, [THROTTLED])}>
            {formatCount(throttled)}
          </a>
        ),
    },
    bytes: {
      width: '82px',
      right: true,
      from: 900,
      cell: ({ requestBytes, responseBytes }) => <Size bytes={requestBytes + responseBytes} />,
    },
    cost: { width: '92px', right: true, from: 430, cell: cost },
    apps: {
      width: 'minmax(96px, 1fr)',
      from: 680,
      cell: ({ apps }) => {
        const [first, ...others] = apps;
        if (!first) return nothing(says.none);
        return (
          <span title={apps.map(({ app }) => app ?? says.unknownApp).join(', ')}>
            {first.app ?? nothing(says.none)}
            {others.length > 0 && <span className="unit"> +{others.length}</span>}
          </span>
        );
      },
    },
    country: { width: '72px', from: 600, cell: country },
    last: {
      width: '78px',
      right: true,
      from: 980,
      cell: ({ lastSeen }) => nothing(lastSeen === null ? says.none : ageText(lastSeen, now)),
    },
    first: {
      width: '80px',
      right: true,
      from: 1060,
      cell: ({ firstSeen }) => nothing(firstSeen === null ? says.none : ageText(firstSeen, now)),
    },
  };
  return (Object.keys(cells) as ColumnId[]).map((id) => ({ id, title: says.column[id], ...cells[id] }));
}

function cost({ costNanoUsd, calls, unpricedCalls }: VendorRow): ReactNode {
  const text = says.costOf(costNanoUsd, calls, unpricedCalls);
  if (costNanoUsd === null) return nothing(text);
  return (
    <span title={unpricedCalls > 0 ? says.unpriced(unpricedCalls) : undefined}>
      {text}
      {unpricedCalls > 0 && <span className="unit"> +?</span>}
    </span>
  );
}

function country({ countries }: VendorRow): ReactNode {
  const { endpoint, declared, importer } = countries;
  const shown = endpoint.country ?? declared.country;
  const all = `${says.question.endpoint} ${endpoint.country ?? says.countryUnknown}. ${says.question.declared} ${declared.country ?? says.countryUnknown}. ${says.question.importer}: ${importer.country ?? says.countryUnknown}.`;
  if (shown === null)
    return (
      <span className="dense-none" title={all}>
        {says.none}
      </span>
    );
  return (
    <span title={all}>
      {shown}
      {endpoint.country !== null && endpoint.confidence === 'low' && <span className="unit"> ?</span>}
    </span>
  );
}

/** What the inbox does with a vendor. */
export interface Deeds {
  approve: (vendor: VendorRow) => void;
  assign: (vendor: VendorRow) => void;
  block: (vendor: VendorRow) => void;
}

/** Columns of what waits for a decision: who began it, how much, and the decision. */
export function inboxColumns(span: SpanName, now: number, { approve, assign, block }: Deeds): GridColumn<VendorRow>[] {
  const title = says.inboxColumn;
  return [
    { id: 'name', title: title.name, width: 'minmax(130px, 1.3fr)', cell: name },
    {
      id: 'first',
      title: title.first,
      width: '86px',
      from: 560,
      cell: ({ firstSeen }) => nothing(firstSeen === null ? says.none : says.ago(ageText(firstSeen, now))),
    },
    {
      id: 'by',
      title: title.by,
      width: 'minmax(100px, 1fr)',
      from: 640,
      cell: ({ first }) => (first?.app == null ? nothing(says.none) : first.app),
    },
    {
      id: 'place',
      title: title.place,
      width: 'minmax(120px, 1.6fr)',
      from: 860,
      cell: ({ first }) => {
        const place = first?.callsite ?? null;
        const by = first?.package ?? null;
        if (place === null && by === null) return <span title={says.unknownPlace}>{nothing(says.none)}</span>;
        return (
          <span title={[place, by].filter(Boolean).join(' · ')}>
            {place !== null && <span className="mono">{shortPlace(place)}</span>}
            {by !== null && <span className="unit">{place === null ? by : ` ${by}`}</span>}
          </span>
        );
      },
    },
    {
      id: 'calls',
      title: title.calls,
      width: '72px',
      right: true,
      cell: ({ id, calls }) => <a href={linkToCalls(id, span)}>{formatCount(calls)}</a>,
    },
    {
      id: 'sent',
      title: title.sent,
      width: '84px',
      right: true,
      from: 480,
      cell: ({ requestBytes }) => <Size bytes={requestBytes} />,
    },
    { id: 'country', title: title.country, width: '72px', from: 720, cell: country },
    {
      id: 'deed',
      title: title.deed,
      width: '208px',
      cell: (vendor) => (
        <span className="vendor-deeds">
          <Button aria-label={says.approveNamed(vendor.name)} onClick={() => approve(vendor)}>
            {says.approve}
          </Button>
          <Button look="quiet" aria-label={says.assignNamed(vendor.name)} onClick={() => assign(vendor)}>
            {says.assign}
          </Button>
          <Button look="quiet" aria-label={says.blockNamed(vendor.name)} onClick={() => block(vendor)}>
            {says.block}
          </Button>
        </span>
      ),
    },
  ];
}

/** The end of a path says more than its beginning: `src/agents/triage.ts:118`. */
export function shortPlace(place: string): string {
  const parts = place.split('/');
  return parts.length <= 3 ? place : `…/${parts.slice(-2).join('/')}`;
}

export const spokenRow = ({ name: title, status, calls, errors }: VendorRow): string =>
  says.spoken(title, says.status[status], calls, errors);
export const spokenInbox = ({ name: title, calls, requestBytes }: VendorRow): string =>
  says.spokenInbox(title, calls, formatSize(requestBytes));
