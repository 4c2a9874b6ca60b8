import type { CallMetered, CallOutcome, Policy, PolicyKind } from '../../../shared/model/policy.ts';
import type { Kind, Rule, RuleSurroundings } from '../../../shared/policies/kind.ts';

/** One rule without a governor around it, and what it told. */
export function ruleOf<Settings>(
  kind: Kind<Settings>,
  settings: unknown,
  around: Partial<RuleSurroundings> = {},
): { rule: Rule; policy: Policy; alerts: Parameters<RuleSurroundings['alerted']>[0][] } {
  const alerts: Parameters<RuleSurroundings['alerted']>[0][] = [];
  const read = kind.settings.parse(settings);
  const policy = policyOf(kind.kind, read);
  const rule = kind.create(policy, read, {
    zone: 'UTC',
    random: () => 0.5,
    alerted: (alert) => alerts.push(alert),
    ...around,
  });
  return { rule, policy, alerts };
}

function policyOf(kind: PolicyKind, settings: unknown): Policy {
  return {
    id: `the-${kind}`,
    kind,
    mode: 'enforce',
    match: { fields: {}, headers: {}, tags: {}, times: [], when: null },
    settings,
    onFault: 'open',
    owner: 'platform@example.com',
    reason: null,
    expiresAt: null,
  };
}

export const LEFT: CallOutcome = {
  left: true,
  status: 200,
  failed: false,
  durationUs: 1000,
  timeToFirstByteUs: 500,
  requestBytes: 100,
  responseBytes: 200,
};
export const NEVER_LEFT: CallOutcome = { ...LEFT, left: false, status: null, requestBytes: 0, responseBytes: 0 };

export function metered(some: Partial<CallMetered> = {}): CallMetered {
  return { inputTokens: null, outputTokens: null, units: {}, nanoUsd: null, model: null, cut: false, ...some };
}

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 10 November 2026, 12:00 UTC: in the middle of things. */
export const NOON = Date.UTC(2026, 10, 10, 12) * 1000;
