import { formatMoney } from '../../../../../shared/format/money.ts';
import { formatCount } from '../../../../../shared/format/quantities.ts';
import type { PriceBook } from '../../../../../shared/ledger/price-book.ts';
import type { MeteredCall } from '../../../store/picture-rows.ts';
import { smallerModel } from './smaller-models.ts';
import { modelOf, type SpentCall } from './spent-call.ts';
import { wasted, type WastedCall } from './waste-report.ts';

/** What a short question and a short answer are, in tokens. */
const SHORT_INPUT = 1000;
const SHORT_OUTPUT = 250;

/** What a smaller model of the same vendor would have cost for a short question that was thought little of; null when there is none, or no price. */
export function priceSmaller(
  call: MeteredCall,
  place: { vendor: string; service: string | null },
  prices: PriceBook,
): SpentCall['smaller'] {
  const { usage, costNanoUsd } = call;
  const tokens = usage?.tokens;
  if (!usage || !tokens || !costNanoUsd || usage.cut) return null;
  if (tokens.input === null || tokens.input > SHORT_INPUT || tokens.output === null || tokens.output > SHORT_OUTPUT)
    return null;
  // Who had to think may have needed to.
  if (tokens.reasoning !== null && tokens.reasoning > 0) return null;
  const model = modelOf(usage);
  const small = model === null ? null : smallerModel(place.vendor, model);
  if (small === null) return null;
  const { host, method, path, endpoint, status, app, credential, startedAt } = call;
  const priced = prices.price({
    ...place,
    host,
    method,
    path,
    endpoint,
    status,
    app,
    credential,
    startedAt,
    usage: { ...usage, model: small, requestModel: small, vendorNanoUsd: null },
  });
  return priced === null || priced.nanoUsd === null || priced.nanoUsd >= costNanoUsd
    ? null
    : { model: small, nanoUsd: priced.nanoUsd };
}

/** Short questions with short answers to a dear model; what a smaller one costs less is what could be saved. */
export function findOversize(calls: readonly SpentCall[]): WastedCall[] {
  return calls.flatMap((call): WastedCall[] => {
    const { smaller, nanoUsd, answered, input, output } = call;
    if (smaller === null || nanoUsd === null || !answered) return [];
    const says = `${formatCount(input ?? 0)} tokens read, ${formatCount(output ?? 0)} written: ${formatMoney(nanoUsd)}; with ${smaller.model} ${formatMoney(smaller.nanoUsd)}.`;
    return [wasted(call, nanoUsd - smaller.nanoUsd, says)];
  });
}
