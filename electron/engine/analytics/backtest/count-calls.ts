import type { CounterField } from '../../../../shared/policies/counter-key.ts';
import { counterKeyReader } from '../../../../shared/policies/counter-key.ts';
import type { PolicySet } from '../../../../shared/policies/governor.ts';
import { compileMatch } from '../../../../shared/policies/match/compile-match.ts';
import { exceptionsFor, indexPolicies } from '../../../../shared/policies/match/index-of-policies.ts';
import type { CountedCall } from './demand.ts';
import type { Recorded } from './kept-history.ts';
import { RecordedFacts } from './recorded-facts.ts';

/** The calls that the first policy of a set is about, in their order, and by whose counter each would be counted. */
export function* countCalls(
  { history, callerOf, beside, from, to }: Recorded,
  { policies, exceptions, zone }: PolicySet,
  per: readonly CounterField[],
): Generator<number, CountedCall[]> {
  const [policy] = policies;
  const counted: CountedCall[] = [];
  if (!policy) return counted;
  const index = indexPolicies([
    {
      entry: policy,
      match: compileMatch(policy.match, zone),
      expiresAt: null,
      exceptions: exceptionsFor(exceptions, policy.id, zone),
    },
  ]);
  const keyOf = counterKeyReader(per);
  for (let place = from; place < to; place += 1) {
    if ((place & 2047) === 0) yield place - from;
    const row = history.order[place]!;
    const at = history.at[row]!;
    const facts = new RecordedFacts(history, callerOf(history.combination[row]!), beside, row, at);
    if (index.find(facts, at, () => false).length > 0) counted.push({ row, key: keyOf(facts) });
  }
  return counted;
}
