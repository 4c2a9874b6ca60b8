import type { Cost } from '../model/money.ts';
import { NO_TOKENS, type Usage } from '../model/usage.ts';
import { amountOf, type Price } from './amounts.ts';
import { afterFree, contractOf, discounted } from './contracts.ts';
import { answersWithModels, loadModelTables, TABLES_VERSION, type ModelTables } from './model-tables.ts';
import { createMonthCounts, type MonthCounts } from './month-counts.ts';
import { OWN_VERSION } from './own-models.ts';
import { mostOutputOf } from './output-limits.ts';
import type { CeilingRates, PriceBook, PricedCall } from './price-book.ts';
import { costOf, priceModel } from './price-model.ts';
import { sheetFor, type PriceSheet } from './price-sheet.ts';
import { priceUnits } from './price-units.ts';
import { isAbout, NO_OWN_PRICES, ownVersion, type Contract, type PricesFile } from './prices-file.ts';
import { UNIT_PRICES } from './unit-prices/index.ts';
import { createRuleFinder, matchesRest } from './units/match-call.ts';
import { listUnitPrices, ruleOf, type UnitPrice } from './units/unit-price.ts';

interface Row {
  price: UnitPrice;
  rule: ReturnType<typeof ruleOf>;
}

/**
 * The prices in force: the model tables, our own rows, unit prices, and the user's file over them. `counts` lives longer
 * than a book where the file changes while calls come.
 */
