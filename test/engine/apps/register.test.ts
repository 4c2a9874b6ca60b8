// apps.json: who has which secret, kept so that the file gives none away, survives crashes and hands, and is read back.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { declareApp, mergeApps, renameApp } from '../../../electron/engine/apps/entries.ts';
import { openRegister, type Issued, type Register } from '../../../electron/engine/apps/register.ts';

const SECOND = 1_000_000;
let dataDir: string;
let now: number;
let log: string[];
let open: Register[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sallyport-apps-'));
  now = 1_795_000_000 * SECOND;
  log = [];
  open = [];
});
afterEach(() => {
  for (const register of open) register.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const path = (): string => join(dataDir, 'apps.json');
const text = (): string => readFileSync(path(), 'utf8');

function start(): Register {
  const register = openRegister({ dataDir, now: () => now, log: (line) => log.push(line) });
  open.push(register);
  return register;
}

function issued(result: ReturnType<Register['addCredential']>): Issued {
  if ('problem' in result) throw new Error(JSON.stringify(result));
  return result;
}

describe('a secret', () => {
  test('proves its app, and none other, after a restart too', () => {
    const { secret } = issued(start().addCredential('billing'));
    expect(secret).toMatch(/^sp_[\w-]{43}$/);
    const again = start();
    expect(again.prove('billing', secret)).toMatchObject({ ended: null });
    expect(again.prove('billing', `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)).toBe('wrong');
    expect(again.prove('billing', '')).toBe('wrong');
    expect(again.prove('shop', secret)).toBe('wrong');
    expect(again.prove(null, secret)).toBe('wrong');
  });

  test('is never in the file, whatever is done with it', () => {
    const register = start();
    const first = issued(register.addCredential('billing'));
    const second = issued(register.rotateCredential('billing', first.credential.id, 60));
    register.revokeCredential('billing', second.credential.id);
    for (const { secret } of [first, second]) {
      const bare = secret.slice('sp_'.length);
      for (const form of [
        bare,
        Buffer.from(secret).toString('base64').slice(4, -4),
        Buffer.from(secret).toString('hex'),
      ])
        expect(text()).not.toContain(form);
    }
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test('proves every name that is shown as its app', () => {
    const register = start();
    const { secret } = issued(register.addCredential('billing'));
    register.edit((entries) => renameApp(entries, 'billing', 'Billing', (name) => name === 'billing'));
    register.edit((entries) => mergeApps(entries, 'Billing', ['cron'], (name) => name === 'cron'));
    for (const name of ['billing', 'Billing', 'cron'])
      expect(register.prove(name, secret)).toMatchObject({ ended: null });
    expect(register.isProtected('cron')).toBe(true);
  });

  test('that was rotated works on for its grace, and then no more: connections that came in by it are cut', () => {
    vi.useFakeTimers();
    try {
      const register = start();
      const old = issued(register.addCredential('billing'));
      const pass = register.prove('billing', old.secret);
      if (typeof pass === 'string') throw new Error(pass);
      const cut = vi.fn();
      pass.holders.set({}, cut);
      const fresh = issued(register.rotateCredential('billing', old.credential.id, 3600));
      expect(register.prove('billing', old.secret)).toBe(pass);
      const { version } = register;
      now += 3600 * SECOND;
      vi.advanceTimersByTime(3_600_001);
      expect(cut).toHaveBeenCalledOnce();
      expect(pass.ended).toMatchObject({ kind: 'identity-required' });
      expect(register.version).toBeGreaterThan(version);
      expect(register.prove('billing', old.secret)).toBe('ended');
      expect(register.prove('billing', fresh.secret)).toMatchObject({ ended: null });
    } finally {
      vi.useRealTimers();
    }
  });

  test('that is revoked is refused at once, and its name counts by itself again when it was the last', () => {
    const register = start();
    const { secret, credential } = issued(register.addCredential('billing'));
    const pass = register.prove('billing', secret);
    expect(register.isProtected('billing')).toBe(true);
    expect(register.revokeCredential('billing', credential.id)).toEqual({ revoked: true });
    expect(pass).toMatchObject({ ended: { kind: 'identity-required' } });
    expect(register.prove('billing', secret)).toBe('ended');
    expect(register.revokeCredential('billing', credential.id)).toEqual({ revoked: false });
    expect(register.isProtected('billing')).toBe(false);
    expect(start().prove('billing', secret)).toBe('ended');
  });

  test('is not issued without end', () => {
    const register = start();
    for (let i = 0; i < 50; i++) issued(register.addCredential('billing'));
    expect(register.addCredential('billing')).toMatchObject({
      problem: 'bad',
      remedy: expect.stringMatching(/Revoke/),
    });
  });

  test('when it was last used is known at once, and on disk when the engine stops', () => {
    const register = start();
    const { secret } = issued(register.addCredential('billing'));
    const pass = register.prove('billing', secret);
    if (typeof pass === 'string') throw new Error(pass);
    const before = text();
    pass.used = true;
    now += 5 * SECOND;
    expect(register.entries[0]?.credentials[0]?.lastUsedAt).toBe(now);
    expect(text()).toBe(before);
    register.close();
    expect(start().entries[0]?.credentials[0]?.lastUsedAt).toBe(now);
  });

  test('for a run ends with it; the engine’s own lasts', () => {
    const register = start();
    const { local } = register;
    const run = local.forRun();
    const { version } = register;
    expect(local.prove(run.secret)).toMatchObject({ ended: null });
    run.end();
    expect(local.prove(run.secret)).toBeNull();
    expect(register.version).toBeGreaterThan(version);
    expect(local.prove(local.forEngine)).toMatchObject({ ended: null });
    expect(existsSync(path())).toBe(false);
  });
});

describe('the file', () => {
  const own = (register: Register, name: string) =>
    register.edit((entries) => declareApp(entries, name, { owner: 'ana' }));

  test.each([
    ['no JSON', '{"version": 1, "apps": ['],
    ['another shape', '{"apps": 5}'],
    ['one name twice', JSON.stringify({ version: 1, apps: ['a', 'b'].map((name) => ({ name, names: [name, 'x'] })) })],
    [
      'a circle',
      JSON.stringify({
        version: 1,
        apps: [
          { name: 'a', names: ['a'], into: 'b' },
          { name: 'b', names: ['b'], into: 'a' },
        ],
      }),
    ],
    [
      'a secret in the clear',
      JSON.stringify({ version: 1, apps: [{ name: 'a', names: ['a'], credentials: [{ id: 'x', secret: 'y' }] }] }),
    ],
    ['a name that cannot be', JSON.stringify({ version: 1, apps: [{ name: 'a:b', names: ['a:b'] }] })],
  ])('with %s is kept aside and told of, and the register begins anew', (_what, damaged) => {
    writeFileSync(path(), damaged);
    const register = start();
    expect(register.entries).toEqual([]);
    const [aside] = readdirSync(dataDir);
    expect(aside).toMatch(/^apps\.json\..*\.invalid$/);
    expect(readFileSync(join(dataDir, aside ?? ''), 'utf8')).toBe(damaged);
    expect(log.join('\n')).toMatch(/apps\.json cannot be used and was moved to .*\.invalid/);
    expect(own(register, 'billing')).toEqual({ name: 'billing' });
  });

  test('that cannot be read is left alone, and nothing is changed', () => {
    // As good as one without the right to read it, and so for root, too.
    mkdirSync(path());
    const register = start();
    expect(own(register, 'billing')).toMatchObject({ problem: 'bad', why: expect.stringMatching(/cannot be read/) });
    expect(readdirSync(dataDir)).toEqual(['apps.json']);
  });

  test('that cannot be written says so, and nothing counts that is not on disk', () => {
    const register = start();
    own(register, 'billing');
    rmSync(dataDir, { recursive: true });
    expect(own(register, 'shop')).toMatchObject({ problem: 'bad', why: expect.stringMatching(/could not be written/) });
    expect(register.entries.map(({ name }) => name)).toEqual(['billing']);
  });

  test('that somebody edits meanwhile keeps what they wrote', () => {
    const register = start();
    own(register, 'billing');
    writeFileSync(path(), text().replace('"ana"', '"ben"'));
    own(register, 'shop');
    expect(register.entries.map(({ name, owner }) => [name, owner])).toEqual([
      ['billing', 'ben'],
      ['shop', 'ana'],
    ]);
    expect(start().entries).toEqual(register.entries);
  });

  test('holds nothing of an app of which nothing is said any more', () => {
    const register = start();
    own(register, 'billing');
    register.edit((entries) => declareApp(entries, 'billing', { owner: null }));
    expect(JSON.parse(text())).toEqual({ version: 1, apps: [] });
  });
});
