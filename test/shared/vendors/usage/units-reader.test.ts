import { describe, expect, it } from 'vitest';
import { UNIT_PRICES } from '../../../../shared/ledger/unit-prices/index.ts';
import { accessWhole } from '../../../../shared/ledger/units/call-access.ts';
import { readUnits } from '../../../../shared/ledger/units/read-units.ts';
import { ruleOf } from '../../../../shared/ledger/units/unit-price.ts';
import type { UnitRule } from '../../../../shared/model/unit-rule.ts';
import type { Usage } from '../../../../shared/model/usage.ts';
import type { ExchangeHead } from '../../../../shared/vendors/exchange.ts';
import { createUnitsReaders } from '../../../../shared/vendors/usage/units-reader.ts';
import { headOf } from '../../../fixtures/usage/usage-fixture.ts';

interface Exchange {
  rule: UnitRule;
  path: string;
  status?: number;
  request?: string;
  response?: string;
  query?: string;
  requestHeaders?: Readonly<Record<string, string>>;
  responseHeaders?: Readonly<Record<string, string>>;
  type?: string;
}

function headFor(
  { rule, path, query, requestHeaders, responseHeaders, status, type }: Exchange,
  answered: boolean,
): ExchangeHead {
  const lines = (all: Readonly<Record<string, string>> = {}): string =>
    Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  const head = headOf(
    {
      name: '',
      host: (rule.hosts?.[0] ?? 'api.test').replaceAll('*', 'x'),
      path,
      query: query ?? '',
      method: rule.methods?.[0] ?? 'POST',
      request: '',
      type: '',
      response: '',
      usage: {},
    },
    false,
  );
  return {
    ...head,
    recognised: {
      ...head.recognised,
      vendor: { ...head.recognised.vendor, id: rule.vendor },
      service: rule.service === null ? null : { id: rule.service, name: rule.service, hosts: [] },
    },
    requestLines: lines({ ...(type && { 'Content-Type': type }), ...requestHeaders }),
    status: answered ? (status ?? rule.statuses?.[0] ?? 200) : null,
    responseLines: answered ? lines({ 'Content-Type': 'application/json', ...responseHeaders }) : '',
  };
}

function read(
  exchange: Exchange,
  size: number,
  rules: readonly UnitRule[] = [exchange.rule],
  missed = false,
): Usage | null | 'none' {
  const reader = createUnitsReaders(rules)(headFor(exchange, false));
  if (reader === null) return 'none';
  const reading = reader.start(headFor(exchange, false));
  const latin1 = (text = ''): string => Buffer.from(text).toString('latin1');
  const request = latin1(exchange.request);
  const response = latin1(exchange.response);
  for (let at = 0; at < request.length; at += size) reading.request(request.slice(at, at + size));
  reading.answered(headFor(exchange, true));
  for (let at = 0; at < response.length; at += size) reading.response(response.slice(at, at + size));
  const end = {
    cut: false,
    missed,
    requestBytes: request.length,
    responseBytes: response.length,
    countTokens: () => 0,
  };
  return reading.end(end);
}

describe('units read while a call goes by', () => {
  const examples = UNIT_PRICES.flatMap((price) => (price.examples ?? []).map((example) => ({ price, example })));

  it('are those of the whole call, for every worked example of the price list, wherever it is cut', () => {
    let read_ = 0;
    for (const { price, example } of examples) {
      const rule = ruleOf(price);
      const path = example.path ?? (rule.paths?.[0] ?? '/').replaceAll('**', 'x/y').replaceAll('*', 'x');
      const isForm = example.request !== undefined && !/^\s*[[{]/.test(example.request);
      const exchange: Exchange = {
        rule,
        path,
        ...example,
        ...(example.query !== undefined && { query: example.query }),
        ...(isForm && { type: 'application/x-www-form-urlencoded' }),
      };
      const whole = readUnits(rule.quantities, accessWhole(example));
      for (const size of [1, 7, 10_000]) {
        const usage = read(exchange, size);
        if (usage === 'none') continue;
        read_ += 1;
        if (example.requestBytes !== undefined || example.responseBytes !== undefined) continue;
        expect({ id: price.id, units: usage?.units, reader: usage?.reader }).toEqual({
          id: price.id,
          units: whole.units,
          reader: price.id,
        });
      }
    }
    expect(read_).toBeGreaterThan(60);
  });

  const sms: UnitRule = {
    name: 'vendor/sms',
    vendor: 'vendor',
    service: null,
    methods: ['POST'],
    paths: ['/Messages.json'],
    statuses: [201],
    quantities: [
      { unit: 'sms_segment', from: 'response', path: 'num_segments' },
      { unit: 'to', from: 'request', path: 'To', read: 'count' },
    ],
  };
  const sent = {
    rule: sms,
    path: '/Messages.json',
    type: 'application/x-www-form-urlencoded',
    request: 'To=%2B1&To=%2B2&Body=hi',
  };

  it('come of forms, and of numbers that are texts', () => {
    expect(read({ ...sent, response: '{"num_segments":"3","sid":"SM"}' }, 5)).toMatchObject({
      reader: 'vendor/sms',
      units: { sms_segment: 3, to: 2 },
      provenance: 'reported',
      tokens: null,
    });
  });

  it('are partial when some are not in the call, and say what', () => {
    expect(read({ ...sent, response: '{}' }, 5)).toMatchObject({
      units: { to: 2 },
      provenance: 'partial',
      problem: 'How many sms_segment it was is not in the call.',
    });
    expect(read({ ...sent, response: '{"num_' }, 5, [sms], true)).toMatchObject({
      provenance: 'partial',
      problem: expect.stringContaining('recorder') as string,
    });
  });

  it('are none of a call that is not charged for, by its answer', () => {
    expect(read({ ...sent, status: 400, response: '{"code":21211}' }, 5)).toBeNull();
  });

  it('are not looked for in calls that no rule is about, or where nothing has to be read', () => {
    expect(read({ ...sent, path: '/Calls.json' }, 5)).toBe('none');
    expect(read({ ...sent, rule: { ...sms, quantities: [{ unit: 'request', from: 'call' }] } }, 5)).toBe('none');
  });
});
