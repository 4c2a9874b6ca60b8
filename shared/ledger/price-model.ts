import type { Cost, CostLine, Provenance } from '../model/money.ts';
import type { Usage } from '../model/usage.ts';
import { addMoney, amountOf, type Price } from './amounts.ts';
import { priceOfLeaf, type PriceSheet } from './price-sheet.ts';
import { leavesOf } from './token-leaves.ts';

/** What measures the same thing as tokens do: not priced apart when tokens are. */
const OTHER_MEASURES = /^(?:image_pixels|audio_seconds|video_seconds|characters|pages|requests)(?:\/|$)/;
/** Of models that make pictures; with others they are a tool’s, which is charged for besides. */
const PICTURES = /^images(?:\/|$)/;
const MAKES_PICTURES = /image|dall-e|imagen/;

/** Priced as a matter of course at the whole's price: nothing to remark. */
const PLAIN = new Set(['reasoning', 'image_out']);

/** Usage times prices, a line for each leaf. */
export function priceModel(usage: Usage, sheet: PriceSheet): Cost {
  const lines: CostLine[] = [];
  const remarks: string[] = [];
  let partial = false;
  const miss = (says: string): void => {
    partial = true;
    remarks.push(says);
  };

  const { tokens } = usage;
  if (tokens) {
    const { quantities, problem } = leavesOf(tokens);
    if (problem) miss(problem);
    for (const { leaf, quantity } of quantities) {
      const found = priceOfLeaf(sheet, leaf);
      if (!found) {
        miss(`Nothing is said of what ${leaf} tokens cost.`);
        continue;
      }
      lines.push(lineOf(leaf, quantity, found.price, found.as));
      if (found.as !== leaf && !PLAIN.has(leaf))
        remarks.push(`${leaf} has no price of its own and went as ${found.as}.`);
    }
    if (tokens.input === null && sheet.leaves.input) miss('The answer does not say how many tokens were read.');
    if (tokens.output === null && sheet.leaves.output && (sheet.leaves.output.nanoUsd ?? 0) > 0)
      miss('The answer does not say how many tokens were written.');
  }
  const byTokens = tokens !== null && lines.length > 0;
  for (const [unit, quantity] of Object.entries(usage.units)) {
    if (!(quantity > 0)) continue;
    const price = priceOfUnit(unit, sheet.units) ?? (tokens ? null : priceOfUnit(unit, sheet.instead));
    if (price) lines.push(lineOf(unit, quantity, price.price, price.as));
    else if (!isMeasuredBy(unit, sheet, byTokens)) miss(`Nothing is said of what ${unit} costs.`);
  }

  const counted = lines.length > 0 || (tokens !== null && !partial);
  if (lines.length === 0 && !partial && !counted) miss('The answer says nothing that has a price.');
  return costOf(lines, {
    known: counted,
    provenance: worst(usage.provenance, partial ? 'partial' : 'reported', sheet.doubt ? 'estimated' : 'reported'),
    price: sheet.id,
    priceVersion: sheet.version,
    vendorNanoUsd: usage.vendorNanoUsd,
    remarks: [...(sheet.doubt ? [sheet.doubt] : []), ...remarks],
  });
}

/** Whether a unit is but another measure of what is priced already. */
function isMeasuredBy(unit: string, sheet: PriceSheet, byTokens: boolean): boolean {
  if (unit.startsWith('requests')) return true;
  if (!byTokens) return false;
  return OTHER_MEASURES.test(unit) || (PICTURES.test(unit) && MAKES_PICTURES.test(sheet.id));
}

/** A line's amount is its own figures multiplied and rounded once. */
export function lineOf(what: string, quantity: number, price: Price, as: string = what): CostLine {
  const nanoUsd = amountOf(quantity, price);
  const line: CostLine = { what, quantity, priceNanoUsd: price.nanoUsd, per: price.per, nanoUsd };
  return as === what ? line : { ...line, pricedAs: as };
}

/** `images/1024x1024/hd`, else `images/1024x1024`, else `images`. */
export function priceOfUnit(
  unit: string,
  prices: Readonly<Record<string, Price>>,
): { price: Price; as: string } | null {
  for (let name = unit; ; name = name.slice(0, name.lastIndexOf('/'))) {
    const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
    if (price) return { price, as: name };
    if (!name.includes('/')) return null;
  }
}

/** Adds the lines up. What the vendor itself says it charged goes before our sum, which the lines still show. */
export function costOf(
  lines: CostLine[],
  about: {
    known: boolean;
    provenance: Provenance;
    price: string | null;
    priceVersion: string | null;
    vendorNanoUsd: number | null;
    remarks: readonly string[];
  },
): Cost {
  let sum: number | null = about.known ? 0 : null;
  for (const { nanoUsd } of lines) sum = sum === null ? null : addMoney(sum, nanoUsd);
  const { vendorNanoUsd } = about;
  const nanoUsd = vendorNanoUsd ?? sum;
  return {
    nanoUsd,
    provenance: nanoUsd === null ? 'none' : vendorNanoUsd === null ? about.provenance : 'reported',
    price: about.price,
    priceVersion: about.priceVersion,
    lines,
    vendorNanoUsd,
    why: about.remarks.length > 0 ? about.remarks.join(' ') : null,
  };
}

const RANKS: readonly Provenance[] = ['reported', 'partial', 'estimated', 'none'];

export function worst(...provenances: Provenance[]): Provenance {
  return provenances.reduce((a, b) => (RANKS.indexOf(b) > RANKS.indexOf(a) ? b : a), 'reported');
}
