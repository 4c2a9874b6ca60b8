import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Policy } from '../../../shared/model/policy.ts';
import type { CallFacts } from '../../../shared/policies/facts.ts';
import { counted, counting } from './counting-kind.ts';
import { call, governorOf, OUTCOME, setOf, setWith } from './policies-and-calls.ts';

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

test('a refused call takes nothing of any counter', () => {
  const deny: Policy = { ...counting('never', { most: 0 }) };
  const { governor } = governorOf(
    setWith([counting('first', { most: 5 }), deny, counting('seen', { mode: 'observe', most: 5 })]),
  );
  expect(governor.consider(call(), NOW).verdict).toBe('deny');
  expect(counted.get('first')?.took).toBe(0);
  expect(counted.get('seen')?.took).toBe(0);
});

test('who observes writes down what it would have done, and the call goes', () => {
  const { governor } = governorOf(
    setWith([counting('seen', { mode: 'observe', most: 1 }), counting('open', { most: 9 })]),
  );
  governor.consider(call(), NOW);
  const ruling = governor.consider(call(), NOW);
  expect(ruling.verdict).toBe('allow');
  expect(ruling.decisions().map(({ policy, verdict }) => [policy, verdict])).toEqual([
    ['seen', 'would-deny'],
    ['open', 'allow'],
  ]);
  // As if it alone enforced: the second call never was.
  expect(counted.get('seen')?.took).toBe(1);
});

test('nobody waits in a queue for what another policy would refuse anyway', () => {
  const { governor } = governorOf(setWith([counting('queue', { waits: true }), counting('other', { most: 1 })]));
  expect(governor.consider(call(), NOW).verdict).toBe('allow');
  expect(governor.consider(call(), NOW).verdict).toBe('deny');
  expect(counted.get('queue')?.queue).toEqual([]);
});

test('what waited and is refused in the end gives its turn back', () => {
  const { governor, released } = governorOf(
    setWith([counting('queue', { waits: true, match: forApp('a') }), counting('late', { most: 2 })]),
  );
  const [running, waiting] = [call({ app: 'a' }), call({ app: 'a' })];
  governor.consider(running, NOW);
  expect(governor.consider(waiting, NOW).verdict).toBe('wait');
  // Who waits holds no place in what it has not reached.
  expect(counted.get('late')?.running.size).toBe(1);
  governor.consider(call({ app: 'b' }), NOW + 1);
  governor.ended(running.call, OUTCOME, NOW + 2);
  governor.consider(call({ app: 'b' }), NOW + 3);
  governor.advance(NOW + 4);
  expect(released.map(({ call: id, ruling }) => [id, ruling.verdict, ruling.policy?.id])).toEqual([
    [waiting.call, 'deny', 'late'],
  ]);
  expect(counted.get('queue')).toMatchObject({ took: 2, ended: 1, gaveBack: 1 });
  expect(counted.get('queue')?.running.size).toBe(0);
});

function forApp(app: string): Policy['match'] {
  return { fields: { app: [app] }, headers: {}, tags: {}, times: [], when: null };
}

test('a caller who gives up frees its place in the queue and what it had taken', () => {
  const { governor, released } = governorOf(
    setWith([counting('one', { waits: true }), counting('two', { waits: true, match: forApp('b') })]),
  );
  const [first, second, third] = [call({ app: 'a' }), call({ app: 'b' }), call({ app: 'b' })];
  expect(governor.consider(first, NOW).verdict).toBe('allow');
  expect(governor.consider(second, NOW).verdict).toBe('wait');
  expect(governor.consider(third, NOW).verdict).toBe('wait');
  governor.leave(second.call, NOW);
  governor.ended(first.call, OUTCOME, NOW + 1);
  governor.advance(governor.due ?? 0);
  expect(released.map(({ call: id, ruling }) => [id, ruling.verdict])).toEqual([[third.call, 'allow']]);
  expect(
    released[0]?.ruling.decisions().map(({ policy, verdict, numbers }) => [policy, verdict, numbers?.waitUs]),
  ).toEqual([
    ['one', 'wait', 1],
    ['two', 'allow', null],
  ]);
});

