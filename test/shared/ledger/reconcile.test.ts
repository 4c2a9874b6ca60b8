// Rule: a vendor's export is compared with what was recorded by day, model and token category, and each difference has
// its likely reason; what cannot be read is named by its line.
import { describe, expect, test } from 'vitest';
import { readBill, dayOfText, type Bill } from '../../../shared/ledger/reconcile/bill.ts';
import { compareBill } from '../../../shared/ledger/reconcile/compare.ts';
import { createRecorded, plainModel, type RecordedCall } from '../../../shared/ledger/reconcile/recorded.ts';
import type { Tokens, Usage } from '../../../shared/model/usage.ts';
import { usageOf } from './priced-calls.ts';

function billOf(csv: string, asked: Parameters<typeof readBill>[1] = {}): Bill {
  const bill = readBill(csv, asked);
  return 'problem' in bill ? expect.fail(`${bill.problem} ${bill.remedy}`) : bill;
}

function recordedOf(
  ...calls: [
    day: string,
    model: string,
    Partial<Tokens>,
    (Omit<Partial<RecordedCall>, 'usage'> & { usage?: Partial<Usage> })?,
  ][]
) {
  const recorded = createRecorded();
  for (const [day, model, tokens, { usage, ...more } = {}] of calls)
    recorded.add({
      startedAt: Date.parse(day.length === 10 ? `${day}T12:00:00Z` : day) * 1000,
      credential: 'bearer:1',
      costNanoUsd: 0,
      provenance: 'reported',
      priceVersion: 'genai-prices 0.1.8',
      ...more,
      usage: { ...usageOf(model, tokens), ...usage },
    });
  return recorded.days();
}

const OPENAI = 'start_time,end_time,model,batch,num_model_requests,input_tokens,input_cached_tokens,output_tokens\n';
/** 2026-11-20, at 0:00. */
const START = Date.UTC(2026, 10, 20) / 1000;

