import fc from 'fast-check';
import { expect, test } from 'vitest';
import { USUAL_IGNORES, type Answered, type IgnoreRules } from '../../../shared/model/replay.ts';
import { compareAnswers, MOST_COMPARED_BYTES } from '../../../shared/replay/compare.ts';

function answer(body: unknown, rest: Partial<Answered> = {}): Answered {
  return {
    status: 200,
    failure: null,
    headers: [],
    contentType: 'application/json',
    body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    truncated: false,
    timeToFirstByteUs: null,
    durationUs: null,
    ...rest,
  };
}

const RECORDED = 1_790_000_000;

function compare(before: Answered, after: Answered, ignore: Partial<IgnoreRules> = {}, learned: string[] = []) {
  return compareAnswers(before, after, { ...USUAL_IGNORES, ...ignore }, learned, [RECORDED, RECORDED + 3600]);
}

const ofBodies = (before: unknown, after: unknown, ignore?: Partial<IgnoreRules>, learned?: string[]) =>
  compare(answer(before), answer(after), ignore, learned);

test('an answer is the same as itself', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(ofBodies(value, value)).toMatchObject({ verdict: 'same', says: 'Same.' });
    }),
  );
});

const BY_THEMSELVES: readonly [what: string, before: unknown, after: unknown, why: string][] = [
  ['a time', { at: '2026-09-21T10:00:00Z' }, { at: '2026-09-21T11:00:00.123+02:00' }, 'timestamp'],
  ['a date of a mail', { at: 'Mon, 21 Sep 2026 10:00:00 GMT' }, { at: 'Tue, 22 Sep 2026 10:00:01 GMT' }, 'timestamp'],
  ['seconds since the epoch', { created: RECORDED }, { created: RECORDED + 3600 }, 'timestamp'],
  ['milliseconds', { createdAt: RECORDED * 1000 }, { createdAt: (RECORDED + 3600) * 1000 + 7 }, 'timestamp'],
  ['microseconds', { ts: RECORDED * 1e6 }, { ts: (RECORDED + 3600) * 1e6 }, 'timestamp'],
  ['a UUID', { id: '0f8b6a7e-5c1d-4a77-9f0e-1a2b3c4d5e6f' }, { id: '7d0c2b1a-88aa-4c3d-8e9f-0a1b2c3d4e5f' }, 'id'],
  ['a ULID', { id: '01J8Z3N5K7QW2RTYV4XB6M9PCD' }, { id: '01J8Z3P0A1BC2DEFG3HJ4KMNPQ' }, 'id'],
  ['hex', { trace: '4bf92f3577b34da6a3ce929d0e0e4736' }, { trace: '00f067aa0ba902b700f067aa0ba902b7' }, 'id'],
  ['a nanoid', { id: 'V1StGXR8_Z5jdHi6B-myT' }, { id: 'u9Kp2LmQ7_xY4nZ-8aBcD' }, 'id'],
  ['an id with a prefix', { id: 'ch_3Nf8kQ2eZvKYlo2C' }, { id: 'ch_1Mb7xW9aTyHUip4D' }, 'id'],
  ['an id in a text', { says: 'no ch_3Nf8kQ2eZvKYlo2C here' }, { says: 'no ch_1Mb7xW9aTyHUip4D here' }, 'id'],
  ['a redacted secret', { token: '***1a2b(9f3c2d10)' }, { token: '***9z8y(00aa11bb)' }, 'id'],
];

test.each(BY_THEMSELVES)('what differs by itself does not count, and is listed: %s', (_, before, after, why) => {
  const { verdict, body, says } = ofBodies(before, after);
  expect(verdict).toBe('same');
  expect(body.changes.map(({ ignored }) => ignored)).toEqual([why]);
  expect(says).toBe('Same, apart from one difference that does not count.');
  expect(ofBodies(before, after, { timestamps: false, ids: false }).verdict).toBe('changed');
});

