// Rule: pricing anew shows its difference before it changes anything, changes calls and sums together, and is remembered;
// a bill is compared with what the store has.
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLedger, type Ledger } from '../../../electron/engine/ledger/ledger.ts';
import { workHere, type LedgerWork } from '../../../electron/engine/ledger/work.ts';
import { workApart } from '../../../electron/engine/ledger/work-apart.ts';
import { readPricesText } from '../../../electron/engine/ledger/read-prices.ts';
import type { MeteredCall, MeteredQuestion } from '../../../electron/engine/store/picture-rows.ts';
import { DEFAULT_BUDGETS, openStore, type Store } from '../../../electron/engine/store/store.ts';
import { createStoreReader, type StoreReader } from '../../../electron/engine/store/store-reader.ts';
import { fold, meter, type CallRecord } from '../../../shared/events/fold.ts';
import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { NO_OWN_PRICES, type PricesFile } from '../../../shared/ledger/prices-file.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import { NO_TOKENS } from '../../../shared/model/usage.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { createDataDir, factsOf } from '../../harness/recorder.ts';
import { finish, usageOf } from '../store/samples.ts';

const DAY = 86_400_000_000;
const START = Date.UTC(2026, 10, 20) * 1000;
const SPAN = { since: START, until: START + 2 * DAY };

interface Sent {
  host?: string;
  method?: string;
  path?: string;
  at: number;
  usage: Partial<Usage> | null;
  /** False: as if the recorder had not known a price. */
  priced?: boolean;
}

interface World {
  ledger: Ledger;
  reader: StoreReader;
  store: Store;
  setPrices(text: string): void;
  costs(): (number | null)[];
}

/** A folder with these calls in it, priced by the lists. */
async function worldWith(sent: Sent[], { running = true, apart = false } = {}): Promise<World> {
  const dataDir = createDataDir(onTestFinished);
  const store = openStore({
    dataDir,
    budgets: DEFAULT_BUDGETS,
    log: () => {},
    now: () => START / 1000 + 3 * 86_400_000,
  });
  const catalogue = createCatalogue();
  const book = createPriceBook();
  await book.prepare();
  const records = sent.map((call, index): CallRecord => {
    const { host = 'api.openai.com', method = 'POST', path = '/v1/chat/completions', at, priced = true } = call;
    const record = factsOf(index + 1, {
      opened: { startedAt: at, host, method, target: path, app: 'billing' },
      answered: { status: 200, at: 0 },
      closed: { at: 1000 },
    }).reduce<CallRecord | null>((folded, fact) => fold(folded, fact), null)!;
    const usage = call.usage && usageOf(call.usage);
    const known = catalogue.recognise(host);
    const cost = book.price({
      vendor: known?.vendor.id ?? '',
      service: known?.service?.id ?? null,
      host,
      method,
      path,
      endpoint: null,
      status: 200,
      app: 'billing',
      credential: null,
      startedAt: at,
      usage,
    });
    meter(record, { endpoint: `${method} ${path}`, usage, cost: priced ? cost : null });
    return record;
  });
  store.commit({ open: [], closed: records, gaps: [], bodies: [], messages: [], callHigh: records.length + 1 }, true);
  const reader = createStoreReader(dataDir);
  onTestFinished(() => {
    reader.close();
    store.close();
  });
  let prices: PricesFile = NO_OWN_PRICES;
  const metered: MeteredCall[] = [];
  const here = (): LedgerWork => {
    const parts = {
      metered: async (question: MeteredQuestion) => finish(reader.metered(question)),
      hosts: async () => reader.hosts(),
      recognise: catalogue.recognise,
    };
    return {
      reprice: (...asked) => workHere({ ...parts, prices }).reprice(...asked),
      reconcile: (...asked) => workHere({ ...parts, prices }).reconcile(...asked),
      countMonth: (now) => workHere({ ...parts, prices }).countMonth(now),
    };
  };
  const ledger = createLedger({
    prices: () => ({ file: 'prices.yaml', prices, text: '', problems: [] }),
    ownVendors: () => [],
    // On a thread of its own it is the same, and slower to start.
    work: apart ? workApart(() => ({ dataDir, appNames: {}, ownVendors: [], prices })) : here(),
    reader: { spending: async (question) => reader.spending(question), repricings: async () => reader.repricings() },
    writer: running
      ? {
          flush: async () => {},
          reprice: async (changes) => store.reprice(changes),
          addRepricing: async (record) => ({ id: store.addRepricing(record) }),
        }
      : null,
    now: () => START + 3 * DAY,
  });
  return {
    ledger,
    reader,
    store,
    setPrices(text) {
      const read = readPricesText(text);
      prices = 'value' in read ? read.value : expect.fail(JSON.stringify(read.problems));
    },
    costs() {
      metered.length = 0;
      metered.push(...finish(reader.metered({ since: 0, until: START + 10 * DAY, limit: 1000 })).calls);
      return metered.map(({ costNanoUsd }) => costNanoUsd);
    },
  };
}