describe('exports are known by their columns', () => {
  test('OpenAI’s usage: seconds since the epoch, cached tokens inside the input', () => {
    const bill = billOf(`${OPENAI}${START},${START + 86_400},gpt-5-2025-08-07,false,2,3000,1000,"1,200"\n`);
    expect(bill).toMatchObject({ vendor: 'openai', form: 'OpenAI usage', skipped: [] });
    expect(bill.items.map(({ day, category, quantity }) => [day, category, quantity])).toEqual([
      ['2026-11-20', 'input', 3000],
      ['2026-11-20', 'output', 1200],
      ['2026-11-20', 'cache-read', 1000],
      ['2026-11-20', 'requests', 2],
    ]);
  });

  test('OpenAI’s costs: dollars, the model before the comma', () => {
    const csv = `start_time,amount_value,amount_currency,line_item\n${START},0.5,usd,"gpt-5-2025-08-07, input"\n${START},1.25,usd,"gpt-5-2025-08-07, output"\n`;
    expect(billOf(csv)).toMatchObject({
      form: 'OpenAI costs',
      items: [
        { model: 'gpt-5-2025-08-07', category: 'cost', quantity: 500_000_000 },
        { model: 'gpt-5-2025-08-07', category: 'cost', quantity: 1_250_000_000 },
      ],
    });
  });

  test('Anthropic’s usage: the input comes without its cache, and gets it', () => {
    const csv =
      'usage_date_utc,model_version,api_key,usage_type,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens\n' +
      '2026-11-20,claude-sonnet-4-5-20250929,k,message,100,1000,4000,20000,503\n';
    const bill = billOf(csv);
    expect(bill).toMatchObject({ vendor: 'anthropic', form: 'Anthropic usage' });
    const recorded = recordedOf([
      '2026-11-20',
      'claude-sonnet-4-5-20250929',
      { input: 25_100, cacheRead: 20_000, cacheWrite: 5000, output: 503 },
    ]);
    expect(
      compareBill(bill, recorded).rows.every(({ difference, reason }) => difference === 0 && reason === null),
    ).toBe(true);
  });

  test('Anthropic’s costs, and any other file by the names of its columns', () => {
    const cost = billOf('usage_date_utc,model,token_type,cost_usd\n2026-11-20,Claude Sonnet 4.5,input,0.3\n');
    expect(cost).toMatchObject({ form: 'Anthropic costs', items: [{ quantity: 300_000_000 }] });
    const own = billOf('Tag;Modell;Ein;Aus\n2026-11-20;mistral-large;1 000;20\n', {
      vendor: 'mistral',
      columns: { day: 'Tag', model: 'Modell', input: 'Ein', output: 'Aus' },
    });
    expect(own.items.map(({ quantity }) => quantity)).toEqual([1000, 20]);
  });

  test('what nobody knows is said, with what to do', () => {
    expect(readBill('a,b\n1,2\n', {})).toMatchObject({ remedy: expect.stringContaining('--columns') });
    expect(readBill('a,b\n1,2\n', { columns: { day: 'a' } })).toMatchObject({
      remedy: expect.stringContaining('--vendor'),
    });
    expect(readBill('a,b\n1,2\n', { vendor: 'x', columns: { day: 'c', input: 'b' } })).toMatchObject({
      problem: expect.stringContaining('“c”'),
    });
    expect(readBill('', {})).toHaveProperty('problem');
  });

  test('bad rows are left out and named by their lines, also after cells of several lines', () => {
    const bill = billOf(
      `${OPENAI}${START},,"a\nmodel",,1,1,0,1\nsoon,,m,,1,1,0,1\n${START},,m,,1,many,0,1\n\n${START},,m,,1,5,0,1\n`,
    );
    expect(bill.skipped).toEqual([
      { line: 4, why: '“soon” is no day.' },
      { line: 5, why: '“many” is no number (input_tokens).' },
    ]);
    expect(bill.items.filter(({ category }) => category === 'input').map(({ quantity }) => quantity)).toEqual([1, 5]);
  });

  test('days are UTC, however they are written', () => {
    expect(
      [
        '2026-11-20',
        '2026-11-20T23:30:00Z',
        '2026-11-20 23:30:00',
        '2026-11-21T00:30:00+02:00',
        String(START),
        '11/20/2026',
      ].map(dayOfText),
    ).toEqual(Array.from({ length: 6 }, () => '2026-11-20'));
    expect(dayOfText('yesterday')).toBeNull();
    expect(dayOfText('2026-99-99')).toBeNull();
  });

  test('models go by one name without the day of their snapshot', () => {
    expect(plainModel('Claude Sonnet 4.5')).toBe(plainModel('claude-sonnet-4-5-20250929'));
    expect(plainModel('gpt-5-2025-08-07')).toBe('gpt-5');
    expect(plainModel('gpt-5-mini')).not.toBe(plainModel('gpt-5'));
  });
});

