import { STATUS_CODES } from 'node:http';
import type { Decision, DecisionNumbers, PolicyKind } from '../../../shared/model/policy.ts';
import type { OwnAnswer } from '../pipeline/dispatch.ts';

/** What a refused caller is answered, by the kind of the policy that refused; an access policy's `settings.status` may say another. */
const STATUS: Readonly<Record<PolicyKind, number>> = { access: 403, limit: 429, quota: 429, budget: 402, alert: 403 };
/** What programs tell refusals apart by; the words are ours, their places those that SDKs read. */
const CODES: Readonly<Record<PolicyKind, { type: string; code: string }>> = {
  access: { type: 'policy_denied', code: 'policy_denied' },
  limit: { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  quota: { type: 'rate_limit_error', code: 'quota_exceeded' },
  budget: { type: 'budget_exceeded', code: 'budget_exceeded' },
  alert: { type: 'policy_denied', code: 'policy_denied' },
};
/** SDKs try again by themselves within so many seconds; what takes longer they are told not to wait for. */
const WORTH_WAITING = 60;

export interface RefusedBy {
  decision: Pick<Decision, 'policy' | 'sentence' | 'kind' | 'numbers' | 'owner'>;
  /** As the policy has it. */
  settings: unknown;
  /** Microseconds since the epoch. */
  now: number;
}

/** Seconds from now, at least 1; null when nobody knows. */
function secondsUntil(moment: number | null, now: number): number | null {
  return moment === null ? null : Math.max(1, Math.ceil((moment - now) / 1_000_000));
}

/**
 * The answer in place of the origin's: a problem document (RFC 9457) that names policy, owner and when to come back, with
 * `error: {type, code, message}` and `message` where the SDKs of OpenAI, Anthropic and Stripe read their sentence;
 * `Retry-After` (RFC 9110 §10.2.3), and of limits `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
 */
export function refusalAnswer({ decision, settings, now }: RefusedBy): OwnAnswer {
  const { policy, sentence, owner, numbers } = decision;
  const kind = decision.kind ?? 'access';
  const status = statusIn(settings) ?? STATUS[kind];
  const retryAfter = secondsUntil(numbers?.retryAt ?? numbers?.resetAt ?? null, now);
  const { type, code } = CODES[kind];
  const title = STATUS_CODES[status] ?? 'Refused';
  const body = Buffer.from(
    `${JSON.stringify({
      type: `urn:sallyport:policy:${kind}`,
      title,
      status,
      detail: sentence,
      policy,
      kind,
      owner,
      retryAfter,
      message: sentence,
      error: { type, code, message: sentence },
    })}\n`,
  );
  return {
    status,
    reason: title,
    fields: [
      'Content-Type',
      'application/problem+json',
      'Content-Length',
      String(body.length),
      'Sallyport-Error',
      'blocked',
      'Cache-Control',
      'no-store',
      ...(retryAfter === null ? [] : ['Retry-After', String(retryAfter)]),
      ...limitFields(policy, numbers, now),
      // Of SDKs that try again by themselves, those of OpenAI and Anthropic read the first, Stripe's the second.
      ...(retryAfter !== null && retryAfter <= WORTH_WAITING
        ? []
        : ['X-Should-Retry', 'false', 'Stripe-Should-Retry', 'false']),
    ],
    body,
  };
}

function statusIn(settings: unknown): number | null {
  const status = (settings as { status?: unknown } | null)?.status;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599 ? status : null;
}

/** Units that the draft registers, and ours under their own names. */
const QUOTA_UNITS: Readonly<Record<DecisionNumbers['unit'], string | null>> = {
  calls: null,
  bytes: 'content-bytes',
  concurrent: 'concurrent-requests',
  tokens: 'tokens',
  units: 'units',
  'nano-dollars': 'nano-dollars',
};

function limitFields(policy: string, numbers: DecisionNumbers | null, now: number): string[] {
  if (numbers === null || numbers.limit === null) return [];
  const name = quoted(policy);
  const unit = QUOTA_UNITS[numbers.unit];
  const { limit, remaining, resetAt, retryAt } = numbers;
  const reset = secondsUntil(resetAt ?? retryAt, now);
  return [
    'RateLimit-Policy',
    `${name};q=${whole(limit)}${unit === null ? '' : `;qu=${quoted(unit)}`}`,
    'RateLimit',
    `${name};r=${whole(Math.max(0, remaining ?? 0))}${reset === null ? '' : `;t=${reset}`}`,
  ];
}

/** Integers of structured fields have 15 digits at most (RFC 9651 §3.3.1). */
function whole(value: number): string {
  return String(Math.min(999_999_999_999_999, Math.max(0, Math.floor(value))));
}

/** A string of structured fields: ASCII, quotes and backslashes escaped (RFC 9651 §3.3.3). */
function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
