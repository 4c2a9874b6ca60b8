import type { Usage } from '../model/usage.ts';
import { priceOf, scalePrice, type Price, type Ratio } from './amounts.ts';
import { matchesGlob } from './glob.ts';
import type { ModelTables } from './model-tables.ts';
import { OWN_MODELS, OWN_VERSION, type OwnModelRow } from './own-models.ts';
import type { PricedCall } from './price-book.ts';
import { isAbout, isWithin, ownVersion, type OwnModelPrice, type PricesFile } from './prices-file.ts';
import { leavesOf, PARENTS, type TokenLeaf } from './token-leaves.ts';

/** All that applies to one call of a model: whose row, and what each thing costs. */
export interface PriceSheet {
  /** `openai/gpt-5`, with its tier when it is not the standard one: `openai/gpt-5 batch`. */
  id: string;
  version: string;
  /** The user's own price, as agreed. */
  own: boolean;
  leaves: Partial<Record<TokenLeaf, Price>>;
  units: Record<string, Price>;
  /** Prices by the piece that count only when no tokens are said. */
  instead: Record<string, Price>;
  /** What is not as the vendor says it: a tier nobody knows the price of. */
  doubt: string | null;
}

export interface SheetSources {
  tables: ModelTables | null;
  own: PricesFile;
}

export type SheetAnswer = { sheet: PriceSheet } | { why: string };

/** What a call of a model is priced by: the user's row, else the tables' and ours for their gaps. */
export function sheetFor(call: PricedCall, usage: Usage, { tables, own }: SheetSources, depth = 0): SheetAnswer {
  const provider = tables?.providerOf(call) ?? null;
  const names = namesOf(usage, provider);
  if (names.length === 0) return { why: 'Neither the answer nor the request names a model.' };

  const theirs = own.models.find((row) => appliesTo(row, call, names, usage));
  if (theirs?.as !== undefined && depth === 0) {
    const named = { ...usage, model: theirs.as, requestModel: null };
    return sheetFor(call, named, { tables, own: { ...own, models: own.models.filter((row) => row !== theirs) } }, 1);
  }
  if (!tables) {
    if (theirs) return { sheet: sheetOfOwn(theirs, names[0] ?? '', call, own) };
    return { why: 'Prices of models were not loaded yet. Price it anew: sallyport reprice.' };
  }
  if (theirs)
    return { sheet: sheetOfOwn(theirs, names[0] ?? '', call, own, unitsOf(call, usage, names, tables, provider)) };
  if (provider === null) return { why: `No price list of models knows ${call.vendor}.` };

  const { inputTotal } = usage.tokens ? leavesOf(usage.tokens) : { inputTotal: 0 };
  const row = firstOf(names, (name) => tables.find(provider, name, call.startedAt, inputTotal));
  const ours = ownRows(provider, names, row?.model ?? null, call, usage);
  if (!row && ours.every(({ units }) => !units || !isSpecific(units)))
    return { why: `No price is known of the model ${names[0] ?? ''} at ${call.vendor}.` };

  const leaves = { ...row?.leaves };
  const units = { ...row?.units };
  const instead: PriceSheet['instead'] = {};
  for (const { units: more, withoutTokens } of ours)
    for (const [unit, [dollars, of]] of Object.entries(more ?? {}))
      (withoutTokens ? instead : units)[unit] = priceOf(dollars, of);
  // Requests by the size of what is read: the tables' one price is not it.
  if (Object.keys(units).some((unit) => unit.startsWith('requests/'))) delete units['requests'];

  const tier = tierOf(usage, provider, ours);
  for (const times of [tier.times, ours.find(({ region }) => region !== undefined)?.times])
    if (times) for (const leaf of Object.keys(leaves) as TokenLeaf[]) leaves[leaf] = scalePrice(leaves[leaf]!, times);

  const used = ours.length > 0 && (tier.times !== null || ours.some(({ units: more }) => more && isUsed(more, usage)));
  return {
    sheet: {
      id: `${row?.id ?? `${provider}/${names[0]}`}${tier.name}`,
      own: false,
      version: !row ? OWN_VERSION : used ? `${tables.version}, ${OWN_VERSION}` : tables.version,
      leaves,
      units,
      instead,
      doubt: tier.doubt,
    },
  };
}

