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

const NOTHING_USED = {
  provenance: null,
  cost: null,
  model: null,
  price: null,
  priceVersion: null,
  input: null,
  cacheRead: null,
  cacheWrite: null,
  output: null,
  reasoning: null,
} as const;

/** The columns of what was read; new words are added to the dictionary. */
export function meteringColumns(
  { endpoint, credential, usage, cost }: Metering,
  words: Words,
  day: number,
): MeteringColumns {
  const columns = {
    endpoint: endpoint === null ? null : words.idOf(WORD.endpoint, endpoint, day),
    credential: credential === null ? null : words.idOf(WORD.credential, credential, day),
    ...NOTHING_USED,
  };
  if (usage === null && cost === null) return columns;
  const model = usage?.model ?? usage?.requestModel ?? null;
  const tokens = usage?.tokens ?? null;
  return {
    ...columns,
    ...costColumns(cost, words, day),
    model: model === null ? null : words.idOf(WORD.model, model, day),
    input: whole(tokens?.input),
    cacheRead: whole(tokens?.cacheRead),
    cacheWrite: whole(tokens?.cacheWrite),
    output: whole(tokens?.output),
    reasoning: whole(tokens?.reasoning),
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
