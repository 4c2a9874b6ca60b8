import { readBill, type ColumnNames } from '../../../shared/ledger/reconcile/bill.ts';
import { compareBill, type Comparison } from '../../../shared/ledger/reconcile/compare.ts';
import { createRecorded } from '../../../shared/ledger/reconcile/recorded.ts';
import type { MeteredPage, MeteredQuestion } from '../store/picture-rows.ts';

export interface ReconcileAsked {
  csv: string;
  vendor?: string | undefined;
  columns?: { [Name in keyof ColumnNames]?: string | undefined } | undefined;
}

export interface ReconcileParts {
  metered(question: MeteredQuestion): Promise<MeteredPage>;
  hosts(): Promise<readonly string[]>;
  recognise(host: string): { vendor: string } | null;
}

export interface Reconciled extends Comparison {
  vendor: string;
  form: string;
  since: number;
  until: number;
  skipped: { line: number; why: string }[];
}

const PAGE = 5000;
const DAY = 86_400_000_000;
/** Lines that were skipped, named one by one. */
const MOST_SKIPPED = 1000;

/** Compares a vendor's export with the calls of its days. */
export async function reconcileBill(
  asked: ReconcileAsked,
  parts: ReconcileParts,
  signal?: AbortSignal,
): Promise<Reconciled | { problem: 'bad'; why: string; remedy: string }> {
  const columns =
    asked.columns &&
    (Object.fromEntries(Object.entries(asked.columns).filter(([, name]) => name !== undefined)) as ColumnNames);
  const bill = readBill(asked.csv, { vendor: asked.vendor, columns });
  if ('problem' in bill) return { problem: 'bad', why: bill.problem, remedy: bill.remedy };
  const days = bill.items.map(({ day }) => day).toSorted();
  const [first] = days;
  const last = days.at(-1);
  if (first === undefined || last === undefined) {
    const [skipped] = bill.skipped;
    return {
      problem: 'bad',
      why: skipped ? `No row could be read; line ${skipped.line}: ${skipped.why}` : 'All rows of the file say 0.',
      remedy: 'Export the usage of a span with calls, as CSV.',
    };
  }
  const since = Date.parse(first) * 1000;
  const until = Date.parse(last) * 1000 + DAY;
  const hosts = (await parts.hosts()).filter((host) => parts.recognise(host)?.vendor === bill.vendor);
  const recorded = createRecorded();
  if (hosts.length > 0)
    for (let after = 0, more = true; more;) {
      signal?.throwIfAborted();
      const page = await parts.metered({ since, until, after, limit: PAGE, hosts });
      for (const call of page.calls) recorded.add(call);
      after = page.calls.at(-1)?.id ?? after;
      more = page.more;
    }
  return {
    vendor: bill.vendor,
    form: bill.form,
    since,
    until,
    skipped: bill.skipped.slice(0, MOST_SKIPPED),
    ...compareBill(bill, recorded.days()),
  };
}
