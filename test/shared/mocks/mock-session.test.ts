import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPart } from '../../../shared/mocks/match-request.ts';
import { createMockSession } from '../../../shared/mocks/mock-session.ts';
import { readMocks } from '../../../shared/mocks/read-mocks.ts';

const setOf = (...mocks: Record<string, unknown>[]) => {
  const read = readMocks({ mocks });
  if (!('set' in read)) throw new Error(JSON.stringify(read));
  return read.set;
};
const ask = (target: string, more: { method?: string; host?: string; port?: number; fields?: string[] } = {}) => ({
  method: 'GET',
  host: 'api.example.com',
  port: 443,
  target,
  fields: [],
  ...more,
});

describe('which mock answers', () => {
  const session = createMockSession(
    setOf(
      { id: 'charge', match: { method: 'POST', host: 'api.example.com', path: '/v1/charges' } },
      { id: 'one', match: { path: '/v1/charges/{id}', query: { expand: 'customer*' } } },
      { id: 'local', match: { host: 'localhost:8080', path: '/**' } },
      { id: 'dated', match: { headers: { 'Api-Version': '2026-*' } } },
      { id: 'chat', match: { path: '/chat', body: { model: 'gpt-*', messages: [{ role: 'user' }] } } },
      { id: 'rest', match: { host: '*.example.com', method: ['GET', 'HEAD'] } },
    ),
    1,
  );
  it.each([
    [ask('/v1/charges', { method: 'POST' }), null, 'charge'],
    [ask('/v1/charges/ch_1?expand=customer.address&x=1'), null, 'one'],
    [ask('/v1/charges/ch_1?expand=customer%5B%5D'), null, 'one'],
    [ask('/v1/charges/ch_1/refunds?expand=customer'), null, 'rest'],
    [ask('/anything', { host: 'localhost', port: 8080 }), null, 'local'],
    [ask('/anything', { host: 'localhost', port: 8081 }), null, null],
    [ask('/', { host: 'other.test', fields: ['api-version', '2026-01-01'] }), null, 'dated'],
    [
      ask('/chat', { method: 'POST' }),
      '{"model":"gpt-5","messages":[{"role":"user","content":"hi"},{"role":"x"}]}',
      'chat',
    ],
    [ask('/chat', { method: 'POST' }), '{"model":"gpt-5","messages":[]}', null],
    [ask('/chat', { method: 'POST' }), 'no JSON', null],
    [ask('/chat', { method: 'POST' }), null, null],
    [ask('/chat'), '{}', 'rest'],
  ])('%j with the body %j meets %s', (head, body, id) => {
    expect(session.find(head, body)?.id ?? null).toBe(id);
  });

  it('wants to read a body only where a mock that is reached asks for one', () => {
    expect(session.readsBody(ask('/chat'))).toBe(true);
    expect(session.readsBody(ask('/v1/charges', { method: 'POST' }))).toBe(false);
  });

  it('every JSON is a part of itself, and stays one when more is said', () => {
    const plain = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('*'));
    fc.assert(
      fc.property(plain, plain, (value, more) => {
        expect(isPart(value, value)).toBe(true);
        expect(isPart({ key: value }, { more, key: value })).toBe(true);
        expect(isPart([value], [value, more])).toBe(true);
        expect(isPart({ key: value }, { more })).toBe(false);
      }),
    );
  });
});

describe('which answer is next', () => {
  const answers = [{ status: 201 }, { status: 202 }, { status: 203 }];
  it.each([
    ['last', [201, 202, 203, 203, 203]],
    ['all', [201, 202, 203, 201, 202]],
  ])('after the last come: %s', (repeat, expected) => {
    const session = createMockSession(setOf({ id: 'a', answers, repeat }), 1);
    const mock = session.find(ask('/'), null)!;
    expect(expected.map(() => session.choose(mock).answer.status)).toEqual(expected);
    expect(session.served()).toEqual([{ id: 'a', served: 5 }]);
  });

  it('faults strike the first times, every Nth time, and add their delays', () => {
    const faults = [
      { kind: 'delay', ms: 30, every: 2 },
      { kind: 'rate-limit', first: 1 },
      { kind: 'reset', every: 3 },
    ];
    const session = createMockSession(setOf({ id: 'a', latency: 10, faults }), 1);
    const mock = session.find(ask('/'), null)!;
    const said = [1, 2, 3, 4].map(() => session.choose(mock)).map(({ latencyMs, fault }) => [latencyMs, fault?.kind]);
    expect(said).toEqual([
      [10, 'rate-limit'],
      [40, undefined],
      [10, 'reset'],
      [40, undefined],
    ]);
  });

  it('is the same for the same seed, whatever was asked of other mocks between', () => {
    const set = setOf(
      { id: 'a', match: { path: '/a' }, latency: '0-1000', faults: [{ kind: 'reset', probability: 0.5 }] },
      { id: 'b', match: { path: '/b' }, latency: '0-1000' },
    );
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.boolean(), { maxLength: 40 }), (seed, asksB) => {
        const [alone, among] = [createMockSession(set, seed), createMockSession(set, seed)];
        for (const b of asksB) {
          if (b) among.choose(set.mocks[1]!);
          const [one, other] = [alone.choose(set.mocks[0]!), among.choose(set.mocks[0]!)];
          expect(other).toEqual(one);
          expect(one.latencyMs).toBeGreaterThanOrEqual(0);
          expect(one.latencyMs).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });

  it('strikes by chance about as often as said', () => {
    const set = setOf({ id: 'a', faults: [{ kind: 'reset', probability: 0.2 }] });
    const session = createMockSession(set, 7);
    const struck = Array.from({ length: 5000 }, () => session.choose(set.mocks[0]!)).filter(
      ({ fault }) => fault !== null,
    );
    expect(struck.length / 5000).toBeCloseTo(0.2, 1);
  });
});
