import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCollections } from '../../../electron/engine/replay/collections/collections-face.ts';
import { readRequest, writeRequest } from '../../../electron/engine/replay/collections/request-file.ts';
import { USUAL_SETTINGS, type Draft, type DraftBody } from '../../../shared/model/replay.ts';
import { createRedactor } from '../../../shared/redaction/redactor.ts';

/** Requests as files of people's own: read back as they were, without secrets, inside of their folder. */

const redact = createRedactor({ fingerprint: () => '0a1b2c3d' });
const draft = (change: Partial<Draft> = {}): Draft => ({
  id: 'x',
  name: null,
  origin: null,
  method: 'POST',
  url: 'https://api.example.com/v1/charges?expand=customer',
  headers: [{ name: 'Content-Type', value: 'application/json', off: false }],
  body: { kind: 'text', text: '{"amount": 1}\n' },
  auth: { kind: 'bearer', token: '{{token}}' },
  settings: USUAL_SETTINGS,
  ...change,
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-requests-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const collections = () => createCollections({ folder: () => join(folder, 'requests'), redact });

test('a request is saved, listed, read back and deleted', async () => {
  const saved = await collections().save({
    name: 'billing/charge a card',
    draft: draft(),
    assertions: ['status == 200'],
    extract: { id: '$.id' },
  });
  expect(saved).toEqual({ path: join(folder, 'requests', 'billing', 'charge a card.request.yaml') });
  expect(await collections().list()).toMatchObject({
    requests: [{ name: 'billing/charge a card', method: 'POST', url: draft().url, problem: null }],
  });
  expect(await collections().read({ name: 'billing/charge a card' })).toEqual({
    draft: { ...draft(), id: expect.any(String) },
    assertions: ['status == 200'],
    extract: { id: '$.id' },
  });
  expect(await collections().remove({ name: 'billing/charge a card' })).toEqual({ removed: true });
  expect(await collections().read({ name: 'billing/charge a card' })).toMatchObject({ problem: 'request-not-found' });
});

test('one that is there is not written over by accident', async () => {
  await collections().save({ name: 'a', draft: draft() });
  expect(await collections().save({ name: 'a', draft: draft({ method: 'PUT' }) })).toMatchObject({
    problem: 'cannot-do',
    why: expect.stringContaining('already'),
  });
  expect(await collections().save({ name: 'a', draft: draft({ method: 'PUT' }), over: true })).toHaveProperty('path');
  expect(readFileSync(join(folder, 'requests', 'a.request.yaml'), 'utf8')).toContain('method: PUT');
});

describe('secrets', () => {
  const secret = ['sk', 'live', 'a1B2c3D4e5F6g7H8'].join('_');
  test.each<[string, Partial<Draft>]>([
    ['auth', { auth: { kind: 'bearer', token: secret } }],
    ['auth', { auth: { kind: 'basic', user: 'u', password: 'correct horse battery' } }],
    ['header:X-Api-Key', { headers: [{ name: 'X-Api-Key', value: secret, off: false }], auth: { kind: 'recorded' } }],
    ['header:X-Note', { headers: [{ name: 'X-Note', value: secret, off: false }] }],
    ['url', { url: `https://a.example/?api_key=${secret}` }],
    ['body', { body: { kind: 'text', text: '{"password": "correct horse battery"}' } }],
    ['body', { body: { kind: 'form', fields: [{ name: 'client_secret', value: 'correct horse', off: false }] } }],
    [
      'body',
      { body: { kind: 'base64', base64: Buffer.from(`{"password":"correct horse battery"}`).toString('base64') } },
    ],
    [
      'header:Authorization',
      {
        headers: [{ name: 'Authorization', value: 'Bearer ***i9J0(0a1b2c3d)', off: true }],
        auth: { kind: 'recorded' },
      },
    ],
  ])('are not written down: %s', async (place, change) => {
    const saved = await collections().save({ name: 'a', draft: draft(change) });
    expect(saved).toMatchObject({
      problem: 'cannot-send',
      problems: [{ place, says: expect.stringContaining('Use a variable') }],
    });
    expect(existsSync(join(folder, 'requests', 'a.request.yaml'))).toBe(false);
  });

  test('variables in their places are what is wanted', async () => {
    const change: Partial<Draft> = {
      url: 'https://a.example/?api_key={{key}}',
      headers: [{ name: 'X-Api-Key', value: '{{key}}', off: false }],
      body: { kind: 'text', text: '{"password": "{{password}}"}' },
      auth: { kind: 'basic', user: 'u', password: '{{password}}' },
    };
    expect(await collections().save({ name: 'a', draft: draft(change) })).toHaveProperty('path');
  });
});

describe('nothing leads out of the folder', () => {
  test.each(['../a', 'a/../../b', '/etc/a', 'C:\\a', '.hidden', 'a/', '', 'nul', 'a\0b', 'a/b/c/d/e/f'])(
    '%j',
    async (name) => {
      expect(await collections().save({ name, draft: draft() })).toMatchObject({ problem: 'cannot-do' });
      expect(await collections().read({ name })).toMatchObject({ problem: 'request-not-found' });
      expect(await collections().remove({ name })).toMatchObject({ problem: 'request-not-found' });
    },
  );

  test('nor does a link in it', async () => {
    mkdirSync(join(folder, 'requests'));
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'requests', 'out'));
    expect(await collections().save({ name: 'out/a', draft: draft() })).toMatchObject({ problem: 'cannot-do' });
    expect(await collections().save({ name: 'out/sub/a', draft: draft() })).toMatchObject({ problem: 'cannot-do' });
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    const theirs = join(folder, 'elsewhere', 'b.request.yaml');
    writeFileSync(theirs, 'url: https://a.example/\n');
    expect(await collections().read({ name: 'out/b' })).toMatchObject({ problem: 'request-not-found' });
    expect(await collections().remove({ name: 'out/b' })).toMatchObject({ problem: 'request-not-found' });
    expect(existsSync(theirs)).toBe(true);
  });
});

