// What is left of vendors' limits, and when nothing is: said only when the last minutes say so.
import { describe, expect, test } from 'vitest';
import { exhaustedAt, readHeadroom } from '../../../../electron/engine/analytics/picture/headroom.ts';
import type { LimitSum, ThrottleSum } from '../../../../electron/engine/store/picture-rows.ts';
import { DAY, limit, NOW, pictureOf } from './rows.ts';

const SECOND = 1_000_000;

describe('the time at which nothing is left', () => {
  const falls = [limit(900, 240), limit(600, 120), limit(300, 0)];

  test('follows the slope of the last minutes', () => {
    // 600 in four minutes; 300 are left.
    expect(exhaustedAt(falls, NOW)).toBe(NOW + 120 * SECOND);
    expect(exhaustedAt(falls.toReversed(), NOW)).toBe(NOW + 120 * SECOND);
  });

  test.each([
    ['it does not fall', [limit(300, 240), limit(300, 0)]],
    ['it rises', [limit(100, 120), limit(300, 0)]],
    ['it was filled up just now', [limit(900, 240), limit(100, 120), limit(990, 0)]],
    ['only one word is known', [limit(300, 0)]],
    ['two words are too close', [limit(301, 2), limit(300, 0)]],
    ['nobody says what is left', [limit(null, 240), limit(null, 0)]],
    ['all of it is there again before', falls.map((one) => ({ ...one, resetAt: NOW + 60 * SECOND }))],
    ['all of it is there again by now', falls.map((one) => ({ ...one, resetAt: NOW - SECOND }))],
    ['the last word is old', [limit(900, 2400), limit(300, 1200)]],
  ])('is not said when %s', (_why, sums) => {
    expect(exhaustedAt(sums, NOW)).toBeNull();
  });

  test('is said when it comes before all of it is there again, or that moment moves ahead', () => {
    expect(
      exhaustedAt(
        falls.map((one) => ({ ...one, resetAt: NOW + 180 * SECOND })),
        NOW,
      ),
    ).toBe(NOW + 120 * SECOND);
    // A bucket that is filled all the time: full again a minute after each word.
    expect(
      exhaustedAt(
        falls.map((one) => ({ ...one, resetAt: one.seenAt + 60 * SECOND })),
        NOW,
      ),
    ).toBe(NOW + 120 * SECOND);
  });

  test('looks no further back than to when it was filled up last', () => {
    const filled = [limit(990, 180), limit(100, 120), limit(800, 60), limit(600, 0)];
    expect(exhaustedAt(filled, NOW)).toBe(NOW + 180 * SECOND);
  });

  test('is now when nothing is left', () => {
    expect(exhaustedAt([limit(0, 30, { resetAt: NOW + 30 * SECOND })], NOW)).toBe(NOW - 30 * SECOND);
  });
});

describe('headroom', () => {
  const refused = (kind: ThrottleSum['kind'], calls: number, more: Partial<ThrottleSum> = {}): ThrottleSum => ({
    at: NOW - (NOW % 3_600_000_000),
    host: 'api.openai.com',
    credential: 'Bearer #1',
    kind,
    calls,
    ...more,
  });
  function read(limits: LimitSum[], throttles: ThrottleSum[] = [], vendor?: string) {
    const hosts = ['api.openai.com', 'api.stripe.com'];
    return readHeadroom(
      pictureOf(),
      {
        limits: (question) => limits.filter(({ host }) => question.hosts?.includes(host) ?? true),
        throttles: () => throttles,
        hosts: () => hosts,
      },
      { since: NOW - DAY, until: NOW, now: NOW, vendor },
    );
  }

  test('is the latest word of each credential and resource, with what was left over time', () => {
    const rows = read(
      [
        limit(500, 120),
        limit(450, 60, { lowest: 400 }),
        limit(90, 60, { resource: 'tokens', unit: 'tokens', limit: 100 }),
        limit(7, 30, { credential: 'Bearer #2', limit: 1000 }),
      ],
      [refused('vendor-rate', 3), refused('ours', 2)],
    );
    expect(rows.map(({ credential, resource, remaining }) => [credential, resource, remaining])).toEqual([
      ['Bearer #2', 'requests', 7],
      ['Bearer #1', 'requests', 450],
      ['Bearer #1', 'tokens', 90],
    ]);
    expect(rows[1]).toMatchObject({
      vendor: 'openai',
      limit: 1000,
      seenAt: NOW - 60 * SECOND,
      // What we held back ourselves is told, and is no refusal of theirs.
      throttled: 3,
      throttles: [
        { kind: 'vendor-rate', calls: 3 },
        { kind: 'ours', calls: 2 },
      ],
    });
    expect(rows[1]?.history.map(({ lowest, throttled }) => [lowest, throttled])).toEqual([
      [null, 3],
      [500, 0],
      [400, 0],
    ]);
    expect(rows[0]?.throttled).toBe(0);
  });

  test('tells of who refuses without a word on limits, and of one vendor alone when asked so', () => {
    const stripe = refused('vendor-concurrency', 4, { host: 'api.stripe.com', credential: null });
    expect(read([limit(5, 60)], [stripe], 'stripe')).toEqual([
      expect.objectContaining({ vendor: 'stripe', limit: null, remaining: null, exhaustedAt: null, throttled: 4 }),
    ]);
    expect(read([limit(5, 60)], [stripe], 'openai')).toHaveLength(1);
    expect(read([limit(5, 60)], [stripe])).toHaveLength(2);
  });
});
