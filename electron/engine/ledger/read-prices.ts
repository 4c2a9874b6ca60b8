import { createHash } from 'node:crypto';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { nanoOf, priceOf, type Price } from '../../../shared/ledger/amounts.ts';
import type { Contract, OwnModelPrice, PricesFile, Scope } from '../../../shared/ledger/prices-file.ts';
import { toUsd, type Currencies } from '../../../shared/ledger/units/currencies.ts';
import type { UnitPrice } from '../../../shared/ledger/units/unit-price.ts';
import { workExample } from '../../../shared/ledger/units/work-example.ts';
import { nearest } from '../../../shared/query/suggest.ts';
import { fileSchema, keysAt, type WrittenModel, type WrittenPrices } from './file-schema.ts';

/** A mistake in the file: where, from 1, and what it is and what to do, in words. */
export interface FileProblem {
  line: number;
  column: number;
  says: string;
}

export type ReadPrices = { prices: PricesFile } | { problems: FileProblem[] };

/** More is no file that people write. */
const LARGEST_FILE = 4 * 1024 * 1024;
const MOST_PROBLEMS = 20;

/** What the text of `prices.yaml` says, or every mistake in it. Never throws. */
export function readPricesText(text: string): ReadPrices {
  if (text.length > LARGEST_FILE)
    return { problems: [{ line: 1, column: 1, says: 'The file is larger than 4 MiB; it is for what people write.' }] };
  const lines = new LineCounter();
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    return {
      problems: document.errors
        .slice(0, MOST_PROBLEMS)
        .map(({ message, pos }) => ({ ...place(pos[0]), says: `This is no YAML: ${message.trimEnd()}.` })),
    };
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    return { problems: [{ line: 1, column: 1, says: error instanceof Error ? error.message : String(error) }] };
  }

  const problems: FileProblem[] = [];
  const tell: Tell = (path, says, key = false) => {
    if (problems.length < MOST_PROBLEMS) problems.push({ ...place(offsetOf(document, path, key)), says });
  };
  const read = fileSchema.safeParse(value);
  if (!read.success) {
    for (const issue of read.error.issues)
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) tell([...issue.path, key], unknownKey(issue.path, key), true);
      else if (issue.code === 'invalid_key')
        tell(issue.path, `“${String(issue.path.at(-1))}”: ${issue.issues[0]?.message ?? issue.message}`, true);
      else tell(issue.path, `${nameOf(issue.path)}${messageOf(issue.code, issue.message, document, issue.path)}`);
    return { problems: inOrder(problems) };
  }
  const version = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const prices = pricesOf(read.data, version, tell);
  if (problems.length === 0) workExamples(prices, tell);
  return problems.length > 0 ? { problems: inOrder(problems) } : { prices: prices.file };
}

type Path = readonly PropertyKey[];
type Tell = (path: Path, says: string, key?: boolean) => void;

interface Placed {
  file: PricesFile;
  /** Where each row of units stands. */
  unitPaths: Path[];
}

