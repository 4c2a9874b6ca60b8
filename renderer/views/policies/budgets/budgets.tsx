import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import type { BudgetRow } from '../../../../shared/contract/policies.ts';
import { formatMoney } from '../../../../shared/format/money.ts';
import { TimeChart } from '../../../charts/time-chart.tsx';
import { TimeGroup } from '../../../charts/time-group.tsx';
import type { TimeSeries } from '../../../charts/time-option.ts';
import { niceTop } from '../../../charts/time-scale.ts';
import { useApi } from '../../../client/api-context.ts';
import { useActions } from '../../../data/actions.ts';
import { changePlace, goTo, linkTo, useParam } from '../../../data/location.ts';
import { Button } from '../../../ui/button.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Late } from '../../../ui/late.tsx';
import { words } from '../../../words/index.ts';
import { keyParams, keyTerms } from '../counter-terms.ts';
import { starterOf } from '../list/starter.ts';
import { rangeBetween } from '../place.ts';
import { quoted } from '../quoted.ts';
import { PolicyBar } from '../policy-bar.tsx';
import { burnDown, percentUsed } from './burn-down.ts';
import '../list/empty-policies.css';
import './budgets.css';

const says = words.budgets;
const AGAIN_MS = 5000;
const nameOf = ({ policy, key }: BudgetRow): string => `${policy} ${key}`;
const WHEN = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dateOf = (us: number): string => WHEN.format(us / 1000);

