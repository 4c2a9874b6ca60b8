import { countOf, formatCount } from '../../shared/format/quantities.ts';

export const alerts = {
  title: 'Alerts',
  list: 'Alerts, open ones first',
  failed: 'The alerts could not be read',
  none: 'Nothing has gone past a mark',
  noneSays:
    'An alert policy watches a figure (errors, delay, cost, refusals) and says so when it goes past a mark; budgets say when they run low. What they say stands here until somebody takes it up.',
  begin: 'Write an alert policy',
  quiet: (span: string) => `No alert in ${span}`,
  state: { open: 'open', acknowledged: 'acknowledged', closed: 'closed' },
  since: (when: string) => `since ${when}`,
  closedAt: (when: string) => `until ${when}`,
  by: (who: string) => `taken up by ${who}`,
  takenUp: 'taken up',
  noOwner: 'no owner',
  acknowledge: 'Acknowledge',
  close: 'Close',
  calls: 'Calls of its time',
  acknowledged: (policy: string) => `${policy}: acknowledged`,
  closed: (policy: string) => `${policy}: closed`,
  reopened: (policy: string) => `${policy}: as before`,
  delivery: { waiting: 'on its way', delivered: 'delivered', failed: 'failed' },
  tries: (count: number) => (count > 1 ? `, ${countOf(count, 'try', 'tries')}` : ''),
  deliveries: 'Deliveries',
  open: (open: number, all: number) => `${formatCount(open)} open of ${formatCount(all)}`,
  keys: {
    next: 'Next alert',
    previous: 'Previous alert',
    acknowledge: 'Acknowledge the alert',
    close: 'Close the alert',
  },
};
