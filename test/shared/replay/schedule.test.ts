import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planSendings } from '../../../shared/replay/schedule.ts';

const steps = (...at: (number | null)[]): { recordedAt: number | null }[] => at.map((recordedAt) => ({ recordedAt }));

test('a rate spaces everything evenly, round after round', () => {
  const planned = planSendings(steps(0, 5, 9), 2, { kind: 'paced', perSecond: 4 });
  expect(planned.map(({ at }) => at)).toEqual([0, 250, 500, 750, 1000, 1250]);
  expect(planned.map(({ step, round }) => [step, round])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
});

test('recorded gaps are kept, or shortened; each round begins when the one before was over', () => {
  const planned = planSendings(steps(1_000_000, 1_500_000, 3_000_000), 2, { kind: 'recorded', speed: 2 });
  expect(planned.map(({ at }) => at)).toEqual([0, 250, 1000, 1000, 1250, 2000]);
});

test('nothing is planned before what is listed before it, and everything is planned', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 0, max: 1e9 })), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(
        { kind: 'free' } as const,
        { kind: 'recorded', speed: 3 } as const,
        { kind: 'paced', perSecond: 7 } as const,
      ),
      (at, times, pace) => {
        const planned = planSendings(steps(...at), times, pace);
        expect(planned.length).toBe(at.length * times);
        for (const [index, one] of planned.entries()) {
          expect(Number.isFinite(one.at)).toBe(true);
          expect(one.at).toBeGreaterThanOrEqual(planned[index - 1]?.at ?? 0);
        }
      },
    ),
  );
});