describe('differences have their likely reason', () => {
  const row = (
    day: string,
    model: string,
    requests: number,
    input: number,
    cached: number,
    output: number,
    batch = 'false',
  ) => `${day},,${model},${batch},${requests},${input},${cached},${output}\n`;
  const reasons = (csv: string, recorded: ReturnType<typeof recordedOf>): (string | null)[] =>
    compareBill(billOf(OPENAI + csv), recorded).rows.map(({ reason }) => reason);

  test('none where they agree', () => {
    const recorded = recordedOf(['2026-11-20', 'gpt-5-2025-08-07', { input: 1000, cacheRead: 400, output: 100 }]);
    expect(reasons(row('2026-11-20', 'gpt-5-2025-08-07', 1, 1000, 400, 100), recorded)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('calls that were not seen, by their number', () => {
    const recorded = recordedOf(['2026-11-20', 'gpt-5', { input: 1000, output: 100 }]);
    expect(reasons(row('2026-11-20', 'gpt-5', 3, 3000, 0, 300), recorded)[0]).toContain('2 of 3 calls were not seen');
    expect(reasons(row('2026-11-20', 'o3', 3, 3000, 0, 300), [])[0]).toContain('No such call was seen');
  });

  test('batches', () => {
    expect(reasons(row('2026-11-20', 'gpt-5', 3, 3000, 0, 300, 'true'), [])[0]).toContain('Batch');
  });

  test('another time zone: what one day has too much the next one lacks', () => {
    const recorded = recordedOf(
      ['2026-11-20', 'gpt-5', { input: 1500, output: 0 }],
      ['2026-11-21', 'gpt-5', { input: 500, output: 0 }],
    );
    const csv = row('2026-11-20', 'gpt-5', 1, 1000, 0, 0) + row('2026-11-21', 'gpt-5', 1, 1000, 0, 0);
    const said = compareBill(billOf(OPENAI + csv), recorded).rows.filter(({ category }) => category === 'input');
    expect(said.map(({ difference }) => difference)).toEqual([500, -500]);
    expect(said.every(({ reason }) => reason?.includes('time zone'))).toBe(true);
  });

  test('cut streams that were worked out', () => {
    const recorded = recordedOf([
      '2026-11-20',
      'gpt-5',
      { input: 1000, output: 90 },
      { provenance: 'estimated', usage: { cut: true } },
    ]);
    expect(reasons(row('2026-11-20', 'gpt-5', 1, 1000, 0, 120), recorded)).toEqual([
      null,
      '1 call was cut off; what was used was worked out here.',
      null,
    ]);
  });

  test('cached tokens inside the input here and beside it there', () => {
    const bill = billOf('d,m,i\n2026-11-20,gpt-5,600\n', {
      vendor: 'openai',
      columns: { day: 'd', model: 'm', input: 'i' },
    });
    const recorded = recordedOf(['2026-11-20', 'gpt-5', { input: 1000, cacheRead: 400, output: 1 }]);
    expect(compareBill(bill, recorded).rows[0]?.reason).toContain('beside it on the bill');
  });

  test('secrets of more than one account', () => {
    const recorded = recordedOf(
      ['2026-11-20', 'gpt-5', { input: 1000, output: 100 }],
      ['2026-11-20', 'gpt-5', { input: 1000, output: 100 }, { credential: 'bearer:2' }],
    );
    expect(reasons(row('2026-11-20', 'gpt-5', 1, 1000, 0, 100), recorded)[0]).toContain('More than one secret');
  });

  test('a price: the amounts agree and the money does not', () => {
    const bill = billOf('d,m,i,c\n2026-11-20,gpt-5,1000,0.001\n', {
      vendor: 'openai',
      columns: { day: 'd', model: 'm', input: 'i', cost: 'c' },
    });
    const recorded = recordedOf(['2026-11-20', 'gpt-5', { input: 1000, output: 0 }, { costNanoUsd: 1_250_000 }]);
    const { rows, total } = compareBill(bill, recorded);
    expect(rows.find(({ category }) => category === 'cost')?.reason).toContain('genai-prices 0.1.8');
    expect(total).toEqual({ billedNanoUsd: 1_000_000, recordedNanoUsd: 1_250_000 });
  });

  test('what has no known cost here is not a cost of 0', () => {
    const bill = billOf('d,c\n2026-11-20,0.001\n', { vendor: 'openai', columns: { day: 'd', cost: 'c' } });
    const recorded = recordedOf([
      '2026-11-20',
      'gpt-99',
      { input: 1000, output: 0 },
      { costNanoUsd: null, provenance: 'none' },
    ]);
    const { rows, total } = compareBill(bill, recorded);
    expect(rows[0]?.reason).toContain('no known cost');
    expect(total.recordedNanoUsd).toBeNull();
  });
});