const gpt = (input: number, output = 0, model = 'gpt-5'): Partial<Usage> => ({
  model,
  requestModel: model,
  tokens: { ...NO_TOKENS, input, output },
});

describe('pricing anew', () => {
  test('shows the difference by vendor and model, and changes nothing', async () => {
    const world = await worldWith([
      { at: START + 1000, usage: gpt(1000) },
      { at: START + 2000, usage: gpt(2000) },
      { at: START + 3000, usage: gpt(500, 0, 'gpt-99') },
      { at: START + 4000, usage: gpt(500, 0, 'gpt-4o') },
    ]);
    world.setPrices(
      'models:\n  - { vendor: openai, model: "gpt-5", perMillion: { input: 1, output: 8 } }\n  - { vendor: openai, model: gpt-99, perMillion: { input: 2 } }\n',
    );
    const shown = await world.ledger.reprice({ ...SPAN, apply: false });
    expect(shown).toMatchObject({
      id: 0,
      calls: 3,
      looked: 4,
      beforeNanoUsd: 5_000_000,
      afterNanoUsd: 5_250_000,
      nowKnown: 1,
      nowUnknown: 0,
      rows: [
        { vendor: 'openai', model: 'gpt-99', calls: 1, beforeNanoUsd: null, afterNanoUsd: 1_000_000 },
        { vendor: 'openai', model: 'gpt-5', calls: 2, beforeNanoUsd: 3_750_000, afterNanoUsd: 3_000_000 },
      ],
    });
    expect(world.costs()).toEqual([1_250_000, 2_500_000, null, 1_250_000]);
    expect(await world.ledger.repricings()).toEqual({ repricings: [] });
  });

  test('applied, it changes calls and sums together, once, and is remembered', async () => {
    const world = await worldWith(
      [
        { at: START + 1000, usage: gpt(1000) },
        { at: START + DAY + 1000, usage: gpt(1000) },
        { at: START + 2 * DAY, usage: gpt(1000) },
      ],
      { apart: true },
    );
    world.setPrices('contracts:\n  - { name: ours, vendor: openai, discount: 20, from: 2026-11-21 }\n');
    const applied = await world.ledger.reprice({ ...SPAN, apply: true });
    expect(applied).toMatchObject({ calls: 1, looked: 2, beforeNanoUsd: 2_500_000, afterNanoUsd: 2_250_000 });
    // The first is before the contract, the last one is outside of the span.
    expect(world.costs()).toEqual([1_250_000, 1_000_000, 1_250_000]);
    const sums = world.reader.spending({ since: START, until: START + 3 * DAY, by: 'day' });
    expect(sums.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)).toBe(3_500_000);
    expect((await world.ledger.repricings()).repricings).toMatchObject([{ id: 1, calls: 1, afterNanoUsd: 2_250_000 }]);
    expect(await world.ledger.reprice({ ...SPAN, apply: true })).toMatchObject({ calls: 0 });
  });

  test('counts what a month has free from its first call, so that live and later agree', async () => {
    const search = { reader: 'example/search', units: { search: 4 } };
    const call = (day: number): Sent => ({
      host: 'api.example.com',
      path: '/search',
      at: Date.UTC(2026, 10, day) * 1000,
      usage: search,
      priced: false,
    });
    const world = await worldWith([call(2), call(3), call(20), call(21)]);
    world.setPrices(`
contracts:
  - { name: free, vendor: example.com, freePerMonth: { search: 10 } }
units:
  - { id: example/search, vendor: example.com, uses: [{ unit: search, from: response, path: n, price: { each: 1 } }] }
`);
    const answer = await world.ledger.reprice({ ...SPAN, apply: true });
    // Of the third call two were free; the first two are not in the span.
    expect(answer).toMatchObject({ calls: 2, looked: 2, afterNanoUsd: 6_000_000_000 });
    expect(world.costs().slice(-2)).toEqual([2_000_000_000, 4_000_000_000]);
  });

  test('a price that came later is found for calls that nobody metered', async () => {
    const world = await worldWith([{ host: 'api.example.com', path: '/ping', at: START + 1, usage: null }]);
    world.setPrices(
      'units:\n  - { id: a/ping, vendor: example.com, uses: [{ unit: ping, from: call, price: { each: 0.5 } }] }\n',
    );
    expect(await world.ledger.reprice({ ...SPAN, apply: true })).toMatchObject({ nowKnown: 1 });
    expect(world.costs()).toEqual([500_000_000]);
  });

  test('of one vendor only; given up between pages; and not without an engine', async () => {
    const world = await worldWith([{ at: START + 1, usage: gpt(1000) }], { running: false });
    world.setPrices('contracts:\n  - { name: ours, vendor: openai, discount: 50 }\n');
    expect(await world.ledger.reprice({ ...SPAN, vendor: 'anthropic', apply: false })).toMatchObject({ looked: 0 });
    expect(await world.ledger.reprice({ ...SPAN, vendor: 'openai', apply: false })).toMatchObject({ calls: 1 });
    expect(await world.ledger.reprice({ ...SPAN, apply: true })).toEqual({ problem: 'not-running' });
    await expect(world.ledger.reprice({ ...SPAN, apply: false }, AbortSignal.abort())).rejects.toThrow('abort');
    expect(await world.ledger.reprice({ since: 2, until: 1, apply: false })).toMatchObject({ problem: 'bad' });
  });
});

