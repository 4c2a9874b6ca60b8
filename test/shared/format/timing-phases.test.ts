import { expect, test } from 'vitest';
import { timingPhases } from '../../../shared/format/timing-phases.ts';
import type { Attempt, Call } from '../../../shared/model/call.ts';

const attempt = (given: Partial<Attempt>): Attempt => ({
  startedAt: 100,
  reused: false,
  remoteAddress: null,
  remotePort: null,
  protocol: null,
  dnsUs: null,
  connectUs: null,
  tlsUs: null,
  tls: null,
  via: null,
  failure: null,
  ...given,
});
const phases = (attempts: Attempt[], firstByte: number | null, end: number | null, failure: object | null = null) =>
  timingPhases({ attempts, timeToFirstByteUs: firstByte, durationUs: end, failure } as unknown as Call).map(
    ({ kind, start, end: to }) => [kind, start, to],
  );

test('the stretches follow each other and sum up to the whole', () => {
  expect(phases([attempt({ dnsUs: 10, connectUs: 20, tlsUs: 30 })], 400, 900)).toEqual([
    ['before', 0, 100],
    ['dns', 100, 110],
    ['connect', 110, 130],
    ['tls', 130, 160],
    ['wait', 160, 400],
    ['content', 400, 900],
  ]);
});

test('a reused connection has no stretches of connecting', () => {
  expect(phases([attempt({ reused: true })], 400, 900).map(([kind]) => kind)).toEqual(['before', 'wait', 'content']);
});

test('time that led to no answer is lost; an attempt after it has its own', () => {
  expect(phases([attempt({ connectUs: 50 }), attempt({ startedAt: 300, connectUs: 10 })], 500, 600)).toEqual([
    ['before', 0, 100],
    ['connect', 100, 150],
    ['lost', 150, 300],
    ['connect', 300, 310],
    ['wait', 310, 500],
    ['content', 500, 600],
  ]);
  expect(phases([attempt({ dnsUs: 10 })], null, 200, {}).at(-1)).toEqual(['lost', 110, 200]);
});

test('an open call’s last stretch has no end', () => {
  expect(phases([attempt({})], null, null).at(-1)).toEqual(['wait', 100, null]);
  expect(phases([attempt({})], 300, null).at(-1)).toEqual(['content', 300, null]);
});