function pricesOf(written: WrittenPrices, version: string, tell: Tell): Placed {
  const currencies: Currencies = Object.fromEntries(
    Object.entries(written.currencies ?? {}).map(([code, { usd, date }]) => [code, { usd, date: date ?? null }]),
  );
  const models: OwnModelPrice[] = [];
  const units: UnitPrice[] = [];
  const unitPaths: Path[] = [];
  const contracts: Contract[] = [];
  const names = new Map<string, string>();

  const rateOf = (currency: string | undefined, path: Path): number => {
    const rate = toUsd(currency ?? 'USD', currencies);
    if (rate === null)
      tell(
        [...path, 'currency'],
        `There is no rate for ${currency}. Say one under “currencies”: ${currency}: { usd: 1.08 }.`,
      );
    return rate ?? 1;
  };
  const days = ({ from, until }: { from?: string | undefined; until?: string | undefined }, path: Path): void => {
    if (from !== undefined && until !== undefined && from > until)
      tell([...path, 'until'], 'The last day is before the first.');
  };
  const once = (kind: string, name: string, path: Path): void => {
    const key = `${kind} ${name}`;
    if (names.has(key)) tell(path, `There is another ${kind} “${name}”. Each needs a name of its own.`);
    names.set(key, name);
  };
  const addModel = (row: WrittenModel, scope: Scope, currency: string | undefined, path: Path): void => {
    const rate = rateOf(row.currency ?? currency, path);
    if (row.as === undefined && !row.perMillion && !row.perPiece)
      tell(path, 'It says no price: add “perMillion”, “perPiece” or “as”.');
    if (row.as !== undefined && (row.perMillion ?? row.perPiece))
      tell([...path, 'as'], 'It is priced as another model and has prices, too. Leave one of them.');
    models.push({
      ...scope,
      model: row.model,
      ...(row.as === undefined ? {} : { as: row.as }),
      ...(row.tier === undefined ? {} : { tier: row.tier }),
      leaves: priced(row.perMillion ?? {}, rate, 1_000_000),
      units: priced(row.perPiece ?? {}, rate, 1),
    });
  };
  const addUnit = (row: Omit<UnitPrice, 'vendor'>, scope: Scope, currency: string | undefined, path: Path): void => {
    once('price by the piece', row.id, [...path, 'id']);
    if (!row.free && !row.uses) tell(path, 'It says neither “uses” nor “free: true”.');
    if (row.free && row.uses) tell([...path, 'free'], 'It is free and has prices, too. Leave one of them.');
    const uses = row.uses?.map((use, index) => {
      rateOf(use.currency ?? currency, [...path, 'uses', index]);
      if (use.path === undefined && !['call', 'request-bytes', 'response-bytes'].includes(use.from))
        tell([...path, 'uses', index], 'It needs a “path”: where in the request or answer the number stands.');
      return currency === undefined || use.currency !== undefined ? use : { ...use, currency };
    });
    units.push({ ...row, ...scope, ...(uses ? { uses } : {}) });
    unitPaths.push(path);
  };

  for (const [index, contract] of (written.contracts ?? []).entries()) {
    const path: Path = ['contracts', index];
    const {
      name,
      models: own,
      units: ownUnits,
      currency,
      discount,
      freePerMonth,
      commitment,
      model,
      note: _,
      ...scope
    } = contract;
    once('contract', name, [...path, 'name']);
    days(contract, path);
    const rate = rateOf(currency, path);
    const about = withoutGaps(scope);
    contracts.push({
      ...about,
      ...withoutGaps({ name, model, discount, freePerMonth }),
      ...(commitment === undefined ? {} : { commitmentNanoUsd: nanoOf(commitment * rate) }),
    });
    for (const [at, row] of (own ?? []).entries()) addModel(row, about, currency, [...path, 'models', at]);
    for (const [at, row] of (ownUnits ?? []).entries())
      addUnit(row as Omit<UnitPrice, 'vendor'>, about, currency, [...path, 'units', at]);
  }
  for (const [index, { vendor, app, credential, from, until, ...row }] of (written.models ?? []).entries()) {
    const scope = { vendor, app, credential, from, until };
    days(scope, ['models', index]);
    addModel(row, withoutGaps(scope), undefined, ['models', index]);
  }
  for (const [index, { vendor, app, credential, from, until, ...row }] of (written.units ?? []).entries()) {
    const scope = { vendor, app, credential, from, until };
    days(scope, ['units', index]);
    addUnit(row as Omit<UnitPrice, 'vendor'>, withoutGaps(scope), undefined, ['units', index]);
  }
  return { file: { version, currencies, models, units, contracts }, unitPaths };
}

/** Examples are what people check a rule by: one that does not come out is a mistake. */
function workExamples({ file, unitPaths }: Placed, tell: Tell): void {
  // Contracts are not part of a row's price.
  const plain = { ...file, contracts: [], units: [] };
  for (const [index, row] of file.units.entries())
    for (const [at, example] of (row.examples ?? []).entries()) {
      const { cost, expected } = workExample(row, example, { ...plain, units: [row] });
      const comes = cost?.nanoUsd ?? null;
      if (comes === expected) continue;
      const said = comes === null ? 'unknown' : `${comes / 1e9} dollars`;
      tell(
        [...(unitPaths[index] ?? []), 'examples', at, 'usd'],
        `The example comes to ${said}, not to ${example.usd ?? 'unknown'}.${cost?.why ? ` ${cost.why}` : ''}`,
      );
    }
}

function priced<Key extends string>(
  amounts: Partial<Record<Key, number>>,
  rate: number,
  of: number,
): Record<Key, Price> {
  return Object.fromEntries(
    Object.entries(amounts).map(([name, dollars]) => [name, priceOf((dollars as number) * rate, of)]),
  ) as Record<Key, Price>;
}

/** Without keys that nobody said. */
function withoutGaps<T extends object>(said: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

function messageOf(code: string, message: string, document: Document.Parsed, path: Path): string {
  if (code === 'invalid_type' && document.getIn([...path]) === undefined) return 'It is missing here.';
  return /[.!]$/.test(message) ? message : `${message}.`;
}

function unknownKey(path: Path, key: string): string {
  const known = keysAt(path);
  const lower = new Map(known.map((name) => [name.toLowerCase(), name]));
  const meant = nearest(key, [...lower.keys()]);
  if (meant !== null) return `There is no “${key}” here. Did you mean “${lower.get(meant)}”?`;
  return known.length > 0
    ? `There is no “${key}” here. It may be one of ${known.join(', ')}.`
    : `There is no “${key}” here. docs/costs.md has every key.`;
}

function nameOf(path: Path): string {
  const name = path.findLast((part) => typeof part === 'string');
  return name === undefined ? '' : `“${name}”: `;
}

/** Where something stands in the text; of what is not there, where it would. `key`: where its name stands. */
function offsetOf(document: Document.Parsed, path: Path, key: boolean): number {
  if (key) {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)))
      : undefined;
    const at = (pair?.key as Node | undefined)?.range?.[0];
    if (at !== undefined) return at;
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
