import type { Decision, DecisionNumbers } from '../model/policy.ts';
import { FAULT_CLOSED, FAULT_OPEN, isOtherwise, type Entry } from './entry.ts';
import type { CallFacts } from './facts.ts';
import type { Opinion } from './kind.ts';

/** What one policy said of a call, as a row on the call. */
export function decisionRow(
  entry: Entry,
  opinion: Opinion,
  facts: CallFacts,
  version: number,
  verdict: string = opinion.verdict,
): Decision {
  const { policy, enforces } = entry;
  return {
    policy: policy.id,
    verdict: opinion === FAULT_OPEN ? 'fault' : enforces || verdict === 'allow' ? verdict : `would-${verdict}`,
    sentence: sentenceOf(entry, opinion, facts),
    kind: policy.kind,
    mode: policy.mode,
    version,
    numbers: opinion.numbers === null ? null : { ...opinion.numbers },
    tookUs: null,
    owner: policy.owner,
  };
}

/** Rows of several that spoke; the file's `otherwise` is one only where it decided. */
export function decisionRows(
  items: readonly Entry[],
  opinionAt: (item: number) => Opinion,
  facts: CallFacts,
  version: number,
): Decision[] {
  const rows: Decision[] = [];
  for (const [i, entry] of items.entries()) {
    const opinion = opinionAt(i);
    if (isOtherwise(entry) && opinion.verdict === 'allow') continue;
    rows.push(decisionRow(entry, opinion, facts, version));
  }
  return rows;
}

function sentenceOf(entry: Entry, opinion: Opinion, facts: CallFacts): string {
  const { id, owner } = entry.policy;
  if (opinion === FAULT_OPEN) return `The policy ${id} failed and was left out of this call.`;
  if (opinion === FAULT_CLOSED) {
    return `The policy ${id} failed, and says \`onFault: closed\`${owner === null ? '' : `; it is ${owner}’s`}.`;
  }
  try {
    return entry.rule.explain(facts, opinion);
  } catch {
    return `The policy ${id} says ${opinion.verdict}, and failed to say why.`;
  }
}

/** Numbers of what only held a call. */
export function waitNumbers(waitUs: number): DecisionNumbers {
  return {
    key: '',
    unit: 'calls',
    limit: null,
    used: null,
    remaining: null,
    resetAt: null,
    waitUs,
    retryAt: null,
  };
}

/** An opinion of one’s own: rules use theirs again. */
export function copyOpinion(opinion: Opinion): Opinion {
  if (opinion === FAULT_OPEN || opinion === FAULT_CLOSED) return opinion;
  return {
    verdict: opinion.verdict,
    because: opinion.because,
    numbers: opinion.numbers === null ? null : { ...opinion.numbers },
  };
}
