import type { Cost } from '../model/money.ts';
import { NO_TOKENS } from '../model/usage.ts';
import { amountOf } from './amounts.ts';
import { loadModelTables, TABLES_VERSION, type ModelTables } from './model-tables.ts';
import { OWN_MODELS_VERSION } from './own-models.ts';
import type { PriceBook, PricedCall } from './price-book.ts';
import { costOf, priceModel } from './price-model.ts';
import { sheetFor } from './price-sheet.ts';
import { NO_OWN_PRICES, type PricesFile } from './prices-file.ts';

/** The prices in force: the tables, our own rows, and the user's file over them. */
export function createPriceBook({ own = NO_OWN_PRICES }: { own?: PricesFile } = {}): PriceBook {
  let tables: ModelTables | null = null;

  return {
    async prepare() {
      tables ??= await loadModelTables();
    },
    price(call) {
      const { usage } = call;
      if (!usage) return null;
      const answer = sheetFor(call, usage, { tables, own: own.models });
      return 'sheet' in answer ? priceModel(usage, answer.sheet) : unknown(call, answer.why);
    },
    ceiling(call, inputTokens, maxOutput) {
      const { usage } = call;
      if (!usage) return null;
      const tokens = { ...NO_TOKENS, input: inputTokens, output: maxOutput };
      const answer = sheetFor(call, { ...usage, tokens }, { tables, own: own.models });
      if (!('sheet' in answer)) return null;
      const { leaves, units } = answer.sheet;
      const dearest = (...of: (keyof typeof leaves)[]): number =>
        Math.max(0, ...of.map((leaf) => leaves[leaf]?.nanoUsd ?? 0));
      if (!leaves.input && !leaves.output) return null;
      // A prompt may be written to the cache, for an hour at most.
      const read = dearest('input', 'cache_write', 'cache_write_1h');
      const fee = Math.max(
        0,
        ...Object.entries(units).map(([unit, price]) => (unit.startsWith('requests') ? amountOf(1, price) : 0)),
      );
      return (
        amountOf(inputTokens, { nanoUsd: read, per: 'million' }) +
        amountOf(maxOutput, { nanoUsd: dearest('output', 'reasoning'), per: 'million' }) +
        fee
      );
    },
    versions: [
      { source: 'genai-prices', version: TABLES_VERSION.replace('genai-prices ', '') },
      { source: 'sallyport', version: OWN_MODELS_VERSION.replace('sallyport ', '') },
    ],
  };
}

/** Not known, and why; what the vendor itself says counts all the same. */
function unknown({ usage }: PricedCall, why: string): Cost {
  return costOf([], {
    known: false,
    provenance: usage?.provenance ?? 'none',
    price: null,
    priceVersion: null,
    vendorNanoUsd: usage?.vendorNanoUsd ?? null,
    remarks: [why],
  });
}
