// Links of budgets and alerts lead to the calls that were counted, whatever stands in the counter's key.
import { expect, it } from 'vitest';
import { counterKeyReader, type CounterField } from '../../../shared/policies/counter-key.ts';
import { keyParams, keyTerms } from '../../../renderer/views/policies/counter-terms.ts';
import { call } from '../../shared/policies/policies-and-calls.ts';

const keyOf = (per: CounterField[], facts: Parameters<typeof call>[0]) => counterKeyReader(per)(call(facts));

it('leaves the mark of a budget out, alone or behind a key', () => {
  expect(keyTerms('app=x 80%')).toEqual(['app:x']);
  expect(keyParams('app=x vendor=openai 99.9%')).toEqual({ app: 'x', vendor: 'openai' });
  expect(keyTerms('80%')).toEqual([]);
  expect(keyTerms('')).toEqual([]);
});

it('reads every value as it was counted, with spaces, percents and dashes', () => {
  const app = 'nightly job 50% of=it';
  for (const per of [['app', 'host'], ['app']] as CounterField[][])
    expect(keyParams(`${keyOf(per, { app, host: 'h' })} 80%`)).toEqual({ app });
  expect(keyTerms(keyOf(['app', 'tag.tenant'], { app: 'a b', tags: { tenant: '10%' } }))).toEqual([
    'app:"a b"',
    expect.stringMatching(/^tag\.tenant:"?10%"?$/),
  ]);
});
