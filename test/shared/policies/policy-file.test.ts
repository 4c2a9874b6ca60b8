import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readDuration, readMoney, readShare, readSize } from '../../../shared/policies/amounts.ts';
import { describePolicy } from '../../../shared/policies/describe-policy.ts';
import { fileSchema } from '../../../shared/policies/file/file-schema.ts';
import { readDays } from '../../../shared/policies/file/match-schema.ts';
import { readPolicies } from '../../../shared/policies/file/policy-file.ts';
import { runTests } from '../../../shared/policies/run-tests.ts';

const around = { version: 3, zone: 'Europe/Vienna', now: Date.parse('2026-11-23T10:00:00Z') * 1000 };
const read = (file: unknown) => readPolicies(file, around);
const policy = (parts: object = {}) => ({
  id: 'a',
  kind: 'access',
  mode: 'enforce',
  settings: { action: 'deny' },
  ...parts,
});
const problems = (file: unknown) =>
  read(file).problems.map(({ path, says, severity }) => [path.join('.'), severity, says]);

test('an empty file has no policies and nothing wrong with it', () => {
  for (const file of [null, undefined, {}, { policies: null }]) {
    expect(read(file)).toMatchObject({
      set: { version: 3, otherwise: 'allow', zone: 'Europe/Vienna', policies: [], exceptions: [] },
      problems: [],
    });
  }
});

test('a text is as good as a list, and what is left out has its meaning', () => {
  const { set } = read({
    version: 1,
    zone: 'UTC',
    otherwise: 'deny',
    policies: [
      policy({
        match: {
          app: 'billing',
          vendor: ['openai', '!x'],
          header: { 'x-team': 'red' },
          tag: { tenant: ['a'] },
          time: { days: 'fri-mon', from: '09:00' },
        },
        when: 'app != ""',
        'on-fault': 'closed',
        expires: '2026-12-31',
      }),
    ],
  });
  expect(set).toMatchObject({ zone: 'UTC', otherwise: 'deny' });
  expect(set?.policies[0]).toEqual({
    id: 'a',
    kind: 'access',
    mode: 'enforce',
    match: {
      fields: { app: ['billing'], vendor: ['openai', '!x'] },
      headers: { 'x-team': ['red'] },
      tags: { tenant: ['a'] },
      times: [{ days: [1, 5, 6, 7], from: 540, until: 1440, zone: null }],
      when: 'app != ""',
    },
    settings: { action: 'deny' },
    onFault: 'closed',
    owner: null,
    reason: null,
    // To the end of that day.
    expiresAt: Date.parse('2027-01-01T00:00:00Z') * 1000,
  });
});

