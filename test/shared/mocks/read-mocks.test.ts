import { describe, expect, it } from 'vitest';
import { readMocks } from '../../../shared/mocks/read-mocks.ts';

const readOne = (mock: Record<string, unknown>) => {
  const read = readMocks({ mocks: [{ id: 'one', ...mock }] });
  if (!('set' in read)) throw new Error(JSON.stringify(read));
  return read.set.mocks[0]!;
};
const says = (plain: unknown): string[] => {
  const read = readMocks(plain);
  return 'issues' in read ? read.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
};

describe('a mock file', () => {
  it('says of a mock without more words that everything is answered with 200', () => {
    expect(readOne({})).toMatchObject({
      match: { methods: null, host: null, path: null, query: {}, headers: {}, body: undefined },
      answers: [{ status: 200, headers: [], body: { kind: 'none' } }],
      repeat: 'last',
      latency: { kind: 'fixed', ms: 0 },
      faults: [],
    });
  });

  it('takes numbers of YAML as the texts that queries have', () => {
    expect(readOne({ match: { query: { limit: 10, deep: true } } }).match.query).toEqual({ limit: '10', deep: 'true' });
  });

  it.each([
    ['recorded', { kind: 'recorded' }],
    [200, { kind: 'fixed', ms: 200 }],
    ['100-300', { kind: 'range', from: 100, to: 300 }],
    ['300-100', { kind: 'range', from: 100, to: 300 }],
  ])('reads the latency %s', (latency, expected) => {
    expect(readOne({ latency }).latency).toEqual(expected);
  });

  it('writes server-sent events as they stand on the wire', () => {
    const stream = [
      { event: 'delta', data: { a: 1 } },
      { data: 'two\nlines', afterMs: 50 },
    ];
    expect(readOne({ answer: { stream } }).answers[0]!.body).toEqual({
      kind: 'stream',
      pieces: [
        { afterMs: 0, text: 'event: delta\ndata: {"a":1}\n\n' },
        { afterMs: 50, text: 'data: two\ndata: lines\n\n' },
      ],
    });
  });

  it.each([
    [{ mocks: [{ id: 'a b' }] }, /^mocks\.0\.id: It has letters/],
    [{ mocks: [{ id: 'a', answer: { json: {}, body: '' } }] }, /^mocks\.0\.answer: A body is said once/],
    [{ mocks: [{ id: 'a', answer: {}, answers: [{}] }] }, /^mocks\.0: It has one “answer” or several/],
    [{ mocks: [{ id: 'a', answer: { status: 101 } }] }, /^mocks\.0\.answer\.status: It is 200 or more/],
    [{ mocks: [{ id: 'a', answer: { headers: { 'x-y': 'a\nb' } } }] }, /^mocks\.0\.answer\.headers\.x-y/],
    [{ mocks: [{ id: 'a', faults: [{ kind: 'flood' }] }] }, /^mocks\.0\.faults\.0\.kind: Its “kind” is one of delay/],
    [{ mocks: [{ id: 'a', faults: [{ kind: 'reset', every: 2, first: 1 }] }] }, /^mocks\.0\.faults\.0: It says once/],
    [{ mocks: [{ id: 'a', latency: 'slow' }] }, /^mocks\.0\.latency: It is recorded, milliseconds/],
    [{ mocks: [{ id: 'a', match: { path: 'v1' } }] }, /^mocks\.0\.match\.path: It begins with a slash/],
  ])('tells the place and the words of a mistake: %j', (plain, expected) => {
    expect(says(plain)).toEqual([expect.stringMatching(expected)]);
  });

  it('tells an id that stands twice', () => {
    expect(readMocks({ mocks: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] })).toEqual({
      twice: [{ path: ['mocks', 2, 'id'], id: 'a' }],
    });
  });
});
