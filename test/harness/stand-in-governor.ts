import type { CallMetered, CallOutcome, Decision, DecisionNumbers, Policy } from '../../shared/model/policy.ts';
import { NO_NEEDS, type CallFacts, type ConnectionFacts, type Needs } from '../../shared/policies/facts.ts';
import type { Governor, GovernorSurroundings, PolicySet, Ruling } from '../../shared/policies/governor.ts';

/** What one policy of a test says; everything is counted for all calls together. */
export interface ScriptedRule {
  policy: Policy;
  needs?: Partial<Needs>;
  matches?: (facts: CallFacts) => boolean;
  look?: (facts: CallFacts, now: number) => 'allow' | 'deny' | 'wait' | 'ask';
  connect?: (connection: ConnectionFacts) => 'allow' | 'deny';
  progress?: (tokens: number) => boolean;
  numbers?: (verdict: string, now: number) => DecisionNumbers | null;
  /** Overrides the sentence. */
  says?: string;
}

export interface ScriptedGovernor {
  create: (set: PolicySet, around: GovernorSurroundings) => Governor;
  set: PolicySet;
  /** Everything that was said to it, in order. */
  readonly heard: { name: string; call: number; value?: unknown }[];
  readonly facts: CallFacts[];
  /** Lets a held call go, or refuses it. */
  release(call: number, verdict: 'allow' | 'deny'): void;
  outcomes: Map<number, CallOutcome>;
  metered: Map<number, CallMetered>;
}

export function policyOf(parts: Partial<Policy> & { id: string }): Policy {
  return {
    kind: 'access',
    mode: 'enforce',
    match: { fields: {}, headers: {}, tags: {}, times: [], when: null },
    settings: {},
    onFault: 'open',
    owner: null,
    reason: null,
    expiresAt: null,
    ...parts,
  };
}

/** A governor that says what a test says, so that what is carried out can be seen without the kinds of policies. */
export function scriptGovernor(rules: readonly ScriptedRule[]): ScriptedGovernor {
  const heard: ScriptedGovernor['heard'] = [];
  const facts: CallFacts[] = [];
  const outcomes = new Map<number, CallOutcome>();
  const metered = new Map<number, CallMetered>();
  let release: GovernorSurroundings['release'] = () => {};
  const set: PolicySet = {
    version: 1,
    otherwise: 'allow',
    zone: 'UTC',
    policies: rules.map(({ policy }) => policy),
    exceptions: [],
  };

  const rulingOf = (
    verdict: Ruling['verdict'] | 'cut',
    rule: ScriptedRule | null,
    now: number,
    spoken: { rule: ScriptedRule; verdict: string }[],
  ): Ruling => ({
    verdict: verdict === 'cut' ? 'deny' : verdict,
    policy: rule?.policy ?? null,
    opinion:
      rule === null
        ? null
        : {
            verdict: verdict === 'cut' ? 'deny' : verdict,
            because: 'test',
            numbers: rule.numbers?.(verdict, now) ?? null,
          },
    ask: verdict === 'ask' ? { until: now + 30_000_000, otherwise: 'deny' } : null,
    spoke: spoken.map((one) => ({
      policy: one.rule.policy,
      opinion: { verdict: 'allow', because: one.verdict, numbers: null },
    })),
    decisions: (): Decision[] =>
      spoken.map((one) => ({
        policy: one.rule.policy.id,
        verdict: one.verdict,
        sentence: one.rule.says ?? `${one.rule.policy.id} says ${one.verdict}.`,
        kind: one.rule.policy.kind,
        mode: one.rule.policy.mode,
        version: set.version,
        numbers: one.rule.numbers?.(one.verdict, now) ?? null,
        tookUs: null,
        owner: one.rule.policy.owner,
      })),
  });

  return {
    set,
    heard,
    facts,
    outcomes,
    metered,
    release(call, verdict) {
      const [first] = rules;
      release(call, rulingOf(verdict, first!, 0, [{ rule: first!, verdict }]));
    },
    create(_set, around) {
      ({ release } = around);
      const matching = (call: CallFacts): ScriptedRule[] => rules.filter(({ matches }) => matches?.(call) ?? true);
      const running = new Map<number, CallFacts>();
      return {
        set,
        empty: rules.length === 0,
        due: null,
        needs: (call) => matching(call).reduce<Needs>((all, { needs }) => ({ ...all, ...needs }), NO_NEEDS),
        consider(call, now) {
          facts.push(call);
          heard.push({ name: 'consider', call: call.call });
          running.set(call.call, call);
          const spoken = matching(call).map((rule) => ({ rule, verdict: rule.look?.(call, now) ?? 'allow' }));
          const strictest =
            (['deny', 'ask', 'wait'] as const)
              .map((want) => spoken.find((one) => one.verdict === want))
              .find(Boolean) ?? spoken[0];
          return rulingOf(strictest?.verdict ?? 'allow', strictest?.rule ?? null, now, spoken);
        },
        connect(call, connection, now) {
          heard.push({ name: 'connect', call, value: connection });
          const spoken = rules
            .filter((rule) => rule.connect)
            .map((rule) => ({ rule, verdict: rule.connect!(connection) }));
          const denied = spoken.find(({ verdict }) => verdict === 'deny');
          return rulingOf(denied ? 'deny' : 'allow', denied?.rule ?? null, now, denied ? [denied] : []);
        },
        progress(call, tokens, now) {
          heard.push({ name: 'progress', call, value: tokens });
          const over = rules.find((rule) => rule.progress?.(tokens));
          return over === undefined ? null : rulingOf('cut', over, now, [{ rule: over, verdict: 'cut' }]);
        },
        answer(call, verdict) {
          heard.push({ name: 'answer', call, value: verdict });
          return 1;
        },
        leave: (call) => heard.push({ name: 'leave', call }),
        heard: (call, reading) => heard.push({ name: 'heard', call, value: reading }),
        ended(call, outcome) {
          heard.push({ name: 'ended', call, value: outcome });
          outcomes.set(call, outcome);
        },
        metered: (call, one) => metered.set(call, one),
        advance() {},
        gauges: () => [],
        rules: new Map(),
        save: () => ({}),
        restore() {},
      };
    },
  };
}
