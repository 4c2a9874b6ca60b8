import type { ReactNode } from 'react';
import { linkTo } from '../../data/location.ts';
import { Count, Duration, Size } from '../../ui/quantity.tsx';
import { Tip } from '../../ui/tip.tsx';
import { words } from '../../words/index.ts';
import { changeOf, changeText, ERRORS, callsOf, isComparable } from './span.ts';
import type { Span } from './span.ts';
import type { Overview } from './use-overview.ts';

const says = words.overview;

/** What left this machine, in one line; each figure leads to its calls, each change compares with the span before. */
export function Figures({
  overview,
  span,
  oldest,
}: {
  overview: Overview;
  span: Span;
  /** When the oldest recorded call began. */
  oldest: number | null;
}): ReactNode {
  const { totals } = overview;
  // A span that recording began in is no measure for the one after it.
  const compared = oldest !== null && isComparable(overview, oldest);
  const previous = compared ? overview.previous : NOTHING;
  const to = (what: Parameters<typeof callsOf>[1] = null): string => linkTo('traffic', callsOf(span, what));
  const rate = (one: typeof totals): number | null => (one.calls === 0 ? null : one.errors / one.calls);
  const errors = rate(totals);
  const errorsBefore = rate(previous);
  return (
    <dl className="figures" aria-label={says.figures}>
      <Figure title={says.calls} href={to()} change={relative(totals.calls, previous.calls)}>
        <Count of={totals.calls} />
      </Figure>
      <Figure
        title={says.errors}
        tip={says.errorsTip}
        href={to(ERRORS)}
        change={errors === null || errorsBefore === null ? null : points(errors - errorsBefore)}
      >
        {errors === null ? (
          '–'
        ) : (
          <>
            {percent(errors)}
            <span className="unit">&thinsp;%</span>
          </>
        )}
      </Figure>
      {(['p50', 'p95', 'p99'] as const).map((name) => {
        const value = totals.latency[name];
        return (
          <Figure
            key={name}
            title={says[name]}
            tip={says.latencyTip(`${name.slice(1)} %`)}
            href={to(
              value === null
                ? null
                : { op: 'number', field: 'duration', comparison: '>=', value: floorDuration(value) },
            )}
            change={relative(value, previous.latency[name], true)}
          >
            <Duration us={value === null ? null : Math.round(value)} />
          </Figure>
        );
      })}
      <Figure
        title={says.out}
        tip={says.outTip}
        href={to({ op: 'number', field: 'request-size', comparison: '>', value: 0 })}
        change={relative(totals.requestBytes, previous.requestBytes)}
      >
        <Size bytes={totals.requestBytes} />
      </Figure>
      <Figure
        title={says.in}
        tip={says.inTip}
        href={to({ op: 'number', field: 'response-size', comparison: '>', value: 0 })}
        change={relative(totals.responseBytes, previous.responseBytes)}
      >
        <Size bytes={totals.responseBytes} />
      </Figure>
    </dl>
  );
}

const NOTHING: Overview['previous'] = {
  calls: 0,
  failures: 0,
  errors: 0,
  statuses: { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 },
  requestBytes: 0,
  responseBytes: 0,
  latency: { p50: null, p90: null, p95: null, p99: null },
};

interface Change {
  text: string;
  worse: boolean;
}

function relative(now: number | null, before: number | null, growthIsWorse = false): Change | null {
  const change = changeOf(now, before);
  if (change === null) return null;
  return { text: changeText(change) ?? says.same, worse: growthIsWorse && change > 0.2 };
}

function points(difference: number): Change {
  const rounded = Math.round(difference * 1000) / 10;
  if (rounded === 0) return { text: says.same, worse: false };
  return { text: says.points(`${rounded > 0 ? '+' : '−'}${Math.abs(rounded)}`), worse: rounded >= 1 };
}

function percent(share: number): string {
  const value = share * 100;
  return value === 0 ? '0' : value < 0.1 ? '<0.1' : value >= 9.95 ? String(Math.round(value)) : value.toFixed(1);
}

/** A duration as a filter writes it: whole in its unit, and below the percentile, which is within 2 %. */
export function floorDuration(us: number): number {
  const unit = us >= 10_000_000 ? 1_000_000 : us >= 1000 ? 1000 : 1;
  return Math.floor((us * 0.98) / unit) * unit;
}

function Figure({
  title,
  tip,
  href,
  change,
  children,
}: {
  title: string;
  tip?: string;
  href: string;
  change: Change | null;
  children: ReactNode;
}): ReactNode {
  const name = <dt className="figure-title">{title}</dt>;
  return (
    <div className="figure">
      {tip === undefined ? name : <Tip text={tip}>{name}</Tip>}
      <dd>
        <a className="figure-value" href={href}>
          {children}
        </a>
        {change && (
          <Tip text={says.before(change.text)}>
            <span className="figure-change" data-worse={change.worse}>
              {change.text}
            </span>
          </Tip>
        )}
      </dd>
    </div>
  );
}