test('a bill is compared with the calls of its vendor on its days', async () => {
  const world = await worldWith([
    { at: START + 1000, usage: gpt(1000, 100, 'gpt-5-2025-08-07') },
    { at: START + DAY - 1, usage: gpt(2000, 0, 'gpt-5-2025-08-07') },
    { at: START + DAY, usage: gpt(9000, 0, 'gpt-5-2025-08-07') },
    { host: 'api.anthropic.com', path: '/v1/messages', at: START + 5, usage: gpt(77, 7, 'claude-sonnet-4-5') },
  ]);
  const csv = `start_time,model,num_model_requests,input_tokens,input_cached_tokens,output_tokens\n${START / 1e6},gpt-5-2025-08-07,3,4000,0,100\n`;
  const answer = await world.ledger.reconcile({ csv });
  expect(answer).toMatchObject({
    vendor: 'openai',
    form: 'OpenAI usage',
    since: START,
    until: START + DAY,
    skipped: [],
    rows: [
      {
        category: 'input',
        billed: 4000,
        recorded: 3000,
        difference: -1000,
        reason: expect.stringContaining('1 of 3 calls'),
      },
      { category: 'output', difference: 0, reason: null },
      { category: 'requests', billed: 3, recorded: 2 },
    ],
    total: { billedNanoUsd: null, recordedNanoUsd: 4_750_000 },
  });
  expect(await world.ledger.reconcile({ csv: 'what\nis this\n' })).toMatchObject({ problem: 'bad' });
});

test('what a month has used is counted for an engine that starts in it', async () => {
  const call = {
    host: 'api.example.com',
    path: '/search',
    usage: { reader: 'example/search', units: { search: 4 } },
    priced: true,
  };
  const world = await worldWith([
    { ...call, at: START - 30 * DAY },
    { ...call, at: START },
    { ...call, at: START + 1 },
  ]);
  world.setPrices(
    'contracts:\n  - { name: free, vendor: example.com, freePerMonth: { search: 10 } }\nunits:\n  - { id: example/search, vendor: example.com, uses: [{ unit: search, from: response, path: n, price: { each: 1 } }] }\n',
  );
  expect(await world.ledger.countMonth()).toEqual({ '2026-11': { 'free search': 8 } });
});

test('the prices in force are those of what was called, and contracts say how much of them is used', async () => {
  const world = await worldWith([
    { at: START + 1, usage: gpt(1_000_000) },
    {
      host: 'api.stripe.com',
      path: '/v1/charges',
      at: START + 2,
      usage: { reader: 'stripe/charge', units: { 'amount/usd': 1000 } },
    },
  ]);
  world.setPrices('contracts:\n  - { name: ours, vendor: openai, discount: 20, commitment: 100 }\n');
  const { prices, contracts, versions } = await world.ledger.prices(SPAN);
  expect(prices.find(({ what, model }) => what === 'input' && model === 'gpt-5')).toMatchObject({
    vendor: 'openai',
    priceNanoUsd: 1_000_000_000,
    per: 'million',
    source: expect.stringContaining('prices.yaml'),
    calls: 1,
  });
  expect(
    prices.filter(({ id }) => id === 'stripe/charge').map(({ what, priceNanoUsd }) => [what, priceNanoUsd]),
  ).toEqual([
    ['amount', 29_000_000],
    ['transaction', 300_000_000],
  ]);
  expect(contracts).toEqual([
    {
      vendor: 'openai',
      says: 'ours: 20 % off list prices',
      from: null,
      until: null,
      commitmentNanoUsd: 100_000_000_000,
      usedNanoUsd: 1_250_000_000,
    },
  ]);
  expect(versions.map(({ source }) => source)).toEqual(['genai-prices', 'sallyport', 'prices.yaml']);
});