const COUNTS: readonly [what: string, before: unknown, after: unknown][] = [
  ['an amount', { amount: 4200 }, { amount: 4300 }],
  ['an amount as large as a time', { amount: RECORDED }, { amount: RECORDED + 5 }],
  ['a large number', { quantity: '1234567890123456' }, { quantity: '1234567890123457' }],
  ['a number named id', { id: 1234567 }, { id: 1234568 }],
  ['figures without a name', [1234567890123456], [1234567890123457]],
  ['what an id is of', { id: 'ch_3Nf8kQ2eZvKYlo2C' }, { id: 're_1Mb7xW9aTyHUip4D' }],
  ['a model', { model: 'claude-sonnet-4-20250514' }, { model: 'claude-opus-4-20250514' }],
  ['a region', { region: 'us-east-1' }, { region: 'eu-west-1' }],
  ['a time that became a word', { at: '2026-09-21T10:00:00Z' }, { at: 'yesterday' }],
  ['a number far from any time', { updated: 1_200_000_000 }, { updated: 1_200_000_001 }],
];

test.each(COUNTS)('what does not differ by itself counts: %s', (_, before, after) => {
  const { verdict, body } = ofBodies(before, after);
  expect(verdict).toBe('changed');
  expect(body.changes).toMatchObject([{ ignored: null }]);
});

test('a changed number of any size is never taken for an id', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0 }), fc.integer({ min: 0 }), (before, after) => {
      fc.pre(before !== after);
      expect(ofBodies({ amount: before }, { amount: after }).verdict).toBe('changed');
    }),
  );
});

const BREAKS: readonly [what: string, before: Answered, after: Answered, says: string][] = [
  ['a worse status', answer({}), answer({}, { status: 500 }), 'Broken: the status was 200 and is 500.'],
  [
    'no answer',
    answer({}),
    answer('', { status: null, failure: 'The host is not known.', body: null }),
    'Broken: The host is not known.',
  ],
  [
    'a cut answer',
    answer({ a: 1 }),
    answer('{"a"', { truncated: true }),
    'Broken: only a part of the answer is there.',
  ],
  ['no JSON any more', answer({ a: 1 }), answer('<html>'), 'Broken: the body was JSON and is not.'],
  ['no body any more', answer({ a: 1 }), answer(''), 'Broken: the body was JSON and is empty.'],
  ['a field that is gone', answer({ a: { b: 1 } }), answer({ a: {} }), 'Broken: $.a.b is gone.'],
  ['another type', answer({ total: 12 }), answer({ total: '12' }), 'Broken: $.total was a number and is a text.'],
  [
    'nothing where an object was',
    answer({ a: { b: 1 } }),
    answer({ a: null }),
    'Broken: $.a was an object and is null.',
  ],
];

test.each(BREAKS)('what would break a reader is broken: %s', (_, before, after, says) => {
  expect(compare(before, after)).toMatchObject({ verdict: 'broken', says });
});

test('a field that other items of the list do not have is not missed', () => {
  const before = [{ id: 'a', note: 'x' }, { id: 'b' }];
  expect(ofBodies(before, [{ id: 'a' }, { id: 'b' }]).verdict).toBe('changed');
});

test('an error that became an answer is changed, not broken', () => {
  expect(compare(answer({ error: { code: 3 } }, { status: 502 }), answer({ id: 1 })).verdict).toBe('changed');
});

test('one item put into a list whose times all differ is one difference that counts', () => {
  const list = (hour: number) =>
    Array.from({ length: 30 }, (_, n) => ({ name: `n${n}`, seen: `2026-09-21T${10 + hour}:00:00Z` }));
  const longer = [...list(1).slice(0, 9), { name: 'new', seen: '2026-09-21T11:00:00Z' }, ...list(1).slice(9)];
  const { body } = ofBodies(list(0), longer);
  expect(body.changes.filter(({ ignored }) => ignored === null)).toMatchObject([{ path: '$[9]', kind: 'added' }]);
  expect(body.changes).toHaveLength(31);
});

