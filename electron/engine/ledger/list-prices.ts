import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { matchesGlob } from '../../../shared/ledger/glob.ts';
import type { ListedPrice, PricedCall } from '../../../shared/ledger/price-book.ts';
import { isAbout, type Contract } from '../../../shared/ledger/prices-file.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { SpendingSum } from '../store/picture-rows.ts';
import type { PricesNow } from './prices-register.ts';

export interface ListParts {
  now: PricesNow;
  /** By the day. */
  spending: readonly SpendingSum[];
  recognise(host: string): { vendor: string; service: string | null } | null;
}

export interface PricesInForce {
  file: string;
  problems: PricesNow['problems'];
  versions: { source: string; version: string }[];
  prices: (ListedPrice & { vendor: string; calls: number })[];
  contracts: {
    vendor: string;
    says: string;
    from: string | null;
    until: string | null;
    commitmentNanoUsd: number | null;
    usedNanoUsd: number | null;
  }[];
}

/** What was called in a span is priced by, as of its end, and how contracts are used. */
export async function listPrices(until: number, { now, spending, recognise }: ListParts): Promise<PricesInForce> {
  const book = createPriceBook({ own: now.prices });
  await book.prepare();
  const prices = new Map<string, PricesInForce['prices'][number]>();
  const used = new Map<Contract, number>();
  for (const sum of spending) {
    const known = recognise(sum.host);
    if (!known) continue;
    for (const contract of now.prices.contracts)
      if (covers(contract, sum, known.vendor)) used.set(contract, (used.get(contract) ?? 0) + sum.costNanoUsd);
    for (const price of book.list(callOf(sum, known, until - 1))) {
      const key = `${price.id}\n${price.model}\n${price.what}\n${price.priceNanoUsd}`;
      const seen = prices.get(key);
      if (seen) seen.calls += sum.calls;
      else prices.set(key, { ...price, vendor: known.vendor, calls: sum.calls });
    }
  }
  return {
    file: now.file,
    problems: now.problems,
    versions: [...book.versions],
    prices: [...prices.values()].toSorted(
      (a, b) => b.calls - a.calls || a.id.localeCompare(b.id) || a.what.localeCompare(b.what),
    ),
    contracts: now.prices.contracts.map((contract) => ({
      vendor: contract.vendor,
      says: describe(contract),
      from: contract.from ?? null,
      until: contract.until ?? null,
      commitmentNanoUsd: contract.commitmentNanoUsd ?? null,
      usedNanoUsd: used.get(contract) ?? null,
    })),
  };
}

function covers(contract: Contract, sum: SpendingSum, vendor: string): boolean {
  return (
    isAbout(contract, { vendor, app: sum.app, credential: sum.credential }, sum.start) &&
    (contract.model === undefined || (sum.model !== null && matchesGlob(contract.model, sum.model)))
  );
}

/** One of the calls that a sum is of, as far as prices go by it. */
function callOf(sum: SpendingSum, known: { vendor: string; service: string | null }, startedAt: number): PricedCall {
  const [method = 'GET', path = '/'] = sum.endpoint?.split(' ') ?? [];
  const usage: Usage | null =
    sum.model === null
      ? null
      : {
          reader: '',
          model: sum.model,
          requestModel: sum.model,
          tier: null,
          region: null,
          tokens: null,
          units: {},
          maxOutput: null,
          streamed: false,
          cut: false,
          provenance: 'reported',
          vendorNanoUsd: null,
          raw: null,
          problem: null,
        };
  const { host, endpoint, app, credential } = sum;
  return { ...known, host, method, path, endpoint, status: 200, app, credential, startedAt, usage };
}

function describe({ name, model, discount, freePerMonth, app, credential }: Contract): string {
  const parts = [
    ...(model === undefined ? [] : [`for ${model}`]),
    ...(app === undefined ? [] : [`of the app ${app}`]),
    ...(credential === undefined ? [] : [`with ${credential}`]),
    ...(discount === undefined ? [] : [`${discount} % off list prices`]),
    ...Object.entries(freePerMonth ?? {}).map(([what, many]) => `${many} ${what} a month free`),
  ];
  return parts.length === 0 ? name : `${name}: ${parts.join(', ')}`;
}
