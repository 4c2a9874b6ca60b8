// vendors.yaml: people write it and so do we; what people wrote stays, and a mistake in it breaks nothing.
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { assignHosts, changeVendor, correctEndpoint } from '../../../electron/engine/vendors/change-vendors.ts';
import { NEW_FOR, SAID_STATUSES, standingOf } from '../../../electron/engine/vendors/declared.ts';
import { editText } from '../../../electron/engine/vendors/edit-file.ts';
import { editorSchema } from '../../../electron/engine/vendors/file-schema.ts';
import { readVendorsText } from '../../../electron/engine/vendors/read-file.ts';
import { openVendorRegister, readVendors } from '../../../electron/engine/vendors/register.ts';
import type { VendorRegister } from '../../../electron/engine/vendors/register.ts';

let dataDir: string;
let log: string[];
let open: VendorRegister[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sallyport-vendors-'));
  log = [];
  open = [];
});
afterEach(() => {
  for (const register of open) register.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const path = (): string => join(dataDir, 'vendors.yaml');
const text = (): string => readFileSync(path(), 'utf8');
function start(): VendorRegister {
  const register = openVendorRegister({ dataDir, log: (line) => log.push(line), lookEveryMs: 20 });
  open.push(register);
  return register;
}
const vendorOf = (register: VendorRegister, id: string) => register.now.declared.vendors.find((one) => one.id === id);

/** As an editor that saves safely does it. */
function saveAs(wanted: string): void {
  writeFileSync(`${path()}.swp`, wanted);
  renameSync(`${path()}.swp`, path());
}

const BY_HAND = `# Vendors of the payments team

vendors:
  # our bank
  stripe: # since 2019
    status: approved # by the board
    approvedUntil: 2026-12-31 # renew!
    # who pays
    owner: 'pay: team'
    hosts:
      - a.example # first
      - b.example # second

  acme: {status: blocked, hosts: [x.example]} # inline

# what the learner got wrong
endpoints:
  x.example:
    merge: ['/v1/sites/{site}'] # sites have names
# the end
`;
const comments = (of: string): string[] => [...of.matchAll(/#\s*(.*?)\s*$/gm)].map(([, comment]) => comment!);

describe('our edits', () => {
  test('keep every comment and the order of what people wrote', () => {
    writeFileSync(path(), BY_HAND);
    const register = start();
    expect(register.edit(() => changeVendor({ id: 'stripe', status: 'deprecated', owner: null }))).toEqual({
      changed: true,
    });
    register.edit((declared) => assignHosts(declared, { id: 'new.example', hosts: ['b.example', 'X.example.'] }));
    register.edit((declared) => correctEndpoint(declared, { host: 'x.example', template: '/me', keep: true }));
    expect(comments(text()).toSorted()).toEqual(comments(BY_HAND).toSorted());
    expect(vendorOf(register, 'stripe')).toMatchObject({
      status: 'deprecated',
      approvedUntil: null,
      owner: null,
      hosts: ['a.example'],
    });
    expect(vendorOf(register, 'acme')).toMatchObject({ status: 'blocked', hosts: [] });
    expect(vendorOf(register, 'new.example')?.hosts).toEqual(['b.example', 'x.example']);
    expect(register.now.declared.vendors.map(({ id }) => id)).toEqual(['stripe', 'acme', 'new.example']);
    expect(register.now.declared.endpoints).toEqual([
      { host: 'x.example', merge: ['/v1/sites/{site}'], keep: ['/me'] },
    ]);
  });

  const word = fc.stringMatching(/^[a-z]{1,6}$/);
  test('hold whatever is said, and leave the rest', () => {
    fc.assert(
      fc.property(
        fc.record({
          vendors: fc.uniqueArray(fc.record({ id: word, note: fc.string({ maxLength: 20 }), comment: word }), {
            selector: ({ id }) => id,
            minLength: 1,
            maxLength: 6,
          }),
          edits: fc.array(
            fc.record({
              id: word,
              status: fc.constantFrom('new' as const, ...SAID_STATUSES),
              note: fc.option(fc.string({ maxLength: 30 })),
              hosts: fc.array(word, { maxLength: 3, minLength: 1 }),
            }),
            { maxLength: 5 },
          ),
        }),
        ({ vendors, edits }) => {
          let now = `vendors:\n${vendors
            .map(
              ({ id, note, comment }) =>
                `  # c ${comment}\n  ${id}:\n    note: ${JSON.stringify(note)} # n ${comment}\n`,
            )
            .join('')}`;
          const before = readVendorsText(now);
          if ('problems' in before) throw new Error(JSON.stringify(before.problems));
          const said = comments(now.replaceAll(/note: .* # n/g, 'note: x # n')).length;
          for (const { id, status, note, hosts } of edits) {
            const one = changeVendor({ id, status, note });
            if ('problem' in one) throw new Error(one.why);
            now = editText(now, one);
            const declared = readVendorsText(now);
            if ('problems' in declared) throw new Error(JSON.stringify([declared.problems, now]));
            const two = assignHosts(declared.value, { id, hosts });
            if ('problem' in two) throw new Error(two.why);
            now = editText(now, two);
          }
          const after = readVendorsText(now);
          if ('problems' in after) throw new Error(JSON.stringify([after.problems, now]));
          for (const vendor of before.value.vendors) {
            const last = edits.findLast(({ id }) => id === vendor.id);
            const found = after.value.vendors.find(({ id }) => id === vendor.id);
            expect(found?.note ?? '').toBe((last ? last.note : vendor.note)?.trim() ?? '');
          }
          for (const { id, status } of edits.filter((edit) => edits.findLast((other) => other.id === edit.id) === edit))
            expect(after.value.vendors.find((one) => one.id === id)?.status).toBe(status === 'new' ? null : status);
          expect([...now.matchAll(/# ?[cn] [a-z]+$/gm)].length).toBeGreaterThanOrEqual(Math.min(said, vendors.length));
        },
      ),
    );
  });

  test('are for the owner alone, and follow a link to where the file is kept', () => {
    const kept = join(dataDir, 'dotfiles.yaml');
    writeFileSync(kept, 'vendors: {}\n');
    symlinkSync(kept, path());
    start().edit(() => changeVendor({ id: 'stripe', status: 'approved' }));
    expect(readFileSync(kept, 'utf8')).toContain('status: approved');
    expect(statSync(kept).mode & 0o777).toBe(0o600);
  });

  test('count at once, and begin a file that says what it is', () => {
    const register = start();
    const heard = vi.fn();
    register.onChanged(heard);
    register.edit(() => changeVendor({ id: 'stripe', status: 'approved', approvedBy: 'ana' }));
    expect(heard).toHaveBeenCalledOnce();
    expect(text()).toMatch(/^# yaml-language-server: \$schema=vendors\.schema\.json\n# .*docs\/vendors\.md/);
    expect(readVendorsText(text())).toHaveProperty('value');
    expect(JSON.parse(readFileSync(join(dataDir, 'vendors.schema.json'), 'utf8'))).toMatchObject({
      title: 'vendors.yaml',
    });
  });

  test('go on from what somebody saved meanwhile', () => {
    const register = start();
    register.edit(() => changeVendor({ id: 'stripe', status: 'approved' }));
    saveAs(`${text()}  twilio:\n    owner: ben # by hand\n`);
    register.edit(() => changeVendor({ id: 'stripe', owner: 'ana' }));
    expect(text()).toContain('owner: ben # by hand');
    expect(vendorOf(register, 'stripe')).toMatchObject({ status: 'approved', owner: 'ana' });
  });

  test('are refused in words for what cannot be', () => {
    const register = start();
    const refused = [
      changeVendor({ id: 'No Id', status: 'approved' }),
      changeVendor({ id: 'x', declaredCountry: 'de' }),
      assignHosts(register.now.declared, { id: 'x', hosts: ['https://x.example/'] }),
      assignHosts(register.now.declared, { id: 'x', hosts: ['*'] }),
      correctEndpoint(register.now.declared, { host: 'x.example', template: '/v1/sites', keep: false }),
      correctEndpoint(register.now.declared, { host: 'x.example', template: 'v1 {x}', keep: false }),
    ];
    for (const one of refused)
      expect(one).toMatchObject({ problem: 'bad', remedy: expect.stringMatching(/^(Say|Write)/) });
  });
});

describe('a mistake in the file', () => {
  test('is told with line and column and what to do, and what it said before counts on', async () => {
    const register = start();
    register.edit(() => changeVendor({ id: 'stripe', status: 'blocked' }));
    saveAs('vendors:\n  stripe:\n    statsu: approved\n');
    await vi.waitUntil(() => register.now.problems.length > 0);
    expect(register.now.problems).toEqual([
      { line: 3, column: 5, says: 'There is no “statsu” here. Did you mean “status”?' },
    ]);
    expect(vendorOf(register, 'stripe')?.status).toBe('blocked');
    expect(log.join('\n')).toMatch(/vendors\.yaml:3:5: .*\nWhat it said before counts on\./);
    // Nothing is written over what somebody is in the middle of.
    expect(register.edit(() => changeVendor({ id: 'x', status: 'approved' }))).toMatchObject({
      why: expect.stringMatching(/line 3, column 5/),
    });
    expect(text()).toContain('statsu');
    // After a new start, too, and for who only looks.
    expect(readVendors(dataDir, () => {}).declared.vendors).toMatchObject([{ id: 'stripe', status: 'blocked' }]);
    register.close();
    const again = start();
    expect([vendorOf(again, 'stripe')?.status, again.now.problems.length]).toEqual(['blocked', 1]);
    saveAs('vendors:\n  stripe:\n    status: approved\n');
    await vi.waitUntil(() => again.now.problems.length === 0);
    expect(vendorOf(again, 'stripe')?.status).toBe('approved');
  });

  test.each([
    ['vendors:\n  a: [\n', 3, 1, /no YAML/],
    ['vendors:\n  a: {}\n  a: {}\n', 3, 3, /unique/],
    ['vendors:\n  Stripe: {}\n', 2, 3, /lower-case/],
    ['vendors:\n  a:\n    status: new\n', 3, 13, /one of known, approved/],
    ['vendors:\n  a:\n    approvedUntil: 2026-02-31\n', 3, 20, /a day/],
    ['vendors:\n  a: {hosts: [x.example]}\n  b:\n    hosts:\n      - x.example\n', 5, 9, /under “a”, too/],
    ['endpoints:\n  x.example:\n    merge: [/a/b]\n', 3, 13, /Write \{name\}/],
    ['vendors: [1]\n', 1, 10, /map of vendors/],
    ['a: &a [*a, *a]\n', 1, 1, /no “a” here/],
  ])('%j is found where it is', (wrong, line, column, says) => {
    const read = readVendorsText(wrong);
    expect(read).toMatchObject({ problems: [{ line, column, says: expect.stringMatching(says) }] });
  });

  test('never throws, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (any) => {
        const read = readVendorsText(any);
        if ('problems' in read)
          for (const { line, column } of read.problems) expect(Math.min(line, column)).toBeGreaterThan(0);
      }),
    );
  });
});

test('a file saved by an editor counts without a new start, and so does its removal', async () => {
  const register = start();
  saveAs('vendors:\n  acme:\n    hosts: [api.acme.example]\n');
  await vi.waitUntil(() => vendorOf(register, 'acme') !== undefined);
  saveAs('# nothing\n');
  await vi.waitUntil(() => vendorOf(register, 'acme') === undefined);
  saveAs('vendors: {acme: {}}\n');
  await vi.waitUntil(() => vendorOf(register, 'acme') !== undefined);
  rmSync(path());
  await vi.waitUntil(() => vendorOf(register, 'acme') === undefined);
});

test('the schema for editors takes what we take', async () => {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { default: formats } = await import('ajv-formats');
  const { parse } = await import('yaml');
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const accepts = ajv.compile(JSON.parse(editorSchema()) as object);
  expect(accepts(parse(BY_HAND))).toBe(true);
  expect(accepts(parse('vendors: {a: {statsu: approved}}'))).toBe(false);
  expect(accepts(parse('vendors: {a: {status: new}}'))).toBe(false);
});

describe('what a vendor counts as', () => {
  const now = 1_795_000_000_000_000;
  const at = { now, today: '2026-11-23' };
  const said = (status: (typeof SAID_STATUSES)[number] | null, approvedUntil: string | null = null) => ({
    status,
    approvedUntil,
  });

  test('is new for 14 days, and then known, when nobody said anything', () => {
    expect(standingOf(null, now - NEW_FOR + 1, at).status).toBe('new');
    expect(standingOf(null, now - NEW_FOR, at).status).toBe('known');
    expect(standingOf(said(null), now, at).status).toBe('new');
    expect(standingOf(null, null, at).status).toBe('known');
  });

  test('is what people say, and an approval ends with its last day', () => {
    expect(standingOf(said('known'), now, at).status).toBe('known');
    expect(standingOf(said('approved', '2026-11-23'), now, at)).toEqual({ status: 'approved', expired: false });
    expect(standingOf(said('approved', '2026-11-22'), now, at)).toEqual({ status: 'known', expired: true });
    expect(standingOf(said('blocked', '2020-01-01'), now, at)).toEqual({ status: 'blocked', expired: false });
  });
});
