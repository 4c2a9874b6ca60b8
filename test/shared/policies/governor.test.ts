import { expect, test } from 'vitest';
import { call, governorOf, setOf } from './policies-and-calls.ts';

const NOW = 1_795_000_000_000_000;

test('a refusal names the policy and its owner', () => {
  const { governor } = governorOf(
    setOf({
      policies: [
        {
          id: 'no-openai',
          kind: 'access',
          mode: 'enforce',
          match: { vendor: 'openai', app: ['bill*', '!billing-test'] },
          settings: { action: 'deny' },
          owner: 'platform@example.com',
        },
      ],
    }),
  );
  const ruling = governor.consider(call(), NOW);
  expect(ruling.verdict).toBe('deny');
  expect(ruling.policy?.id).toBe('no-openai');
  expect(ruling.decisions()).toEqual([
    {
      policy: 'no-openai',
      verdict: 'deny',
      sentence: 'The policy no-openai (platform@example.com) does not let billing call api.openai.com.',
      kind: 'access',
      mode: 'enforce',
      version: 7,
      numbers: null,
      tookUs: null,
      owner: 'platform@example.com',
    },
  ]);
  expect(governor.consider(call({ app: 'billing-test' }), NOW).verdict).toBe('allow');
  expect(governor.consider(call({ vendor: 'stripe' }), NOW).verdict).toBe('allow');
});
