import type { Cost } from '../../../shared/model/money.ts';
import type { Metering } from '../../../shared/model/metering.ts';
import { PROVENANCE_CODES, WORD } from './codes.ts';
import type { CallRow } from './call-row.ts';
import type { Words } from './words.ts';

/** What a row, and `usages` beside it, say of what was read out of a call. */
export type MeteringColumns = Pick<
  CallRow,
  | 'endpoint'
  | 'credential'
  | 'provenance'
  | 'cost'
  | 'model'
  | 'price'
  | 'priceVersion'
  | 'input'
  | 'cacheRead'
  | 'cacheWrite'
  | 'output'
  | 'reasoning'
>;

type CostColumns = Pick<CallRow, 'provenance' | 'cost' | 'price' | 'priceVersion'>;

/** The columns of what was read; new words are added to the dictionary. */
export function meteringColumns(
  { endpoint, credential, usage, cost }: Metering,
  words: Words,
  day: number,
): MeteringColumns {
  const model = usage === null ? null : (usage.model ?? usage.requestModel);
  const tokens = usage === null ? null : usage.tokens;
  const nothing = usage === null && cost === null;
  return {
    endpoint: endpoint === null ? null : words.idOf(WORD.endpoint, endpoint, day),
    credential: credential === null ? null : words.idOf(WORD.credential, credential, day),
    provenance: nothing ? null : cost === null ? 0 : PROVENANCE_CODES[cost.provenance],
    cost: cost === null ? null : whole(cost.nanoUsd),
    model: model === null ? null : words.idOf(WORD.model, model, day),
    price: cost === null || cost.price === null ? null : words.idOf(WORD.price, cost.price, day),
    priceVersion:
      cost === null || cost.priceVersion === null ? null : words.idOf(WORD.priceVersion, cost.priceVersion, day),
    input: tokens === null ? null : whole(tokens.input),
    cacheRead: tokens === null ? null : whole(tokens.cacheRead),
    cacheWrite: tokens === null ? null : whole(tokens.cacheWrite),
    output: tokens === null ? null : whole(tokens.output),
    reasoning: tokens === null ? null : whole(tokens.reasoning),
  };
}

/** What changes when a call is priced anew. */
export function costColumns(cost: Cost | null, words: Words, day: number): CostColumns {
  if (cost === null) return { provenance: 0, cost: null, price: null, priceVersion: null };
  return {
    provenance: PROVENANCE_CODES[cost.provenance],
    cost: whole(cost.nanoUsd),
    price: cost.price === null ? null : words.idOf(WORD.price, cost.price, day),
    priceVersion: cost.priceVersion === null ? null : words.idOf(WORD.priceVersion, cost.priceVersion, day),
  };
}

/** SQLite keeps a fraction as a float; money and tokens are whole. */
function whole(value: number | null | undefined): number | null {
  return value === null || value === undefined || !Number.isFinite(value) ? null : Math.round(value);
}
