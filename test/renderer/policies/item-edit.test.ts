import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyChanges, readItem, setInItem } from '../../../renderer/views/policies/editor/item-edit.ts';
import { appendItem, findItems, itemAt } from '../../../renderer/views/policies/editor/policy-items.ts';

const FILE = `# Who may call what.
zone: Europe/Vienna
policies:
  # The vendor asks for patience.
  - id: three-a-minute   # agreed with platform
    kind: limit
    mode: observe
    match: { vendor: openai, app: billing } # only billing
    settings:
      algorithm: fixed-window
      limit: 3 # a minute
      window: 1m
      per:
        - app # each its own
        - tag.tenant
      action: reject
    owner: platform@example.com

  - id: "no-metadata"
    kind: access
    mode: enforce
    settings: { action: deny }
    # to be looked at in spring
tests:
  - { name: fourth, expect: deny }
`;

const sliceOf = (file: string, index: number): string => {
  const item = findItems(file)[index];
  return item ? file.slice(item.from, item.to) : '';
};
function change(path: string[], value: unknown, index = 0): string {
  const slice = sliceOf(FILE, index);
  const changes = setInItem(slice, path, value);
  if (!changes) throw new Error('cannot be written');
  return applyChanges(slice, changes);
}
const commentsOf = (text: string): string[] => text.match(/#.*/g) ?? [];

it('finds each policy of a file by its lines, and nothing of what stands around them', () => {
  const items = findItems(FILE);
  expect(items.map(({ id, line, endLine }) => [id, line, endLine])).toEqual([
    ['three-a-minute', 5, 17],
    ['no-metadata', 19, 23],
  ]);
  expect(itemAt(items, FILE.indexOf('fixed-window'))?.id).toBe('three-a-minute');
  expect(itemAt(items, FILE.indexOf('name: fourth'))).toBeNull();
  expect(findItems('policies:\n- id: a\n  kind: limit\n- id: b\ntests: []\n').map(({ id }) => id)).toEqual(['a', 'b']);
  expect(findItems('policies:\n  - kind: limit\n    valid: 3\n    id: last\n').map(({ id }) => id)).toEqual(['last']);
});

it('changes one value and leaves every other letter as it was', () => {
  expect(change(['mode'], 'enforce')).toBe(sliceOf(FILE, 0).replace('observe', 'enforce'));
  expect(change(['settings', 'limit'], 60)).toBe(sliceOf(FILE, 0).replace('limit: 3 #', 'limit: 60 #'));
  expect(change(['match', 'app'], ['billing', 'nightly'])).toContain(
    'match: { vendor: openai, app: [ billing, nightly ] } # only billing',
  );
  expect(change(['settings', 'per'], ['app', 'vendor'])).toContain(
    '      per:\n        - app # each its own\n        - vendor\n      action',
  );
});

it('adds a key where people would write it, and takes away what is not said any more', () => {
  expect(change(['reason'], 'their limit')).toMatch(/owner: platform@example.com\n {4}reason: their limit$/);
  expect(change(['when'], 'request.path.startsWith("/v1/")')).toContain(
    'app: billing } # only billing\n    when: request.path.startsWith("/v1/")\n    settings:',
  );
  expect(change(['settings', 'burst'], 2)).toContain('window: 1m\n      burst: 2\n      per:');
  expect(change(['match'], undefined)).not.toContain('match');
  expect(change(['match', 'vendor'], undefined)).toContain('match: { app: billing } # only billing');
  expect(change(['match', 'tag', 'tenant'], 'acme')).toContain('app: billing, tag: { tenant: acme } }');
  expect(change(['settings', 'action'], undefined, 1)).not.toContain('settings');
});

it('reads what was set, changes nothing else and keeps every comment, whatever is set where', () => {
  const paths = fc.constantFrom(
    ...[['mode'], ['owner'], ['expires'], ['when'], ['match', 'vendor'], ['match', 'host'], ['match', 'tag', 'team']],
    ...[
      ['settings', 'limit'],
      ['settings', 'maxWait'],
      ['settings', 'per'],
      ['settings', 'unit'],
    ],
  );
  const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' });
  const value = fc.oneof(text, fc.integer(), fc.array(text, { minLength: 1, maxLength: 3 }), fc.constant(undefined));
  fc.assert(
    fc.property(fc.array(fc.tuple(paths, value), { maxLength: 5 }), fc.integer({ min: 0, max: 1 }), (sets, index) => {
      let slice = sliceOf(FILE, index);
      const kept = commentsOf(slice).filter((one) => !/own|minute|billing/.test(one));
      for (const [path, to] of sets) {
        const changes = setInItem(slice, path, to);
        expect(changes).not.toBeNull();
        slice = applyChanges(slice, changes ?? []);
        let there: unknown = readItem(slice);
        for (const key of path) there = (there as Record<string, unknown> | undefined)?.[key];
        expect(there).toEqual(to);
      }
      expect(slice).toEqual(expect.stringContaining(kept.join('')));
      const file = FILE.replace(sliceOf(FILE, index), () => slice);
      expect(findItems(file).map(({ id }) => id)).toEqual(['three-a-minute', 'no-metadata']);
    }),
    { numRuns: 300, interruptAfterTimeLimit: 8000 },
  );
});

it('puts a new policy at the end of the list, in a file that has none and in an empty one', () => {
  const item = '- id: new\n  kind: limit\n';
  const { text, from } = appendItem(FILE, item);
  expect(text.slice(from)).toMatch(/^ {2}- id: new\n {4}kind: limit/);
  expect(findItems(text).map(({ id }) => id)).toEqual(['three-a-minute', 'no-metadata', 'new']);
  expect(text).toContain('tests:\n  - { name: fourth');
  for (const start of ['', 'policies: []\n', '# nothing yet\npolicies:\n', 'otherwise: deny'])
    expect(findItems(appendItem(start, item).text).map(({ id }) => id)).toEqual(['new']);
});
