import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDataDir, filesWith, startRecorder } from '../../harness/recorder.ts';
import type { RecordParts, Recorder } from '../../harness/recorder.ts';
import { plantedSecret } from '../../harness/store/traffic.ts';

/** Every place a secret can come in by, and a call that carries it there. */
const places: Record<string, (secret: string) => RecordParts> = {
  'a header': (secret) => ({ opened: { headers: `Host: h\r\nAuthorization: Bearer ${secret}\r\n` } }),
  'a cookie': (secret) => ({
    opened: { headers: `Cookie: a=1; sid=${secret}\r\n` },
    answered: { headers: `set-cookie: sid=${secret}; Path=/\r\n` },
  }),
  'the query': (secret) => ({ opened: { target: `/v1/x?a=1&api_key=${secret}` } }),
  'a redirect': (secret) => ({ answered: { status: 302, headers: `location: https://h/cb?code=${secret}\r\n` } }),
  'a trailer': (secret) => ({ closed: { trailers: `x-auth-token: ${secret}\r\n` } }),
  'a failure': (secret) => ({
    closed: { failure: { kind: 'upstream-proxy', detail: `http://user:${secret}@proxy:3128 refused` } },
  }),
  JSON: (secret) => ({ requestBody: JSON.stringify({ user: 'a', password: secret }) }),
  'a form': (secret) => ({
    requestBody: `client_secret=${secret}`,
    opened: { headers: 'content-type: application/x-www-form-urlencoded\r\n' },
  }),
  'a compressed answer': (secret) => ({
    responseBody: gzipSync(JSON.stringify({ access_token: secret })),
    answered: { headers: 'content-type: application/json\r\ncontent-encoding: gzip\r\n' },
  }),
  'a body in pieces': (secret) => ({
    between: (call) =>
      [...Buffer.from(`{"n":1,"refresh_token":"${secret}"}`)].map((byte) => ({
        type: 'response-data' as const,
        call,
        at: 1700,
        data: Uint8Array.of(byte),
      })),
    closed: { responseBytes: 500 },
  }),
  'an open call': (secret) => ({
    open: true,
    opened: { headers: `X-Api-Key: ${secret}\r\n`, target: `/?token=${secret}` },
    responseBody: `{"id_token":"${secret}`,
  }),
  'an event stream': (secret) => ({
    responseBody: `data: {"api_key":"${secret}"}\n\n`,
    answered: { headers: 'content-type: text/event-stream\r\n' },
  }),
  'a message': (secret) => ({
    answered: { status: 101, headers: 'upgrade: websocket\r\n' },
    between: (call) => [
      {
        type: 'message',
        call,
        at: 1700,
        direction: 'sent',
        opcode: 1,
        size: 100,
        deflated: false,
        data: Buffer.from(`{"token":"${secret}"}`),
      },
    ],
  }),
};

/** Everything the store can give back, compressed pages included. */
async function readAll(recorder: Recorder): Promise<string> {
  const { calls } = await recorder.reader.listCalls({ tree: null, limit: 1000 });
  const parts: string[] = [];
  for (const { id } of calls) {
    parts.push(
      JSON.stringify(await recorder.reader.getCall(id)),
      JSON.stringify(await recorder.reader.listMessages({ call: id, limit: 100 })),
    );
    for (const side of ['request', 'response'] as const) {
      const body = await recorder.reader.getBody(id, side);
      if (!body) continue;
      const bytes = Buffer.from(body.bytes);
      parts.push((body.contentEncoding === 'gzip' ? gunzipSync(bytes) : bytes).toString('latin1'));
    }
  }
  return parts.join('\n');
}

it.skipIf(process.platform === 'win32')(
  'the databases and their logs are their owner’s only, also those of an older Sallyport',
  async () => {
    const dataDir = createDataDir(onTestFinished);
    const modes = (): string[] =>
      readdirSync(dataDir)
        .filter((name) => /\.db/.test(name))
        .map((name) => `${name} ${(statSync(join(dataDir, name)).mode & 0o777).toString(8)}`)
        .sort();
    const expected = ['bodies.db', 'calls.db']
      .flatMap((name) => [name, `${name}-shm`, `${name}-wal`])
      .map((name) => `${name} 600`);
    const before = process.umask(0o022);
    try {
      const first = await startRecorder(dataDir);
      first.record({ responseBody: 'text' });
      await first.archive.flush();
      expect(modes()).toEqual(expected);
      await first.stop();
      for (const name of ['bodies.db', 'calls.db']) chmodSync(join(dataDir, name), 0o644);
      const second = await startRecorder(dataDir);
      second.record();
      await second.archive.flush();
      expect(modes()).toEqual(expected);
      await second.stop();
    } finally {
      process.umask(before);
    }
  },
);

describe('a secret', () => {
  it('in any place is in no file of the data folder, logs of the databases included', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    const secrets = Object.entries(places).map(([place, parts]) => {
      const secret = plantedSecret();
      recorder.record(parts(secret));
      return [place, secret] as const;
    });
    await recorder.archive.flush();
    const all = await readAll(recorder);
    for (const [place, secret] of secrets) {
      expect(all, place).not.toContain(secret);
      expect(filesWith(recorder.dataDir, secret), place).toEqual([]);
    }
    await recorder.stop();
    for (const [place, secret] of secrets) expect(filesWith(recorder.dataDir, secret), place).toEqual([]);
    expect(recorder.lines.join('\n')).not.toContain('pl4nt');
  });

  it('in any mix of calls, cut and packed any way, is in no file', async () => {
    const mixes = fc.array(fc.tuple(fc.constantFrom(...Object.keys(places)), fc.boolean()), {
      minLength: 5,
      maxLength: 120,
    });
    await fc.assert(
      fc.asyncProperty(mixes, async (mix) => {
        const recorder = await startRecorder(createDataDir((work) => onTestFinished(work)));
        const secrets: string[] = [];
        for (const [place, flush] of mix) {
          const secret = plantedSecret();
          secrets.push(secret);
          recorder.record(places[place]!(secret));
          if (flush) await recorder.archive.flush();
        }
        await recorder.archive.flush();
        const all = await readAll(recorder);
        for (const secret of secrets) {
          expect(all).not.toContain(secret);
          expect(filesWith(recorder.dataDir, secret)).toEqual([]);
        }
        await recorder.stop();
        for (const secret of secrets) expect(filesWith(recorder.dataDir, secret)).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });
});
