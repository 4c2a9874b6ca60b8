import { createHash } from 'node:crypto';
import { nanoOf, priceOf, type Price } from '../../../shared/ledger/amounts.ts';
import type { Contract, OwnModelPrice, PricesFile, Scope } from '../../../shared/ledger/prices-file.ts';
import { toUsd, type Currencies } from '../../../shared/ledger/units/currencies.ts';
import type { UnitPrice } from '../../../shared/ledger/units/unit-price.ts';
import { workExample } from '../../../shared/ledger/units/work-example.ts';
import { MOST_PROBLEMS, readYaml, type Path } from '../registers/read-yaml.ts';
import type { FileProblem, Read } from '../registers/register.ts';
import { tellIssues, type Tell } from '../registers/tell-issues.ts';
import { fileSchema, keysAt, type WrittenModel, type WrittenPrices } from './file-schema.ts';

/** What the text of `prices.yaml` says, or every mistake in it. Never throws. */
export function readPricesText(text: string): Read<PricesFile, FileProblem> {
  const yaml = readYaml(text);
  if ('problems' in yaml) return { problems: yaml.problems.map(placed) };
  const problems: FileProblem[] = [];
  const tell: Tell = (path, says, key) => {
    if (problems.length < MOST_PROBLEMS) problems.push(placed({ ...yaml.placeOf(path, key), says }));
  };
  const read = fileSchema.safeParse(yaml.value);
  if (!read.success) {
    const isThere = (path: Path): boolean => yaml.document.getIn([...path]) !== undefined;
    tellIssues(read.error.issues, { keysAt, page: 'docs/costs.md', isThere }, tell);
    return { problems: inOrder(problems) };
  }
  const version = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const prices = pricesOf(read.data, version, tell);
  if (problems.length === 0) workExamples(prices, tell);
  return problems.length > 0 ? { problems: inOrder(problems) } : { value: prices.file };
}

function placed({ line, column, says }: FileProblem): FileProblem {
  return { line, column, says };
}

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

function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
