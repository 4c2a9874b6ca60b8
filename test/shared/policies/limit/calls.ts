import type { CallMetered, CallOutcome, Policy } from '../../../../shared/model/policy.ts';
import type { CallEstimate, CallFacts } from '../../../../shared/policies/facts.ts';
import type { Opinion, Rule } from '../../../../shared/policies/kind.ts';
import { limitKind } from '../../../../shared/policies/limit/limit-kind.ts';

/** Noon of a day, in microseconds. */
export const NOON = Date.UTC(2026, 10, 23, 12) * 1000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;

type Said = Partial<Omit<CallFacts, 'estimate' | 'header'>> & {
  estimate?: Partial<CallEstimate>;
  headers?: Record<string, string>;
};

let calls = 0;

export function factsOf({ estimate, headers = {}, ...said }: Said = {}): CallFacts {
  return {
    call: (calls += 1),
    at: NOON,
    source: 'proxy',
    app: 'billing',
    process: null,
    package: null,
    vendor: null,
    service: null,
    category: null,
    status: null,
    data: [],
    country: null,
    scheme: 'https',
    host: 'api.example.com',
    port: 443,
    method: 'GET',
    path: '/v1/things',
    query: '',
    endpoint: null,
    credential: 'key-1',
    tags: null,
    environment: null,
    header: (name) => headers[name] ?? null,
    requestBytes: 0,
    model: null,
    estimate: estimate
      ? { inputTokens: null, maxOutput: null, ceilingNanoUsd: null, nanoUsdPerOutputToken: null, ...estimate }
      : null,
    ...said,
  };
}

export function policyOf(said: Partial<Policy> = {}): Policy {
  return {
    id: 'three-a-minute',
    kind: 'limit',
    mode: 'enforce',
    match: { fields: {}, headers: {}, tags: {}, times: [], when: null },
    settings: null,
    onFault: 'open',
    owner: null,
    reason: null,
    expiresAt: null,
    ...said,
  };
}

/** A rule from settings as they stand in a file. */
export function ruleOf(settings: unknown, policy: Partial<Policy> = {}): Rule {
  return limitKind.create(policyOf(policy), limitKind.settings.parse(settings), {
    zone: 'UTC',
    random: () => 0.5,
    alerted: () => {},
  });
}

/** Asks, and takes or queues as the governor would; the opinion is a copy. */
export function pass(rule: Rule, facts: CallFacts, now: number): Opinion {
  const said = rule.look(facts, now);
  const opinion = { ...said, numbers: said.numbers === null ? null : { ...said.numbers } };
  if (opinion.verdict === 'allow') rule.take(facts, now);
  else if (opinion.verdict === 'wait') rule.enqueue?.(facts, now);
  return opinion;
}

export interface Turn {
  call: number;
  at: number;
  passed: boolean;
}

/** Lets the rule's time go on to `until`, at each moment that it says is due. */
export function runTo(rule: Rule, until: number): Turn[] {
  const turns: Turn[] = [];
  for (let round = 0; round < 100_000; round += 1) {
    const due = rule.due ?? null;
    if (due === null || due > until) return turns;
    rule.advance?.(
      due,
      (call) => turns.push({ call, at: due, passed: true }),
      (call) => turns.push({ call, at: due, passed: false }),
    );
  }
  throw new Error('A rule that is due for ever.');
}

export function outcomeOf(said: Partial<CallOutcome> = {}): CallOutcome {
  return {
    left: true,
    status: 200,
    failed: false,
    durationUs: 100_000,
    timeToFirstByteUs: 80_000,
    requestBytes: 0,
    responseBytes: 0,
    ...said,
  };
}

export const meteredOf = (said: Partial<CallMetered> = {}): CallMetered => ({
  inputTokens: null,
  outputTokens: null,
  units: {},
  nanoUsd: null,
  model: null,
  cut: false,
  ...said,
});
