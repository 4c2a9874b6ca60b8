import type { ReactNode } from 'react';
import type { Headroom } from '../../../shared/contract/vendors.ts';
import { limitWords } from '../../../shared/format/metering-words.ts';
import { countOf, formatCount, formatDuration } from '../../../shared/format/quantities.ts';
import { words } from '../../words/index.ts';
import { linkToCalls, text, THROTTLED } from './links.ts';
import { agoText } from './moments.tsx';
import { useHeadroom } from './use-vendors.ts';
import type { SpanName } from './vendor-order.ts';

const says = words.vendors;
/** Size of the small chart, pixels. */
const WIDE = 120;
const HIGH = 22;

/** What is left of the vendor’s limits, by credential and resource, with how it went and how long it lasts. */
export function HeadroomPart({ id, span, now }: { id: string; span: SpanName; now: number }): ReactNode {
  const { data } = useHeadroom(id, span);
  if (!data) return null;
  return (
    <section aria-label={says.headroom}>
      <h3>{says.headroom}</h3>
      {data.headroom.length === 0 ? (
        <p className="vendor-note dim">{says.noHeadroom}</p>
      ) : (
        <ul className="vendor-limits">
          {data.headroom.map((one) => (
            <li key={`${one.credential} ${one.host} ${one.resource} ${one.unit}`}>
              <Limit id={id} span={span} one={one} now={now} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Limit({ id, span, one, now }: { id: string; span: SpanName; one: Headroom; now: number }): ReactNode {
  const { credential, host, resource, limit, remaining, resetAt, seenAt, exhaustedAt, throttled, throttles } = one;
  const share = limit !== null && limit > 0 && remaining !== null ? remaining / limit : null;
  const low = share !== null && share < 0.1;
  const reset =
    resetAt === null ? null : resetAt > now ? says.refill(formatDuration(wholeSeconds(resetAt - now))) : says.refilled;
  const runsOut =
    remaining === 0 && (resetAt === null || resetAt > now)
      ? says.exhaustedNow
      : exhaustedAt === null
        ? null
        : exhaustedAt <= now
          ? says.exhaustedNow
          : says.exhausted(formatDuration(wholeSeconds(exhaustedAt - now)));
  return (
    <>
      <span className="vendor-limit-name">
        <strong>{resource}</strong>{' '}
        <span className="unit" title={host}>
          {credential ?? says.anyCredential}
        </span>
      </span>
      <span className="vendor-limit-left" data-low={low || undefined}>
        {limitWords({ ...one, unit: unitOf(one.unit), source: '' })}
      </span>
      <Spark one={one} />
      <span className="vendor-limit-says dim">
        {[runsOut, reset, says.saidAgo(agoText(seenAt, now))].filter(Boolean).join(' · ')}
        {throttled > 0 && (
          <>
            {' · '}
            <a
              className="vendor-throttled"
              href={linkToCalls(id, span, [
                text('host', host),
                ...(credential === null ? [] : [text('credential', credential)]),
                THROTTLED,
              ])}
              title={throttles.map(({ kind, calls }) => `${says.throttle[kind]}: ${countOf(calls, 'call')}`).join(', ')}
            >
              {says.throttledHere(throttled)}
            </a>
          </>
        )}
      </span>
    </>
  );
}

/** What is foretold is no finer than this: `38 s`, `3 min`. */
function wholeSeconds(us: number): number {
  const unit = us < 90_000_000 ? 1_000_000 : 60_000_000;
  return Math.max(unit, Math.round(us / unit) * unit);
}

const UNITS = ['requests', 'tokens', 'points', 'bytes', 'concurrency'] as const;
const unitOf = (unit: string): (typeof UNITS)[number] | 'other' => UNITS.find((one) => one === unit) ?? 'other';

/** The least that was left, over the span: how near it came to nothing. */
function Spark({ one: { history, limit, resource } }: { one: Headroom }): ReactNode {
  const points = history.filter((step): step is typeof step & { lowest: number } => step.lowest !== null);
  const top = Math.max(limit ?? 0, ...points.map(({ lowest, limit: then }) => Math.max(lowest, then ?? 0)), 1);
  const from = points[0]?.at ?? 0;
  const wide = Math.max(1, (points.at(-1)?.at ?? 0) - from);
  if (points.length < 2) return <span className="vendor-spark" aria-hidden />;
  const least = Math.min(...points.map(({ lowest }) => lowest));
  const place = ({ at, lowest }: { at: number; lowest: number }): string =>
    `${(((at - from) / wide) * WIDE).toFixed(1)},${(HIGH - 1 - (lowest / top) * (HIGH - 2)).toFixed(1)}`;
  return (
    <svg
      className="vendor-spark"
      viewBox={`0 0 ${WIDE} ${HIGH}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={says.history(resource, formatCount(least))}
    >
      <polygon points={`0,${HIGH} ${points.map(place).join(' ')} ${WIDE},${HIGH}`} />
      <polyline points={points.map(place).join(' ')} />
      {points
        .filter(({ throttled }) => throttled > 0)
        .map(({ at }) => (
          <rect key={at} x={((at - from) / wide) * WIDE - 0.75} y={0} width={1.5} height={HIGH} />
        ))}
    </svg>
  );
}
