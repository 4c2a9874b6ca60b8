// Rule: our edits of a policy file are cuts. What people wrote stays byte for byte: comments, order, spaces, quotes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  addException,
  bodyOf,
  putPolicy,
  removePolicy,
  setMode,
} from '../../../electron/engine/govern/register/edit-policies.ts';

const FILE = `# yaml-language-server: $schema=policies.schema.json
zone: Europe/Vienna     # ours

policies:
  # Everybody's
  - id: three-a-minute   # see #42
    kind: limit
    mode: observe        # until Friday
    match: { vendor: openai,   app: "billing" }
    settings:
      algorithm: fixed-window
      limit: 3           # was 5
    # on purpose
    owner: platform@example.com

  # The nightly job
  - { id: night, kind: access, settings: { action: deny } }   # short

# Who may
exceptions:
  - { policy: night, match: { app: nightly }, owner: me, expires: 2026-12-31 } # for now
tests: []
`;

describe('the mode of a policy', () => {
  test('is changed where it stands, and back to the same bytes', () => {
    const enforced = setMode(FILE, 'three-a-minute', 'enforce')!;
    expect(enforced).toBe(FILE.replace('mode: observe  ', 'mode: enforce  '));
    expect(setMode(enforced, 'three-a-minute', 'observe')).toBe(FILE);
  });

  test('is written where there was none, in the same manner as the rest', () => {
    expect(setMode(FILE, 'night', 'off')).toBe(FILE.replace('kind: access,', 'kind: access, mode: off,'));
    const block = FILE.replace('    mode: observe        # until Friday\n', '');
    expect(setMode(block, 'three-a-minute', 'off')).toBe(
      FILE.replace('    mode: observe        # until Friday', '    mode: off'),
    );
  });

  test('of a policy that is not there is not written', () => {
    expect(setMode(FILE, 'other', 'off')).toBeNull();
  });

  test('given by an alias or by nothing is said by itself from then on', () => {
    const text = 'policies:\n  - id: a\n    mode: &m observe\n  # b\n  - id: b\n    mode: *m\n  - id: c\n    mode:\n';
    expect(parse(setMode(text, 'b', 'enforce')!)).toMatchObject({ policies: [{}, { id: 'b', mode: 'enforce' }, {}] });
    expect(setMode(text, 'b', 'enforce')).toContain('# b');
    expect(parse(setMode(text, 'c', 'enforce')!)).toMatchObject({ policies: [{}, {}, { id: 'c', mode: 'enforce' }] });
  });
});

