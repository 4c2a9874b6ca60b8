import { CATEGORIES, type Bill, type BilledItem, type Category } from './bill.ts';
import { plainModel, type RecordedDay } from './recorded.ts';

/** One difference, or that there is none. */
export interface ComparedRow {
  day: string;
  model: string | null;
  category: Category;
  billed: number;
  recorded: number;
  /** Recorded less billed. */
  difference: number;
  /** The likely one; null when they agree. */
  reason: string | null;
}

export interface Comparison {
  rows: ComparedRow[];
  total: { billedNanoUsd: number | null; recordedNanoUsd: number | null };
}

/** Bills round: differences below this part of what was billed are none. */
const TOLERANCE = 0.0005;

interface Side {
  model: string | null;
  sums: Map<Category, number>;
  batch: number;
}

/** Compares a bill with what was recorded, by day, model and category, in the order of days. */
export function compareBill(bill: Bill, recorded: readonly RecordedDay[]): Comparison {
  const billed = billedByDay(bill.items);
  const seen = new Map(recorded.map((day) => [`${day.day}\n${plainModel(day.model)}`, day]));
  const categories = CATEGORIES.filter((category) => bill.items.some((item) => item.category === category));
  const byModel = bill.items.some((item) => item.model !== null);
  if (!byModel) mergeModels(seen);

  const rows: ComparedRow[] = [];
  const keys = [...new Set([...billed.keys(), ...seen.keys()])].toSorted();
  const credentials = new Set(recorded.flatMap((day) => [...day.credentials]));
  for (const key of keys) {
    const [day = ''] = key.split('\n', 1);
    const theirs = billed.get(key);
    const ours = seen.get(key);
    const compared = categories.map((category): ComparedRow => {
      const of = theirs?.sums.get(category) ?? 0;
      const mine = ours?.sums[category] ?? 0;
      return {
        day,
        model: theirs?.model ?? ours?.model ?? null,
        category,
        billed: of,
        recorded: mine,
        difference: mine - of,
        reason: null,
      };
    });
    for (const row of compared)
      if (row.billed !== 0 || row.recorded !== 0)
        rows.push({ ...row, reason: agree(row) ? null : reasonOf(row, compared, { theirs, ours, credentials }) });
  }
  markZones(rows);
  return { rows, total: totalsOf(bill, recorded) };
}

function agree({ billed, recorded }: ComparedRow): boolean {
  return Math.abs(recorded - billed) <= Math.abs(billed) * TOLERANCE;
}

function reasonOf(
  row: ComparedRow,
  all: readonly ComparedRow[],
  about: { theirs: Side | undefined; ours: RecordedDay | undefined; credentials: ReadonlySet<string> },
): string {
  const { theirs, ours, credentials } = about;
  const { category, billed, difference } = row;
  if (!ours)
    return theirs && theirs.batch > 0
      ? 'Batch: what a batch used is said in its result file, which nobody fetched through here.'
      : 'No such call was seen: it was made elsewhere, or past us (see coverage).';
  if (!theirs) return 'The bill has nothing of it: another account or project’s, or its day is not billed yet.';

  const of = (name: Category): ComparedRow | undefined => all.find((other) => other.category === name);
  const cacheRead = of('cache-read')?.recorded || ours.sums['cache-read'];
  const cacheWrite = of('cache-write')?.recorded || ours.sums['cache-write'];
  // Generic exports may leave the cache out of the input.
  if (category === 'input' && cacheRead + cacheWrite > 0 && isNear(difference, cacheRead + cacheWrite, billed))
    return 'Cached tokens are counted inside the input here, and beside it on the bill.';
  if (category === 'input' && cacheRead > 0 && isNear(difference, -cacheRead, billed))
    return 'Cached tokens are counted inside and beside the input on the bill.';

  const requests = of('requests');
  if (requests && !agree(requests) && difference < 0 && requests.difference < 0)
    return `${-requests.difference} of ${requests.billed} calls were not seen: made elsewhere, or past us (see coverage).`;
  if (theirs.batch > 0 && difference < 0 && ours.batch === 0)
    return 'Batch: what a batch used is said in its result file, which nobody fetched through here.';
  if (
    ours.estimated > 0 &&
    category !== 'requests' &&
    Math.abs(difference) <= Math.max(ours.estimatedTokens, Math.abs(billed) * 0.1)
  )
    return `${calls(ours.estimated, 'was', 'were')} cut off; what was used was worked out here.`;
  if (category === 'cost') return costReason(row, all, ours);
  if (difference > 0)
    return credentials.size > 1
      ? 'More than one secret was used: some belong to another account or project than this bill’s.'
      : 'More was recorded than billed: another account’s calls, or the bill of the day is not complete yet.';
  return 'Not all calls were seen: made elsewhere, or past us (see coverage).';
}

