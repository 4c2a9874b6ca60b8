import type { Decision } from '../model/policy.ts';

/** A decision as a list of texts, for blocks and pages; older ones have three. */
export function decisionTexts({ policy, verdict, sentence, ...more }: Decision): string[] {
  const { kind, mode, version, numbers, tookUs, owner } = more;
  return [policy, verdict, sentence, JSON.stringify([kind, mode, version, numbers, tookUs, owner])];
}

/** Back from the texts. Throws on a list that is none of ours. */
export function decisionOf([policy = '', verdict = '', sentence = '', more = '[]']: readonly string[]): Decision {
  const [kind, mode, version, numbers, tookUs, owner] = JSON.parse(more) as [
    kind?: Decision['kind'],
    mode?: Decision['mode'],
    version?: number | null,
    numbers?: Decision['numbers'],
    tookUs?: number | null,
    owner?: string | null,
  ];
  return {
    policy,
    verdict,
    sentence,
    kind: kind ?? null,
    mode: mode ?? null,
    version: version ?? null,
    numbers: numbers ?? null,
    tookUs: tookUs ?? null,
    owner: owner ?? null,
  };
}
