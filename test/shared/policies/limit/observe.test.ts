import { expect, it } from 'vitest';
import type { Mode } from '../../../../shared/model/policy.ts';
import { createGovernor } from '../../../../shared/policies/create-governor.ts';
import type { Governor } from '../../../../shared/policies/governor.ts';
import { limitKind } from '../../../../shared/policies/limit/limit-kind.ts';
import { factsOf, NOON, outcomeOf, policyOf, SECOND } from './calls.ts';

function governorOf(settings: unknown, mode: Mode): Governor {
  const policies = [policyOf({ mode, settings: limitKind.settings.parse(settings) })];
  return createGovernor(
    { version: 1, otherwise: 'allow', zone: 'UTC', policies, exceptions: [] },
    {
      release: () => {},
      fault(_, error) {
        throw error;
      },
      random: () => 0.5,
    },
  );
}

it.each([
  { algorithm: 'leaky-bucket', limit: 60, window: '1m', maxWait: '4s' },
  { algorithm: 'token-bucket', limit: 60, window: '1m', burst: 2, action: 'wait', maxWait: '4s' },
  { algorithm: 'fixed-window', limit: 3, window: '5s', action: 'wait', maxWait: '10s' },
  { algorithm: 'sliding-window', limit: 3, window: '5s', action: 'wait', maxWait: '10s' },
])(
  '$algorithm: who observes says what it would have said, call for call, and how long each would have waited',
  (settings) => {
    const [enforces, observes] = [governorOf(settings, 'enforce'), governorOf(settings, 'observe')];
    let waited = 0;
    for (let call = 0; call < 60; call += 1) {
      const now = NOON + call * 370_000;
      for (const governor of [enforces, observes]) if ((governor.due ?? Infinity) <= now) governor.advance(now);
      const facts = factsOf({ at: now });
      const [said] = enforces.consider(facts, now).decisions();
      const [would] = observes.consider(facts, now).decisions();
      expect(would?.verdict).toBe(said?.verdict === 'allow' ? 'allow' : `would-${said?.verdict}`);
      expect(would?.numbers).toEqual(said?.numbers);
      if (would?.verdict === 'would-wait') {
        waited += 1;
        expect(would.numbers?.waitUs).toBeGreaterThan(0);
      }
      // It left at once, whatever would have been.
      observes.ended(facts.call, outcomeOf({ durationUs: SECOND }), now + 1000);
    }
    expect(waited).toBeGreaterThan(5);
  },
);
