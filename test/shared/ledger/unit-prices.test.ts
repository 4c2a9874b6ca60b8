// Rule: every row of unit prices carries worked examples, and they come out; free is known, unknown is not free.
import { describe, expect, test } from 'vitest';
import { createPriceBook } from '../../../shared/ledger/create-price-book.ts';
import { NO_OWN_PRICES, type PricesFile } from '../../../shared/ledger/prices-file.ts';
import { UNIT_PRICES } from '../../../shared/ledger/unit-prices/index.ts';
import { workExample } from '../../../shared/ledger/units/work-example.ts';
import { createCatalogue } from '../../../shared/vendors/catalogue/create-catalogue.ts';
import { callOf, usageOf } from './priced-calls.ts';

describe('worked examples come out', () => {
  const examples = UNIT_PRICES.flatMap((row) =>
    (row.examples ?? []).map((example, index) => ({ row, example, index })),
  );
  test.each(examples.map(({ row, example, index }) => [`${row.id} #${index + 1}`, row, example] as const))(
    '%s',
    (_, row, example) => {
      const { cost, expected } = workExample(row, example, NO_OWN_PRICES);
      expect(cost?.nanoUsd ?? null, cost?.why ?? '').toBe(expected);
      // And it is this row that prices such calls, not one before it.
      if (cost?.price) expect(cost.price.startsWith(row.id)).toBe(true);
    },
  );

  test('every row has one, an id of its own, and says when it was checked', () => {
    expect(UNIT_PRICES.filter((row) => !row.examples?.length).map(({ id }) => id)).toEqual([]);
    expect(new Set(UNIT_PRICES.map(({ id }) => id)).size).toBe(UNIT_PRICES.length);
    expect(UNIT_PRICES.filter((row) => row.checked === undefined)).toEqual([]);
    expect(new Set(UNIT_PRICES.map(({ vendor }) => vendor)).size).toBeGreaterThanOrEqual(25);
  });
});

test('every row is about a vendor of the catalogue, and its hosts are that vendor’s', () => {
  const catalogue = createCatalogue();
  expect(UNIT_PRICES.filter(({ vendor }) => !catalogue.vendor(vendor)).map(({ id }) => id)).toEqual([]);
  const others = UNIT_PRICES.flatMap(({ id, vendor, hosts = [] }) =>
    hosts
      .map((host) => catalogue.recognise(host.replaceAll('*', 'x'))?.vendor.id)
      .filter((found) => found !== vendor)
      .map((found) => `${id}: ${found}`),
  );
  expect(others).toEqual([]);
});

const sms = callOf({
  vendor: 'twilio',
  service: null,
  host: 'api.twilio.com',
  path: '/2010-04-01/Accounts/AC1/Messages.json',
});
const read = (units: Record<string, number>, reader = 'twilio/sms') => usageOf(null, null, { reader, units });

describe('what is not known is not free', () => {
  const book = createPriceBook();
  test('calls that no row is about cost nothing that we know of, and that is null', () => {
    expect(book.price(callOf({ vendor: 'example.com', host: 'api.example.com' }))).toBeNull();
    expect(book.price({ ...sms, status: 500 })).toBeNull();
  });

  test('a call whose quantity nobody read is unknown, one that costs the same whatever is in it is known', () => {
    expect(book.price(sms)).toMatchObject({ nanoUsd: null, provenance: 'none' });
    const mail = callOf({ vendor: 'postmark', service: null, host: 'api.postmarkapp.com', path: '/email' });
    expect(book.price(mail)).toMatchObject({ nanoUsd: 1_500_000, price: 'postmark/mail', provenance: 'reported' });
  });

  test('what a row read and did not find did not happen; what another row read says nothing of this one', () => {
    expect(book.price({ ...sms, usage: read({}) })?.nanoUsd).toBe(0);
    expect(book.price({ ...sms, usage: read({}, 'some/thing') })?.nanoUsd).toBeNull();
  });

  test('free is said', () => {
    const call = callOf({ vendor: 'github', service: null, host: 'api.github.com', method: 'GET', path: '/user' });
    expect(book.price(call)).toMatchObject({ nanoUsd: 0, price: 'github/api', provenance: 'reported', lines: [] });
  });
});