describe('mistakes say where they are and what could stand there', () => {
  test.each<[string, unknown, string, string]>([
    ['a misspelt key', { policys: [] }, 'policys', 'did you mean `policies`?'],
    [
      'a misspelt key of a policy',
      { policies: [policy({ onfault: 'open' })] },
      'policies.0.onfault',
      'did you mean `onFault`?',
    ],
    [
      'a misspelt key of a match',
      { policies: [policy({ match: { vender: 'x' } })] },
      'policies.0.match.vender',
      'did you mean `vendor`?',
    ],
    [
      'a misspelt setting',
      { policies: [policy({ settings: { destinatons: {} } })] },
      'policies.0.settings.destinatons',
      'did you mean `destinations`?',
    ],
    [
      'a misspelt setting deeper down',
      { policies: [policy({ settings: { destinations: { privat: 'deny' } } })] },
      'policies.0.settings.destinations.privat',
      'did you mean `private`?',
    ],
    [
      'a misspelt value',
      { policies: [policy({ mode: 'enforced' })] },
      'policies.0.mode',
      '`enforced` is not possible for `mode`; did you mean `enforce`?',
    ],
    ['a kind there is not', { policies: [policy({ kind: 'acess' })] }, 'policies.0.kind', 'did you mean `access`?'],
    [
      'what is left out',
      { policies: [{ id: 'a', kind: 'access' }] },
      'policies.0.mode',
      '`mode` is missing: off, observe, enforce',
    ],
    ['an id twice', { policies: [policy(), policy()] }, 'policies.1.id', 'the id of policy number 1 too'],
    [
      'a length of time without a unit',
      { policies: [policy({ settings: { action: 'ask', hold: 30 } })] },
      'policies.0.settings.hold',
      'must say of what: `250ms`',
    ],
    ['a day that there is not', { policies: [policy({ expires: '2026-06-31' })] }, 'policies.0.expires', 'is no day'],
    ['a zone that there is not', { zone: 'Europe/Wien' }, 'zone', 'is no time zone'],
    ['an expression', { policies: [policy({ when: 'app = "x"' })] }, 'policies.0.when', 'at letter'],
    [
      'an exception of nothing',
      { policies: [policy()], exceptions: [{ policy: 'b', match: {}, owner: 'me', expires: '2027-01-01' }] },
      'exceptions.0.policy',
      'there is no policy `b`',
    ],
    ['no list', { policies: {} }, 'policies', 'must be a list'],
    ['no file', 'policies', '', 'the file: must be'],
  ])('%s', (_, file, path, says) => {
    const found = read(file);
    expect(found.set).toBeNull();
    const [first] = found.problems.filter(({ severity }) => severity === 'error');
    expect(first?.path.join('.')).toBe(path);
    expect(first?.says).toContain(says);
  });

  test('all of them at once, and what is right beside them is read', () => {
    const found = read({ policies: [policy({ mode: 'on', settings: { tls: '9' } }), policy({ id: 'b' })] });
    expect(found.problems.map(({ path }) => path.join('.'))).toEqual(['policies.0.mode', 'policies.0.settings.tls']);
    expect(found.policies.map(({ policy: { id } }) => id)).toEqual(['b']);
  });
});

test('what can be read and is hardly meant is warned of', () => {
  const known = { knows: (id: string) => id === 'openai', ids: () => ['openai'] };
  const file = {
    policies: [
      policy({ expires: '2026-11-22' }),
      policy({
        id: 'b',
        match: { app: ['x', '!x'], vendor: 'opena', host: 'https://x.com', path: 'v1', status: 'aproved' },
      }),
    ],
  };
  const { set, problems: found } = readPolicies(file, { ...around, vendors: known });
  expect(set).not.toBeNull();
  expect(found.every(({ severity }) => severity === 'warning')).toBe(true);
  expect(found.map(({ path }) => path.slice(2).join('.')).sort()).toEqual([
    'expires',
    'match.app',
    'match.host',
    'match.path',
    'match.status',
    'match.vendor',
  ]);
  expect(found.find(({ path }) => path[3] === 'vendor')?.says).toContain('did you mean `openai`?');
});

test('amounts are read exactly, or not at all', () => {
  expect(['250ms', '1m', '1h30m', '1.5s', '7d', '1', 'm', '1x', ''].map(readDuration)).toEqual([
    250_000,
    6e7,
    5.4e9,
    1_500_000,
    6.048e11,
    null,
    null,
    null,
    null,
  ]);
  expect(['512', '10 kB', '1.5 MiB', '1 GB', '1 X'].map(readSize)).toEqual([512, 10_000, 1_572_864, 1e9, null]);
  expect(['25 USD', '$0.1', '1,000.000000001 usd', '25', '25 EUR'].map(readMoney)).toEqual([
    25e9,
    1e8,
    1_000_000_000_001,
    null,
    null,
  ]);
  expect(['80%', '12.5 %', '0.8'].map(readShare)).toEqual([0.8, 0.125, null]);
  expect(['mon-fri', 'sat, sun', 'Friday-Monday', 'every'].map(readDays)).toEqual([
    [1, 2, 3, 4, 5],
    [6, 7],
    [1, 5, 6, 7],
    null,
  ]);
});

