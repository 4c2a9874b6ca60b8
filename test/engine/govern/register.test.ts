// Rule: policies.yaml says what counts for calls. A mistake breaks nothing: it is told with line and column, and what was
// in order last counts on. Every text that counted is kept, with who changed it and why.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createPoliciesFace,
  readPoliciesOffline,
  type FilePolicies,
} from '../../../electron/engine/govern/register/register-face.ts';
import {
  openPolicyRegister,
  readPoliciesFile,
  type PolicyRegister,
} from '../../../electron/engine/govern/register/register.ts';
import type { PolicyVersionText } from '../../../electron/engine/store/policy-versions.ts';
import type { PolicySet } from '../../../shared/policies/governor.ts';

const DENY = `# ours
policies:
  # why
  - id: no-torrents   # see #42
    kind: access
    mode: observe
    match: { host: "*.torrent.example" }
    settings: { action: deny }
    owner: platform@example.com
`;

const made: string[] = [];
const open: PolicyRegister[] = [];
afterEach(async () => {
  for (const register of open.splice(0)) await register.close();
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A file, its register, and a shelf of versions as the store keeps them. */
function world(text?: string, shelf: PolicyVersionText[] = []) {
  const dir = mkdtempSync(join(tmpdir(), 'policies-reg-'));
  made.push(dir);
  const file = join(dir, 'policies.yaml');
  if (text !== undefined) writeFileSync(file, text);
  const lines: string[] = [];
  const sets: PolicySet[] = [];
  let clock = 1_000_000;
  function start(): { register: PolicyRegister; face: FilePolicies } {
    const newest = shelf.at(-1) ?? null;
    const register = openPolicyRegister({
      file,
      kept: { newest, changedAt: {} },
      addVersion: async (record) => void shelf.push(record),
      user: 'ada',
      now: () => (clock += 1),
      log: (line) => void lines.push(line),
      lookEveryMs: 5,
    });
    open.push(register);
    register.onPolicies((set) => void sets.push(set));
    const face = createPoliciesFace({ register, reader: readerOf(shelf), schema: join(dir, 'policies.schema.json') });
    return { register, face };
  }
  return { dir, file, shelf, lines, sets, start, ...start(), text: () => readFileSync(file, 'utf8') };
}

const readerOf = (shelf: PolicyVersionText[]) => ({
  policyVersions: async () => shelf.toReversed(),
  policyVersion: async (version: number) => shelf.find((one) => one.version === version) ?? null,
  hits: async () => new Map(),
});

const span = { since: 0, until: 1 };

describe('the file', () => {
  test('in order counts, and is the first version', async () => {
    const { register, face, shelf } = world(DENY);
    expect(register.now.set).toMatchObject({ version: 1, policies: [{ id: 'no-torrents', mode: 'observe' }] });
    expect(await face.get(span)).toMatchObject({
      text: DENY,
      version: 1,
      problems: [],
      policies: [
        {
          id: 'no-torrents',
          line: 4,
          endLine: 9,
          says: 'Calls to *.torrent.example: refused.',
          owner: 'platform@example.com',
          hits: { asked: 0 },
        },
      ],
    });
    await register.close();
    expect(shelf).toMatchObject([{ version: 1, author: 'somebody, in the file', reason: null, text: DENY, added: 9 }]);
  });

  test('that is not there says nothing, and is no version', async () => {
    const { register, shelf } = world();
    expect(register.now).toMatchObject({ version: 0, problems: [], policies: [] });
    await register.close();
    expect(shelf).toEqual([]);
  });

  test.each([
    ['written over', (file: string, text: string) => writeFileSync(file, text)],
    [
      'replaced, as editors do',
      (file: string, text: string) => {
        writeFileSync(`${file}~`, text);
        renameSync(`${file}~`, file);
      },
    ],
    [
      'removed and made again',
      (file: string, text: string) => {
        rmSync(file);
        writeFileSync(file, text);
      },
    ],
  ])('counts anew when it is %s', async (_, save) => {
    const { file, sets, shelf } = world(DENY);
    save(file, DENY.replace('observe', 'enforce'));
    await expect.poll(() => sets.at(-1)).toMatchObject({ version: 2, policies: [{ mode: 'enforce' }] });
    expect(shelf.at(-1)).toMatchObject({
      version: 2,
      added: 1,
      removed: 1,
      changes: ['no-torrents: observe → enforce'],
    });
  });

  test('with a mistake is told line by line, and the version before counts on, after a new start too', async () => {
    const { file, register, face, sets, lines, start, shelf } = world(DENY);
    writeFileSync(file, DENY.replace('mode: observe', 'mode: observ').replace('action: deny', 'acton: deny'));
    await expect.poll(() => register.now.problems.length).toBeGreaterThan(0);
    const told = await face.get(span);
    expect(told.version).toBe(1);
    expect(told.policies).toMatchObject([{ id: 'no-torrents', mode: 'observe' }]);
    expect(told.text).toContain('observ\n');
    expect(told.problems).toMatchObject(
      [
        { line: 6, column: 11, endLine: 6, endColumn: 17, severity: 'error', policy: 'no-torrents', says: /observe/ },
        { line: 8, column: 17, severity: 'error', policy: 'no-torrents', says: /action/ },
      ].map((one) => ({ ...one, says: expect.stringMatching(one.says) })),
    );
    expect(sets).toEqual([]);
    expect(lines.join('\n')).toContain(`${file}:6:11: `);
    const again = start();
    expect(again.register.now.set).toMatchObject({ version: 1, policies: [{ mode: 'observe' }] });
    writeFileSync(file, DENY);
    await expect.poll(() => again.register.now.problems).toEqual([]);
    expect(again.register.now.version).toBe(1);
    expect(shelf).toHaveLength(1);
  });

  test('that is gone is told, and what it said counts on; an empty one says there are none', async () => {
    const { file, register, sets, start } = world(DENY);
    rmSync(file);
    await expect.poll(() => register.now.problems).toMatchObject([{ says: expect.stringContaining('is gone') }]);
    expect(register.now.set.policies).toHaveLength(1);
    expect(start().register.now.set.policies).toHaveLength(1);
    writeFileSync(file, '');
    await expect.poll(() => sets.at(-1)).toMatchObject({ version: 2, policies: [] });
  });

  test('changed while no engine ran is a version at the next start', async () => {
    const { file, register, start, shelf } = world(DENY);
    await register.close();
    writeFileSync(file, `${DENY}otherwise: deny\n`);
    const { register: next } = start();
    expect(next.now.set).toMatchObject({ version: 2, otherwise: 'deny' });
    await next.close();
    expect(shelf.map(({ version }) => version)).toEqual([1, 2]);
  });

  test('keeps its rights and its link', async () => {
    if (process.platform === 'win32') return;
    const { dir, file, face } = world();
    const kept = join(dir, 'kept.yaml');
    writeFileSync(kept, DENY);
    chmodSync(kept, 0o640);
    symlinkSync(kept, file);
    await face.change({ id: 'no-torrents', mode: 'enforce' });
    expect(readFileSync(kept, 'utf8')).toBe(DENY.replace('observe', 'enforce'));
    expect(statSync(kept).mode & 0o777).toBe(0o640);
  });
});

describe('changes', () => {
  test('of a mode leave the rest as it is, and say who and why', async () => {
    const { face, text, shelf } = world(DENY);
    expect(await face.change({ id: 'no-torrents', mode: 'enforce', base: 1, author: 'bob', reason: 'agreed' })).toEqual(
      {
        version: 2,
        problems: [],
      },
    );
    expect(text()).toBe(DENY.replace('observe', 'enforce'));
    expect(shelf.at(-1)).toMatchObject({ version: 2, author: 'bob', reason: 'agreed', about: ['no-torrents'] });
    expect((await face.get(span)).policies[0]?.changedAt).toBe(shelf.at(-1)?.at);
  });

  test('of somebody else are not written over: neither by base nor on disk', async () => {
    const { file, face, text } = world(DENY);
    await face.change({ id: 'no-torrents', mode: 'enforce', base: 1 });
    expect(await face.change({ id: 'no-torrents', mode: 'off', base: 1 })).toEqual({ problem: 'changed', version: 2 });
    expect(await face.apply({ text: '', base: 1 })).toEqual({ problem: 'changed', version: 2 });
    // Saved a moment ago, and not looked at yet.
    writeFileSync(file, `${text()}otherwise: deny\n`);
    expect(await face.apply({ text: '', base: 2 })).toEqual({ problem: 'changed', version: 3 });
    expect(text()).toContain('otherwise: deny');
  });

  test('that would be a mistake are not written', async () => {
    const { face, text, shelf } = world(DENY);
    expect(await face.apply({ text: `${DENY}otherwise: perhaps\n` })).toMatchObject({
      problem: 'bad-policies',
      problems: [{ line: 10, column: 12 }],
    });
    expect(await face.change({ id: 'x', text: 'id: x\nkind: nothing\n' })).toMatchObject({ problem: 'bad-policies' });
    expect(await face.change({ id: 'x', text: 'just words' })).toMatchObject({ problem: 'bad-policies' });
    expect(await face.change({ id: 'x', mode: 'off' })).toEqual({ problem: 'not-found' });
    expect(await face.change({ id: 'x', text: null })).toEqual({ problem: 'not-found' });
    expect(text()).toBe(DENY);
    expect(shelf).toHaveLength(1);
  });

  test('to a file with a mistake are refused; the whole file can be put right, and what was begun is kept', async () => {
    const { dir, file, face, text } = world(DENY);
    writeFileSync(file, 'policies: [\n# begun\n');
    expect(await face.change({ id: 'no-torrents', mode: 'off' })).toMatchObject({ problem: 'bad-policies' });
    expect(text()).toContain('# begun');
    expect(await face.apply({ text: DENY.replace('observe', 'off'), base: 1 })).toMatchObject({ version: 2 });
    expect(readFileSync(join(dir, 'policies.overwritten.yaml'), 'utf8')).toContain('# begun');
  });

  test('begin a file that names the schema for editors', async () => {
    const { face, text } = world();
    await face.change({ id: 'a', text: 'id: a\nkind: access\nmode: observe\nsettings: { action: deny }\n' });
    expect(text()).toMatch(/^# yaml-language-server: \$schema=policies\.schema\.json\n/);
    expect((await face.get(span)).policies).toMatchObject([{ id: 'a' }]);
  });

  test('add and take out policies and exceptions', async () => {
    const { face, text, shelf } = world(DENY);
    const owner = 'night@example.com';
    await face.except({
      policy: 'no-torrents',
      match: { app: 'mirror' },
      owner,
      expires: '2031-12-31',
      reason: 'until then',
    });
    expect(text()).toBe(
      `${DENY}\nexceptions:\n  - { policy: no-torrents, match: { app: mirror }, owner: night@example.com, reason: until then, expires: 2031-12-31 }\n`,
    );
    expect((await face.get(span)).policies).toMatchObject([{ exceptions: 1 }]);
    expect(shelf.at(-1)?.changes).toEqual([
      'no-torrents: an exception for app=mirror until 2031-12-31 (night@example.com)',
    ]);
    expect(await face.except({ policy: 'x', match: {}, owner, expires: '2031-12-31' })).toEqual({
      problem: 'not-found',
    });
    await face.change({ id: 'no-torrents', text: null });
    expect((await face.get(span)).policies).toEqual([]);
    expect(text()).toContain('# ours');
  });
});

test('versions tell what changed, and any can be restored to the byte', async () => {
  const { face, text, shelf } = world(DENY);
  await face.change({ id: 'no-torrents', mode: 'enforce', reason: 'agreed' });
  const { versions } = await face.versions();
  expect(versions.map(({ version, author, changes }) => [version, author, changes])).toEqual([
    [2, 'ada', ['no-torrents: observe → enforce']],
    [1, 'somebody, in the file', ['no-torrents: new, access, observe. Calls to *.torrent.example: refused.']],
  ]);
  expect(await face.version({ version: 2 })).toMatchObject({
    text: text(),
    diff: `--- version 1
+++ version 2
@@ -3,7 +3,7 @@
   # why
   - id: no-torrents   # see #42
     kind: access
-    mode: observe
+    mode: enforce
     match: { host: "*.torrent.example" }
     settings: { action: deny }
     owner: platform@example.com
`,
  });
  expect(await face.version({ version: 9 })).toEqual({ problem: 'not-found' });
  expect(await face.restore({ version: 1, author: 'bob' })).toEqual({ version: 3, problems: [] });
  expect(text()).toBe(DENY);
  expect(shelf.at(-1)).toMatchObject({ version: 3, author: 'bob', reason: 'Version 1 again', text: DENY });
  expect(await face.restore({ version: 9 })).toEqual({ problem: 'not-found' });
});

test('a version that cannot be kept counts all the same, and that is told', async () => {
  const { dir } = world();
  const file = join(dir, 'policies.yaml');
  writeFileSync(file, DENY);
  const lines: string[] = [];
  const register = openPolicyRegister({
    file,
    kept: { newest: null, changedAt: {} },
    addVersion: () => Promise.reject(new Error('the disk is full')),
    user: 'ada',
    now: () => 1,
    log: (line) => void lines.push(line),
  });
  expect(register.now.set).toMatchObject({ version: 1, policies: [{}] });
  await register.close();
  expect(lines.join()).toMatch(/counts, but is not kept.*the disk is full/);
});

test('without an engine a folder can be read and files be tried, and nothing is changed', async () => {
  const { file, register, shelf } = world(DENY);
  await register.close();
  const now = readPoliciesFile(file, { newest: shelf.at(-1) ?? null, changedAt: {} }, () => {});
  const face = readPoliciesOffline(now, readerOf(shelf));
  expect(await face.get(span)).toMatchObject({ version: 1, policies: [{ id: 'no-torrents' }] });
  expect(await face.check({ text: 'otherwise: perhaps' })).toMatchObject({ problems: [{ line: 1, column: 12 }] });
  expect(await face.versions()).toMatchObject({ versions: [{ version: 1 }] });
  expect(await face.change({ id: 'no-torrents', mode: 'off' })).toEqual({ problem: 'not-running' });
  expect(existsSync(join(file, '..', 'policies.schema.json'))).toBe(false);
});

test('checking tells what could be read beside what is wrong', async () => {
  const { face } = world();
  const { problems, policies } = await face.check({ text: `${DENY}  - id: b\n    kind: access\n    mode: on\n` });
  expect(problems).toMatchObject([{ line: 12, policy: 'b', severity: 'error' }]);
  expect(policies).toMatchObject([{ id: 'no-torrents' }]);
});

test('cases of a file are tried and nothing else happens', async () => {
  const { face, shelf } = world(DENY);
  const call = '{ app: x, url: "https://a.torrent.example/" }';
  const { tests } = (await face.test({
    text: `${DENY}tests:\n  - name: out\n    call: ${call}\n    expect: deny\n  - { call: ${call}, expect: allow }\n`,
  })) as Extract<Awaited<ReturnType<FilePolicies['test']>>, { tests: unknown }>;
  expect(tests).toMatchObject([
    { name: 'out', line: 11, passed: true },
    { line: 14, passed: false, expected: 'allow', got: expect.stringContaining('deny') },
  ]);
  expect(await face.test({})).toEqual({ tests: [] });
  expect(await face.test({ text: 'policies: 3' })).toMatchObject({ problem: 'bad-policies', problems: [{ line: 1 }] });
  expect(shelf).toHaveLength(1);
});
