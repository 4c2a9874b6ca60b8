import type { BudgetRow } from '../../../../shared/contract/policies.ts';
import type { Match, MatchField, Policy, PolicyException } from '../../../../shared/model/policy.ts';
import type { BudgetSettings } from '../../../../shared/policies/budget/settings.ts';
import { createCalendar, type Calendar } from '../../../../shared/policies/calendar.ts';
import { counterKeyReader, type CounterField } from '../../../../shared/policies/counter-key.ts';
import type { CallFacts } from '../../../../shared/policies/facts.ts';
import type { Gauge } from '../../../../shared/policies/kind.ts';
import { testMatch } from '../../../../shared/policies/match/test-match.ts';
import type { Recognise, SpendingSum } from '../../store/picture-rows.ts';
import { DAY, HOUR } from './cost-cells.ts';
import type { CostRows } from './cost-rows.ts';
import { forecastPeriod, LOOK_BACK, type Forecast } from './forecast.ts';

export interface BudgetsQuestion {
  now: number;
  /** IANA name: of the policy file. */
  zone: string;
  /** Budgets alone; their settings as their kind read them. */
  policies: readonly Policy[];
  exceptions: readonly PolicyException[];
  /** What their counters stand at, by policy id. */
  gauges: Readonly<Record<string, readonly Gauge[]>>;
}

/** What sums of spending know of calls. */
const KNOWN: ReadonlySet<CounterField> = new Set<MatchField>([
  'app',
  'vendor',
  'service',
  'endpoint',
  'method',
  'host',
  'credential',
  'model',
  'environment',
]);
/** Budgets without periods are shown so far back. */
const TOTAL_DAYS = 90;
/** Counters shown of each budget, and rows looked at between two turns of others. */
const MOST_KEYS = 100;
const TURN = 2000;

interface Keyed {
  steps: Map<number, number>;
  daily: Map<number, number>;
  calls: number;
  priced: number;
  spent: number;
}

/**
 * Budgets as they stand: counters, and what of the recorded spending was theirs, step by step. Budgets that ask for more of
 * calls than sums know (paths, headers, times, CEL) have counters and no steps.
 */
export function* budgetRows(
  { rows, recognise }: { rows: Pick<CostRows, 'spending'>; recognise: Recognise },
  question: BudgetsQuestion,
): Generator<void, { budgets: BudgetRow[] }> {
  const { now, gauges } = question;
  const budgets = question.policies
    .filter(({ mode, expiresAt }) => mode !== 'off' && (expiresAt === null || expiresAt > now))
    .map((policy) => openBudget(policy, question));
  const since = Math.min(now, ...budgets.filter(({ fits }) => fits !== null).map((one) => one.since));
  if (since < now) {
    let seen = 0;
    for (const sum of rows.spending({ since: Math.max(0, since), until: now, by: 'hour' })) {
      if (++seen % TURN === 0) yield;
      const facts = factsOf(sum, recognise);
      for (const budget of budgets) if (budget.fits?.(facts, sum.start) === true) budget.add(facts, sum);
    }
  }
  return { budgets: budgets.flatMap((budget) => budget.rows(gauges[budget.id] ?? [])) };
}

