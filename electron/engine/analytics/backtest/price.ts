import type { Recorded } from './kept-history.ts';

/** What recorded calls would have cost, had those of a vendor or model cost so many times as much. */
export function* priceAnew(
  { history, callerOf, beside, from, to }: Recorded,
  asked: { vendor?: string | undefined; model?: string | undefined; factor: number },
): Generator<number, { calls: number; unpricedCalls: number; nanoUsd: number; thenNanoUsd: number }> {
  const isModel = asked.model === undefined ? null : likeOf(asked.model);
  const isVendor = asked.vendor === undefined ? null : likeOf(asked.vendor);
  const vendors: (boolean | undefined)[] = [];
  const models = new Map<number, boolean>();
  const sum = { calls: 0, unpricedCalls: 0, nanoUsd: 0, thenNanoUsd: 0 };
  for (let place = from; place < to; place += 1) {
    if ((place & 8191) === 0) yield place - from;
    const row = history.order[place]!;
    const cost = history.cost.at(row);
    const combination = history.combination[row]!;
    const isTheirs = (vendors[combination] ??= isVendor === null || isVendor(callerOf(combination).vendor));
    const word = history.model[row]!;
    let isIt = models.get(word);
    if (isIt === undefined) models.set(word, (isIt = isModel === null || isModel(beside.modelWord(word))));
    if (!isTheirs || !isIt) continue;
    sum.calls += 1;
    if (cost < 0) {
      sum.unpricedCalls += 1;
      continue;
    }
    sum.nanoUsd += cost;
    sum.thenNanoUsd += Math.round(cost * asked.factor);
  }
  return sum;
}

/** Without case, `*` for any run. */
function likeOf(pattern: string): (text: string | null) => boolean {
  const regex = new RegExp(
    `^${pattern
      .split('*')
      .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  );
  return (text) => text !== null && regex.test(text);
}
