import { Ban, Check, ChevronDown, DollarSign, ListTree, Waypoints, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { VendorPage, VendorRow } from '../../../shared/contract/vendors.ts';
import { formatSize } from '../../../shared/format/quantities.ts';
import { goTo, linkTo } from '../../data/location.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Late } from '../../ui/late.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { Count, Duration, Size } from '../../ui/quantity.tsx';
import { VendorMark } from '../../ui/vendor-mark.tsx';
import { words } from '../../words/index.ts';
import { Declaration } from './declaration.tsx';
import { HeadroomPart } from './headroom.tsx';
import { ERRORS, linkToCalls, placeOfCalls, slowerThan, THROTTLED, withBody } from './links.ts';
import { agoText, dayText } from './moments.tsx';
import { Breaks, CountriesPart, Endpoints, Hosts, Urls, Versions } from './parts.tsx';
import { StatusMark } from './status-mark.tsx';
import { useVendor } from './use-vendors.ts';
import type { Decision } from './use-vendors.ts';
import type { SpanName } from './vendor-order.ts';
import './vendor-panel.css';

const says = words.vendors;
const DECISIONS: readonly Decision[] = ['approved', 'known', 'deprecated', 'blocked'];

export interface VendorPanelProps {
  id: string;
  span: SpanName;
  /** Microseconds. */
  now: number;
  onClose: () => void;
  onDecide: (vendor: VendorRow, status: Decision) => void;
  onAssign: () => void;
}

/** One vendor with everything that is known and said of it. */
export function VendorPanel({ id, span, now, onClose, onDecide, onAssign }: VendorPanelProps): ReactNode {
  const { data: vendor, error } = useVendor(id, span);
  if (!vendor) {
    return (
      <section className="vendor-panel" aria-label={says.panel(id)}>
        <div className="vendor-panel-alone">
          <IconButton icon={X} label={says.close} onClick={onClose} />
        </div>
        {error ? (
          <Empty title={says.panelFailed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )}
      </section>
    );
  }
  const part = { vendor, span, now };
  const { name, company, category } = vendor;
  return (
    <section className="vendor-panel" aria-label={says.panel(name)}>
      <header className="vendor-panel-head">
        <VendorMark name={name} logo={vendor.logo} size={28} />
        <div className="vendor-panel-title">
          <h2 className="ellipsis" title={name}>
            {name}
          </h2>
          <p className="dim ellipsis">
            {[company === name ? null : company, says.category(category), name === id ? null : id]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <MenuButton
          align="end"
          trigger={
            <Button
              className="vendor-status-button"
              aria-label={says.statusOf(says.status[vendor.status])}
              title={says.setStatus}
            >
              <StatusMark status={vendor.status} />
              <ChevronDown size={12} aria-hidden />
            </Button>
          }
          entries={DECISIONS.filter((one) => one !== vendor.status).map((one) => ({
            title: says.statusLong[one],
            run: () => onDecide(vendor, one),
          }))}
        />
        <IconButton
          icon={ListTree}
          label={says.showCalls}
          keys="c"
          onClick={() => goTo('traffic', placeOfCalls(id, span))}
        />
        <IconButton icon={Waypoints} label={says.toMap} onClick={() => goTo('map', { vendor: id })} />
        <IconButton icon={DollarSign} label={says.byCost} onClick={() => goTo('costs', { vendor: id, by: 'model' })} />
        <IconButton icon={X} label={says.close} keys="escape" onClick={onClose} />
      </header>
      <div className="vendor-panel-body">
        <Notice vendor={vendor} now={now} onDecide={onDecide} onAssign={onAssign} />
        <Figures {...part} />
        <Declaration key={vendor.id} vendor={vendor} />
        <Breaks {...part} />
        <Endpoints {...part} />
        <Hosts {...part} />
        <CountriesPart {...part} />
        <HeadroomPart id={id} span={span} now={now} />
        <Versions {...part} />
        <Urls {...part} />
      </div>
    </section>
  );
}

/** What its standing means here, and the decision where one is due. */
function Notice({
  vendor,
  now,
  onDecide,
  onAssign,
}: Pick<VendorPanelProps, 'now' | 'onDecide' | 'onAssign'> & { vendor: VendorPage }): ReactNode {
  const { status, calls, requestBytes, first, firstSeen, approvedUntil, name } = vendor;
  if (status === 'approved')
    return approvedUntil === null ? null : (
      <p className="vendor-note dim">{says.approvedUntil(dayText(Date.parse(approvedUntil) * 1000))}</p>
    );
  if (status === 'blocked' || status === 'deprecated') {
    return (
      <p className="vendor-notice" data-status={status}>
        {status === 'blocked' ? says.blockedSays(calls) : says.deprecatedSays}
      </p>
    );
  }
  if (!vendor.shadow) return null;
  return (
    <div className="vendor-notice" data-status="new" role="group" aria-label={says.shadowTitle}>
      <p>
        <strong>{says.shadowTitle}.</strong> {says.shadowSays(calls, formatSize(requestBytes))}
      </p>
      {first && (
        <p className="dim">
          {says.firstCall}{' '}
          <a href={linkTo('call', { call: String(first.call) })}>
            {says.firstBy(first.app ?? says.unknownApp, firstSeen === null ? says.none : agoText(firstSeen, now))}
          </a>
          {first.package !== null && ` ${says.through(first.package)}`}
          {first.callsite !== null && (
            <>
              {', '}
              <span className="mono">{first.callsite}</span>
            </>
          )}
        </p>
      )}
      <div className="vendor-notice-deeds">
        <Button
          look="primary"
          icon={Check}
          aria-label={says.approveNamed(name)}
          onClick={() => onDecide(vendor, 'approved')}
        >
          {says.approve}
        </Button>
        <Button aria-label={says.assignNamed(name)} onClick={onAssign}>
          {says.assign}
        </Button>
        <Button icon={Ban} aria-label={says.blockNamed(name)} onClick={() => onDecide(vendor, 'blocked')}>
          {says.block}
        </Button>
      </div>
    </div>
  );
}

/** Figures, each a link to its calls. */
function Figures({ vendor, span }: { vendor: VendorPage; span: SpanName }): ReactNode {
  const { id, calls, errors, throttled, p50, p95, requestBytes, responseBytes, costNanoUsd, unpricedCalls } = vendor;
  const { figure } = says;
  const to = (...more: Parameters<typeof linkToCalls>[2] & object): string => linkToCalls(id, span, more);
  const priced = { op: 'number', field: 'cost', comparison: '>=', value: 0 } as const;
  return (
    <dl className="vendor-figures" aria-label={says.figures}>
      <Figure title={figure.calls} href={calls === 0 ? null : to()}>
        <Count of={calls} />
      </Figure>
      <Figure title={figure.errors} href={errors === 0 ? null : to(ERRORS)} tone={errors > 0 ? 'bad' : undefined}>
        <Count of={errors} />
      </Figure>
      <Figure
        title={figure.throttled}
        href={throttled === 0 ? null : to(THROTTLED)}
        tone={throttled > 0 ? 'throttled' : undefined}
      >
        <Count of={throttled} />
      </Figure>
      <Figure title={figure.p50} href={p50 === null ? null : to(slowerThan(p50))}>
        <Duration us={p50 === null ? null : Math.round(p50)} />
      </Figure>
      <Figure title={figure.p95} href={p95 === null ? null : to(slowerThan(p95))}>
        <Duration us={p95 === null ? null : Math.round(p95)} />
      </Figure>
      <Figure title={figure.sent} href={requestBytes === 0 ? null : to(withBody('request-size'))}>
        <Size bytes={requestBytes} />
      </Figure>
      <Figure title={figure.received} href={responseBytes === 0 ? null : to(withBody('response-size'))}>
        <Size bytes={responseBytes} />
      </Figure>
      <Figure title={figure.cost} href={costNanoUsd === null ? null : to(priced)}>
        {says.costOf(costNanoUsd, calls, unpricedCalls)}
        {unpricedCalls > 0 && costNanoUsd !== null && (
          <span className="unit" title={says.unpriced(unpricedCalls)}>
            {' '}
            +?
          </span>
        )}
      </Figure>
    </dl>
  );
}

function Figure({
  title,
  href,
  tone,
  children,
}: {
  title: string;
  href: string | null;
  tone?: 'bad' | 'throttled' | undefined;
  children: ReactNode;
}): ReactNode {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {href === null ? (
          <span className="dense-none">{children}</span>
        ) : (
          <a href={href} data-tone={tone}>
            {children}
          </a>
        )}
      </dd>
    </div>
  );
}