export function createPriceBook({
  own = NO_OWN_PRICES,
  counts = createMonthCounts(),
}: { own?: PricesFile; counts?: MonthCounts } = {}): PriceBook {
  let tables: ModelTables | null = null;
  const theirs = own.units.map((price): Row => ({ price, rule: ruleOf(price) }));
  const ids = new Set(own.units.map(({ id }) => id));
  const ours = UNIT_PRICES.filter(({ id }) => !ids.has(id)).map((price): Row => ({ price, rule: ruleOf(price) }));
  const mine: ReadonlySet<Row> = new Set(theirs);
  /** The user's rows before ours. */
  const rowsFor = createRuleFinder(
    [...theirs, ...ours],
    ({ rule }) => rule,
    (found) => found.map((row) => ({ ...row, own: mine.has(row) })),
  );

  /** The first that fits. */
  const unitRow = (call: PricedCall): { price: UnitPrice; own: boolean } | null => {
    for (const row of rowsFor(call))
      if (matchesRest(row.rule, call) && isAbout(row.price, call, call.startedAt)) return row;
    return null;
  };

  const priceByUnits = (call: PricedCall): Cost | null => {
    const row = unitRow(call);
    if (!row) return call.usage ? unknown(call.usage, `No price is known of what ${call.vendor} counts here.`) : null;
    if (call.usage === null && own.contracts.length === 0 && isFree(row.price)) return freeOf(row.price, row.own);
    const contract = contractOf(call, own.contracts);
    const cost = priceUnits(row.price, call, {
      version: versionOf(row.own, contract),
      currencies: own.currencies,
      adjust: row.own ? (price) => price : discounted(contract),
      month: (what) => counts.of(what, call.startedAt),
    });
    return withFree(cost, call);
  };

  /** What costs nothing whatever is in it costs the same nothing each time. */
  const free = new Map<UnitPrice, Cost>();
  const freeOf = (price: UnitPrice, ownRow: boolean): Cost => {
    let cost = free.get(price);
    if (!cost) {
      const known = { known: true, provenance: 'reported', vendorNanoUsd: null, remarks: [] } as const;
      cost = Object.freeze(costOf([], { ...known, price: price.id, priceVersion: versionOf(ownRow, null) }));
      Object.freeze(cost.lines);
      free.set(price, cost);
    }
    return cost;
  };

  /** A list price less a discount is both’s. */
  const versionOf = (ownRow: boolean, contract: Contract | null): string => {
    if (ownRow) return ownVersion(own);
    return contract?.discount ? `${OWN_VERSION}, ${ownVersion(own)}` : OWN_VERSION;
  };

  const priceByModel = (call: PricedCall, usage: Usage): Cost => {
    const answer = sheetFor(call, usage, { tables, own });
    if (!('sheet' in answer)) return unknown(usage, answer.why);
    return withFree(priceModel(usage, adjusted(answer.sheet, call)), call);
  };

  /**
   * Vendors charge for what they did: a refusal costs nothing where an answer would have. Where nothing would have been
   * known of an answer, nothing is known of a refusal; and who broke down while charging may have charged.
   */
  const isRefused = (call: PricedCall): boolean => {
    const { status } = call;
    if (status === null || status < 400) return false;
    if (answersWithModels(call)) return true;
    return status < 500 && unitRow(call) === null && unitRow({ ...call, status: 200 }) !== null;
  };

  /** Private prices are what was agreed: a discount is on list prices. */
  const adjusted = (sheet: PriceSheet, call: PricedCall): PriceSheet => {
    const contract = contractOf(call, own.contracts);
    if (sheet.own || !contract?.discount) return sheet;
    const adjust = discounted(contract);
    const all = <Key extends string>(prices: Partial<Record<Key, Price>>): Record<Key, Price> =>
      Object.fromEntries(Object.entries(prices).map(([name, price]) => [name, adjust(price as Price)])) as Record<
        Key,
        Price
      >;
    return {
      ...sheet,
      version: `${sheet.version}, ${ownVersion(own)}`,
      leaves: all(sheet.leaves),
      units: all(sheet.units),
      instead: all(sheet.instead),
    };
  };

  const withFree = (cost: Cost, call: PricedCall): Cost => {
    const lines = afterFree(cost.lines, contractOf(call, own.contracts), call.startedAt, counts);
    if (lines === cost.lines) return cost;
    const sum = lines.reduce((total, line) => total + line.nanoUsd, 0);
    return { ...cost, lines, nanoUsd: cost.vendorNanoUsd ?? (cost.nanoUsd === null ? null : sum) };
  };

  const modelRates = (call: PricedCall, usage: Usage, inputTokens: number, maxOutput: number): CeilingRates | null => {
    const tokens = { ...NO_TOKENS, input: inputTokens, output: maxOutput };
    const answer = sheetFor(call, { ...usage, tokens }, { tables, own });
    if (!('sheet' in answer)) return null;
    const { leaves, units } = adjusted(answer.sheet, call);
    if (!leaves.input && !leaves.output) return null;
    const dearest = (...of: (keyof typeof leaves)[]): Price => ({
      nanoUsd: Math.max(0, ...of.map((leaf) => leaves[leaf]?.nanoUsd ?? 0)),
      per: 'million',
    });
    const fees = Object.entries(units).map(([unit, price]) => (unit.startsWith('requests') ? amountOf(1, price) : 0));
    const output = dearest('output', 'reasoning');
    return {
      // A prompt may be written to the cache, for an hour at most.
      input: dearest('input', 'cache_write', 'cache_write_1h'),
      output,
      feeNanoUsd: Math.max(0, ...fees),
      mostOutput: output.nanoUsd === 0 ? null : mostOutputOf(usage.model ?? usage.requestModel ?? ''),
    };
  };

  /** Of pieces it is known beforehand how many there are only where each call is one. */
  const unitRates = (call: PricedCall): CeilingRates | null => {
    const row = unitRow({ ...call, status: 200 });
    if (!row) return null;
    const uses = row.price.uses ?? [];
    if (!uses.every(({ from, price }) => from === 'call' && 'each' in price)) return null;
    const adjust = row.own ? (price: Price): Price => price : discounted(contractOf(call, own.contracts));
    const listed = isFree(row.price) ? [] : listUnitPrices(row.price, own.currencies, adjust);
    if (listed.length < uses.length) return null;
    const fee = listed.reduce((sum, { price }, index) => sum + amountOf(uses[index]?.default ?? 1, price), 0);
    return { input: NOTHING, output: NOTHING, feeNanoUsd: fee, mostOutput: null };
  };

  return {
    async prepare() {
      tables ??= await loadModelTables();
    },
    price(call) {
      const { usage } = call;
      if (usage === null && isRefused(call)) return REFUSED;
      return usage && isOfModel(usage) ? priceByModel(call, usage) : priceByUnits(call);
    },
    ceiling(call, inputTokens, maxOutput) {
      const found = call.usage === null ? null : modelRates(call, call.usage, inputTokens, maxOutput);
      if (found === null) return null;
      return amountOf(inputTokens, found.input) + amountOf(maxOutput, found.output) + found.feeNanoUsd;
    },
    rates(call, inputTokens) {
      const { usage } = call;
      return usage && isOfModel(usage) ? modelRates(call, usage, inputTokens, 0) : unitRates(call);
    },
    list(call) {
      const { usage } = call;
      if (usage && isOfModel(usage)) {
        const answer = sheetFor(call, usage, { tables, own });
        if (!('sheet' in answer)) return [];
        const { id, version, leaves, units } = adjusted(answer.sheet, call);
        const model = usage.model ?? usage.requestModel;
        return Object.entries({ ...leaves, ...units }).map(([what, { nanoUsd, per }]) => ({
          id,
          model,
          what,
          priceNanoUsd: nanoUsd,
          per,
          source: version,
          from: null,
        }));
      }
      const row = unitRow(call);
      if (!row) return [];
      const adjust = row.own ? (price: Price): Price => price : discounted(contractOf(call, own.contracts));
      return listUnitPrices(row.price, own.currencies, adjust).map(({ what, price }) => ({
        id: row.price.id,
        model: null,
        what,
        priceNanoUsd: price.nanoUsd,
        per: price.per,
        source: versionOf(row.own, contractOf(call, own.contracts)),
        from: row.price.from ?? null,
      }));
    },
    rules: [...theirs, ...ours].filter(({ rule }) => rule.quantities.length > 0).map(({ rule }) => rule),
    versions: [
      { source: 'genai-prices', version: TABLES_VERSION.replace('genai-prices ', '') },
      { source: 'sallyport', version: OWN_VERSION.replace('sallyport ', '') },
      ...(own === NO_OWN_PRICES ? [] : [{ source: 'prices.yaml', version: own.version }]),
    ],
  };
}

const NOTHING: Price = Object.freeze({ nanoUsd: 0, per: 'million' });

function isFree({ uses }: UnitPrice): boolean {
  return uses === undefined || uses.length === 0;
}

/** What names no model and counts no tokens was read by a unit price. */
function isOfModel({ model, requestModel, tokens }: Usage): boolean {
  return model !== null || requestModel !== null || tokens !== null;
}

/** Not known, and why; what the vendor itself says counts all the same. */
function unknown(usage: Usage, why: string): Cost {
  return costOf([], {
    known: false,
    provenance: usage.provenance,
    price: null,
    priceVersion: null,
    vendorNanoUsd: usage.vendorNanoUsd,
    remarks: [why],
  });
}

const REFUSED: Cost = Object.freeze({
  nanoUsd: 0,
  provenance: 'reported',
  price: null,
  priceVersion: null,
  lines: [],
  vendorNanoUsd: null,
  why: 'The vendor refused it, and charges for answers only.',
});
