import { formatMoney } from '../../shared/format/money.ts';
import { countOf, formatCount } from '../../shared/format/quantities.ts';

export const budgets = {
  title: 'Budgets',
  list: 'Budgets, closest to their limit first',
  failed: 'The budgets could not be read',
  empty: 'No budget yet: money goes out unwatched',
  emptySays:
    'A budget adds up what calls cost in a period, says when that would be too much, and once it enforces, refuses what would go beyond. It begins by observing. One to begin with:',
  begin: 'Open it in the editor',
  everyone: 'all together',
  spent: (spent: number, limit: number) => `${formatMoney(spent)} of ${formatMoney(limit)}`,
  reserved: (amount: number) => `${formatMoney(amount)} held for calls under way`,
  meter: (share: number) => `${formatCount(share)} % used`,
  runsOut: (when: string) => `runs out ${when}`,
  usedUp: (mode: string) => (mode === 'enforce' ? 'used up: calls are refused' : 'used up'),
  lasts: 'lasts the period',
  tooSoon: 'too little seen to forecast',
  chart: 'Left of the limit',
  left: 'left',
  likely: 'likely',
  low: 'best',
  high: 'worst',
  noSteps: 'Its calls are chosen by more than recorded sums know (a path, a header, an expression): it has no course.',
  period: 'Period',
  forecast: 'At its end',
  band: (low: number, likely: number, high: number) =>
    `${formatMoney(likely)} likely, ${formatMoney(low)} to ${formatMoney(high)}`,
  held: 'Held',
  thresholds: 'Says so at',
  unpriced: 'No price',
  unpricedCalls: (count: number) => `${countOf(count, 'call')}, not in the sum`,
  costs: 'Costs',
  calls: 'Calls',
  policy: 'Policy',
  keys: { next: 'Next budget', previous: 'Previous budget' },
};