function calls(count: number, one: string, many: string): string {
  return count === 1 ? `1 call ${one}` : `${count} calls ${many}`;
}

function costReason({ difference }: ComparedRow, all: readonly ComparedRow[], ours: RecordedDay): string {
  if (ours.unpriced > 0 && difference < 0)
    return `${calls(ours.unpriced, 'has', 'have')} no known cost here (sallyport reprice).`;
  const amounts = all.filter(({ category, billed }) => category !== 'cost' && billed !== 0);
  if (amounts.length > 0 && amounts.every(agree))
    return `The amounts agree, so it is the price: a discount, or another version than ${[...ours.versions].join(', ') || 'ours'}.`;
  return difference < 0
    ? 'Calls that were not seen, or a price that is higher than ours (compare the usage export, too).'
    : 'A discount, credits, or calls of another account (compare the usage export, too).';
}

function isNear(value: number, wanted: number, scale: number): boolean {
  return Math.abs(value - wanted) <= Math.max(1, Math.abs(scale) * TOLERANCE, Math.abs(wanted) * 0.005);
}

/** What one day has too much, the next one lacks: days are cut at another hour. */
function markZones(rows: ComparedRow[]): void {
  const series = Map.groupBy(rows, ({ model, category }) => `${plainModel(model)}\n${category}`);
  for (const days of series.values())
    for (const [index, row] of days.entries()) {
      const next = days[index + 1];
      if (!next || row.reason === null || next.reason === null) continue;
      const consecutive = Date.parse(next.day) - Date.parse(row.day) === 86_400_000;
      const opposite = Math.sign(row.difference) === -Math.sign(next.difference);
      if (
        !consecutive ||
        !opposite ||
        !isNear(row.difference, -next.difference, Math.max(row.billed, next.billed) * 20)
      )
        continue;
      row.reason = next.reason = 'The two days together agree: the bill cuts days in another time zone than UTC.';
    }
}

function billedByDay(items: readonly BilledItem[]): Map<string, Side> {
  const days = new Map<string, Side>();
  for (const { day, model, category, quantity, batch } of items) {
    const key = `${day}\n${plainModel(model)}`;
    let side = days.get(key);
    if (!side) days.set(key, (side = { model, sums: new Map(), batch: 0 }));
    side.sums.set(category, (side.sums.get(category) ?? 0) + quantity);
    if (batch) side.batch += quantity;
  }
  return days;
}

/** A bill without models is compared with all of a day. */
function mergeModels(seen: Map<string, RecordedDay>): void {
  for (const [key, day] of [...seen]) {
    seen.delete(key);
    const whole = `${day.day}\n`;
    const into = seen.get(whole);
    if (!into) {
      seen.set(whole, { ...day, model: null, sums: { ...day.sums } });
      continue;
    }
    for (const category of CATEGORIES) into.sums[category] += day.sums[category];
    into.unpriced += day.unpriced;
    into.estimated += day.estimated;
    into.estimatedTokens += day.estimatedTokens;
    into.batch += day.batch;
    into.credentials = new Set([...into.credentials, ...day.credentials]);
    into.versions = new Set([...into.versions, ...day.versions]);
  }
}

function totalsOf(bill: Bill, recorded: readonly RecordedDay[]): Comparison['total'] {
  const costs = bill.items.filter(({ category }) => category === 'cost');
  const priced = recorded.filter(({ sums, unpriced }) => sums.requests > unpriced);
  return {
    billedNanoUsd: costs.length === 0 ? null : costs.reduce((sum, { quantity }) => sum + quantity, 0),
    recordedNanoUsd: priced.length === 0 ? null : priced.reduce((sum, { sums }) => sum + sums.cost, 0),
  };
}
