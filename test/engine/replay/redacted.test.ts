import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../electron/engine/engine.ts';
import { startEngine } from '../../harness/engine-under-test.ts';
import { readMessage } from '../../harness/http1-exchange.ts';
import { openClient } from '../../harness/raw-client.ts';
import { startReplayWorld, type ReplayWorld } from './replay-world.ts';

/** Secrets that were redacted go back to whom they belong, exactly, or nothing is sent at all. */

let world: ReplayWorld;
beforeAll(async () => {
  world = await startReplayWorld();
});
afterAll(() => world.stop());

describe('what is redacted', () => {
  const secret = ['sk', 'live', 'a1B2c3D4e5F6g7H8i9J0'].join('_');
  test('is put back from this run’s memory, wherever it stood', async () => {
    const body = JSON.stringify({ password: 'correct horse battery', amount: 1 });
    const { id, seen } = await world.record(
      `POST {target}/login?api_key=${secret}&x=1 HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer ${secret}\r\nCookie: sid=abcdef0123456789abcdef; theme=dark\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
      body,
    );
    const made = await world.engine.engine.replay.draft({ call: id });
    if ('problem' in made) throw new Error(made.problem);
    expect(JSON.stringify(made)).not.toContain(secret);
    expect(JSON.stringify(made)).not.toContain('correct horse');
    expect(new Set(made.marks.map(({ place }) => place))).toEqual(
      new Set(['url', 'header:Authorization', 'header:Cookie', 'body']),
    );
    const moments = await world.send(made.draft);
    expect(world.came.at(-1)).toEqual(seen);
    // Nor does what is told of the sending say it.
    expect(JSON.stringify(moments)).not.toContain(secret);
    const looked = await world.engine.engine.replay.check({ draft: made.draft });
    expect('request' in looked && looked.request?.url).toContain('/login?api_key=***');
    expect(JSON.stringify(looked)).not.toContain(secret);
  });

  test('leaves in other words only when the mark is gone', async () => {
    const { id } = await world.record(
      `GET {target}/a HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer ${secret}\r\n\r\n`,
    );
    const draft = await world.draftOf(id);
    const mark = draft.headers.find(({ name }) => name === 'Authorization')?.value.replace('Bearer ', '') ?? '';
    const count = world.came.length;
    for (const spoilt of [
      world.madeUp(`http://${world.origin.authority}/x?k=${mark}`),
      world.madeUp(`http://${world.origin.authority}/x`, { kind: 'text', text: `{"k":"${mark}"}` }),
      world.madeUp(`http://${world.origin.authority}/x`, {
        kind: 'form',
        fields: [{ name: 'k', value: mark, off: false }],
      }),
      world.madeUp(`http://${world.origin.authority}/x`, {
        kind: 'base64',
        base64: Buffer.from(mark).toString('base64'),
      }),
      world.madeUp(`http://${world.origin.authority}/x`, {
        kind: 'text',
        text: Buffer.from(`{"deep":"${mark}","and":"more"}`).toString('base64'),
      }),
      world.madeUp(
        `http://${world.origin.authority}/x`,
        { kind: 'none' },
        { headers: [{ name: 'X-Key', value: mark, off: false }] },
      ),
      world.madeUp(`http://${world.origin.authority}/x`, { kind: 'none' }, { auth: { kind: 'bearer', token: mark } }),
      {
        ...draft,
        auth: { kind: 'none' as const },
        headers: [...draft.headers, { name: 'X-Copy', value: mark, off: false }],
      },
    ]) {
      const [only] = await world.send(spoilt);
      expect(only, JSON.stringify(spoilt)).toMatchObject({ problem: 'cannot-send', problems: [{ kind: 'redacted' }] });
    }
    expect(world.came.length).toBe(count);
    await world.send({ ...draft, auth: { kind: 'bearer', token: 'typed' } });
    expect(world.came.at(-1)?.headers).toContainEqual(['Authorization', 'Bearer typed']);
    await world.send({ ...draft, auth: { kind: 'none' } });
    expect(world.came.at(-1)?.headers.map(([name]) => name)).not.toContain('Authorization');
  });

  test('is not remembered by another run: nothing is sent, and the place is named', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'sallyport-replay-'));
    try {
      const first = await startEngine({ dataDir });
      const client = await openClient({ host: '127.0.0.1', port: world.origin.port }, 'absolute', first.proxyPort);
      await client.send(
        `GET http://${world.origin.authority}/r HTTP/1.1\r\nHost: ${world.origin.authority}\r\nX-Api-Key: ${secret}\r\n\r\n`,
      );
      await readMessage(client);
      client.end();
      const id = (await first.calls()).at(-1)?.id ?? 0;
      await first.stop();
      const second = await createEngine({ dataDir, proxyPort: 0, version: 'test' });
      try {
        const made = await second.replay.draft({ call: id });
        if ('problem' in made) throw new Error(made.problem);
        expect(made.marks).toEqual([
          { place: 'header:X-Api-Key', mark: expect.stringMatching(/^\*\*\*/), known: false },
        ]);
        const count = world.came.length;
        const moments = [];
        for await (const moment of second.replay.send({ draft: made.draft, confirmed: true })) moments.push(moment);
        expect(moments).toMatchObject([
          { problem: 'cannot-send', problems: [{ place: 'header:X-Api-Key', kind: 'redacted' }] },
        ]);
        expect(world.came.length).toBe(count);
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  test('arrives as it was or not at all, whatever it is and wherever it stands', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_+/=.~-]{20,60}$/);
    const places = fc.constantFrom('header', 'cookie', 'query', 'json', 'form', 'nested');
    await fc.assert(
      fc.asyncProperty(word, places, async (value, where) => {
        const head = (lines: string, path = '/s'): string =>
          `POST {target}${path} HTTP/1.1\r\nHost: {host}\r\n${lines}\r\n`;
        const withBody = (type: string, body: string): [string, string] => [
          head(`Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`),
          body,
        ];
        const [text, body] = {
          header: (): [string, string] => [head(`X-Auth-Token: ${value}\r\nContent-Length: 0\r\n`), ''],
          cookie: (): [string, string] => [head(`Cookie: session=${value}; a=b\r\nContent-Length: 0\r\n`), ''],
          query: (): [string, string] => [head('Content-Length: 0\r\n', `/s?token=${encodeURIComponent(value)}`), ''],
          json: () => withBody('application/json', JSON.stringify({ deep: [{ client_secret: value }] })),
          form: () => withBody('application/x-www-form-urlencoded', `password=${encodeURIComponent(value)}&x=1`),
          nested: () =>
            withBody(
              'application/json',
              JSON.stringify({ data: Buffer.from(JSON.stringify({ password: value })).toString('base64') }),
            ),
        }[where]();
        const { id, seen } = await world.record(text, body);
        const count = world.came.length;
        const moments = await world.send(await world.draftOf(id));
        if ('problem' in moments[0]!) expect(world.came.length).toBe(count);
        else expect(world.came.at(-1)).toEqual(seen);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
