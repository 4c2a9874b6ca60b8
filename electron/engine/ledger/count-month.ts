import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { createMonthCounts, type CountedMonths } from '../../../shared/ledger/month-counts.ts';
import { monthlyVendors } from '../../../shared/ledger/monthly-vendors.ts';
import { monthOf, type RepriceParts } from './reprice.ts';

const PAGE = 5000;

/**
 * What was used this month before `now` (microseconds) of what is priced by the month: an engine that starts in the middle
 * of one goes on from it. Calls of vendors without such prices are not looked at.
 */
export async function countMonth(
  now: number,
  { prices, metered, hosts, recognise }: Omit<RepriceParts, 'write'>,
): Promise<CountedMonths> {
  const counts = createMonthCounts();
  const vendors = monthlyVendors(prices);
  const some = (await hosts()).filter((host) => vendors.has(recognise(host)?.vendor ?? ''));
  if (some.length === 0) return {};
  const book = createPriceBook({ own: prices, counts });
  await book.prepare();
  for (let after = 0, more = true; more;) {
    const page = await metered({ since: monthOf(now), until: now, after, limit: PAGE, hosts: some });
    for (const call of page.calls) book.price({ ...call, ...recognise(call.host)! });
    after = page.calls.at(-1)?.id ?? after;
    more = page.more;
  }
  return counts.counted();
}
