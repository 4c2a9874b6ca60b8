import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEnvironments } from '../../../electron/engine/replay/environments/environments-face.ts';
import { openVault } from '../../../electron/engine/replay/environments/vault.ts';
import { startReplayWorld, type ReplayWorld } from './replay-world.ts';

/** Values for `{{name}}`: plain ones in a file of people's own, secret ones where nobody reads them by accident. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-environments-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const SECRET = ['a', 'secret', 'of', 'a', 'test'].join('-');
const everything = (): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');

describe('the vault', () => {
  test('gives back what it was given, and its files say nothing of it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' }), { maxKeys: 5 }),
        (secrets) => {
          for (const [name, value] of Object.entries(secrets)) openVault(folder).write(name, value);
          for (const [name, value] of Object.entries(secrets)) expect(openVault(folder).read(name)).toBe(value);
        },
      ),
      { numRuns: 30 },
    );
    openVault(folder).write('token', SECRET);
    expect(everything()).not.toContain(SECRET);
    expect(statSync(join(folder, 'vault.key')).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'vault.json')).mode & 0o077).toBe(0);
  });

  test('a vault that was changed, or has lost its key, is said and left as it is', () => {
    openVault(folder).write('token', SECRET);
    const kept = readFileSync(join(folder, 'vault.json'), 'utf8');
    // One secret put in the place of another.
    writeFileSync(join(folder, 'vault.json'), kept.replace('"token"', '"other"'));
    expect(() => openVault(folder).read('other')).toThrow(/cannot be opened: the vault or its key was changed/);
    writeFileSync(join(folder, 'vault.json'), kept);
    rmSync(join(folder, 'vault.key'));
    expect(() => openVault(folder).read('token')).toThrow(/Without it its secrets are lost/);
    expect(() => openVault(folder).write('more', 'x')).toThrow(/Without it its secrets are lost/);
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toBe(kept);
    writeFileSync(join(folder, 'vault.json'), 'no JSON');
    expect(() => openVault(folder).write('more', 'x')).toThrow(/is no vault of ours/);
    expect(readFileSync(join(folder, 'vault.json'), 'utf8')).toBe('no JSON');
  });
});

describe('environments', () => {
  test('are set, listed without secrets, and taken away; comments stay', async () => {
    const { face, variables } = createEnvironments(folder, true);
    writeFileSync(
      join(folder, 'environments.yaml'),
      '# ours\nenvironments:\n  staging:\n    variables:\n      base: https://a.example # agreed\n',
    );
    expect(await face.set({ environment: 'staging', key: 'token', value: SECRET, secret: true })).toEqual({
      done: true,
    });
    expect(await face.set({ environment: 'live', key: 'base', value: 'https://b.example' })).toEqual({ done: true });
    expect(await face.list()).toEqual({
      unreadable: null,
      credentials: [],
      environments: [
        {
          name: 'staging',
          variables: { base: 'https://a.example' },
          secrets: [{ name: 'token', isSet: true }],
          production: [],
        },
        { name: 'live', variables: { base: 'https://b.example' }, secrets: [], production: [] },
      ],
    });
    expect(everything()).toContain('# agreed');
    expect(everything()).not.toContain(SECRET);
    const read = variables('staging');
    expect('values' in read && Object.fromEntries(read.values)).toEqual({ base: 'https://a.example', token: SECRET });
    // A secret that becomes plain is one no more, and the other way round.
    await face.set({ environment: 'staging', key: 'token', value: 'plain' });
    expect((await face.list()).environments[0]).toMatchObject({ variables: { token: 'plain' }, secrets: [] });
    await face.unset({ environment: 'staging' });
    expect((await face.list()).environments.map(({ name }) => name)).toEqual(['live']);
  });

  test('a secret may come first, in whatever state the file is', async () => {
    for (const text of [
      null,
      '',
      'environments: {}\n',
      'environments:\n  other: { variables: { a: "1" } }\n',
      'environments:\n  staging: {}\n',
    ]) {
      if (text !== null) writeFileSync(join(folder, 'environments.yaml'), text);
      const { face } = createEnvironments(folder, true);
      expect(
        await face.set({ environment: 'staging', key: 'token', value: SECRET, secret: true }),
        String(text),
      ).toEqual({ done: true });
      expect(await face.unset({ environment: 'staging', key: 'token' })).toEqual({ done: true });
      expect(await face.unset({ environment: 'staging' })).toEqual({ done: true });
      rmSync(join(folder, 'environments.yaml'));
    }
  });

  test('what is refused has taken nothing away', async () => {
    const { face } = createEnvironments(folder, true);
    await face.set({ environment: 'staging', key: 'token', value: SECRET, secret: true });
    const good = readFileSync(join(folder, 'environments.yaml'), 'utf8');
    writeFileSync(join(folder, 'environments.yaml'), 'environments: [');
    expect(await face.set({ environment: 'staging', key: 'token', value: 'plain' })).toMatchObject({
      problem: 'cannot-do',
    });
    writeFileSync(join(folder, 'environments.yaml'), good);
    expect((await face.list()).environments[0]?.secrets).toEqual([{ name: 'token', isSet: true }]);
  });

  test('one that is not there is told with what there is; a file with a mistake with its place', async () => {
    const { face, variables } = createEnvironments(folder, true);
    await face.set({ environment: 'staging', key: 'a', value: '1' });
    expect(variables('stagin')).toEqual({ says: 'There is no environment “stagin”; did you mean “staging”?' });
    writeFileSync(join(folder, 'environments.yaml'), 'environments:\n  staging: { variabels: {} }\n');
    expect(variables('staging')).toEqual({ says: expect.stringMatching(/environments\.yaml:2:\d+: /) });
    const before = everything();
    expect(await face.set({ environment: 'staging', key: 'a', value: '1' })).toMatchObject({ problem: 'cannot-do' });
    expect(everything()).toBe(before);
  });
});

describe('sending with them', () => {
  let world: ReplayWorld;
  beforeAll(async () => {
    world = await startReplayWorld();
    const { environments } = world.engine.engine;
    await environments.set({ environment: 'staging', key: 'base', value: `http://${world.origin.authority}` });
    await environments.set({ environment: 'staging', key: 'token', value: SECRET, secret: true });
    await environments.credential({ name: 'shop', value: { kind: 'bearer', token: SECRET } });
  });
  afterAll(() => world.stop());
  const send = async (change: Parameters<ReplayWorld['madeUp']>[2], environment: string | null = 'staging') => {
    const moments = [];
    const draft = world.madeUp('{{base}}/x', { kind: 'none' }, change);
    for await (const moment of world.engine.engine.replay.send({ draft, environment, confirmed: true }))
      moments.push(moment);
    return moments;
  };

  test('variables, secrets and stored credentials arrive, and no row holds a secret', async () => {
    await send({ auth: { kind: 'bearer', token: '{{token}}' } });
    expect(world.came.at(-1)?.headers).toContainEqual(['Authorization', `Bearer ${SECRET}`]);
    await send({ auth: { kind: 'stored', name: 'shop' } });
    expect(world.came.at(-1)?.headers).toContainEqual(['Authorization', `Bearer ${SECRET}`]);
    for (const { id } of await world.engine.calls())
      expect(JSON.stringify(await world.engine.call(id))).not.toContain(SECRET);
  });

  test('a secret is not sent where it would be recorded in the clear', async () => {
    const count = world.came.length;
    const places: [Parameters<typeof send>[0], string][] = [
      [{ headers: [{ name: 'X-Note', value: 'it is {{token}}', off: false }] }, 'header:X-Note'],
      [{ url: '{{base}}/x?note={{token}}' }, 'url'],
      [{ body: { kind: 'text', text: '{"note": "{{token}}"}' } }, 'body'],
    ];
    for (const [change, place] of places)
      expect(await send(change), place).toMatchObject([
        { problem: 'cannot-send', problems: [{ place, says: expect.stringContaining('recorded in the clear') }] },
      ]);
    expect(world.came.length).toBe(count);
    await send({ body: { kind: 'text', text: '{"password": "{{token}}"}' } });
    expect(world.came.at(-1)?.body.toString()).toBe(`{"password": "${SECRET}"}`);
  });

  test('an environment that is not there sends nothing', async () => {
    expect(await send({}, 'nowhere')).toMatchObject([{ problem: 'cannot-send', problems: [{ place: 'environment' }] }]);
  });
});
