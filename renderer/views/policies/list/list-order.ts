import type { PolicyRow } from '../../../../shared/contract/policies.ts';

/** Policies in which every word that was typed occurs. */
export function findPolicies(policies: readonly PolicyRow[], typed: string): readonly PolicyRow[] {
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return policies;
  return policies.filter((row) => {
    const text = [row.id, row.kind, row.mode, row.says, row.owner, row.reason].join(' ').toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export const ORDERS = [
  'id',
  'kind',
  'mode',
  'owner',
  'asked',
  'denied',
  'delayed',
  'faults',
  'changed',
  'expires',
] as const;
export type OrderBy = (typeof ORDERS)[number];

/** Null: as in the file. In the address: `denied`, `-denied`. */
export type Order = { by: OrderBy; descending: boolean } | null;

const FIGURES: readonly OrderBy[] = ['asked', 'denied', 'delayed', 'faults', 'changed'];

export function readOrder(text: string | undefined): Order {
  const by = ORDERS.find((one) => one === text?.replace(/^-/, ''));
  return by ? { by, descending: text?.startsWith('-') === true } : null;
}

/** What a press on a column’s head does: figures the largest first, words from a, and the third time as in the file. */
export function nextOrder(order: Order, by: string): string | undefined {
  const column = ORDERS.find((one) => one === by);
  if (!column) return undefined;
  const first = FIGURES.includes(column);
  if (order?.by !== column) return `${first ? '-' : ''}${column}`;
  return order.descending === first ? `${first ? '' : '-'}${column}` : undefined;
}

export function orderPolicies(policies: readonly PolicyRow[], order: Order): readonly PolicyRow[] {
  if (!order) return policies;
  const sign = order.descending ? -1 : 1;
  return policies.toSorted((a, b) => {
    const [left, right] = [valueOf(a, order.by), valueOf(b, order.by)];
    // What has none is last, whichever way.
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return left < right ? -sign : left > right ? sign : 0;
  });
}

const MODE_RANK = { off: 0, observe: 1, enforce: 2 };

function valueOf(row: PolicyRow, by: OrderBy): string | number | null {
  const { hits } = row;
  if (by === 'asked') return hits.asked;
  if (by === 'denied') return hits.denied;
  if (by === 'delayed') return hits.waited;
  if (by === 'faults') return hits.faults;
  if (by === 'changed') return row.changedAt;
  if (by === 'expires') return row.expiresAt;
  if (by === 'mode') return MODE_RANK[row.mode];
  return row[by]?.toLowerCase() ?? null;
}
