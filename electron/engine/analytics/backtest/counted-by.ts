import type { Policy } from '../../../../shared/model/policy.ts';
import type { Period } from '../../../../shared/policies/calendar.ts';
import { createCalendar } from '../../../../shared/policies/calendar.ts';
import type { CounterField } from '../../../../shared/policies/counter-key.ts';
import type { CountedBy } from './demand.ts';

const MINUTE = 60_000_000;
const PERIODS: Readonly<Record<Period, number>> = {
  hour: 60 * MINUTE,
  day: 24 * 60 * MINUTE,
  week: 7 * 24 * 60 * MINUTE,
  month: 30 * 24 * 60 * MINUTE,
};
const UNITS: Readonly<Record<string, CountedBy['unit']>> = {
  calls: 'calls',
  tokens: 'tokens',
  bytes: 'bytes',
  units: 'units',
  money: 'nano-dollars',
};

/**
 * By what a policy counts, as its settings say. One that counts nothing (access, alerts) or names no window is taken to
 * count calls by the minute: demand can be looked at before there is a limit.
 */
export function countedBy(policy: Policy, zone: string): CountedBy & { per: readonly CounterField[] } {
  const settings = (policy.settings ?? {}) as Readonly<Record<string, unknown>>;
  const per = (settings['per'] ?? []) as readonly CounterField[];
  const unitName = typeof settings['unit'] === 'string' ? settings['unit'] : null;
  switch (policy.kind) {
    case 'limit': {
      const { algorithm, window, cost } = settings;
      const running = algorithm === 'concurrency' || (algorithm === 'adaptive' && window === null);
      const unit = running ? 'concurrent' : (UNITS[String(cost)] ?? 'calls');
      return { windowUs: running ? null : numberOr(window, MINUTE), startOf: null, unit, unitName, per };
    }
    case 'quota':
      return { ...byPeriod(settings, zone), unit: UNITS[String(unitName)] ?? 'units', unitName, per };
    case 'budget':
      return { ...byPeriod(settings, zone), unit: 'nano-dollars', unitName: null, per };
    default:
      return { windowUs: MINUTE, startOf: null, unit: 'calls', unitName: null, per: [] };
  }
}

function byPeriod(settings: Readonly<Record<string, unknown>>, zone: string): Pick<CountedBy, 'windowUs' | 'startOf'> {
  const { period, startDay } = settings;
  // `total`: one window for ever.
  if (typeof period !== 'string' || !(period in PERIODS))
    return { windowUs: Number.MAX_SAFE_INTEGER, startOf: () => 0 };
  const own = typeof settings['zone'] === 'string' ? settings['zone'] : zone;
  const calendar = createCalendar(period as Period, own, numberOr(startDay, 1));
  return { windowUs: PERIODS[period as Period], startOf: (at) => calendar.at(at).start };
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