test('a policy that observes has its queue beside the call that went', () => {
  const { governor } = governorOf(setWith([counting('seen', { mode: 'observe', waits: true })]));
  const [first, second] = [call(), call()];
  governor.consider(first, NOW);
  expect(governor.consider(second, NOW).verdict).toBe('allow');
  // It really ends before the first: alone, the policy would have held it until then.
  governor.ended(second.call, OUTCOME, NOW + 1000);
  expect(counted.get('seen')).toMatchObject({ took: 1, ended: 0 });
  governor.ended(first.call, OUTCOME, NOW + 5000);
  governor.advance(NOW + 5000);
  expect(counted.get('seen')).toMatchObject({ took: 2, ended: 1 });
  expect(governor.due).toBe(NOW + 6000);
  governor.advance(NOW + 6000);
  expect(counted.get('seen')).toMatchObject({ took: 2, ended: 2 });
  expect(governor.due).toBeNull();
});

test('a policy that fails is left out, or refuses: as it says', () => {
  for (const fails of ['look', 'take', 'enqueue'] as const) {
    for (const onFault of ['open', 'closed'] as const) {
      const { governor, faults } = governorOf(
        setWith([
          counting('sound', { most: 9 }),
          counting('broken', { fails, onFault, waits: true, most: fails === 'take' ? 9 : 0 }),
        ]),
      );
      const one = call();
      const ruling = governor.consider(one, NOW);
      expect([fails, ruling.verdict]).toEqual([fails, onFault === 'open' ? 'allow' : 'deny']);
      expect(ruling.decisions()[1]).toMatchObject({ policy: 'broken', verdict: onFault === 'open' ? 'fault' : 'deny' });
      expect(faults.map(({ policy }) => policy.id)).toEqual(['broken']);
      expect(counted.get('sound')?.running.has(one.call)).toBe(onFault === 'open');
    }
  }
});

test('whoever waits in a queue that fails is let go, or refused: as it says', () => {
  for (const onFault of ['open', 'closed'] as const) {
    const { governor, faults, released } = governorOf(
      setWith([counting('sound', { most: 9 }), counting('broken', { fails: 'advance', onFault, waits: true })]),
    );
    const [first, second] = [call(), call()];
    governor.consider(first, NOW);
    expect(governor.consider(second, NOW).verdict).toBe('wait');
    governor.ended(first.call, OUTCOME, NOW + 1);
    governor.advance(NOW + 1);
    expect(released.map(({ call: id, ruling }) => [id, ruling.verdict])).toEqual([
      [second.call, onFault === 'open' ? 'allow' : 'deny'],
    ]);
    expect(faults.map(({ policy }) => policy.id)).toEqual(['broken']);
    expect(counted.get('sound')?.running.has(second.call)).toBe(onFault === 'open');
  }
});

test('a policy that cannot be made fails at every call, and is told of', () => {
  for (const onFault of ['open', 'closed'] as const) {
    const { governor, faults } = governorOf(
      setWith([{ ...counting('unknown', { onFault }), kind: 'unheard-of' as never, match: forApp('a') }]),
    );
    expect(governor.consider(call({ app: 'a' }), NOW).verdict).toBe(onFault === 'open' ? 'allow' : 'deny');
    expect(governor.consider(call({ app: 'b' }), NOW).verdict).toBe('allow');
    expect(faults.map(({ policy }) => policy.id)).toEqual(['unknown', 'unknown']);
  }
});

test('an exception lets its calls pass until it expires, and the policy counts no more when it has expired itself', () => {
  const { governor } = governorOf(
    setOf({
      policies: [{ id: 'none', kind: 'access', mode: 'enforce', settings: { action: 'deny' }, expires: '2026-12-31' }],
      exceptions: [{ policy: 'none', match: { app: 'nightly' }, owner: 'me', expires: '2026-11-30' }],
    }),
  );
  const at = (day: string): number => Date.parse(`${day}T12:00:00Z`) * 1000;
  const verdict = (app: string, day: string) => governor.consider(call({ app }), at(day)).verdict;
  expect(verdict('nightly', '2026-11-30')).toBe('allow');
  expect(verdict('nightly', '2026-12-01')).toBe('deny');
  expect(verdict('billing', '2026-11-30')).toBe('deny');
  expect(verdict('billing', '2026-12-31')).toBe('deny');
  expect(verdict('billing', '2027-01-01')).toBe('allow');
  // A clock that jumps back.
  expect(verdict('nightly', '2026-11-30')).toBe('allow');
});

