import type { CeilingRates } from '../../../shared/ledger/price-book.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { MeteringParts } from './metering.ts';
import type { RatesQuestion } from './price-ahead.ts';

/** The prices of a call that is about to leave. Null: not known. */
export async function findRates(
  { prices, recognise }: Pick<MeteringParts, 'prices' | 'recognise'>,
  question: RatesQuestion,
): Promise<CeilingRates | null> {
  const recognised = recognise(question.host);
  if (prices === null || recognised === null) return null;
  const { inputTokens, model, tier = null, ...call } = question;
  if (model !== null) await prices.prepare();
  const usage: Usage | null = model === null ? null : usageOf(model, tier, call.path);
  return prices.rates(
    {
      ...call,
      vendor: recognised.vendor.id,
      service: recognised.service?.id ?? null,
      status: 200,
      startedAt: Date.now() * 1000,
      usage,
    },
    inputTokens,
  );
}

/** What is known of it beforehand. */
function usageOf(model: string, tier: Usage['tier'], path: string): Usage {
  return {
    reader: 'ahead',
    model: null,
    requestModel: model,
    tier,
    region:
      /^(us|us-gov|eu|apac|ap|au|ca|jp|sa|global)\./.exec(model)?.[1] ??
      /\/locations\/([^/]+)\//.exec(path)?.[1] ??
      null,
    tokens: null,
    units: {},
    maxOutput: null,
    streamed: false,
    cut: false,
    provenance: 'none',
    vendorNanoUsd: null,
    raw: null,
    problem: null,
  };
}
