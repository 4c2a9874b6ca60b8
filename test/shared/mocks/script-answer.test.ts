import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chosen } from '../../../shared/mocks/mock-session.ts';
import type { FaultDo, MockBody } from '../../../shared/mocks/mock-set.ts';
import { scriptAnswer, type Moment } from '../../../shared/mocks/script-answer.ts';

const AROUND = {
  method: 'GET',
  host: 'api.openai.com',
  target: '/v1/x',
  now: 1_800_000_000_000_000,
  fileOf: () => Buffer.from('of a file'),
};

function script(body: MockBody, fault: FaultDo | null, given: { method?: string; status?: number } = {}): Moment[] {
  const { method = 'GET', status = 200 } = given;
  const answer = {
    status,
    headers: [
      ['X-One', '1'],
      ['Content-Length', '3'],
      ['Connection', 'close'],
    ] as const,
    body,
    tookMs: null,
  };
  const mock = { id: 'a', match: {}, answers: [], repeat: 'last', latency: { kind: 'fixed', ms: 0 }, faults: [] };
  const chosen = { mock, place: 0, answer, latencyMs: 20, fault } as unknown as Chosen;
  return [...scriptAnswer(chosen, { ...AROUND, method })];
}
const textOf = (moments: readonly Moment[]): string =>
  Buffer.concat(moments.flatMap((moment) => (moment.do === 'data' ? [moment.bytes] : []))).toString();
const headOf = (moments: readonly Moment[]) => moments.find((moment) => moment.do === 'head')!;
const lengthOf = (moments: readonly Moment[]) =>
  headOf(moments)?.headers.find(([name]) => name === 'Content-Length')?.[1];

const bodies: fc.Arbitrary<MockBody> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  fc.string({ unit: 'binary', maxLength: 200_000 }).map((text) => ({ kind: 'text', text }) as const),
  fc.jsonValue().map((json) => ({ kind: 'json', json }) as const),
  fc
    .array(fc.record({ afterMs: fc.nat(100), text: fc.string() }))
    .map((pieces) => ({ kind: 'stream', pieces }) as const),
);
const faults: fc.Arbitrary<FaultDo | null> = fc.oneof(
  fc.constant(null),
  fc.record({ kind: fc.constant('truncate' as const), afterBytes: fc.nat(300) }),
  fc.record({ kind: fc.constant('reset' as const), afterBytes: fc.option(fc.nat(300)) }),
  fc.record({ kind: fc.constant('slow-body' as const), bytesPerSecond: fc.integer({ min: 500, max: 100_000 }) }),
  fc.constant({ kind: 'malformed-json' } as const),
  fc.constant({ kind: 'rate-limit', dialect: null, retryAfterSeconds: 2 } as const),
);

describe('an answer in moments', () => {
  it('time never goes back, nothing comes after the end, and what is whole has its length', () => {
    fc.assert(
      fc.property(bodies, faults, (body, fault) => {
        const moments = script(body, fault);
        const last = moments.at(-1)!;
        expect(['end', 'break']).toContain(last.do);
        expect(moments.filter(({ do: what }) => what === 'end' || what === 'break')).toHaveLength(1);
        for (const [at, moment] of moments.entries())
          if (at > 0) expect(moment.atMs).toBeGreaterThanOrEqual(moments[at - 1]!.atMs);
        expect(moments[0]!.atMs).toBe(20);
        const said = lengthOf(moments);
        const came = moments.reduce((sum, moment) => sum + (moment.do === 'data' ? moment.bytes.length : 0), 0);
        if (last.do === 'end' && said !== undefined) expect(Number(said)).toBe(came);
        if (last.do === 'break' && said !== undefined) expect(Number(said)).toBeGreaterThan(came);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out lines of the recorded connection, and says its own length', () => {
    expect(headOf(script({ kind: 'json', json: { a: 1 } }, null))).toMatchObject({
      headers: [
        ['X-One', '1'],
        ['Content-Type', 'application/json'],
        ['Content-Length', '7'],
      ],
      body: 7,
    });
  });

  it('says of HEAD how long the body would be, and sends none', () => {
    const moments = script({ kind: 'text', text: 'abc' }, null, { method: 'HEAD' });
    expect(lengthOf(moments)).toBe('3');
    expect(moments.map(({ do: what }) => what)).toEqual(['head', 'end']);
    expect(headOf(moments).body).toBeNull();
  });

  it('has neither body nor length with 204', () => {
    const moments = script({ kind: 'text', text: 'abc' }, null, { status: 204 });
    expect(lengthOf(moments)).toBeUndefined();
    expect(textOf(moments)).toBe('');
  });

  it('resets before a word is said, or after so many bytes', () => {
    expect(script({ kind: 'text', text: 'abc' }, { kind: 'reset', afterBytes: null })).toEqual([
      { atMs: 20, do: 'break', kind: 'reset' },
    ]);
    const later = script({ kind: 'text', text: 'abcdef' }, { kind: 'reset', afterBytes: 2 });
    expect(textOf(later)).toBe('ab');
    expect(later.at(-1)).toMatchObject({ do: 'break', kind: 'reset' });
  });

  it('a slow body takes its length over its rate', () => {
    const moments = script({ kind: 'text', text: 'x'.repeat(1000) }, { kind: 'slow-body', bytesPerSecond: 500 });
    expect(moments.at(-1)).toMatchObject({ do: 'end', atMs: 2020 });
    expect(moments.length).toBeGreaterThan(15);
  });

  it('malformed JSON is none, whatever it was before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(() => JSON.parse(textOf(script({ kind: 'json', json }, { kind: 'malformed-json' })))).toThrow();
      }),
    );
  });

  it('a status of its own has a body of its own', () => {
    const moments = script({ kind: 'text', text: 'fine' }, { kind: 'status', status: 503, body: { kind: 'none' } });
    expect(headOf(moments).status).toBe(503);
    expect(JSON.parse(textOf(moments))).toMatchObject({ error: { type: 'mock' } });
  });
});