function openBudget(policy: Policy, { now, zone: fileZone, exceptions }: BudgetsQuestion) {
  const settings = policy.settings as BudgetSettings;
  const { period, startDay, limit, alerts } = settings;
  const zone = settings.zone ?? fileZone;
  const bounds = period === 'total' ? null : { ...createCalendar(period, zone, startDay).at(now) };
  const today = createCalendar('day', zone).at(now).start;
  const start = bounds?.start ?? today - TOTAL_DAYS * DAY;
  const end = bounds?.end ?? now;
  const stepOf: Calendar = createCalendar(period === 'hour' || period === 'day' ? 'hour' : 'day', zone);
  const keyOf = counterKeyReader(settings.per);
  const byKey = new Map<string, Keyed>();
  const except = exceptions.filter((one) => (one.policy === policy.id || one.policy === '*') && one.expiresAt > now);
  const known =
    isKnown(policy.match) && except.every(({ match }) => isKnown(match)) && settings.per.every(isKnownField);
  const matches = known ? testMatch(policy.match, zone) : null;
  const not = known ? except.map(({ match }) => testMatch(match, zone)) : [];

  function keyed(key: string): Keyed {
    let one = byKey.get(key);
    if (one === undefined)
      byKey.set(key, (one = { steps: new Map(), daily: new Map(), calls: 0, priced: 0, spent: 0 }));
    return one;
  }

  function rowOf(key: string, gauge: Gauge | undefined): BudgetRow {
    const { steps, daily, calls, priced, spent } = byKey.get(key) ?? keyed(key);
    const reserved = gauge?.reserved ?? 0;
    const counted = gauge === undefined ? spent : (gauge.used ?? 0) - reserved;
    const forecast = bounds === null || period === 'hour' ? null : forecastPeriod(daily, now, { today, ...bounds });
    return {
      policy: policy.id,
      key,
      mode: policy.mode,
      limitNanoUsd: limit,
      spentNanoUsd: counted,
      reservedNanoUsd: reserved,
      unpricedCalls: calls - priced,
      periodStart: start,
      periodEnd: end,
      days: [...steps].sort(([a], [b]) => a - b).map(([at, spentNanoUsd]) => ({ start: at, spentNanoUsd })),
      forecast: forecast && bandOf(forecast, counted, limit, now),
      alertsAt: alerts,
    };
  }

  return {
    id: policy.id,
    /** Null: what was spent of it cannot be told from sums. */
    fits:
      matches === null
        ? null
        : (facts: CallFacts, at: number) => matches(facts, at) && !not.some((excepts) => excepts(facts, at)),
    since: Math.min(start, period === 'total' || period === 'hour' ? start : today - LOOK_BACK * DAY),
    add(facts: CallFacts, sum: SpendingSum): void {
      const one = keyed(keyOf(facts));
      const day = today + Math.floor((sum.start - today) / DAY) * DAY;
      one.daily.set(day, (one.daily.get(day) ?? 0) + sum.costNanoUsd);
      // Sums are by the hour: one that a period begins in counts to it.
      if (sum.start + HOUR <= start || sum.start >= end) return;
      one.calls += sum.calls;
      one.priced += sum.pricedCalls;
      one.spent += sum.costNanoUsd;
      const step = Math.max(start, stepOf.at(sum.start).start);
      one.steps.set(step, (one.steps.get(step) ?? 0) + sum.costNanoUsd);
    },
    rows(counters: readonly Gauge[]): BudgetRow[] {
      const gaugeOf = new Map(counters.map((gauge) => [gauge.key, gauge]));
      const inPeriod = [...byKey].filter(([, { steps }]) => steps.size > 0).map(([key]) => key);
      const keys = new Set([...gaugeOf.keys(), ...inPeriod]);
      if (keys.size === 0 && settings.per.length === 0) keys.add('');
      return [...keys]
        .map((key) => rowOf(key, gaugeOf.get(key)))
        .sort((a, b) => b.spentNanoUsd + b.reservedNanoUsd - a.spentNanoUsd - a.reservedNanoUsd)
        .slice(0, MOST_KEYS);
    },
  };
}

/** The band at the end of the period, and when the money is used up if it goes on so. */
function bandOf(forecast: Forecast, counted: number, limit: number, now: number): BudgetRow['forecast'] {
  const { soFarNanoUsd, lowNanoUsd, expectedNanoUsd, highNanoUsd, series, until } = forecast;
  // What is counted and what is recorded may differ, by calls of which the price is not known; what comes is added.
  const more = (value: number): number => counted + Math.max(0, value - soFarNanoUsd);
  let exhaustedAt: number | null = counted >= limit ? now : null;
  let sum = counted;
  for (const [index, { start, nanoUsd }] of series.entries()) {
    if (exhaustedAt !== null) break;
    const from = Math.max(now, start);
    const to = series[index + 1]?.start ?? until;
    if (sum + nanoUsd >= limit && nanoUsd > 0) exhaustedAt = Math.round(from + ((limit - sum) / nanoUsd) * (to - from));
    sum += nanoUsd;
  }
  return { low: more(lowNanoUsd), likely: more(expectedNanoUsd), high: more(highNanoUsd), exhaustedAt };
}

function isKnown({ fields, headers, times, when }: Match): boolean {
  return (
    Object.keys(fields).every((field) => isKnownField(field as MatchField)) &&
    Object.keys(headers).length === 0 &&
    times.length === 0 &&
    when === null
  );
}

function isKnownField(field: CounterField): boolean {
  return KNOWN.has(field) || field.startsWith('tag.');
}

/** Calls alike, as policies see one of them. */
function factsOf(sum: SpendingSum, recognise: Recognise): CallFacts {
  const { app, host, endpoint, model, credential, tags, start } = sum;
  const owner = recognise(host);
  return {
    call: 0,
    at: start,
    source: 'proxy',
    app,
    process: null,
    package: null,
    vendor: owner?.vendor ?? null,
    service: owner?.service ?? null,
    category: null,
    status: null,
    data: [],
    country: null,
    scheme: 'https',
    host,
    port: 443,
    method: endpoint?.split(' ', 1)[0] ?? '',
    path: endpoint?.split(' ')[1] ?? '',
    query: '',
    endpoint,
    credential,
    tags,
    environment: tags['environment'] ?? null,
    header: () => null,
    requestBytes: null,
    model,
    estimate: null,
  };
}