test('any file is read or has a mistake with a place that is in it, and nothing throws', () => {
  const words = fc.constantFrom<unknown>(
    'access',
    'limit',
    'enforce',
    'a',
    '*',
    '2026-12-31',
    'mon-fri',
    'app ==',
    '1m',
    1,
    -1,
    true,
    null,
    '',
    1e308,
    'constructor',
    '__proto__',
  );
  const keys = fc.constantFrom(
    'policies',
    'exceptions',
    'tests',
    'id',
    'kind',
    'mode',
    'match',
    'settings',
    'when',
    'expires',
    'app',
    'time',
    'call',
    'expect',
    'header',
    'destinations',
    'policy',
    'owner',
    'zone',
    'constructor',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      words,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
    ),
  }));
  const base = () => ({
    policies: [policy({ match: { app: 'x' } })],
    exceptions: [],
    tests: [{ call: { app: 'x' }, expect: 'deny' }],
  });
  const place = fc.constantFrom(
    'policies.0.match',
    'policies.0.settings',
    'policies.0.id',
    'policies.0.kind',
    'policies.0',
    'policies',
    'tests.0.call',
    'tests.0',
    'exceptions',
  );
  const bent = fc.tuple(place, value).map(([path, put]) => {
    const file: Record<string, unknown> = base();
    const steps = path.split('.');
    let at = file;
    for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
    at[steps[steps.length - 1] as string] = put;
    return file;
  });
  fc.assert(
    fc.property(fc.oneof(value, bent), (file) => {
      const { set, problems: found, tests } = read(file);
      expect(set === null).toBe(found.some(({ severity }) => severity === 'error'));
      for (const { path, says, isKey } of found) {
        expect(says).not.toBe('');
        expect(says).not.toMatch(/\bundefined\b|\[object|Invalid input/);
        // All but the last key of what is missing is there.
        let at: unknown = file;
        for (const key of path.slice(0, -1))
          at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
        if (path.length > 1) expect(at).toBeTypeOf('object');
        if (isKey) expect(Object.keys(at as object)).toContain(String(path[path.length - 1]));
      }
      if (set)
        runTests(
          set,
          tests.map(({ test: one }) => one),
          { now: around.now },
        );
    }),
    { numRuns: 600, interruptAfterTimeLimit: 5000 },
  );
});

test('editors are given one schema of the whole file, with words for what can stand in it', () => {
  const schema = z.toJSONSchema(fileSchema(), { io: 'input' });
  const text = JSON.stringify(schema);
  expect(text).toContain('Which calls; left out: every call');
  expect(text).toContain('"enforce"');
  expect(text).toContain('Lowest TLS version');
});

test('a policy says in a sentence what it does', () => {
  const said = (parts: object) => {
    const { policies } = read({ policies: [policy(parts)] });
    return policies[0] ? describePolicy(policies[0].policy) : '';
  };
  expect(said({ match: { app: ['billing', 'crawler'], vendor: '!openai' } })).toBe(
    'Calls of billing or crawler to any except openai: refused.',
  );
  expect(said({ settings: { https: 'required', destinations: { private: 'deny' } } })).toBe(
    'Every call: only https, no private addresses.',
  );
});

test('the cases of a file are tried on the rule, whether it observes or enforces', () => {
  const file = {
    policies: [
      policy({ id: 'reads', mode: 'observe', match: { host: 'api.example.com' }, settings: { methods: ['GET'] } }),
    ],
    tests: [
      { name: 'writes', call: { url: 'https://api.example.com/x?y', method: 'post' }, expect: 'deny', by: 'reads' },
      { call: { host: 'api.example.com' }, expect: 'allow' },
      { name: 'wrong', call: { host: 'api.example.com' }, times: 3, expect: 'deny' },
    ],
  };
  const { set, tests } = read(file);
  if (!set) throw new Error(JSON.stringify(problems(file)));
  expect(
    runTests(
      set,
      tests.map(({ test: one }) => one),
      { now: around.now },
    ),
  ).toEqual([
    {
      name: 'writes',
      passed: true,
      expected: 'deny by reads',
      got: 'deny by reads',
      sentence: 'The policy reads allows only GET; this is a POST.',
    },
    {
      name: 'number 2',
      passed: true,
      expected: 'allow',
      got: 'allow',
      sentence: 'The policy reads has nothing against this call.',
    },
    {
      name: 'wrong',
      passed: false,
      expected: 'deny',
      got: 'allow',
      sentence: 'The policy reads has nothing against this call.',
    },
  ]);
});