test('paths that people or we ourselves named do not count', () => {
  const [before, after] = [{ items: [{ n: 1, at: { x: 1 } }] }, { items: [{ n: 2, at: { x: 2 } }] }];
  const { verdict, body } = ofBodies(before, after, { paths: ['$.items[*].n'] }, ['$..at']);
  expect(verdict).toBe('same');
  expect(body.changes.map(({ path, ignored }) => [path, ignored])).toEqual([
    ['$.items[0].n', 'path'],
    ['$.items[0].at.x', 'volatile'],
  ]);
  expect(() => ofBodies({}, {}, { paths: ['$.['] })).toThrow('is no JSONPath at character');
});

test('headers that always differ do not count, others do', () => {
  const before = answer(
    {},
    {
      headers: [
        ['Date', 'a'],
        ['X-Request-Id', 'b'],
        ['Set-Cookie', 'sid=1; Path=/; HttpOnly'],
        ['X-Plan', 'free'],
      ],
    },
  );
  const after = answer(
    {},
    {
      headers: [
        ['date', 'c'],
        ['x-request-id', 'd'],
        ['set-cookie', 'sid=2; HttpOnly; Path=/'],
        ['x-plan', 'paid'],
      ],
    },
  );
  const { verdict, says, headers } = compare(before, after);
  expect(verdict).toBe('changed');
  expect(says).toBe('Changed: a header differs (x-plan).');
  expect(headers.map(({ ignored }) => ignored)).toEqual([true, true, true, false]);
  expect(compare(before, after, { headers: ['X-Plan'] }).verdict).toBe('same');
});

test('text is compared by lines, and bytes by stretches', () => {
  const text = compare(
    answer('a\nb 2026-09-21T10:00:00Z\nc', { contentType: 'text/plain' }),
    answer('a\nb 2026-09-21T11:00:00Z\nd', { contentType: 'text/plain' }),
  );
  expect(text.body).toMatchObject({
    as: 'text',
    changes: [
      { path: 'line 2', ignored: 'timestamp' },
      { path: 'line 3', before: 'c', after: 'd' },
    ],
  });
  const bytes = compare(answer('', { body: Uint8Array.of(0, 1, 2) }), answer('', { body: Uint8Array.of(0, 9, 2, 3) }));
  expect(bytes.body).toMatchObject({
    as: 'bytes',
    changes: [
      { path: 'byte 1', before: '01', after: '09' },
      { path: 'byte 3', kind: 'added', after: '03' },
    ],
  });
});

test('bodies that are too large are compared byte by byte, and it is said', () => {
  const body = new Uint8Array(MOST_COMPARED_BYTES + 1).fill(97);
  const other = body.slice();
  other[5] = 98;
  const { says, body: told } = compare(answer('', { body }), answer('', { body: other }));
  expect(told).toMatchObject({ as: 'bytes', same: false });
  expect(says).toMatch('compared byte by byte');
});

test('at most 1,000 changes are listed, and those that count go first', () => {
  const before = { times: Array.from({ length: 1500 }, () => '2026-09-21T10:00:00Z'), n: 1 };
  const after = { times: Array.from({ length: 1500 }, () => '2026-09-21T11:00:00Z'), n: 2 };
  const { body } = ofBodies(before, after);
  expect(body.changes).toHaveLength(1000);
  expect(body.more).toBe(501);
  expect(body.changes.at(-1)).toMatchObject({ path: '$.n', ignored: null });
});

test('JSON nested past every limit is compared all the same', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  expect(compare(answer(deep), answer(deep)).verdict).toBe('same');
});

test('without a body to compare, that is said', () => {
  expect(compare(answer('', { body: null }), answer({}))).toMatchObject({
    verdict: 'same',
    says: 'Same; the first body was not kept, so bodies were not compared.',
  });
});