/** Budgets as they stand, the one closest to its limit first; one of them opened. */
export default function Budgets(): ReactNode {
  const api = useApi();
  const asked = useParam('budget');
  const { data, error, dataUpdatedAt } = useQuery({
    queryKey: ['policies', 'budgets'],
    queryFn: async ({ signal }) =>
      (await api.policies.budgets({}, { signal })).budgets.toSorted((a, b) => percentUsed(b) - percentUsed(a)),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
  const opened = data?.find((row) => nameOf(row) === asked) ?? (asked === '-' ? undefined : data?.[0]);
  const open = (row: BudgetRow | undefined): void => changePlace({ budget: row ? nameOf(row) : '-' });
  const move = (by: number): void => {
    const at = data && opened ? data.indexOf(opened) : -1;
    const to = data?.[Math.max(0, Math.min(data.length - 1, at + by))];
    if (to) open(to);
  };
  useActions(says.title, [
    { id: 'budgets.next', title: says.keys.next, keys: ['j'], run: () => move(1) },
    { id: 'budgets.previous', title: says.keys.previous, keys: ['k'], run: () => move(-1) },
  ]);
  return (
    <>
      <PolicyBar />
      {!data ? (
        error ? (
          <Empty title={says.failed} says={error.message} />
        ) : (
          <Late>
            <p className="page-late dim">{words.general.loading}</p>
          </Late>
        )
      ) : data.length === 0 ? (
        <div className="empty-policies" role="status">
          <h2>{says.empty}</h2>
          <p>{says.emptySays}</p>
          <pre tabIndex={0}>{starterOf('budget', null, [])}</pre>
          <div className="empty-policies-deeds">
            <Button look="primary" onClick={() => goTo('policies', { edit: 'new', kind: 'budget' })}>
              {says.begin}
            </Button>
          </div>
        </div>
      ) : (
        <ul className="budgets page-body" aria-label={says.list}>
          {data.map((row) => (
            <li key={nameOf(row)}>
              <Head row={row} open={row === opened} onOpen={() => open(row === opened ? undefined : row)} />
              {row === opened && <Course row={row} now={dataUpdatedAt * 1000} />}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function toneOf(row: BudgetRow): 'blocked' | 'client' | undefined {
  const used = percentUsed(row);
  if (used >= 100) return 'blocked';
  return row.forecast?.exhaustedAt != null || row.alertsAt.some((at) => at < 1 && used >= at * 100 && at >= 0.75)
    ? 'client'
    : undefined;
}

function Head({ row, open, onOpen }: { row: BudgetRow; open: boolean; onOpen: () => void }): ReactNode {
  const { policy, key, mode, limitNanoUsd, spentNanoUsd, reservedNanoUsd, forecast, alertsAt } = row;
  const used = percentUsed(row);
  const share = (amount: number): string => `${Math.min(100, (100 * amount) / Math.max(1, limitNanoUsd))}%`;
  const Chevron = open ? ChevronDown : ChevronRight;
  const whose = key === '' ? says.everyone : key;
  return (
    <button type="button" className="budget-head" aria-expanded={open} data-tone={toneOf(row)} onClick={onOpen}>
      <Chevron size={14} aria-hidden />
      <span className="budget-name">
        <strong title={policy}>{policy}</strong>
        <span className="dim" title={whose}>
          {whose}
        </span>
      </span>
      <span className="budget-mode dim">{words.policies.mode[mode]}</span>
      <span className="budget-meter" aria-hidden>
        <span className="budget-spent" style={{ width: share(spentNanoUsd) }} />
        <span
          className="budget-reserved"
          style={{
            left: share(spentNanoUsd),
            width: share(Math.min(reservedNanoUsd, Math.max(0, limitNanoUsd - spentNanoUsd))),
          }}
        />
        {alertsAt
          .filter((at) => at < 1)
          .map((at) => (
            <span key={at} className="budget-mark" style={{ left: `${at * 100}%` }} />
          ))}
      </span>
      <span className="budget-used">{says.meter(used)}</span>
      <span className="budget-money">{says.spent(spentNanoUsd, limitNanoUsd)}</span>
      <span className="budget-says">
        {used >= 100
          ? says.usedUp(mode)
          : forecast === null
            ? says.tooSoon
            : forecast.exhaustedAt === null
              ? says.lasts
              : says.runsOut(dateOf(forecast.exhaustedAt))}
      </span>
    </button>
  );
}

function Course({ row, now }: { row: BudgetRow; now: number }): ReactNode {
  const { policy, key, periodStart, periodEnd, forecast, reservedNanoUsd, unpricedCalls, alertsAt } = row;
  const course = useMemo(() => burnDown(row, now), [row, now]);
  const series = useMemo((): TimeSeries[] => {
    if (!course) return [];
    const last = (values: readonly (number | null)[]): number | null => values.findLast((one) => one !== null) ?? null;
    const lines = [
      { id: 'left', title: says.left, colour: '--cat-1', values: course.left },
      { id: 'best', title: says.low, colour: '--ok', values: course.best },
      { id: 'likely', title: says.likely, colour: '--text-dim', values: course.likely },
      { id: 'worst', title: says.high, colour: '--client', values: course.worst },
    ];
    return lines.filter(({ values }) => last(values) !== null).map((one) => ({ ...one, total: last(one.values) }));
  }, [course]);
  const until = Math.min(periodEnd, now);
  const callsAt = (from: number, to: number): Record<string, string> => ({
    filter: [`policy:${quoted(policy)}`, ...keyTerms(key)].join(' '),
    range: rangeBetween(from, to),
  });
  const show = (from: number, to: number): void => goTo('traffic', callsAt(from, to));
  return (
    <section className="budget-course" aria-label={`${policy} ${key}`.trim()}>
      {course ? (
        <TimeGroup steps={course.steps} onSelect={show} onOpen={show}>
          <TimeChart title={says.chart} shape="lines" series={series} format={formatMoney} top={niceTop} height={150} />
        </TimeGroup>
      ) : (
        <p className="budget-no-course dim">{says.noSteps}</p>
      )}
      <div className="budget-facts">
        <dl>
          <Fact name={says.period}>
            {dateOf(periodStart)} – {dateOf(periodEnd)}
          </Fact>
          <Fact name={says.forecast}>
            {forecast ? says.band(forecast.low, forecast.likely, forecast.high) : says.tooSoon}
          </Fact>
          {reservedNanoUsd > 0 && <Fact name={says.held}>{says.reserved(reservedNanoUsd)}</Fact>}
          {alertsAt.length > 0 && (
            <Fact name={says.thresholds}>{alertsAt.map((at) => `${Math.round(at * 100)} %`).join(', ')}</Fact>
          )}
          {unpricedCalls > 0 && <Fact name={says.unpriced}>{says.unpricedCalls(unpricedCalls)}</Fact>}
        </dl>
        <div className="budget-links">
          <a href={linkTo('traffic', callsAt(periodStart, until))}>{says.calls}</a>
          <a href={linkTo('costs', { range: rangeBetween(periodStart, until), ...keyParams(key) })}>{says.costs}</a>
          <a href={linkTo('policies', { policy })}>{says.policy}</a>
        </div>
      </div>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
