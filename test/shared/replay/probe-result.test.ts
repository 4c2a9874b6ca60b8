import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumUpProbe, type ProbeSample } from '../../../shared/replay/probe-result.ts';

const sample = (change: Partial<ProbeSample>): ProbeSample => ({
  planned: 0,
  began: 0,
  took: 10,
  status: 200,
  failure: null,
  ...change,
});

test('who was due and could not begin is counted as waiting', () => {
  // One slow answer holds four callers up; the origin needed 10 ms for each of them.
  const samples = [sample({ took: 1000 }), ...[100, 200, 300, 400].map((planned) => sample({ planned, began: 1000 }))];
  const { latency, service } = sumUpProbe(samples, 10, 1010);
  expect(service).toMatchObject({ p50: 10, max: 1000 });
  expect(latency).toMatchObject({ p50: 810, max: 1000 });
});

test('outcomes are counted by status and kind of failure', () => {
  const samples = [
    sample({}),
    sample({ status: 429 }),
    sample({ status: 429 }),
    sample({ took: 5, status: null, failure: 'reset' }),
  ];
  expect(sumUpProbe(samples, null, 2000)).toMatchObject({
    sent: 4,
    succeeded: 1,
    limited: 2,
    reachedRate: 2,
    outcomes: [
      { outcome: '429', count: 2 },
      { outcome: '200', count: 1 },
      { outcome: 'reset', count: 1 },
    ],
  });
  expect(sumUpProbe([], 5, 0)).toMatchObject({ sent: 0, latency: null, service: null, reachedRate: 0 });
});

test('percentiles are values that were seen, in order, and no answer waited less than it took', () => {
  const one = fc.record({ planned: fc.nat(1000), late: fc.nat(1000), took: fc.nat(1000) });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1 }), (list) => {
      const samples = list.map(({ planned, late, took }) => sample({ planned, began: planned + late, took }));
      const { latency, service } = sumUpProbe(samples, null, 1);
      if (latency === null || service === null) throw new Error('there were answers');
      const steps = [latency.p50, latency.p90, latency.p95, latency.p99, latency.max];
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      for (const value of steps) expect(list.some(({ late, took }) => late + took === value)).toBe(true);
      expect(service.max).toBeLessThanOrEqual(latency.max);
    }),
  );
});
