import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAssertion, readAssertion, type AnswerFacts } from '../../../shared/replay/assertions.ts';

/** Expectations as people write them behind `--assert`. */

const facts: AnswerFacts = {
  status: 201,
  headers: [
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Set-Cookie', 'a=1'],
    ['Set-Cookie', 'b=2'],
  ],
  text: '{"id":"ch_1","amount":42,"items":[{"price":1},{"price":3}],"none":null,"tags":["a","b"]}',
  json: { id: 'ch_1', amount: 42, items: [{ price: 1 }, { price: 3 }], none: null, tags: ['a', 'b'] },
  durationUs: 120_400,
  nanoUsd: 2_500_000,
};

function check(text: string, given: AnswerFacts = facts) {
  const read = readAssertion(text);
  if ('says' in read) throw new Error(`${text}: ${read.says}`);
  return checkAssertion(read, given);
}

describe('what holds', () => {
  test.each([
    'status == 201',
    'status != 200',
    'status < 300',
    'status in 2xx',
    'status == 2xx',
    'header content-type contains json',
    'header Content-Type matches ^application/json',
    'header set-cookie exists',
    'header x-nothing is missing',
    '$.id exists',
    '$.id == ch_1',
    '$.id == "ch_1"',
    '$.id matches ^ch_',
    '$.amount == 42',
    '$.amount >= 42',
    '$.items[*].price > 0',
    '$.items[?@.price > 2].price == 3',
    '$.none == null',
    '$.none exists',
    '$.gone is missing',
    '$.tags == ["a","b"]',
    '$.tags contains "a"',
    '$.id in ["ch_1","ch_2"]',
    '$.items[0] == {"price": 1}',
    'body contains amount',
    'duration < 500ms',
    'duration <= 0.2s',
    'cost < $0.01',
    'cost == 0.0025',
  ])('%s', (text) => {
    expect(check(text)).toEqual({ text, passed: true, says: expect.stringMatching(/\.$/) });
  });
});

describe('what does not hold says what was there', () => {
  test.each([
    ['status == 200', 'It is 201.'],
    ['status in 5xx', 'It is 201.'],
    ['header content-type contains xml', 'It is application/json; charset=utf-8.'],
    ['$.amount == "42"', 'It is 42.'],
    ['$.items[*].price > 1', 'It is 1, 3.'],
    ['$.gone exists', 'There is nothing at that place.'],
    ['$.id is missing', 'It is ch_1.'],
    ['duration < 100ms', 'It is 120.4 ms.'],
    ['cost < $0.001', 'It is $0.0025.'],
  ])('%s', (text, says) => {
    expect(check(text)).toEqual({ text, passed: false, says });
  });

  test('without an answer nothing holds', () => {
    const none: AnswerFacts = {
      status: null,
      headers: [],
      text: null,
      json: undefined,
      durationUs: null,
      nanoUsd: null,
    };
    for (const text of [
      'status == 200',
      'duration < 1s',
      'cost < $1',
      '$.a == 1',
      'body contains a',
      'header a exists',
    ])
      expect(check(text, none).passed, text).toBe(false);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['stats == 200', 0],
    ['status = 200', 6],
    ['status == abc', 10],
    ['status ==', 9],
    ['status exists now', 14],
    ['duration < soon', 11],
    ['$.a[ == 1', 4],
    ['$.a in b', 7],
    ['$.a matches (', 12],
  ])('%s is told at its place', (text, at) => {
    const read = readAssertion(text);
    expect(read).toEqual({ at: expect.any(Number), says: expect.stringMatching(/\S/) });
    if ('says' in read) expect(Math.abs(read.at - at)).toBeLessThanOrEqual(1);
  });

  test('nothing that is written throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        for (const written of [text, `$.${text}`, `status ${text}`, `header x ${text}`]) {
          const read = readAssertion(written);
          if (!('says' in read)) checkAssertion(read, facts);
        }
      }),
    );
  });
});