describe('the user’s file goes before ours', () => {
  const own = (more: Partial<PricesFile>): PricesFile => ({ ...NO_OWN_PRICES, version: 'abc', ...more });
  const row = UNIT_PRICES.find(({ id }) => id === 'twilio/sms') ?? expect.fail('no such row');
  const at = (month: number, day: number) => ({ startedAt: Date.UTC(2026, month - 1, day) * 1000 });

  test('a row with an id of ours takes its place', () => {
    const book = createPriceBook({
      own: own({
        units: [{ ...row, uses: [{ ...row.uses![0]!, price: { each: 0.005 } }], app: 'billing' }],
      }),
    });
    const call = { ...sms, usage: read({ 'sms_segment/US': 2 }) };
    expect(book.price(call)).toMatchObject({ nanoUsd: 10_000_000, priceVersion: 'prices.yaml abc' });
    // It was of one app only, and ours with that id is gone.
    expect(book.price({ ...call, app: 'other' })?.nanoUsd).toBeNull();
  });

  test('a discount is on list prices, from its first to its last day', () => {
    const book = createPriceBook({
      own: own({
        contracts: [{ name: 'c', vendor: 'twilio', discount: 12.5, from: '2026-05-01', until: '2026-05-31' }],
      }),
    });
    const call = { ...sms, usage: read({ 'sms_segment/US': 3 }) };
    expect(book.price({ ...call, ...at(5, 1) })).toMatchObject({
      nanoUsd: 21_787_500,
      priceVersion: 'sallyport 2026-11, prices.yaml abc',
    });
    expect(book.price({ ...call, ...at(6, 1) })?.nanoUsd).toBe(24_900_000);
  });

  test('what a month has free is used up call by call, and starts anew with the month', () => {
    const contracts = [{ name: 'c', vendor: 'twilio', freePerMonth: { sms_segment: 5 } }];
    const book = createPriceBook({ own: own({ contracts }) });
    const call = { ...sms, usage: read({ 'sms_segment/US': 3 }) };
    const costs = [at(5, 1), at(5, 2), at(5, 3), at(6, 1)].map((when) => book.price({ ...call, ...when }));
    expect(costs.map((cost) => cost?.nanoUsd)).toEqual([0, 8_300_000, 24_900_000, 0]);
    expect(costs[1]?.lines).toMatchObject([
      { quantity: 2, nanoUsd: 0 },
      { quantity: 1, nanoUsd: 8_300_000 },
    ]);
  });

  test('tiers go by the month, and a call across two of them has a line for each', () => {
    const book = createPriceBook({
      own: own({
        units: [
          {
            id: 'my/thing',
            vendor: 'example.com',
            uses: [
              { unit: 'thing', from: 'request', path: 'n', price: { tiers: [{ upTo: 10, each: 1 }, { each: 0.5 }] } },
            ],
          },
        ],
      }),
    });
    const call = callOf({ vendor: 'example.com', usage: read({ thing: 8 }, 'my/thing') });
    expect(book.price(call)?.nanoUsd).toBe(8_000_000_000);
    expect(book.price(call)?.lines.map(({ quantity, nanoUsd }) => [quantity, nanoUsd])).toEqual([
      [2, 2_000_000_000],
      [6, 3_000_000_000],
    ]);
  });

  test('prices in other currencies need a rate, and take it', () => {
    const units = [
      {
        id: 'my/thing',
        vendor: 'example.com',
        uses: [{ unit: 'thing', from: 'call', price: { each: 2 }, currency: 'EUR' } as const],
      },
    ];
    const call = callOf({ vendor: 'example.com' });
    expect(createPriceBook({ own: own({ units }) }).price(call)).toMatchObject({ nanoUsd: null });
    const rates = own({ units, currencies: { EUR: { usd: 1.08, date: '2026-11-01' } } });
    expect(createPriceBook({ own: rates }).price(call)?.nanoUsd).toBe(2_160_000_000);
  });

  test('a model of one’s own prices is priced by them alone, never by both', async () => {
    const book = createPriceBook({
      own: own({
        models: [
          {
            vendor: 'openai',
            model: 'gpt-5*',
            leaves: {
              input: { nanoUsd: 1_000_000_000, per: 'million' },
              output: { nanoUsd: 8_000_000_000, per: 'million' },
            },
            units: {},
          },
          { vendor: 'azure', model: 'our-deployment', as: 'gpt-5', leaves: {}, units: {} },
        ],
        contracts: [{ name: 'c', vendor: 'openai', discount: 50 }],
      }),
    });
    await book.prepare();
    const usage = usageOf('gpt-5', { input: 1000, cacheRead: 400, output: 100 });
    // Cached tokens at the private price of input, and no discount on it.
    expect(book.price(callOf({ usage }))).toMatchObject({ nanoUsd: 1_800_000, priceVersion: 'prices.yaml abc' });
    expect(book.price(callOf({ usage: usageOf('gpt-4o', { input: 1000, output: 0 }) }))?.nanoUsd).toBe(1_250_000);
    const azure = callOf({
      vendor: 'azure',
      host: 'x.openai.azure.com',
      usage: usageOf('our-deployment', { input: 1000, output: 0 }),
    });
    expect(book.price(azure)).toMatchObject({ nanoUsd: 1_250_000, price: 'azure/gpt-5' });
  });
});