test('with `otherwise: deny` only what an access policy in force allows leaves', () => {
  const allow = (mode: string, settings: object = { action: 'allow' }) =>
    governorOf(
      setOf({
        otherwise: 'deny',
        policies: [{ id: 'yes', kind: 'access', mode, match: { host: '*.openai.com' }, settings }],
      }),
    ).governor.consider(call(), NOW);
  expect(allow('enforce').verdict).toBe('allow');
  expect(allow('observe').verdict).toBe('deny');
  expect(allow('off').verdict).toBe('deny');
  // A restriction is no permission.
  expect(allow('enforce', { https: 'required' }).verdict).toBe('deny');
  const refused = allow('off');
  expect(refused.policy?.id).toBe('otherwise');
  expect(refused.decisions().map(({ policy, sentence }) => [policy, sentence])).toEqual([
    ['otherwise', 'No access policy allows POST to api.openai.com, and policies.yaml says `otherwise: deny`.'],
  ]);
  const { governor } = governorOf(
    setOf({
      otherwise: 'deny',
      exceptions: [{ policy: 'otherwise', match: { app: 'billing' }, owner: 'me', expires: '2099-01-01' }],
    }),
  );
  expect(governor.consider(call(), NOW).verdict).toBe('allow');
});

const asking = (settings: object = {}) =>
  setOf({
    policies: [{ id: 'who', kind: 'access', mode: 'enforce', settings: { action: 'ask', hold: '30s', ...settings } }],
  });

test('a person’s answer lets a call go, and is remembered for that program and host', () => {
  const { governor, released } = governorOf(asking({ remember: '1h' }));
  const [first, second, elsewhere] = [call(), call(), call({ host: 'other.example' })];
  const ruling = governor.consider(first, NOW);
  expect([ruling.verdict, ruling.ask]).toEqual(['ask', { until: NOW + 30e6, otherwise: 'deny' }]);
  governor.consider(second, NOW);
  governor.consider(elsewhere, NOW);
  expect(governor.answer(first.call, 'allow', NOW + 1e6)).toBe(2);
  expect(released.map(({ call: id, ruling: { verdict } }) => [id, verdict])).toEqual([
    [first.call, 'allow'],
    [second.call, 'allow'],
  ]);
  expect(governor.consider(call(), NOW + 3.5e9).verdict).toBe('allow');
  expect(governor.consider(call(), NOW + 3.7e9).verdict).toBe('ask');

  // It is kept over a restart.
  const next = governorOf(asking({ remember: '1h' })).governor;
  next.restore(JSON.parse(JSON.stringify(governor.save(NOW + 2e9))) as Record<string, unknown>, NOW + 2e9);
  expect(next.consider(call(), NOW + 3e9).verdict).toBe('allow');
});

test('without an answer in time, what the policy says otherwise counts', () => {
  for (const otherwise of ['allow', 'deny'] as const) {
    const { governor, released } = governorOf(asking({ otherwise }));
    const one = call();
    governor.consider(one, NOW);
    expect(governor.due).toBe(NOW + 30e6);
    governor.advance(NOW + 29e6);
    expect(released).toEqual([]);
    governor.advance(NOW + 30e6);
    expect(released.map(({ ruling }) => ruling.verdict)).toEqual([otherwise]);
    expect(released[0]?.ruling.decisions()[0]?.sentence).toBe(
      `who asked whether billing may call api.openai.com, nobody answered in time, and it says ${otherwise} otherwise.`,
    );
    expect(governor.answer(one.call, 'allow', NOW + 31e6)).toBe(0);
  }
});

test('a connection that is refused may be followed by another one; without one all is given back', () => {
  const { governor } = governorOf(
    setWith([
      ...setOf({
        policies: [{ id: 'inside', kind: 'access', mode: 'enforce', settings: { destinations: { private: 'deny' } } }],
      }).policies,
      counting('slots'),
    ]),
  );
  const one = call();
  expect(governor.needs(one).connection).toBe(true);
  expect(governor.consider(one, NOW).verdict).toBe('allow');
  const to = (address: string) => governor.connect(one.call, { address, tlsVersion: 'TLSv1.3', country: null }, NOW);
  const refused = to('::ffff:10.0.0.1');
  expect(refused.verdict).toBe('deny');
  expect(refused.decisions()[0]?.sentence).toBe(
    'The policy inside refuses private addresses, and api.openai.com (10.0.0.1) is one.',
  );
  expect(to('10.0.0.2').verdict).toBe('deny');
  expect(to('93.184.216.34').verdict).toBe('allow');
  governor.ended(one.call, { ...OUTCOME, left: false }, NOW + 1);
  expect(counted.get('slots')).toMatchObject({ took: 1, gaveBack: 1 });
});