describe('one policy', () => {
  test('is put in the place of the one before; comments around it stay', () => {
    const put = putPolicy(FILE, 'three-a-minute', 'id: three-a-minute\nkind: limit\n# new\nsettings:\n  limit: 9\n')!;
    expect(put).toBe(
      FILE.replace(
        /three-a-minute {3}[\s\S]*owner: platform@example.com\n/,
        'three-a-minute\n    kind: limit\n    # new\n    settings:\n      limit: 9\n',
      ),
    );
    expect(put).toContain("  # Everybody's\n");
    expect(put).toContain('  # The nightly job\n');
  });

  test.each([
    ['the mapping', 'id: new\nkind: access\nsettings:\n  action: deny\n'],
    ['an item', '- id: new\n  kind: access\n  settings:\n    action: deny\n'],
    ['an indented item', '  - id: new\n    kind: access\n    settings:\n      action: deny\n'],
    ['a file with one', '# mine\npolicies:\n  - id: new\n    kind: access\n    settings:\n      action: deny\n'],
    ['with other ends of lines', 'id: new\r\nkind: access\r\nsettings:\r\n  action: deny\r\n'],
  ])('given as %s is added after the last', (_, text) => {
    const added = '# short\n  - id: new\n    kind: access\n    settings:\n      action: deny\n\n# Who';
    expect(putPolicy(FILE, 'new', text)).toBe(FILE.replace('# short\n\n# Who', added));
  });

  test.each([
    ['nothing', '', 'policies:\n  - id: a\n    kind: access\n'],
    ['a comment', '# mine\n', '# mine\n\npolicies:\n  - id: a\n    kind: access\n'],
    ['no list', 'zone: UTC', 'zone: UTC\n\npolicies:\n  - id: a\n    kind: access\n'],
    ['an empty key', 'policies: # ours\ntests: []\n', 'policies: # ours\n  - id: a\n    kind: access\ntests: []\n'],
    ['an empty list', 'policies: [] # ours\n', 'policies: # ours\n  - id: a\n    kind: access\n'],
    ['a list in one line', 'policies: [{ id: z }]\n', 'policies: [{ id: z }, { id: a, kind: access }]\n'],
    ['a list without indent', 'policies:\n- id: z\n', 'policies:\n- id: z\n- id: a\n  kind: access\n'],
    ['Windows lines', 'policies:\r\n  - id: z\r\n', 'policies:\r\n  - id: z\r\n  - id: a\r\n    kind: access\r\n'],
    ['an end without a line', 'policies:\n  - id: z', 'policies:\n  - id: z\n  - id: a\n    kind: access'],
  ])('is added to a file with %s', (_, before, after) => {
    expect(putPolicy(before, 'a', 'id: a\nkind: access\n')).toBe(after);
  });

  test('that is none is not written', () => {
    expect(bodyOf('- id: a\n- id: b\n')).toBeNull();
    expect(bodyOf('just words')).toBeNull();
    expect(bodyOf('id: [')).toBeNull();
  });

  test('is taken out with the exceptions from it; other comments stay', () => {
    expect(removePolicy(FILE, 'night')).toBe(
      FILE.replace(/ {2}- \{ id: night.*\n/, '').replace(/exceptions:\n.*\n/, 'exceptions: []\n'),
    );
    expect(removePolicy(FILE, 'other')).toBeNull();
  });
});

test('an exception is added after the last, or begins the list', () => {
  const exception = { policy: 'three-a-minute', match: { app: 'x' }, owner: 'me', expires: '2027-01-01' };
  const line = '  - { policy: three-a-minute, match: { app: x }, owner: me, expires: 2027-01-01 }\n';
  expect(addException(FILE, exception)).toBe(FILE.replace('# for now\n', `# for now\n${line}`));
  expect(addException('policies: []\n', exception)).toBe(`policies: []\n\nexceptions:\n${line}`);
});

test('whatever the file looks like, edits do what they should, and undone they leave the same bytes', () => {
  const id = fc.stringMatching(/^[a-z]{1,5}$/);
  const comment = fc.option(
    fc.stringMatching(/^[a-z ]{1,8}$/).map((text) => `# ${text}`),
    { nil: '' },
  );
  const policy = fc.record({
    id,
    above: comment,
    beside: comment,
    below: comment,
    flow: fc.boolean(),
    mode: fc.constantFrom('off', 'observe', 'enforce', '"enforce"'),
    blank: fc.boolean(),
    when: fc.boolean(),
  });
  const file = fc.record({
    policies: fc.uniqueArray(policy, { selector: (one) => one.id, minLength: 1, maxLength: 5 }),
    indent: fc.constantFrom('', '  ', '    '),
    eol: fc.constantFrom('\n', '\r\n'),
    tail: fc.constantFrom('', 'tests: []\n', '# the end\n', 'exceptions: []\n'),
  });
  fc.assert(
    fc.property(file, fc.nat(), id, (given, pick, other) => {
      const { policies, indent, eol, tail } = given;
      const beside = (text: string): string => (text === '' ? '' : ` ${text}`);
      const lines = policies.flatMap((one) => [
        ...(one.above === '' ? [] : [`${indent}${one.above}`]),
        ...(one.flow
          ? [`${indent}- { id: ${one.id},  kind: limit, mode: ${one.mode} }${beside(one.beside)}`]
          : [
              `${indent}- id: ${one.id}`,
              `${indent}  mode: ${one.mode}${beside(one.beside)}`,
              ...(one.when ? [`${indent}  when: |`, `${indent}    a &&`, `${indent}    b`] : []),
            ]),
        ...(one.below === '' ? [] : [`${indent}${one.below}`]),
        ...(one.blank ? [''] : []),
      ]);
      const text = ['policies:', ...lines, ...tail.split('\n')].join(eol);
      const one = policies[pick % policies.length]!;
      const quoted = one.mode.startsWith('"');

      const off = setMode(text, one.id, 'off')!;
      expect(parse(off).policies.find((item: { id: string }) => item.id === one.id).mode).toBe('off');
      if (!quoted) expect(setMode(off, one.id, one.mode as 'off')).toBe(text);

      const added = putPolicy(text, `new-${other}`, `id: new-${other}\nkind: access\n`)!;
      expect(parse(added).policies).toHaveLength(policies.length + 1);
      expect(removePolicy(added, `new-${other}`)).toBe(text);

      const removed = removePolicy(text, one.id)!;
      expect(parse(removed).policies).toHaveLength(policies.length - 1);
      for (const { id: kept, above, below } of policies.filter(({ id: name }) => name !== one.id)) {
        expect(removed).toContain(kept);
        expect(removed).toContain(above);
        expect(removed).toContain(below);
      }
    }),
    { numRuns: 200, interruptAfterTimeLimit: 8000 },
  );
});
