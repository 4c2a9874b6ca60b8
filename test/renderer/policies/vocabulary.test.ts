import { expect, it } from 'vitest';
import { z } from 'zod';
import { matchSchema } from '../../../shared/policies/file/match-schema.ts';
import { policySchema } from '../../../shared/policies/file/file-schema.ts';
import { KINDS } from '../../../shared/policies/kinds.ts';
import { POLICY_KINDS } from '../../../shared/model/policy.ts';
import { MATCH, POLICY, SETTINGS } from '../../../renderer/views/policies/editor/vocabulary.ts';
import { policyFields } from '../../../renderer/words/policy-fields.ts';

const keysOf = (schema: z.ZodType): string[] => {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // Another spelling of onFault.
  return Object.keys(properties)
    .filter((key) => key !== 'on-fault')
    .toSorted();
};
const named = (words: readonly { key: string }[]): string[] => words.map(({ key }) => key).toSorted();

it('knows every key that the file has, and none that it has not', () => {
  expect(named(POLICY)).toEqual(keysOf(policySchema));
  expect(named(MATCH)).toEqual(keysOf(matchSchema));
  for (const kind of POLICY_KINDS) {
    const made = KINDS[kind];
    if (made) expect({ kind, keys: named(SETTINGS[kind]) }).toEqual({ kind, keys: keysOf(made.settings) });
  }
});

it('says in words what each key is for', () => {
  const keys = [...POLICY, ...MATCH, ...POLICY_KINDS.flatMap((kind) => SETTINGS[kind])];
  expect(keys.filter(({ key, named: other }) => policyFields.of(other ?? key).says === '')).toEqual([]);
});