/** The price of a leaf, or of the nearest whole that has one. */
export function priceOfLeaf(sheet: PriceSheet, leaf: TokenLeaf): { price: Price; as: TokenLeaf } | null {
  for (let at: TokenLeaf | undefined = leaf; at !== undefined; at = PARENTS[at]) {
    const price = sheet.leaves[at];
    if (price) return { price, as: at };
  }
  return null;
}

/** The answer's model, not the request's: what an alias means moves. At Bedrock the price hangs on the id that was asked for. */
function namesOf({ model, requestModel }: Usage, provider: string | null): string[] {
  const asked = requestModel === null ? null : plainName(requestModel);
  const answered = model === null ? null : plainName(model);
  const names = provider === 'aws' ? [asked, answered] : [answered ?? asked];
  return names.filter((name) => name !== null && name !== '') as string[];
}

/** Without what is a path or an address: `models/gemini-…`, `arn:aws:bedrock:…:inference-profile/us.anthropic.…`. */
function plainName(model: string): string {
  const name = model.trim().toLowerCase();
  if (name.startsWith('arn:')) return name.slice(name.lastIndexOf('/') + 1);
  const at = name.lastIndexOf('models/');
  return at >= 0 && (at === 0 || name[at - 1] === '/') ? name.slice(at + 'models/'.length) : name;
}

function firstOf<T>(names: readonly string[], find: (name: string) => T | null): T | null {
  for (const name of names) {
    const found = find(name);
    if (found) return found;
  }
  return null;
}

const OWN_BY_PROVIDER = Map.groupBy(OWN_MODELS, ({ provider }) => provider);

function ownRows(
  provider: string,
  names: readonly string[],
  listed: string | null,
  call: PricedCall,
  usage: Usage,
): OwnModelRow[] {
  const every = listed === null ? names : [...names, listed];
  return (OWN_BY_PROVIDER.get(provider) ?? []).filter(
    (row) =>
      (row.tier === undefined || row.tier === usage.tier) &&
      (row.region === undefined || isInRegion(row.region, usage.region)) &&
      isWithin(row, call.startedAt) &&
      every.some((name) => matchesGlob(row.model, name)),
  );
}

function isInRegion(wanted: string, region: string | null): boolean {
  if (region === null) return false;
  return wanted.startsWith('!') ? region !== wanted.slice(1) : region === wanted;
}

function tierOf(
  usage: Usage,
  provider: string,
  ours: readonly OwnModelRow[],
): { name: string; times: Ratio | null; doubt: string | null } {
  const { tier } = usage;
  if (tier === null || tier === 'standard') return { name: '', times: null, doubt: null };
  const times = ours.find((row) => row.tier === tier)?.times ?? null;
  const doubt = times ? null : `No price is known of the tier ${tier} at ${provider}; the standard one was taken.`;
  return { name: ` ${tier}`, times, doubt };
}

/** Rows for all models of a vendor name no model: tools. */
function isSpecific(units: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(units).some((unit) => /^(?:images|characters|audio_seconds|rerank_units|requests)/.test(unit));
}

function isUsed(units: Readonly<Record<string, unknown>>, usage: Usage): boolean {
  return Object.keys(usage.units).some((unit) => unit in units);
}

function unitsOf(
  call: PricedCall,
  usage: Usage,
  names: readonly string[],
  tables: ModelTables,
  provider: string | null,
): Record<string, Price> {
  if (provider === null) return {};
  const row = firstOf(names, (name) => tables.find(provider, name, call.startedAt, 0));
  const units = { ...row?.units };
  for (const { units: more } of ownRows(provider, names, row?.model ?? null, call, usage))
    for (const [unit, [dollars, of]] of Object.entries(more ?? {})) units[unit] = priceOf(dollars, of);
  return units;
}

/** One whole row of the user's: what it does not name goes by its own parents, never by the list's. */
function sheetOfOwn(
  row: OwnModelPrice,
  name: string,
  call: PricedCall,
  own: PricesFile,
  listUnits: Record<string, Price> = {},
): PriceSheet {
  return {
    id: `${call.vendor}/${name}`,
    version: ownVersion(own),
    own: true,
    leaves: row.leaves,
    units: { ...listUnits, ...row.units },
    instead: {},
    doubt: null,
  };
}

function appliesTo(row: OwnModelPrice, call: PricedCall, names: readonly string[], usage: Usage): boolean {
  return (
    isAbout(row, call, call.startedAt) &&
    (row.tier === undefined || row.tier === (usage.tier ?? 'standard')) &&
    names.some((name) => matchesGlob(row.model, name))
  );
}
