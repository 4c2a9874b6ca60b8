import type { AlertRow } from '../../shared/contract/alert-schema.ts';
import type { BudgetRow } from '../../shared/contract/policies.ts';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const USD = 1_000_000_000;

/** A month’s budgets, eighteen days in: one that runs out, one that lasts, one without a course. `now`: microseconds. */
export function exampleBudgets(now: number): BudgetRow[] {
  const start = Math.floor(now / DAY) * DAY - 17 * DAY;
  const days = (least: number) =>
    Array.from({ length: 18 }, (_, index) => ({
      start: start + index * DAY,
      spentNanoUsd: (least + ((index * 7) % 5) * least * 0.3) * USD,
    }));
  const base = {
    mode: 'observe' as const,
    reservedNanoUsd: 0,
    unpricedCalls: 0,
    periodStart: start,
    periodEnd: start + 30 * DAY,
    alertsAt: [0.5, 0.8, 1],
  };
  const sum = (steps: { spentNanoUsd: number }[]): number => steps.reduce((all, one) => all + one.spentNanoUsd, 0);
  const [fast, slow] = [days(11), days(1)];
  return [
    {
      ...base,
      policy: 'monthly-geocodes',
      key: 'tag.tenant=acme',
      limitNanoUsd: 80 * USD,
      spentNanoUsd: sum(slow),
      days: slow,
      forecast: { low: 40 * USD, likely: 48 * USD, high: 57 * USD, exhaustedAt: null },
    },
    {
      ...base,
      policy: 'monthly-openai',
      key: 'app=support-bot',
      mode: 'enforce',
      limitNanoUsd: 400 * USD,
      spentNanoUsd: sum(fast),
      reservedNanoUsd: 4 * USD,
      unpricedCalls: 12,
      days: fast,
      forecast: { low: 470 * USD, likely: 528 * USD, high: 600 * USD, exhaustedAt: start + 23 * DAY },
    },
    {
      ...base,
      policy: 'night-work',
      key: '',
      limitNanoUsd: 25 * USD,
      spentNanoUsd: 26 * USD,
      days: [],
      forecast: null,
    },
  ];
}

export function exampleAlerts(now: number): AlertRow[] {
  const base = {
    closedAt: null,
    acknowledgedAt: null,
    acknowledgedBy: null,
    owner: 'platform@example.com',
    value: 0.18,
  };
  const delivered = { to: 'desktop', state: 'delivered' as const, tries: 1, at: now - HOUR, says: null };
  return [
    {
      ...base,
      id: 1,
      policy: 'error-rate',
      key: 'vendor=openai',
      state: 'open',
      openedAt: now - HOUR,
      sentence: '18 % of OpenAI’s calls failed over 5 minutes, above 10 %.',
      deliveries: [
        delivered,
        { to: 'hooks.example.com', state: 'failed', tries: 4, at: now - HOUR / 2, says: 'it answered 503' },
      ],
    },
    {
      ...base,
      id: 2,
      policy: 'monthly-openai',
      key: 'app=support-bot 80%',
      state: 'acknowledged',
      openedAt: now - 9 * HOUR,
      acknowledgedAt: now - 8 * HOUR,
      acknowledgedBy: 'ada',
      value: 0.8,
      sentence: 'support-bot has spent 80 % of its $400.00 for the month.',
      deliveries: [delivered],
    },
    {
      ...base,
      id: 3,
      policy: 'error-rate',
      key: 'vendor=stripe',
      state: 'closed',
      openedAt: now - 2 * DAY,
      closedAt: now - 2 * DAY + HOUR / 2,
      owner: null,
      sentence: '12 % of Stripe’s calls failed over 5 minutes, above 10 %.',
      deliveries: [],
    },
  ];
}