test('decisions are not said of a call after another one was decided', () => {
  const { governor } = governorOf(setWith([counting('slots', { most: 9 })]));
  const kept = governor.consider(call(), NOW);
  const read = governor.consider(call(), NOW);
  read.decisions();
  governor.consider(call(), NOW);
  expect(read.decisions()).toHaveLength(1);
  expect(() => kept.decisions()).toThrow('after the governor had been asked');
});

// ---- properties

const policyArbitrary = fc.record({
  most: fc.integer({ min: 0, max: 3 }),
  waits: fc.boolean(),
  mode: fc.constantFrom<Policy['mode']>('off', 'observe', 'enforce'),
  app: fc.constantFrom(null, 'a', 'b', 'c'),
});
type Drawn = typeof policyArbitrary extends fc.Arbitrary<infer T> ? T : never;

const stepArbitrary = fc.oneof(
  fc.record({ do: fc.constant('call' as const), app: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ do: fc.constant('end' as const), which: fc.nat(20), left: fc.boolean() }),
  fc.record({ do: fc.constant('leave' as const), which: fc.nat(20) }),
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;

const policyOf = ({ most, waits, mode, app }: Drawn, i: number): Policy =>
  counting(`p${i}`, { most, waits, mode, ...(app !== null && { match: forApp(app) }) });

/** Plays steps, and says what became of each call. */
function play(policies: readonly Policy[], steps: readonly Step[]): string[] {
  const { governor, released } = governorOf(setWith(policies));
  const facts: CallFacts[] = [];
  const said: string[] = [];
  let now = NOW;
  let heard = 0;
  for (const step of steps) {
    now += 1000;
    if (step.do === 'call') {
      const one = call({ app: step.app, call: facts.length });
      facts.push(one);
      said.push(`${one.call} ${governor.consider(one, now).verdict}`);
    } else if (facts.length > 0) {
      const { call: id } = facts[step.which % facts.length] as CallFacts;
      if (step.do === 'end') governor.ended(id, { ...OUTCOME, left: step.left }, now);
      else governor.leave(id, now);
    }
    if (governor.due !== null && governor.due <= now) governor.advance(now);
    for (; heard < released.length; heard++) {
      const { call: id, ruling } = released[heard] as (typeof released)[number];
      said.push(`${id} ${ruling.verdict}`);
    }
  }
  return said;
}

const bounds = { numRuns: 150, interruptAfterTimeLimit: 4000 };
const policiesArbitrary = fc.array(policyArbitrary, { minLength: 1, maxLength: 5 });
const stepsArbitrary = fc.array(stepArbitrary, { minLength: 5, maxLength: 40 });

test('who observes never changes what those that enforce decide', () => {
  fc.assert(
    fc.property(policiesArbitrary, stepsArbitrary, (drawn, steps) => {
      const all = drawn.map(policyOf);
      const enforced = all.filter(({ mode }) => mode === 'enforce');
      expect(play(all, steps)).toEqual(play(enforced, steps));
    }),
    bounds,
  );
});

test('the order of policies does not change the verdict', () => {
  fc.assert(
    fc.property(policiesArbitrary, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 8 }), (drawn, apps) => {
      const all = drawn.map(policyOf);
      const verdicts = (policies: readonly Policy[]): string[] => {
        const { governor } = governorOf(setWith(policies));
        return apps.map((app) => governor.consider(call({ app }), NOW).verdict);
      };
      expect(verdicts(all.toReversed())).toEqual(verdicts(all));
    }),
    bounds,
  );
});

test('nothing is taken and kept: what runs, waits and was given back adds up', () => {
  fc.assert(
    fc.property(policiesArbitrary, stepsArbitrary, (drawn, steps) => {
      const policies = drawn.map(policyOf);
      play(policies, steps);
      for (const { id, settings, mode } of policies) {
        const state = counted.get(id);
        if (!state || mode === 'off') continue;
        const { took, ended, gaveBack, running } = state;
        expect(took - ended - gaveBack).toBe(running.size);
        expect(running.size).toBeLessThanOrEqual((settings as { most: number }).most);
      }
    }),
    bounds,
  );
});