test('a file with a mistake is listed with its place, and the others are as they were', async () => {
  await collections().save({ name: 'good', draft: draft() });
  writeFileSync(join(folder, 'requests', 'bad.request.yaml'), 'url: https://a.example/\nmethd: GET\n');
  expect(await collections().list()).toMatchObject({
    requests: [
      { name: 'bad', problem: 'Line 2, column 1: There is no “methd” here. Did you mean “method”?' },
      { name: 'good', problem: null },
    ],
  });
});

test('what is written is read as the same request, whatever it is', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const pair = fc.record({ name: text.filter((one) => one !== ''), value: text, off: fc.boolean() });
  const body: fc.Arbitrary<DraftBody> = fc.oneof(
    fc.constant<DraftBody>({ kind: 'none' }),
    fc.record({ kind: fc.constant('text' as const), text: fc.string({ unit: 'grapheme', maxLength: 200 }) }),
    fc.record({ kind: fc.constant('base64' as const), base64: fc.base64String() }),
    fc.record({ kind: fc.constant('form' as const), fields: fc.array(pair, { maxLength: 5 }) }),
    fc.record({ kind: fc.constant('graphql' as const), query: text, variables: text, operationName: fc.option(text) }),
    fc.record({ kind: fc.constant('file' as const), path: text }),
    fc.record({ kind: fc.constant('protobuf' as const), schema: text, type: text, json: text, framed: fc.boolean() }),
  );
  fc.assert(
    fc.property(
      fc.record({
        body,
        headers: fc.array(pair, { maxLength: 5 }),
        name: fc.option(text),
        url: text.filter((one) => one !== ''),
      }),
      fc.array(text, { maxLength: 3 }),
      fc.dictionary(
        text.filter((one) => one !== '' && one !== '__proto__'),
        text,
        { maxKeys: 3 },
      ),
      (change, assertions, extract) => {
        const saved = { draft: draft(change), assertions, extract };
        expect(readRequest(writeRequest(saved), 'x')).toEqual(saved);
      },
    ),
  );
});
